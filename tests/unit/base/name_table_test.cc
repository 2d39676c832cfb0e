// Tests common/base/name_table.
#include "base/name_table.h"

#include <string>

#include "support/check.h"

namespace {

constexpr std::array<std::string_view, 5> names{"a", "accept", "Accept-Charset", "x-y", "te"};
constexpr jk::NameTable table{names};
static_assert(table.find("accept") == 1);

START_TEST(finds_each_name_whatever_its_case)
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        std::string capitals{names[i]};
        for (char& c : capitals) {
            c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        }
        ck_assert(table.find(names[i]) == i);
        ck_assert(table.find(capitals) == i);
    }
}
END_TEST

START_TEST(finds_nothing_else)
{
    for (const std::string_view name :
         {"", "b", "aa", "accepT ", "accapt", "Accept_Charset", "x\x0dy", "tE\x01"}) {
        ck_assert(!table.find(name).has_value());
    }
}
END_TEST

START_TEST(bytes_above_ascii_are_no_letters)
{
    ck_assert(!table.find("\xe1").has_value());
    ck_assert(!table.find("t\xc5").has_value());
}
END_TEST

}  // namespace

TCase* name_table_tests()
{
    TCase* tests = tcase_create("name_table");
    tcase_add_test(tests, finds_each_name_whatever_its_case);
    tcase_add_test(tests, finds_nothing_else);
    tcase_add_test(tests, bytes_above_ascii_are_no_letters);
    return tests;
}
