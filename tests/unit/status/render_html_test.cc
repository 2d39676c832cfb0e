// Tests common/status/render_html: whole answers against golden files.
#include "status/render.h"

#include <array>

#include "status/html_style.h"
#include "status/sample.h"
#include "support/check.h"

namespace {

struct GoldenCase {
    const char* file;
    const char* query;
};
constexpr std::array golden_cases{
    GoldenCase{"list.html", ""},
    GoldenCase{"list-without-maps.html", "cmd=list&opt=2"},
    GoldenCase{"list-empty.html", "opt=511"},
    GoldenCase{"show-lb.html", "cmd=show&w=lb"},
    GoldenCase{"show-member.html", "cmd=show&w=lb&sw=node3"},
    GoldenCase{"show-worker.html", "cmd=show&w=dead"},
    GoldenCase{"version.html", "cmd=version"},
    GoldenCase{"dump.html", "cmd=dump"},
    GoldenCase{"edit-lb.html", "cmd=edit&w=lb"},
    GoldenCase{"edit-member.html", "cmd=edit&w=lb&sw=node1"},
    GoldenCase{"edit-worker.html", "cmd=edit&w=single"},
    GoldenCase{"edit-factors.html", "cmd=edit&w=lb&att=vwf"},
    GoldenCase{"done.html", "cmd=update&w=lb&vlr=3&from=show"},
    GoldenCase{"error.html", "cmd=foo"},
};

START_TEST(equals_golden)
{
    const GoldenCase& row = golden_cases.at(static_cast<std::size_t>(_i));
    const jk::test::Sample sample;
    jk::test::assert_golden(row.file, sample.body(row.query));
}
END_TEST

bool is_void(std::string_view tag)
{
    return tag == "meta" || tag == "link" || tag == "!DOCTYPE" || tag == "input";
}

/// Returns what is wrong with the nesting of the elements; empty where nothing is.
std::string nesting_error(std::string_view page)
{
    std::vector<std::string_view> open;
    for (std::size_t at = page.find('<'); at != std::string_view::npos; at = page.find('<', at)) {
        const std::string_view tag = page.substr(at + 1, page.find_first_of(" >\n", at) - at - 1);
        at = page.find('>', at);
        if (!tag.starts_with('/')) {
            if (!is_void(tag)) {
                open.push_back(tag);
            }
            continue;
        }
        if (open.empty() || open.back() != tag.substr(1)) {
            return std::string{tag};
        }
        open.pop_back();
    }
    return open.empty() ? std::string{} : std::string{open.back()};
}

START_TEST(elements_are_nested)
{
    const jk::test::Sample sample;
    const GoldenCase& row = golden_cases.at(static_cast<std::size_t>(_i));
    ck_assert_text_eq(nesting_error(sample.body(row.query)), "");
}
END_TEST

START_TEST(refresh_is_for_pages_that_show_workers)
{
    const jk::test::Sample sample;
    constexpr std::string_view element = "<meta http-equiv=\"refresh\" content=\"10\">";
    ck_assert(jk::test::holds(sample.body("re=10"), element));
    ck_assert(jk::test::holds(sample.body("cmd=show&w=lb&re=10"), element));
    ck_assert(!jk::test::holds(sample.body("cmd=version&re=10"), element));
    ck_assert(!jk::test::holds(sample.body("cmd=foo&re=10"), element));
    ck_assert(!jk::test::holds(sample.body(""), "http-equiv"));
}
END_TEST

START_TEST(read_only_is_said)
{
    jk::test::Sample sample;
    ck_assert(!jk::test::holds(sample.body(""), "(read only)"));
    ck_assert(jk::test::holds(sample.body("opt=32"), "(read only)</h1>"));
    ck_assert(jk::test::holds(sample.body("opt=32"), "<a href=\"?cmd=list\">Allow changes</a>"));
    sample.status.read_only = true;
    ck_assert(jk::test::holds(sample.body(""), "(read only)</h1>"));
    ck_assert(!jk::test::holds(sample.body(""), ">Read only</a>"));
}
END_TEST

START_TEST(links_keep_what_is_looked_at)
{
    const jk::test::Sample sample;
    const std::string body = sample.body("cmd=show&w=lb&sw=node3&opt=2&re=10&from=list&zz=1");
    ck_assert(jk::test::holds(body, "\"?cmd=show&amp;mime=xml&amp;w=lb&amp;sw=node3&amp;opt=2\""));
    ck_assert(jk::test::holds(body, "\"?cmd=show&amp;w=lb&amp;sw=node3&amp;re=10\""));
    ck_assert(jk::test::holds(body, "\"?cmd=list&amp;opt=2&amp;re=10\""));
    ck_assert(!jk::test::holds(body, "zz"));
    ck_assert(!jk::test::holds(body, "from=list"));
}
END_TEST

START_TEST(no_link_changes_anything)
{
    const jk::test::Sample sample;
    for (const char* const query : {"", "cmd=show&w=lb", "cmd=show&w=dead", "cmd=edit&w=lb"}) {
        const std::string body = sample.body(query);
        for (const char* const command : {"update", "reset", "recover"}) {
            ck_assert(!jk::test::holds(body, std::string{"cmd="} + command));
        }
    }
}
END_TEST

START_TEST(only_a_bare_page_names_the_script)
{
    jk::test::Sample sample;
    constexpr std::string_view script = "<script src=\"./jkstatus/assets/page.js\" defer></script>";
    ck_assert(jk::test::holds(sample.body(""), script));
    ck_assert(jk::test::holds(sample.body("opt=2"), script));
    ck_assert(!jk::test::holds(sample.body("cmd=list"), "<script"));
    ck_assert(!jk::test::holds(sample.body("mime=html"), "<script"));
    ck_assert(!jk::test::holds(sample.body("cmd=foo"), "<script"));
    sample.snapshot.uri = "/jk/";
    ck_assert(jk::test::holds(sample.body(""), "href=\"./assets/page.css\""));
    sample.snapshot.uri = "//evil.example.com/a b\"><script>";
    ck_assert(jk::test::holds(sample.body(""), "src=\"./a%20b%22%3E%3Cscript%3E/assets/page.js\""));
}
END_TEST

START_TEST(a_change_returns_by_itself)
{
    const jk::test::Sample sample;
    const std::string body = sample.body("cmd=reset&w=lb&sw=node1&from=show&opt=2");
    ck_assert(jk::test::holds(body, "<meta http-equiv=\"refresh\" "
                                    "content=\"3;url=?cmd=show&amp;w=lb&amp;opt=2\">"));
    ck_assert(jk::test::holds(body, "<a href=\"?cmd=show&amp;w=lb&amp;opt=2\">back</a>"));
    const std::string failed = sample.body("cmd=reset&w=nope&from=show&opt=2");
    ck_assert(!jk::test::holds(failed, "http-equiv"));
    ck_assert(jk::test::holds(failed, "role=\"alert\""));
}
END_TEST

START_TEST(a_server_without_workers_says_so)
{
    jk::test::Sample sample;
    ck_assert(!jk::test::holds(sample.body("opt=24"), "No balancer"));
    ck_assert(jk::test::holds(sample.body("cmd=show&w=jkro"), "<p>No balancer and no AJP worker"));
    sample.snapshot.balancers.clear();
    sample.snapshot.workers.clear();
    ck_assert(jk::test::holds(sample.body(""), "<p>No balancer and no AJP worker"));
}
END_TEST

struct PolicyCase {
    const char* css;
    const char* source;  ///< what is added to style-src
};
constexpr std::array policy_cases{
    PolicyCase{"", ""},
    PolicyCase{"/jk.css", ""},
    PolicyCase{"jk.css?a=//b", ""},
    PolicyCase{"https://cdn.example.com:8443/x/jk.css", " https://cdn.example.com:8443"},
    PolicyCase{"HTTP://cdn.example.com", " HTTP://cdn.example.com"},
    PolicyCase{"https://a;script-src * /x", ""},
    PolicyCase{"https:///x", ""},
    PolicyCase{"//cdn.example.com/x.css", ""},
};

START_TEST(the_policy_allows_nothing_foreign)
{
    const PolicyCase& row = policy_cases.at(static_cast<std::size_t>(_i));
    jk::conf::StatusSettings settings;
    settings.css = row.css;
    ck_assert_text_eq(jk::status::security_policy(settings),
                      "default-src 'none'; style-src 'self' 'sha256-" +
                          std::string{jk::status::page_style_digest} + "'" + row.source +
                          "; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
                          "form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
}
END_TEST

START_TEST(the_stylesheet_is_linked)
{
    jk::test::Sample sample;
    sample.status.css = "/jk.css?a=\"&b";
    constexpr std::string_view element =
        "<link rel=\"stylesheet\" href=\"/jk.css?a=&quot;&amp;b\">\n";
    ck_assert(jk::test::holds(sample.body(""), element));
    ck_assert(jk::test::holds(sample.body("cmd=version"), element));
}
END_TEST

}  // namespace

TCase* render_html_tests()
{
    TCase* tests = tcase_create("render_html");
    tcase_add_loop_test(tests, equals_golden, 0, static_cast<int>(golden_cases.size()));
    tcase_add_loop_test(tests, elements_are_nested, 0, static_cast<int>(golden_cases.size()));
    tcase_add_test(tests, refresh_is_for_pages_that_show_workers);
    tcase_add_test(tests, read_only_is_said);
    tcase_add_test(tests, links_keep_what_is_looked_at);
    tcase_add_test(tests, no_link_changes_anything);
    tcase_add_test(tests, only_a_bare_page_names_the_script);
    tcase_add_test(tests, a_change_returns_by_itself);
    tcase_add_test(tests, a_server_without_workers_says_so);
    tcase_add_loop_test(tests, the_policy_allows_nothing_foreign, 0,
                        static_cast<int>(policy_cases.size()));
    tcase_add_test(tests, the_stylesheet_is_linked);
    return tests;
}
