// Tests common/base/lines.
#include "base/lines.h"

#include <array>

#include "support/check.h"

namespace {

struct StatementCase {
    std::string_view line;
    std::string_view name;  ///< empty: the line says nothing
    std::string_view value;
};
constexpr std::array statement_cases{
    StatementCase{"a=b", "a", "b"},
    StatementCase{"  a b \t=  c d\r", "a b", "c d"},
    StatementCase{"a=b=c", "a", "b=c"},
    StatementCase{"a=\"b\"", "a", "\"b\""},
    StatementCase{"a=b\\", "a", "b\\"},
    StatementCase{"a=b#c", "a", "b#c"},  // the file's reader takes comments off
    StatementCase{"!a=b", "!a", "b"},
    StatementCase{"; a=b", "; a", "b"},
    StatementCase{"//a=b", "//a", "b"},
    StatementCase{"a: b", "", ""},
    StatementCase{"this is junk", "", ""},
    StatementCase{"a=", "", ""},
    StatementCase{"a= \t", "", ""},
    StatementCase{"=b", "", ""},
    StatementCase{"=", "", ""},
    StatementCase{"", "", ""},
};

START_TEST(splits_at_the_first_equals_sign)
{
    const StatementCase& row = statement_cases.at(static_cast<std::size_t>(_i));
    const auto statement = jk::split_statement(row.line);
    ck_assert(statement.has_value() == !row.name.empty());
    if (statement) {
        ck_assert_text_eq(statement->name, row.name);
        ck_assert_text_eq(statement->value, row.value);
    }
}
END_TEST

START_TEST(walks_lines_that_say_something)
{
    jk::Lines lines{"\xef\xbb\xbf# first\n\n a=1 # rest\r\n   \nb=2#x=3\nc=4"};
    auto line = lines.next();
    ck_assert_text_eq(line->text, "a=1");
    ck_assert_uint_eq(line->number, 3);
    line = lines.next();
    ck_assert_text_eq(line->text, "b=2");
    ck_assert_uint_eq(line->number, 5);
    line = lines.next();
    ck_assert_text_eq(line->text, "c=4");
    ck_assert_uint_eq(line->number, 6);
    ck_assert(!lines.next().has_value());
    ck_assert(!lines.next().has_value());
}
END_TEST

START_TEST(an_empty_file_has_no_lines)
{
    ck_assert(!jk::Lines{""}.next().has_value());
    ck_assert(!jk::Lines{"\n\n#\n"}.next().has_value());
}
END_TEST

START_TEST(measures_a_line_without_its_comment)
{
    const std::string fits = "a=" + std::string(jk::line_limit - 2, 'x');
    ck_assert(!jk::Lines{fits}.next()->is_too_long());
    const std::string too_long = fits + "x";
    ck_assert(jk::Lines{too_long}.next()->is_too_long());
    const std::string commented = fits + "#" + std::string(9000, '#');
    ck_assert(!jk::Lines{commented}.next()->is_too_long());
}
END_TEST

}  // namespace

TCase* lines_tests()
{
    TCase* tests = tcase_create("lines");
    tcase_add_loop_test(tests, splits_at_the_first_equals_sign, 0,
                        static_cast<int>(statement_cases.size()));
    tcase_add_test(tests, walks_lines_that_say_something);
    tcase_add_test(tests, an_empty_file_has_no_lines);
    tcase_add_test(tests, measures_a_line_without_its_comment);
    return tests;
}
