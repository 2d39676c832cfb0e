// Tests common/status/access: who is a browser, which site a page is of, and what is refused.
#include "status/access.h"

#include <array>

#include "support/check.h"

namespace {

using jk::conf::GetEdit;
using jk::status::Asker;
using jk::status::Method;

constexpr std::string_view own_token = "0123456789abcdef0123456789abcdef";
constexpr std::string_view browser = "Mozilla/5.0 (X11)";

struct BrowserCase {
    Asker asker;
    bool is_no_browser;
};
const std::array browser_cases{
    BrowserCase{{}, true},
    BrowserCase{{.agent = "curl/8.0"}, true},
    BrowserCase{{.agent = browser}, false},
    BrowserCase{{.agent = "Mozilla/5.0 (Windows NT) WindowsPowerShell/5.1"}, true},
    BrowserCase{{.origin = "null"}, false},
    BrowserCase{{.referer = "http://h/"}, false},
    BrowserCase{{.has_cookie = true}, false},
    BrowserCase{{.has_fetch_metadata = true}, false},
    BrowserCase{{.has_cookie = true, .agent = "x PowerShell/7"}, false},
};

START_TEST(what_is_plainly_no_browser)
{
    const BrowserCase& row = browser_cases.at(static_cast<std::size_t>(_i));
    ck_assert_int_eq(jk::status::is_plainly_no_browser(row.asker), row.is_no_browser);
}
END_TEST

struct SiteCase {
    std::string_view url;
    std::string_view host;
    bool is_same;
};
constexpr std::array site_cases{
    SiteCase{"http://h", "h", true},
    SiteCase{"https://H/", "h", true},
    SiteCase{"http://h:80/a?b#c", "h", true},
    SiteCase{"https://h", "h:443", true},
    SiteCase{"http://h:8080", "h:8080", true},
    SiteCase{"http://[::1]:8080/x", "[::1]:8080", true},
    SiteCase{"http://h:8080", "h", false},
    SiteCase{"http://h.evil", "h", false},
    SiteCase{"http://evil/http://h", "h", false},
    SiteCase{"http://h@evil", "h", false},
    SiteCase{"http://h?evil", "h.evil", false},
    SiteCase{"null", "null", false},
    SiteCase{"ftp://h", "h", false},
    SiteCase{"http://", "", false},
    SiteCase{"", "", false},
};

START_TEST(which_site_a_page_is_of)
{
    const SiteCase& row = site_cases.at(static_cast<std::size_t>(_i));
    ck_assert_int_eq(jk::status::is_same_site(row.url, row.host), row.is_same);
}
END_TEST

struct ChangeCase {
    GetEdit policy;
    Asker asker;
    std::string_view refusal;  ///< a part of it; empty: accepted
};
const std::array change_cases{
    ChangeCase{GetEdit::scripts, {}, ""},
    ChangeCase{GetEdit::scripts, {.method = Method::post}, ""},
    ChangeCase{GetEdit::scripts, {.method = Method::head}, "HEAD changes nothing."},
    ChangeCase{GetEdit::on, {.method = Method::head}, "HEAD changes nothing."},
    ChangeCase{GetEdit::on, {.method = Method::other}, "GET or POST"},
    ChangeCase{GetEdit::scripts, {.agent = browser}, "set allow_get_edit=on"},
    ChangeCase{GetEdit::scripts, {.agent = browser, .token = own_token}, "set allow_get_edit=on"},
    ChangeCase{GetEdit::scripts, {.method = Method::post, .agent = browser}, "token is missing"},
    ChangeCase{
        GetEdit::scripts, {.method = Method::post, .agent = browser, .token = own_token}, ""},
    ChangeCase{GetEdit::scripts,
               {.method = Method::post, .agent = browser, .token = "0"},
               "token is not valid"},
    ChangeCase{GetEdit::scripts,
               {.method = Method::post, .host = "h", .origin = "http://h", .token = own_token},
               ""},
    ChangeCase{GetEdit::scripts,
               {.method = Method::post, .host = "h", .origin = "http://e", .token = own_token},
               "another site"},
    ChangeCase{GetEdit::scripts,
               {.method = Method::post, .host = "h", .origin = "null", .token = own_token},
               "another site"},
    ChangeCase{GetEdit::on, {.agent = browser}, ""},
    ChangeCase{GetEdit::on, {.host = "h", .origin = "http://h", .has_cookie = true}, ""},
    ChangeCase{GetEdit::on, {.host = "h", .origin = "http://e"}, "another site"},
    ChangeCase{GetEdit::on, {.host = "h", .referer = "http://e/"}, "another site"},
    ChangeCase{
        GetEdit::on, {.fetch_site = "same-site", .has_fetch_metadata = true}, "another site"},
    ChangeCase{GetEdit::on, {.fetch_site = "none", .has_fetch_metadata = true}, ""},
    ChangeCase{GetEdit::on, {.method = Method::post, .agent = browser}, "token is missing"},
    ChangeCase{GetEdit::off, {}, "allow_get_edit=off"},
    ChangeCase{GetEdit::off, {.method = Method::post}, "token is missing"},
    ChangeCase{GetEdit::off, {.method = Method::post, .token = own_token}, ""},
};

START_TEST(which_changes_are_accepted)
{
    const ChangeCase& row = change_cases.at(static_cast<std::size_t>(_i));
    const std::string_view refusal = jk::status::refuse_change(row.asker, row.policy, own_token);
    ck_assert_int_eq(refusal.empty(), row.refusal.empty());
    ck_assert(refusal.find(row.refusal) != std::string_view::npos);
}
END_TEST

START_TEST(without_a_token_of_its_own_nothing_is_right)
{
    const Asker asker{.method = Method::post, .agent = browser, .token = ""};
    ck_assert(!jk::status::refuse_change(asker, GetEdit::scripts, "").empty());
    ck_assert(!jk::status::refuse_request({.agent = browser, .token = "x"}, "").empty());
}
END_TEST

START_TEST(the_api_asks_browsers_for_a_token)
{
    ck_assert_text_eq(jk::status::refuse_request({.agent = "curl/8"}, own_token), "");
    ck_assert(!jk::status::refuse_request({.agent = browser}, own_token).empty());
    ck_assert_text_eq(jk::status::refuse_request({.agent = browser, .token = own_token}, own_token),
                      "");
    ck_assert(!jk::status::refuse_request({.host = "h", .origin = "http://e", .token = own_token},
                                          own_token)
                   .empty());
}
END_TEST

START_TEST(who_may_enter)
{
    jk::conf::StatusSettings settings;
    ck_assert(jk::status::may_enter({}, settings));
    settings.user = {"admin", "root"};
    ck_assert(!jk::status::may_enter({}, settings));
    ck_assert(jk::status::may_enter({.user = "root"}, settings));
    ck_assert(!jk::status::may_enter({.user = "Root"}, settings));
    settings.user_case_insensitive = true;
    ck_assert(jk::status::may_enter({.user = "Root"}, settings));
    settings.user = {""};
    ck_assert(!jk::status::may_enter({}, settings));
}
END_TEST

}  // namespace

TCase* access_tests()
{
    TCase* tests = tcase_create("access");
    tcase_add_loop_test(tests, what_is_plainly_no_browser, 0,
                        static_cast<int>(browser_cases.size()));
    tcase_add_loop_test(tests, which_site_a_page_is_of, 0, static_cast<int>(site_cases.size()));
    tcase_add_loop_test(tests, which_changes_are_accepted, 0,
                        static_cast<int>(change_cases.size()));
    tcase_add_test(tests, without_a_token_of_its_own_nothing_is_right);
    tcase_add_test(tests, the_api_asks_browsers_for_a_token);
    tcase_add_test(tests, who_may_enter);
    return tests;
}
