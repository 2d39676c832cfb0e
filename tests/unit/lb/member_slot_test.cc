// Tests common/lb/member_slot: the atomic operations, also from several threads, and names.
#include "lb/member_slot.h"

#include <cstring>
#include <limits>
#include <thread>
#include <vector>

#include "support/check.h"

namespace {

using Value = jk::lb::Shared<std::uint32_t>;
constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();

START_TEST(adds_and_subtracts)
{
    Value value{};
    ck_assert_uint_eq(value.add(5), 0);
    ck_assert_uint_eq(value.subtract(2), 5);
    ck_assert_uint_eq(value.load(), 3);
    std::uint32_t expected = 4;
    ck_assert(!value.replace(expected, 9));
    ck_assert_uint_eq(expected, 3);
    ck_assert(value.replace(expected, 9));
    value.raise_to(7);
    ck_assert_uint_eq(value.load(), 9);
    value.raise_to(12);
    ck_assert_uint_eq(value.load(), 12);
}
END_TEST

START_TEST(stays_within_its_range)
{
    Value value{};
    value.subtract_saturating(1);
    ck_assert_uint_eq(value.load(), 0);
    value.store(most - 1);
    value.add_saturating(1);
    ck_assert_uint_eq(value.load(), most);
    value.add_saturating(7);
    ck_assert_uint_eq(value.load(), most);
}
END_TEST

// balancing.md B9.
START_TEST(shifts_by_any_count)
{
    for (const auto& [count, result] : {std::pair<std::uint64_t, std::uint32_t>{0, 0x80000001},
                                        {1, 0x40000000},
                                        {31, 1},
                                        {32, 0},
                                        {33, 0},
                                        {std::uint64_t{1} << 40, 0}}) {
        Value value{};
        value.store(0x80000001);
        value.shift_right(count);
        ck_assert_uint_eq(value.load(), result);
    }
}
END_TEST

// B24: nothing is lost, whichever operations meet.
START_TEST(loses_nothing_among_threads)
{
    jk::lb::Shared<std::uint64_t> value{}, highest{};
    constexpr std::uint64_t times = 20'000;
    std::vector<std::thread> threads;
    for (std::uint64_t t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (std::uint64_t i = 0; i < times; ++i) {
                value.add_saturating(3);
                value.subtract_saturating(1);
                highest.raise_to(i * 4 + t);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    ck_assert_uint_eq(value.load(), 4 * times * 2);
    ck_assert_uint_eq(highest.load(), (times - 1) * 4 + 3);
}
END_TEST

START_TEST(a_name_ends_with_its_room)
{
    jk::lb::SlotName name;
    std::memset(name.text, 'x', sizeof name.text);
    ck_assert_uint_eq(name.view().size(), jk::lb::name_room);
    name.text[3] = '\0';
    ck_assert_text_eq(name.view(), "xxx");
}
END_TEST

}  // namespace

TCase* member_slot_tests()
{
    TCase* tests = tcase_create("member_slot");
    tcase_add_test(tests, adds_and_subtracts);
    tcase_add_test(tests, stays_within_its_range);
    tcase_add_test(tests, shifts_by_any_count);
    tcase_add_test(tests, loses_nothing_among_threads);
    tcase_add_test(tests, a_name_ends_with_its_room);
    return tests;
}
