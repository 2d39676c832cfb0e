// Paths as httpd treats them.
#include "jkctl/httpd_path.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::EncodedSlashes;
using ctl::Slashes;

/// The path, or the status that it is refused with.
std::string treated(std::string_view path, EncodedSlashes encoded = EncodedSlashes::refused,
                    Slashes slashes = Slashes::merged)
{
    ctl::Server server;
    server.encoded_slashes = encoded;
    server.slashes = slashes;
    const ctl::HttpdPath result = ctl::httpd_path(path, server);
    assert_int_equal(result.status == 0, result.why.empty());
    return result.status == 0 ? result.path : std::to_string(result.status);
}

void paths_are_decoded_and_resolved()
{
    struct {
        const char* path;
        const char* want;
    } const rows[] = {
        {"/", "/"},
        {"/a/b", "/a/b"},
        {"/a/./b/.", "/a/b/"},
        {"/a/../b", "/b"},
        {"/a/b/..", "/a/"},
        {"/a/..", "/"},
        {"/..", "400"},
        {"/a/../..", "400"},
        {"/%2e%2E/a", "400"},
        {"/a/%2e./b", "/b"},
        {"//a///b//", "/a/b/"},
        {"/a//..//b", "/b"},
        {"/%61%20%3b", "/a ;"},
        {"/a;x/../b", "/b"},
        {"/a/..;x/b", "/a/..;x/b"},
        {"/%2f", "404"},
        {"/a%00", "404"},
        {"/%", "400"},
        {"/%2", "400"},
        {"/%zz", "400"},
        {"/%2541", "/%41"},
        {"/.a/..b/...", "/.a/..b/..."},
    };
    for (const auto& row : rows) {
        assert_text_equal(treated(row.path), row.want);
    }
}

void encoded_slashes_may_be_kept_or_decoded()
{
    assert_text_equal(treated("/a%2Fb%20", EncodedSlashes::kept), "/a%2Fb ");
    assert_text_equal(treated("/a%2f%2e%2e", EncodedSlashes::kept), "/a%2f..");
    assert_text_equal(treated("/a%00", EncodedSlashes::kept), "404");
    assert_text_equal(treated("/a%2Fb", EncodedSlashes::decoded), "/a/b");
    assert_text_equal(treated("/a/b%2f..%2F..%2fc", EncodedSlashes::decoded), "/c");
    assert_text_equal(treated("/%2e%2e%2fa", EncodedSlashes::decoded), "/a");
    assert_text_equal(treated("/a%00", EncodedSlashes::decoded), "404");
}

void slashes_may_be_left()
{
    assert_text_equal(treated("//a//b/", EncodedSlashes::refused, Slashes::left), "//a//b/");
    assert_text_equal(treated("/a//../b", EncodedSlashes::refused, Slashes::left), "/a/b");
}

}  // namespace

Group jkctl_httpd_path_tests()
{
    return {"jkctl/httpd_path",
            {
                jk_test(paths_are_decoded_and_resolved),
                jk_test(encoded_slashes_may_be_kept_or_decoded),
                jk_test(slashes_may_be_left),
            }};
}

}  // namespace jk::test
