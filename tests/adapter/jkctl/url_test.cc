// URLs, good and bad.
#include "jkctl/url.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

void urls_are_taken_apart()
{
    struct {
        const char* text;
        ctl::Url want;
    } const rows[] = {
        {"http://a/x", {"http", "a", 80, "/x", ""}},
        {"HTTPS://A.Example./x/;y=1?q=/z?", {"https", "a.example", 443, "/x/;y=1", "q=/z?"}},
        {"http://a:8080", {"http", "a", 8080, "/", ""}},
        {"http://a:", {"http", "a", 80, "/", ""}},
        {"http://a?q", {"http", "a", 80, "/", "q"}},
        {"http://u:p@a:1/x#f?", {"http", "a", 1, "/x", ""}},
        {"http://[::1]:81/x", {"http", "::1", 81, "/x", ""}},
        {"http://[FE80::2]/x", {"http", "fe80::2", 80, "/x", ""}},
        {"http://a/@x:1", {"http", "a", 80, "/@x:1", ""}},
    };
    for (const auto& row : rows) {
        const auto url = ctl::parse_url(row.text);
        assert_true(url.has_value());
        assert_text_equal(url->scheme, row.want.scheme);
        assert_text_equal(url->host, row.want.host);
        assert_int_equal(url->port, row.want.port);
        assert_text_equal(url->path, row.want.path);
        assert_text_equal(url->query, row.want.query);
    }
}

void bad_urls_are_refused()
{
    struct {
        const char* text;
        Errc code;
    } const rows[] = {
        {"", Errc::bad_value},
        {"a/x", Errc::bad_value},
        {"ftp://a/", Errc::bad_value},
        {"http:/a", Errc::bad_value},
        {"http:///x", Errc::bad_value},
        {"http://:80/x", Errc::bad_value},
        {"http://a:0/", Errc::bad_number},
        {"http://a:65536/", Errc::bad_number},
        {"http://a:x/", Errc::bad_number},
        {"http://a/b c", Errc::bad_path},
        {"http://a/\tb", Errc::bad_path},
    };
    for (const auto& row : rows) {
        const auto url = ctl::parse_url(row.text);
        assert_false(url.has_value());
        assert_int_equal(url.error().code, row.code);
    }
}

}  // namespace

Group jkctl_url_tests()
{
    return {"jkctl/url", {jk_test(urls_are_taken_apart), jk_test(bad_urls_are_refused)}};
}

}  // namespace jk::test
