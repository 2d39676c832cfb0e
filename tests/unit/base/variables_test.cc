// Tests common/base/variables.
#include "base/variables.h"

#include <array>

#include "support/check.h"

namespace {

std::optional<std::string> look_up(std::string_view name)
{
    if (name == "h") {
        return "127.0.0.1";
    }
    if (name == "nested") {
        return "$(h)";
    }
    if (name == "empty") {
        return "";
    }
    return std::nullopt;
}

struct ExpansionCase {
    std::string_view value;
    std::string_view text;
    std::string_view unknown;  ///< the first one
};
constexpr std::array expansion_cases{
    ExpansionCase{"plain", "plain", ""},
    ExpansionCase{"$(h)", "127.0.0.1", ""},
    ExpansionCase{"a$(h)b$(h)c", "a127.0.0.1b127.0.0.1c", ""},
    ExpansionCase{"2101$(x)", "2101$(x)", "x"},
    ExpansionCase{"$(x)$(h)", "$(x)127.0.0.1", "x"},
    ExpansionCase{"$(nested)", "$(h)", ""},
    ExpansionCase{"a$(empty)b", "ab", ""},
    ExpansionCase{"$(h", "$(h", ""},
    ExpansionCase{"h)$(", "h)$(", ""},
    ExpansionCase{")$(h)", ")127.0.0.1", ""},
    ExpansionCase{"$h ${h} $ (h)", "$h ${h} $ (h)", ""},
    ExpansionCase{"$(a$(h))", "$(a$(h))", "a$(h"},
    ExpansionCase{"", "", ""},
};

START_TEST(replaces_what_is_known)
{
    const ExpansionCase& row = expansion_cases.at(static_cast<std::size_t>(_i));
    const jk::Expansion expansion = jk::expand_variables(row.value, look_up);
    ck_assert_text_eq(expansion.text, row.text);
    ck_assert_text_eq(expansion.unknown.empty() ? "" : expansion.unknown.front(), row.unknown);
    ck_assert(!expansion.is_cut_short);
}
END_TEST

START_TEST(an_empty_name_is_unknown)
{
    ck_assert_text_eq(jk::expand_variables("$()", look_up).text, "$()");
}
END_TEST

START_TEST(stops_after_21_substitutions)
{
    std::string value;
    std::string expected;
    for (int i = 0; i < 21; ++i) {
        value += "$(h)";
        expected += "127.0.0.1";
    }
    ck_assert_text_eq(jk::expand_variables(value, look_up).text, expected);
    ck_assert(!jk::expand_variables(value + "x", look_up).is_cut_short);
    ck_assert(jk::expand_variables(value + "$(h)", look_up).is_cut_short);
    ck_assert_text_eq(jk::expand_variables(value + "$(h)y", look_up).text, expected + "$(h)y");
}
END_TEST

START_TEST(knows_what_stands_beside_variables)
{
    for (const std::string_view spelled : {"x", "x$(h)", "$(h) $(h)", "$(h", "$()x", "$"}) {
        ck_assert(jk::is_spelled_out(spelled));
    }
    for (const std::string_view taken : {"", "$(h)", "$(h)$(none)", "$()"}) {
        ck_assert(!jk::is_spelled_out(taken));
    }
}
END_TEST

}  // namespace

TCase* variables_tests()
{
    TCase* tests = tcase_create("variables");
    tcase_add_loop_test(tests, replaces_what_is_known, 0, static_cast<int>(expansion_cases.size()));
    tcase_add_test(tests, an_empty_name_is_unknown);
    tcase_add_test(tests, stops_after_21_substitutions);
    tcase_add_test(tests, knows_what_stands_beside_variables);
    return tests;
}
