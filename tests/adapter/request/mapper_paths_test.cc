// Paths that access control has seen in another spelling: they are brought into the canonical one,
// kept for the handler, or refused.
#include <sys/stat.h>

#include <cstring>

#include "request/mapper.h"
#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::state_of;

/// A site with /app/* on w1, *.jsp on w2, and options.
struct Mapped {
    Site site;

    explicit Mapped(const char* options = "")
    {
        site.set_property("worker.list=w1,w2");
        (void)site.set("JkOptions", {options});
        (void)site.set("JkMount", {"/app/*", "w1"});
        (void)site.set("JkMount", {"/*.jsp", "w2"});
        (void)site.build();
    }
};

/// A site that cuts out session ids, with mounts or without, and the folder of a context.
struct Stripping {
    Site site;
    const char* folder = ap_server_root;

    explicit Stripping(const char* is_on, const char* text = ";jsessionid",
                       const char* mount = nullptr)
    {
        (void)::mkdir(apr_pstrcat(site.pool(), folder, "/ctx", nullptr), 0755);
        (void)site.set("JkStripSession", {is_on, text});
        if (mount != nullptr) {
            site.set_property("worker.list=w1");
            (void)site.set("JkMount", {mount, "w1"});
            (void)site.set("JkAutoAlias", {folder});
        }
        (void)site.build();
    }

    /// A request whose file name httpd has made of its path.
    request_rec* request(const char* target)
    {
        request_rec* const made = site.request(target);
        made->filename = apr_pstrcat(made->pool, "/srv/sides", made->uri, nullptr);
        return made;
    }
};

std::string_view view_of(const char* text)
{
    return text == nullptr ? "" : text;
}

bool is_ours(const request_rec* request)
{
    return httpd::handler_name ==
           std::string_view{request->handler == nullptr ? "" : request->handler};
}

void a_directory_sent_as_received_is_resolved_as_we_do()  // PT-12
{
    Mapped normal;
    Mapped unparsed{"ForwardURICompatUnparsed"};
    for (Mapped* const mapped : {&normal, &unparsed}) {
        request_rec* const main = mapped->site.request("/x/y/;/../../d/");
        main->uri = apr_pstrdup(main->pool, "/x/d/");  // as httpd has resolved it
        main->handler = DIR_MAGIC_TYPE;
        request_rec* const probe = mapped->site.request("/x/d/index.jsp");
        probe->main = main;
        const bool is_refused = httpd::translate_name(probe) == HTTP_BAD_REQUEST;
        assert_int_equal(is_refused, mapped == &unparsed);
        assert_int_equal(is_ours(main), mapped == &normal);
        assert_int_equal(state_of(main).target != nullptr, mapped == &normal);
    }
}

/// Its path is the directory's own, which access control has seen with parameters.
void a_directory_with_parameters_is_asked_for_again()
{
    Mapped mapped;
    for (const auto& [path, unseen] : {std::pair{"/d/", ""}, std::pair{"/d;x/", "/d/"}}) {
        request_rec* const main = mapped.site.request(path);
        main->handler = DIR_MAGIC_TYPE;
        request_rec* const probe = mapped.site.request("/d/index.jsp");
        probe->main = main;
        assert_int_equal(httpd::translate_name(probe), OK);
        assert_text_equal(view_of(state_of(main).unseen_path), unseen);
    }
}

/// A <Location> below the one with SetHandler has not seen the path that the container will.
void the_path_that_access_control_has_not_seen_is_kept()
{
    Mapped mapped;
    for (const auto& [path, unseen] :
         {std::pair{"/sh/x", ""}, std::pair{"/sh/x;a=1", "/sh/x"}, std::pair{"/sh/;/x", "/sh/x"}}) {
        request_rec* const request = mapped.site.request(path);
        set_env(request, "JK_WORKER_NAME", "w1");
        assert_int_equal(httpd::find_target(request, state_of(request)), OK);
        assert_string_equal(state_of(request).forward_path, path);
        assert_text_equal(view_of(state_of(request).unseen_path), unseen);
    }
    request_rec* const mounted = mapped.site.request("/app;a/x");
    assert_int_equal(httpd::find_target(mounted, state_of(mounted)), OK);
    assert_text_equal(view_of(state_of(mounted).unseen_path), "/app/x");
    request_rec* const usual = mapped.site.request("/app;a/x");
    assert_int_equal(httpd::translate_name(usual), OK);
    assert_null(state_of(usual).unseen_path);
}

/// A <Location> with SetHandler decides on the canonical path, and the container gets the other one.
void a_location_sees_the_canonical_path()
{
    for (const char* const handler : {httpd::handler_name, "cgi-script"}) {
        for (const auto& [path, canonical] :
             {std::pair{"/sh/x;a=1", "/sh/x"}, std::pair{"/sh/;/x", "/sh/x"},
              std::pair{"/sh/x", "/sh/x"}, std::pair{"/sh/..;/x", "/sh/..;/x"}}) {
            Mapped mapped;
            request_rec* const request = mapped.site.request(path);
            static_cast<core_dir_config*>(ap_get_core_module_config(request->per_dir_config))
                ->expr_handler = static_cast<ap_expr_info_t*>(apr_palloc(request->pool, 1));
            fakes().location_handler = handler;
            assert_int_equal(httpd::translate_name(request), DECLINED);
            const bool is_named = handler == httpd::handler_name;
            assert_string_equal(request->uri, is_named ? canonical : path);
            set_env(request, "JK_WORKER_NAME", "w1");
            const int found = httpd::find_target(request, state_of(request));
            assert_int_equal(found, view_of(path).find("..") == 4 ? HTTP_BAD_REQUEST : OK);
            if (found == OK) {
                assert_string_equal(state_of(request).forward_path, path);
                assert_int_equal(state_of(request).unseen_path == nullptr,
                                 is_named || view_of(path) == canonical);
            }
        }
    }
}

void a_variable_is_no_way_around_the_options()
{
    Mapped mapped{"RejectUnsafeURI ForwardURICompatUnparsed"};
    for (const auto& [target, status] :
         {std::pair{"/sh/;/../x", HTTP_BAD_REQUEST}, std::pair{"/sh/a%b", HTTP_NOT_FOUND},
          std::pair{"/sh/x", OK}}) {
        request_rec* const request = mapped.site.request(target);
        set_env(request, "JK_WORKER_NAME", "w1");
        assert_int_equal(httpd::find_target(request, state_of(request)), status);
        assert_int_equal(state_of(request).target != nullptr, status == OK);
    }
}

void a_session_id_is_cut_out_of_path_and_file()  // D43
{
    Stripping plain{"On"};
    Stripping other{"On", "sid"};
    for (const auto& [target, path] :
         {std::pair{"/a;jsessionid=1/b.txt", "/a/b.txt"},
          std::pair{"/b.txt;jsessionid=1;v=2", "/b.txt;v=2"}, std::pair{"/a/b.txt", "/a/b.txt"},
          std::pair{"/..;x/b.txt", "/..;x/b.txt"}, std::pair{"/", "/"}}) {
        request_rec* const request = plain.request(target);
        assert_int_equal(httpd::map_to_storage(request), DECLINED);
        assert_string_equal(request->uri, path);
        assert_text_equal(request->filename, std::string{"/srv/sides"} + path);
    }
    request_rec* const beside = other.request("/b.txtsid=1");  // not in the folder's name
    assert_int_equal(httpd::map_to_storage(beside), DECLINED);
    assert_string_equal(beside->filename, "/srv/sides/b.txt");
}

/// httpd resolves dots before the cut, and looks for <Location> behind it.
void a_cut_that_leaves_dots_is_400()
{
    for (const char* const mount : {static_cast<const char*>(nullptr), "/app/*"}) {
        Stripping plain{"On", ";jsessionid", mount};
        for (const char* const target :
             {"/x/..;jsessionid=1/a", "/.;jsessionid=1/a", "/..;jsessionid=1/a", "/x/..;jsessionid",
              "/x/..;jsessionid=1;v=2/a"}) {
            request_rec* const request = plain.request(target);
            assert_int_equal(httpd::map_to_storage(request), HTTP_BAD_REQUEST);
            assert_true(fakes().has_logged(APLOG_WARNING, "JkStripSession"));
        }
        Stripping other{"On", "sid", mount};
        for (const char* const target : {"/x/..sid1/a", "/x/.sid", "/.sid;./a"}) {
            assert_int_equal(httpd::map_to_storage(other.request(target)), HTTP_BAD_REQUEST);
        }
    }
}

void a_file_name_of_its_own_leaves_no_dots_either()
{
    Stripping plain{"On"};
    request_rec* const request = plain.site.request("/a;jsessionid=1");
    request->filename = apr_pstrdup(request->pool, "/srv/x/..;jsessionid=2/b");
    assert_int_equal(httpd::map_to_storage(request), HTTP_BAD_REQUEST);
}

void a_cut_leaves_a_path_that_begins_with_one_slash()
{
    Stripping plain{"On"};
    for (const auto& [target, path] :
         {std::pair{"/;jsessionid=1/a", "/a"}, std::pair{"/b/;jsessionid=1/a", "/b/a"},
          std::pair{"/b/;jsessionid=1", "/b/"}}) {
        request_rec* const request = plain.request(target);
        assert_int_equal(httpd::map_to_storage(request), DECLINED);
        assert_string_equal(request->uri, path);
    }
    Stripping whole{"On", "/a"};
    assert_int_equal(httpd::map_to_storage(whole.request("/a;x")), HTTP_BAD_REQUEST);
}

/// What is no path parameter hid the path from the rules.
void a_path_that_the_cut_uncovers_is_looked_up_again()
{
    Stripping site{"On", "sid", "/*.jsp"};
    request_rec* const page = site.request("/x.jspsid=1");
    assert_int_equal(httpd::translate_name(page), DECLINED);
    assert_int_equal(httpd::map_to_storage(page), OK);
    assert_true(is_ours(page));
    request_rec* const secret = site.request("/ctx/WEB-INFsid/web.xml");
    assert_int_equal(httpd::map_to_storage(secret), HTTP_NOT_FOUND);
}

void what_is_served_from_a_context_has_its_canonical_path()
{
    Stripping site{"Off", ";jsessionid", "/app/*"};
    for (const char* const target : {"/ctx;x/d/a.txt", "/ctx/;x/d/a.txt", "/ctx/y/..;/d/a.txt"}) {
        request_rec* const request = site.request(target);
        assert_int_equal(httpd::translate_name(request), OK);
        assert_false(is_ours(request));
        assert_string_equal(request->uri, "/ctx/d/a.txt");
        assert_string_equal(request->filename,
                            apr_pstrcat(request->pool, site.folder, "/ctx/d/a.txt", nullptr));
    }
    request_rec* const other = site.request("/none;x/a.txt");
    assert_int_equal(httpd::translate_name(other), DECLINED);
    assert_string_equal(other->uri, "/none;x/a.txt");
}

}  // namespace

Group request_mapper_paths_tests()
{
    return {"request/mapper_paths",
            {
                jk_test(a_directory_sent_as_received_is_resolved_as_we_do),
                jk_test(a_directory_with_parameters_is_asked_for_again),
                jk_test(the_path_that_access_control_has_not_seen_is_kept),
                jk_test(a_location_sees_the_canonical_path),
                jk_test(a_variable_is_no_way_around_the_options),
                jk_test(a_session_id_is_cut_out_of_path_and_file),
                jk_test(a_cut_that_leaves_dots_is_400),
                jk_test(a_file_name_of_its_own_leaves_no_dots_either),
                jk_test(a_cut_leaves_a_path_that_begins_with_one_slash),
                jk_test(a_path_that_the_cut_uncovers_is_looked_up_again),
                jk_test(what_is_served_from_a_context_has_its_canonical_path),
            }};
}

}  // namespace jk::test
