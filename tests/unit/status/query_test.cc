// Tests common/status/query.
#include "status/query.h"

#include <array>

#include "support/check.h"

namespace {

using jk::status::Page;
using jk::status::Query;

struct ValueCase {
    std::string_view query;
    std::string_view want;  ///< value of w, "-" where there is none
};
constexpr std::array value_cases{
    ValueCase{"w=lb", "lb"},
    ValueCase{"", "-"},
    ValueCase{"w", "-"},
    ValueCase{"=lb&&&", "-"},
    ValueCase{"w=", ""},
    ValueCase{"W=lb", "-"},
    ValueCase{"%77=lb", "-"},
    ValueCase{"w=a&w=b", "b"},
    ValueCase{"w=a;w=b", "a;w=b"},
    ValueCase{"w=a=b", "a=b"},
    ValueCase{"w=a+b%2Bc%26d", "a b+c&d"},
    ValueCase{"w=%3c%3E?<>\"*", "<>?<>\"*"},
    ValueCase{"w=%C3%a9", "\xc3\xa9"},
};

START_TEST(values)
{
    const ValueCase& row = value_cases.at(static_cast<std::size_t>(_i));
    const Query query{row.query};
    ck_assert(!query.has_failed());
    ck_assert_text_eq(query.find("w").value_or("-"), row.want);
}
END_TEST

constexpr std::array<std::string_view, 8> bad_values{
    "x=%", "x=%4", "x=%zz", "x=%4g", "x=%-1", "x=%+1", "x=a%00b", "x=% 1",
};

START_TEST(a_bad_escape_stops_reading)
{
    std::string text = "mime=txt&";
    text += bad_values.at(static_cast<std::size_t>(_i));
    text += "&w=lb";
    const Query query{text};
    ck_assert(query.has_failed());
    ck_assert_text_eq(query.find("mime").value_or("-"), "txt");
    ck_assert(!query.find("w").has_value());
    ck_assert(!query.find("x").has_value());
}
END_TEST

START_TEST(the_view_has_defaults)
{
    const Query query{"zz=1"};
    const Page page = jk::status::page_of(query);
    ck_assert_text_eq(page.command, "list");
    ck_assert_text_eq(page.format, "html");
    ck_assert(!page.worker && !page.member);
    ck_assert_uint_eq(page.options + page.refresh, 0);
}
END_TEST

START_TEST(the_view_takes_what_it_knows)
{
    const Query query{"cmd=show&mime=xml&w=lb&sw=node1&opt=3&re=7"};
    const Page page = jk::status::page_of(query);
    ck_assert_text_eq(page.command, "show");
    ck_assert_text_eq(page.format, "xml");
    ck_assert_text_eq(page.worker.value_or("-"), "lb");
    ck_assert_text_eq(page.member.value_or("-"), "node1");
    ck_assert(page.has(jk::status::hide_members) && page.has(jk::status::hide_maps));
    ck_assert(!page.has(jk::status::hide_legend));
    ck_assert_uint_eq(page.refresh, 7);
}
END_TEST

struct NumberCase {
    std::string_view query;
    std::uint32_t options;
    std::uint32_t refresh;
};
constexpr std::array number_cases{
    NumberCase{"opt=abc&re=", 0, 0},
    NumberCase{"opt=-1&re=-5", 0, 0},
    NumberCase{"opt=7x&re=10s", 7, 10},
    NumberCase{"opt=4294967296&re=9999999", 4294967295U, 86400},
    NumberCase{"opt=99999999999999999999&re=99999999999999999999", 0, 0},
};

START_TEST(numbers)
{
    const NumberCase& row = number_cases.at(static_cast<std::size_t>(_i));
    const Query query{row.query};
    const Page page = jk::status::page_of(query);
    ck_assert_uint_eq(page.options, row.options);
    ck_assert_uint_eq(page.refresh, row.refresh);
}
END_TEST

}  // namespace

TCase* query_tests()
{
    TCase* tests = tcase_create("query");
    tcase_add_loop_test(tests, values, 0, static_cast<int>(value_cases.size()));
    tcase_add_loop_test(tests, a_bad_escape_stops_reading, 0, static_cast<int>(bad_values.size()));
    tcase_add_test(tests, the_view_has_defaults);
    tcase_add_test(tests, the_view_takes_what_it_knows);
    tcase_add_loop_test(tests, numbers, 0, static_cast<int>(number_cases.size()));
    return tests;
}
