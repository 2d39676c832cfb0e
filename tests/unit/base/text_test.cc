// Tests common/base/text.
#include "base/text.h"

#include <array>
#include <string>

#include "support/check.h"

namespace {

START_TEST(compares_without_case)
{
    ck_assert(jk::equals_caseless("Content-Length", "content-LENGTH"));
    ck_assert(!jk::equals_caseless("a", "ab"));
    ck_assert(jk::starts_with_caseless("SSL_CLIENT_CERT", "ssl_"));
    ck_assert(!jk::starts_with_caseless("ss", "ssl"));
    ck_assert(jk::equals_caseless("", ""));
}
END_TEST

START_TEST(knows_tokens)
{
    ck_assert(jk::is_token("X-Frame_Options!#"));
    ck_assert(!jk::is_token(""));
    ck_assert(!jk::is_token("a b"));
    ck_assert(!jk::is_token("a:"));
    ck_assert(!jk::is_token("a\r\n"));
    ck_assert(!jk::is_token("\xc3\xa9"));
}
END_TEST

START_TEST(finds_a_control_character_in_every_place)
{
    for (std::size_t size = 1; size <= 20; ++size) {
        for (std::size_t place = 0; place < size; ++place) {
            for (int c = 0; c < 256; ++c) {
                std::string text(size, '~');
                text[place] = static_cast<char>(c);
                ck_assert(jk::has_control(text) == (c < 0x20 || c == 0x7f));
            }
        }
    }
    ck_assert(!jk::has_control(""));
    ck_assert(!jk::has_control("\x80\xff\x20\x7e\xa0\xfe\x81\xdf"));
}
END_TEST

START_TEST(blanks_controls_but_tabs)
{
    std::string text{"a\tb\r\nc\0d\x7f \xff long enough", 23};
    jk::blank_controls({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    ck_assert_text_eq(text, "a\tb  c d  \xff long enough");
}
END_TEST

START_TEST(knows_every_character_of_a_token)
{
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    for (int c = 0; c < 256; ++c) {
        const bool is_alnum =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool is_mark = marks.find(static_cast<char>(c)) != std::string_view::npos;
        ck_assert(jk::is_token_char(static_cast<char>(c)) == (is_alnum || is_mark));
    }
}
END_TEST

START_TEST(trims_both_ends)
{
    ck_assert_text_eq(jk::trim("  a b\t\r\n"), "a b");
    ck_assert_text_eq(jk::trim(" \t "), "");
    ck_assert_text_eq(jk::trim(""), "");
}
END_TEST

START_TEST(splits_at_runs_of_separators)
{
    std::string_view rest = " a,, b\tc,";
    ck_assert_text_eq(jk::next_piece(rest, " ,\t").value_or("-"), "a");
    ck_assert_text_eq(jk::next_piece(rest, " ,\t").value_or("-"), "b");
    ck_assert_text_eq(jk::next_piece(rest, " ,\t").value_or("-"), "c");
    ck_assert(!jk::next_piece(rest, " ,\t").has_value());
    ck_assert(rest.empty());
}
END_TEST

struct DigitsCase {
    std::string_view text;
    std::optional<std::uint64_t> value;
};
constexpr std::array digits_cases{
    DigitsCase{"0", 0},
    DigitsCase{"007", 7},
    DigitsCase{"18446744073709551615", 18446744073709551615U},
    DigitsCase{"18446744073709551616", std::nullopt},
    DigitsCase{"", std::nullopt},
    DigitsCase{"+3", std::nullopt},
    DigitsCase{"-1", std::nullopt},
    DigitsCase{" 3", std::nullopt},
    DigitsCase{"3, 3", std::nullopt},
};

START_TEST(reads_digits_only)
{
    const DigitsCase& row = digits_cases.at(static_cast<std::size_t>(_i));
    ck_assert(jk::parse_digits(row.text) == row.value);
}
END_TEST

struct IntegerCase {
    std::string_view text;
    std::optional<std::int64_t> value;
};
constexpr std::array integer_cases{
    IntegerCase{"12", 12},
    IntegerCase{"  -7x", -7},
    IntegerCase{"+5", 5},
    IntegerCase{"1*2", 1},
    IntegerCase{"2101$(x)", 2101},
    IntegerCase{"abc", std::nullopt},
    IntegerCase{"", std::nullopt},
    IntegerCase{"+-5", std::nullopt},
    IntegerCase{"99999999999999999999", std::nullopt},
};

START_TEST(reads_the_leading_integer)
{
    const IntegerCase& row = integer_cases.at(static_cast<std::size_t>(_i));
    ck_assert(jk::parse_leading_integer(row.text) == row.value);
}
END_TEST

}  // namespace

TCase* text_tests()
{
    TCase* tests = tcase_create("text");
    tcase_add_test(tests, compares_without_case);
    tcase_add_test(tests, knows_tokens);
    tcase_add_test(tests, finds_a_control_character_in_every_place);
    tcase_add_test(tests, blanks_controls_but_tabs);
    tcase_add_test(tests, knows_every_character_of_a_token);
    tcase_add_test(tests, trims_both_ends);
    tcase_add_test(tests, splits_at_runs_of_separators);
    tcase_add_loop_test(tests, reads_digits_only, 0, static_cast<int>(digits_cases.size()));
    tcase_add_loop_test(tests, reads_the_leading_integer, 0,
                        static_cast<int>(integer_cases.size()));
    return tests;
}
