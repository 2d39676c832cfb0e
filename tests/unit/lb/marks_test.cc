// Tests common/lb/marks.
#include "lb/marks.h"

#include <array>

#include "support/check.h"

namespace {

using jk::lb::Marks;

START_TEST(marks_any_number_of_members)
{
    for (const std::size_t members :
         {std::size_t{1}, Marks::room, Marks::room + 1, std::size_t{4096}}) {
        std::array<std::uint64_t, 64> memory{};
        memory.fill(~std::uint64_t{0});
        Marks marks{members, std::span{memory}.first(Marks::scratch_words(members))};
        for (std::size_t i = 0; i < members; ++i) {
            ck_assert(!marks.has(i));
            marks.set(i);
            ck_assert(marks.has(i));
            ck_assert(i + 1 == members || !marks.has(i + 1));
        }
        marks.unset(members - 1);
        ck_assert(!marks.has(members - 1));
        marks.clear();
        ck_assert(!marks.has(0));
    }
}
END_TEST

START_TEST(tells_how_much_scratch_it_needs)
{
    ck_assert_uint_eq(Marks::scratch_words(0), 0);
    ck_assert_uint_eq(Marks::scratch_words(256), 0);
    ck_assert_uint_eq(Marks::scratch_words(257), 5);
    ck_assert_uint_eq(Marks::scratch_words(320), 5);
    ck_assert_uint_eq(Marks::scratch_words(321), 6);
}
END_TEST

START_TEST(copies_stand_alone)
{
    Marks one{3, {}};
    one.set(1);
    Marks other = one;
    other.clear();
    ck_assert(one.has(1) && !other.has(1));
}
END_TEST

}  // namespace

TCase* marks_tests()
{
    TCase* tests = tcase_create("marks");
    tcase_add_test(tests, marks_any_number_of_members);
    tcase_add_test(tests, tells_how_much_scratch_it_needs);
    tcase_add_test(tests, copies_stand_alone);
    return tests;
}
