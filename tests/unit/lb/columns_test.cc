// Tests common/lb/columns.
#include "lb/columns.h"

#include <array>

#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::lb::Column;
using jk::lb::Columns;
using jk::lb::Count;
using jk::lb::Shape;

constexpr Shape shape{3, 2, 5, 4};
constexpr std::array kinds{Count::worker_busy, Count::worker_connected, Count::balancer_busy,
                           Count::member_busy};
constexpr std::array<std::size_t, 4> sizes{3, 3, 2, 5};

START_TEST(counts_do_not_touch_each_other)
{
    const jk::test::Memory memory{Columns::size_for(shape)};
    Columns columns{memory.data(), shape};
    Column one = columns.claim(10), other = columns.claim(11);
    for (std::size_t k = 0; k < kinds.size(); ++k) {
        for (std::size_t i = 0; i < sizes[k]; ++i) {
            ck_assert_uint_eq(columns.total(kinds[k], i), 0);
            one.add(kinds[k], i);
            other.add(kinds[k], i);
            other.add(kinds[k], i);
            ck_assert_uint_eq(columns.total(kinds[k], i), 3);
        }
    }
    one.subtract(Count::member_busy, 4);
    ck_assert_uint_eq(columns.total(Count::member_busy, 4), 2);
}
END_TEST

START_TEST(never_below_zero_never_outside)
{
    const jk::test::Memory memory{Columns::size_for(shape)};
    Columns columns{memory.data(), shape};
    Column column = columns.claim(10);
    column.subtract(Count::worker_busy, 0);
    ck_assert_uint_eq(columns.total(Count::worker_busy, 0), 0);
    for (const Count kind : kinds) {
        column.add(kind, 5);
        column.subtract(kind, 1'000'000);
        ck_assert_uint_eq(columns.total(kind, 5), 0);
    }
    ck_assert_uint_eq(columns.total(Count::member_busy, 0), 0);
    Column none;
    none.add(Count::member_busy, 0);
    ck_assert_uint_eq(Columns{}.total(Count::member_busy, 0), 0);
    ck_assert(!Columns{}.claim(1).is_shared());
}
END_TEST

START_TEST(latecomers_share_the_last_column)
{
    const jk::test::Memory memory{Columns::size_for(shape)};
    Columns columns{memory.data(), shape};
    for (std::uint32_t pid = 10; pid < 13; ++pid) {
        ck_assert(!columns.claim(pid).is_shared());
    }
    ck_assert_uint_eq(columns.claimed(), 3);
    Column late = columns.claim(13), later = columns.claim(14);
    ck_assert(late.is_shared() && later.is_shared());
    late.add(Count::worker_busy, 1);
    later.add(Count::worker_busy, 1);
    ck_assert_uint_eq(columns.total(Count::worker_busy, 1), 2);
    columns.release(13);
    ck_assert_uint_eq(columns.total(Count::worker_busy, 1), 2);
    columns.release(11);
    ck_assert(!columns.claim(15).is_shared());
}
END_TEST

// Whatever happens, a bound is no less than the sum; where no process died in the middle, it is it.
START_TEST(each_process_has_its_share)
{
    const jk::test::Memory memory{Columns::size_for(shape)};
    Columns columns{memory.data(), shape};
    std::array claimed{columns.claim(10), columns.claim(11), columns.claim(12)};
    Column late = columns.claim(13);
    ck_assert(late.is_shared());
    claimed[1].add(Count::worker_busy, 2);
    claimed[1].add(Count::worker_connected, 2);
    claimed[1].add(Count::worker_connected, 2);
    columns.release(10);
    const auto shares = columns.shares(2);
    ck_assert_uint_eq(shares.size(), 2);
    ck_assert_uint_eq(shares[0].pid, 11);
    ck_assert_uint_eq(shares[0].busy, 1);
    ck_assert_uint_eq(shares[0].connected, 2);
    ck_assert_uint_eq(shares[1].pid, 12);
    late.add(Count::worker_connected, 2);
    ck_assert_uint_eq(columns.shares(2).back().pid, 0);
    ck_assert_uint_eq(columns.shares(2).back().connected, 1);
    ck_assert(columns.shares(3).empty() && Columns{}.shares(0).empty());
}
END_TEST

START_TEST(bounds_follow_the_sums)
{
    const jk::test::Memory memory{Columns::size_for(shape)};
    Columns columns{memory.data(), shape};
    Column one = columns.claim(10), other = columns.claim(11);
    const auto require_equal = [&](std::uint32_t expected) {
        for (std::size_t k = 0; k < kinds.size(); ++k) {
            ck_assert_uint_eq(columns.total(kinds[k], sizes[k] - 1), expected);
            ck_assert_uint_eq(columns.bound(kinds[k], sizes[k] - 1), expected);
            ck_assert_uint_eq(columns.bound(kinds[k], sizes[k]), 0);
        }
    };
    const auto count = [&](auto change) {
        for (std::size_t k = 0; k < kinds.size(); ++k) {
            change(kinds[k], sizes[k] - 1);
        }
    };
    count([&](Count kind, std::size_t i) { one.add(kind, i); });
    count([&](Count kind, std::size_t i) { other.add(kind, i); });
    count([&](Count kind, std::size_t i) { other.add(kind, i); });
    require_equal(3);
    ck_assert(columns.exceeds(Count::worker_busy, 2, 2) &&
              !columns.exceeds(Count::worker_busy, 2, 3));
    columns.release(11);
    require_equal(1);
    count([&](Count kind, std::size_t i) { one.subtract(kind, i); });
    count([&](Count kind, std::size_t i) { one.subtract(kind, i); });  // there is nothing left
    require_equal(0);
    ck_assert_uint_eq(Columns{}.bound(Count::worker_busy, 0), 0);
}
END_TEST

// A child is killed between its two counts: the bound stays too high, what it bounds does not.
START_TEST(a_bound_that_is_too_high_does_no_harm)
{
    const jk::test::Memory memory{Columns::size_for(shape)};
    Columns columns{memory.data(), shape};
    Column column = columns.claim(10);
    auto* const cells = static_cast<jk::lb::Shared<std::uint32_t>*>(memory.data());
    auto& bound = cells[jk::lb::line / sizeof(cells[0])];  // of the first worker's requests
    bound.add(1);
    ck_assert_uint_eq(columns.bound(Count::worker_busy, 0), 1);
    ck_assert(!columns.exceeds(Count::worker_busy, 0, 0));
    column.add(Count::worker_busy, 0);
    ck_assert(columns.exceeds(Count::worker_busy, 0, 0));
    ck_assert(!columns.exceeds(Count::worker_busy, 0, 1));
}
END_TEST

START_TEST(who_arrives_is_told_how_many_came_before)
{
    const jk::test::Memory memory{Columns::size_for(shape)};
    Columns columns{memory.data(), shape};
    Column one = columns.claim(10), other = columns.claim(11);
    ck_assert_uint_eq(one.arrive(Count::worker_busy, 1), 0);
    ck_assert_uint_eq(other.arrive(Count::worker_busy, 1), 1);
    one.add(Count::worker_busy, 1);
    ck_assert_uint_eq(one.arrive(Count::worker_busy, 1), 3);
    one.subtract(Count::worker_busy, 1);
    ck_assert_uint_eq(one.arrive(Count::worker_busy, 1), 3);
    ck_assert_uint_eq(columns.total(Count::worker_busy, 1), 4);
    ck_assert_uint_eq(one.arrive(Count::worker_busy, shape.workers), 0);
    ck_assert_uint_eq(Column{}.arrive(Count::worker_busy, 0), 0);
}
END_TEST

// A child is killed while it arrives: counted in its column, not in the bound.
START_TEST(a_bound_that_is_too_low_is_raised)
{
    const jk::test::Memory memory{Columns::size_for(shape)};
    Columns columns{memory.data(), shape};
    Column dead = columns.claim(10), alive = columns.claim(11);
    ck_assert_uint_eq(dead.arrive(Count::worker_busy, 0), 0);
    ck_assert_uint_eq(alive.arrive(Count::worker_busy, 0), 1);
    auto* const cells = static_cast<jk::lb::Shared<std::uint32_t>*>(memory.data());
    auto& bound = cells[jk::lb::line / sizeof(cells[0])];
    bound.subtract(1);
    columns.release(10);
    ck_assert_uint_eq(columns.total(Count::worker_busy, 0), 1);
    ck_assert_uint_eq(columns.bound(Count::worker_busy, 0), 1);
}
END_TEST

// Chapter 17, row 47, as far as the columns are concerned (B7).
START_TEST(a_dead_child_takes_its_share_with_it)
{
    const jk::test::Memory memory{Columns::size_for(shape)};
    Columns columns{memory.data(), shape};
    Column dead = columns.claim(10), alive = columns.claim(11);
    dead.add(Count::member_busy, 2);
    alive.add(Count::member_busy, 2);
    columns.release(10);
    ck_assert_uint_eq(columns.total(Count::member_busy, 2), 1);
    columns.release(99);
    columns.release(0);
    ck_assert_uint_eq(columns.total(Count::member_busy, 2), 1);
    columns.release_dead([](std::uint32_t pid) { return pid != 11; });
    ck_assert_uint_eq(columns.total(Count::member_busy, 2), 0);
    ck_assert_uint_eq(columns.claimed(), 0);
}
END_TEST

START_TEST(a_column_of_the_same_pid_is_the_rest_of_a_dead_one)
{
    const jk::test::Memory memory{Columns::size_for(shape)};
    Columns columns{memory.data(), shape};
    columns.claim(10).add(Count::worker_busy, 0);
    ck_assert(!columns.claim(10).is_shared());
    ck_assert_uint_eq(columns.total(Count::worker_busy, 0), 0);
    ck_assert_uint_eq(columns.claimed(), 1);
}
END_TEST

// security.md SH-4.
START_TEST(garbage_does_not_lead_outside)
{
    const jk::test::Memory memory{Columns::size_for(shape)};
    Columns columns{memory.data(), shape};
    Column column = columns.claim(10);
    auto* const words = static_cast<std::uint32_t*>(memory.data());
    for (std::size_t i = 0; i < memory.size() / sizeof *words; ++i) {
        words[i] = 0xfffffff0U + static_cast<std::uint32_t>(i % 16);
    }
    (void)columns.total(Count::member_busy, 4);
    (void)columns.claimed();
    column.add(Count::worker_busy, 2);
    ck_assert(columns.claim(11).is_shared());
    columns.release_dead([](std::uint32_t) { return false; });
    ck_assert_uint_eq(columns.claimed(), 0);
}
END_TEST

START_TEST(columns_begin_on_cache_lines)
{
    for (std::uint32_t members = 1; members < 40; ++members) {
        const Shape one{1, 1, members, 1}, two{1, 1, members, 2};
        ck_assert_uint_eq(Columns::size_for(one) % jk::lb::line, 0);
        ck_assert_uint_eq((Columns::size_for(two) - Columns::size_for(one)) % jk::lb::line, 0);
    }
}
END_TEST

}  // namespace

TCase* columns_tests()
{
    TCase* tests = tcase_create("columns");
    tcase_add_test(tests, counts_do_not_touch_each_other);
    tcase_add_test(tests, never_below_zero_never_outside);
    tcase_add_test(tests, each_process_has_its_share);
    tcase_add_test(tests, bounds_follow_the_sums);
    tcase_add_test(tests, a_bound_that_is_too_high_does_no_harm);
    tcase_add_test(tests, who_arrives_is_told_how_many_came_before);
    tcase_add_test(tests, a_bound_that_is_too_low_is_raised);
    tcase_add_test(tests, latecomers_share_the_last_column);
    tcase_add_test(tests, a_dead_child_takes_its_share_with_it);
    tcase_add_test(tests, a_column_of_the_same_pid_is_the_rest_of_a_dead_one);
    tcase_add_test(tests, garbage_does_not_lead_outside);
    tcase_add_test(tests, columns_begin_on_cache_lines);
    return tests;
}
