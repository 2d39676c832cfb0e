// Tests common/base/wording.
#include "base/wording.h"

#include <array>
#include <limits>

#include "support/check.h"

namespace {

START_TEST(puts_pieces_together)
{
    ck_assert_text_eq(jk::concat({"a", "", "bc"}), "abc");
    ck_assert_text_eq(jk::concat({}), "");
}
END_TEST

START_TEST(makes_foreign_text_harmless)
{
    using namespace std::string_view_literals;
    ck_assert_text_eq(jk::quoted("a b"), "\"a b\"");
    ck_assert_text_eq(jk::quoted("\"\\\r\n\x1b\x7f\0\xc3"sv),
                      "\"\\x22\\x5c\\x0d\\x0a\\x1b\\x7f\\x00\\xc3\"");
    ck_assert_text_eq(jk::escaped("tc1"), "tc1");
    ck_assert_text_eq(jk::escaped("%n\n"), "%n\\x0a");
}
END_TEST

START_TEST(cuts_what_is_long)
{
    ck_assert_uint_eq(jk::escaped(std::string(200, 'x')).size(), 200);
    const std::string cut = jk::escaped(std::string(201, 'x'));
    ck_assert_uint_eq(cut.size(), 203);
    ck_assert(cut.ends_with("x..."));
}
END_TEST

struct DecimalCase {
    std::int64_t number;
    std::string_view text;
};
constexpr std::array decimal_cases{
    DecimalCase{0, "0"},
    DecimalCase{7, "7"},
    DecimalCase{10, "10"},
    DecimalCase{-1, "-1"},
    DecimalCase{8009, "8009"},
    DecimalCase{std::numeric_limits<std::int64_t>::max(), "9223372036854775807"},
    DecimalCase{std::numeric_limits<std::int64_t>::min(), "-9223372036854775808"},
};

START_TEST(writes_decimals)
{
    const DecimalCase& row = decimal_cases.at(static_cast<std::size_t>(_i));
    ck_assert_text_eq(jk::decimal(row.number), row.text);
}
END_TEST

}  // namespace

TCase* wording_tests()
{
    TCase* tests = tcase_create("wording");
    tcase_add_test(tests, puts_pieces_together);
    tcase_add_test(tests, makes_foreign_text_harmless);
    tcase_add_test(tests, cuts_what_is_long);
    tcase_add_loop_test(tests, writes_decimals, 0, static_cast<int>(decimal_cases.size()));
    return tests;
}
