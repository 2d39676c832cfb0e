// JkAutoAlias: which paths below the folder are served, refused, or left to httpd.
#include "request/auto_alias.h"

#include <sys/stat.h>

#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

/// A folder with the context "ctx" and an archive.
struct Folder {
    Site site;
    Folder()
    {
        (void)::mkdir(apr_pstrcat(site.pool(), path(), "/ctx", nullptr), 0755);
        (void)site.file("a.war", "an archive");
        (void)site.file("ctx/s.txt", "a file");
    }
    [[nodiscard]] static const char* path() { return ap_server_root; }
    int ask(const char* target, request_rec*& request)
    {
        request = site.request(target);
        return httpd::auto_alias(request, path(), target);
    }
};

void a_path_in_a_context_gets_its_file()
{
    Folder folder;
    request_rec* request = nullptr;
    for (const char* const path : {"/ctx", "/ctx/", "/ctx/s.txt", "/ctx/none"}) {
        assert_int_equal(folder.ask(path, request), OK);
        assert_string_equal(request->filename,
                            apr_pstrcat(request->pool, Folder::path(), path, nullptr));
    }
}

void private_folders_are_not_found()  // D42
{
    Folder folder;
    request_rec* request = nullptr;
    for (const char* const path : {"/ctx/WEB-INF", "/ctx/web-inf/x", "/none/Meta-Inf/x"}) {
        assert_int_equal(folder.ask(path, request), HTTP_NOT_FOUND);
    }
    assert_int_equal(folder.ask("/ctx/d/WEB-INF/x", request), OK);  // only the top level
}

void archives_are_forbidden()
{
    Folder folder;
    request_rec* request = nullptr;
    for (const char* const path : {"/a.war", "/A.WAR", "/none.war/x"}) {
        assert_int_equal(folder.ask(path, request), HTTP_FORBIDDEN);
    }
}

void all_else_is_left_to_httpd()
{
    Folder folder;
    request_rec* request = nullptr;
    for (const char* const path : {"/", "/none", "/none/s.txt", "/a.warx"}) {
        assert_int_equal(folder.ask(path, request), DECLINED);
        assert_null(request->filename);
    }
}

void files_are_told_from_folders()
{
    Folder folder;
    request_rec* const request = folder.site.request("/");
    assert_true(httpd::is_file_below(request, Folder::path(), "/ctx/s.txt"));
    assert_false(httpd::is_file_below(request, Folder::path(), "/ctx"));
    assert_false(httpd::is_file_below(request, Folder::path(), "/ctx/none"));
}

}  // namespace

Group request_auto_alias_tests()
{
    return {"request/auto_alias",
            {
                jk_test(a_path_in_a_context_gets_its_file),
                jk_test(private_folders_are_not_found),
                jk_test(archives_are_forbidden),
                jk_test(all_else_is_left_to_httpd),
                jk_test(files_are_told_from_folders),
            }};
}

}  // namespace jk::test
