// Tests common/status/html.
#include "status/html.h"

#include <array>

#include "support/check.h"

namespace {

using jk::status::Html;
using jk::status::Page;
using jk::status::readable_size;

struct SizeCase {
    std::uint64_t bytes;
    std::string_view want;
};
constexpr std::array size_cases{
    SizeCase{0, "0"},
    SizeCase{972, "972"},
    SizeCase{973, "1.0K"},
    SizeCase{1120, "1.1K"},
    SizeCase{1340, "1.3K"},
    SizeCase{10137, "9.9K"},
    SizeCase{10239, "10K"},
    SizeCase{10240, "10K"},
    SizeCase{995327, "972K"},
    SizeCase{996352, "1.0M"},
    SizeCase{1048576, "1.0M"},
    SizeCase{1073741824, "1.0G"},
    SizeCase{18446744073709551615U, "16E"},
};

START_TEST(sizes)
{
    const SizeCase& row = size_cases.at(static_cast<std::size_t>(_i));
    ck_assert_text_eq(readable_size(row.bytes), row.want);
}
END_TEST

START_TEST(text_is_escaped_and_markup_is_not)
{
    Html html;
    html.raw("<b>").text("<i>").raw("</b>");
    ck_assert_text_eq(html.take(), "<b>&lt;i&gt;</b>");
}
END_TEST

START_TEST(a_link_names_what_differs_from_the_default)
{
    Page page;
    ck_assert_text_eq(jk::status::query_of(page), "?cmd=list");
    page.command = "show";
    page.format = "xml";
    page.worker = "a&b";
    page.member = "\"><script>";
    page.options = 34;
    page.refresh = 10;
    ck_assert_text_eq(jk::status::query_of(page),
                      "?cmd=show&mime=xml&w=a%26b&sw=%22%3E%3Cscript%3E&opt=34&re=10");
    Html html;
    html.link(page, "<x>");
    ck_assert_text_eq(html.take(),
                      "<a href=\"?cmd=show&amp;mime=xml&amp;w=a%26b&amp;sw=%22%3E%3Cscript%3E"
                      "&amp;opt=34&amp;re=10\">&lt;x&gt;</a>");
}
END_TEST

START_TEST(the_current_choice_is_no_link)
{
    Html html;
    html.choice(Page{}, "HTML", true).choice(Page{}, "other", false);
    ck_assert_text_eq(html.take(),
                      "<strong aria-current=\"true\">HTML</strong><a href=\"?cmd=list\">other</a>");
}
END_TEST

START_TEST(only_a_change_leads_back)
{
    Page page;
    page.worker = "lb";
    page.member = "b";
    page.from = "show";
    page.from_member = "a";
    page.options = 2;
    ck_assert_text_eq(jk::status::query_of(page), "?cmd=list&w=lb&sw=b&opt=2");
    page.command = "edit";
    ck_assert_text_eq(jk::status::query_of(page), "?cmd=edit&w=lb&sw=b&opt=2&from=show&psw=a");
    ck_assert_text_eq(jk::status::query_of(jk::status::way_back(page)),
                      "?cmd=show&w=lb&sw=a&opt=2");
    page.from_member.reset();
    ck_assert_text_eq(jk::status::query_of(jk::status::way_back(page)), "?cmd=show&w=lb&opt=2");
    page.from = "elsewhere";
    ck_assert_text_eq(jk::status::query_of(page), "?cmd=edit&w=lb&sw=b&opt=2");
    ck_assert_text_eq(jk::status::query_of(jk::status::way_back(page)), "?cmd=list&opt=2");
}
END_TEST

}  // namespace

TCase* html_tests()
{
    TCase* tests = tcase_create("html");
    tcase_add_loop_test(tests, sizes, 0, static_cast<int>(size_cases.size()));
    tcase_add_test(tests, text_is_escaped_and_markup_is_not);
    tcase_add_test(tests, a_link_names_what_differs_from_the_default);
    tcase_add_test(tests, the_current_choice_is_no_link);
    tcase_add_test(tests, only_a_change_leads_back);
    return tests;
}
