// Tests common/status/escape.
#include "status/escape.h"

#include <array>

#include "support/check.h"

namespace {

using jk::status::Place;

struct MarkupCase {
    std::string_view text;
    std::string_view want;
};
constexpr std::array markup_cases{
    MarkupCase{"node1 /app/*'", "node1 /app/*'"},
    MarkupCase{"<a href=\"x\">&", "&lt;a href=&quot;x&quot;&gt;&amp;"},
    MarkupCase{"a\tb\r\n\x1b[0m\x7f", "ab[0m"},
    MarkupCase{std::string_view{"a\0b", 3}, "ab"},
    MarkupCase{"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
    MarkupCase{"\xe9t\xe9", "\xef\xbf\xbdt\xef\xbf\xbd"},                // Latin-1
    MarkupCase{"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},                  // overlong
    MarkupCase{"\xe0\x80\xbc", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},  // overlong '<'
    MarkupCase{"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},  // surrogate
    MarkupCase{"\xf4\x90\x80\x80<", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd&lt;"},
    MarkupCase{"\xef\xbf\xbe\xef\xbf\xbf", "\xef\xbf\xbd\xef\xbf\xbd"},  // no characters of XML
    MarkupCase{"\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd"},                  // cut off
    MarkupCase{"\xe2<", "\xef\xbf\xbd&lt;"},
    MarkupCase{"", ""},
};

START_TEST(markup_is_escaped)
{
    const MarkupCase& row = markup_cases.at(static_cast<std::size_t>(_i));
    std::string out;
    jk::status::append_markup(out, row.text);
    ck_assert_text_eq(out, row.want);
}
END_TEST

struct LineCase {
    Place place;
    std::string_view text;
    std::string_view want;
};
constexpr std::array line_cases{
    LineCase{Place::property, "a b=\"c\"<&", "a b=\"c\"<&"},
    LineCase{Place::property, "a\r\nb\x1b\x7f", "a__b__"},
    LineCase{Place::property,
             "a\xc2\x85"
             "b\xe2\x80\xa8"
             "c\xe2\x80\xa9",
             "a_b_c_"},
    LineCase{Place::property, "\xe9\x85", "\xe9\x85"},
    LineCase{Place::word, "a state=\"OK", "a_state=_OK"},
    LineCase{Place::quoted, "x\" state=\"OK", "x_ state=_OK"},
    LineCase{Place::key, "a=b c", "a_b c"},
};

START_TEST(lines_are_kept_whole)
{
    const LineCase& row = line_cases.at(static_cast<std::size_t>(_i));
    std::string out;
    jk::status::append_line(out, row.text, row.place);
    ck_assert_text_eq(out, row.want);
}
END_TEST

START_TEST(query_values_are_encoded)
{
    std::string out = "w=";
    jk::status::append_query_value(out, "a-b_c.d~1&cmd=reset\"<\n\xe9 +%");
    ck_assert_text_eq(out, "w=a-b_c.d~1%26cmd%3Dreset%22%3C%0A%E9%20%2B%25");
}
END_TEST

START_TEST(a_property_is_one_line)
{
    std::string out;
    jk::status::append_property(out, "a=b\nc", "x=y\nworker.result.type=OK");
    ck_assert_text_eq(out, "a_b_c=x=y_worker.result.type=OK\n");
}
END_TEST

START_TEST(attribute_names_are_names)
{
    const auto name = [](std::string_view text) {
        std::string out;
        jk::status::append_attribute_name(out, text);
        return out;
    };
    ck_assert_text_eq(name("worker.a-b_1.host"), "worker.a-b_1.host");
    ck_assert_text_eq(name("1st"), "_1st");
    ck_assert_text_eq(name("-x"), "_-x");
    ck_assert_text_eq(name("a b:c\"><&\xc3\xa9"), "a_b_c______");
    ck_assert_text_eq(name(""), "_");
}
END_TEST

}  // namespace

TCase* escape_tests()
{
    TCase* tests = tcase_create("escape");
    tcase_add_loop_test(tests, markup_is_escaped, 0, static_cast<int>(markup_cases.size()));
    tcase_add_loop_test(tests, lines_are_kept_whole, 0, static_cast<int>(line_cases.size()));
    tcase_add_test(tests, query_values_are_encoded);
    tcase_add_test(tests, a_property_is_one_line);
    tcase_add_test(tests, attribute_names_are_names);
    return tests;
}
