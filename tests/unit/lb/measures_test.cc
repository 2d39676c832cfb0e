// Tests common/lb/measures: of one worker, and that those of others stay untouched.
#include "lb/measures.h"

#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::lb::Measures;
using jk::lb::Shape;
using jk::lb::Timing;
using jk::lb::WorkerMeasures;
using std::chrono::microseconds;

constexpr Shape shape{3, 1, 3, 1};

START_TEST(workers_do_not_touch_each_other)
{
    const jk::test::Memory memory{Measures::size_for(shape)};
    const Measures measures{memory.data(), shape};
    for (std::size_t worker = 0; worker < shape.workers; ++worker) {
        for (std::size_t timing = 0; timing < jk::lb::timing_count; ++timing) {
            measures.of(worker).took(static_cast<Timing>(timing),
                                     microseconds{10 * worker + timing + 1});
        }
        measures.of(worker).ended(worker);
    }
    for (std::size_t worker = 0; worker < shape.workers; ++worker) {
        for (std::size_t timing = 0; timing < jk::lb::timing_count; ++timing) {
            const auto read = measures.of(worker).distribution(static_cast<Timing>(timing));
            ck_assert_uint_eq(read.count, 1);
            ck_assert_int_eq(read.sum.count(), 10 * worker + timing + 1);
        }
        for (std::size_t way = 0; way < jk::lb::ending_room; ++way) {
            ck_assert_uint_eq(measures.of(worker).endings(way), way == worker ? 1 : 0);
        }
    }
}
END_TEST

START_TEST(a_way_without_room_is_not_counted)
{
    const jk::test::Memory memory{Measures::size_for(shape)};
    WorkerMeasures last = Measures{memory.data(), shape}.of(2);
    last.ended(jk::lb::ending_room);
    last.ended(SIZE_MAX);
    ck_assert_uint_eq(last.endings(jk::lb::ending_room), 0);
    ck_assert_uint_eq(last.endings(jk::lb::ending_room - 1), 0);
}
END_TEST

START_TEST(clears_and_adds)
{
    const jk::test::Memory memory{Measures::size_for(shape)};
    const Measures measures{memory.data(), shape};
    WorkerMeasures one = measures.of(0), other = measures.of(1);
    one.ended(4);
    one.took(Timing::total, microseconds{99});
    other.ended(4);
    other.add(one);
    ck_assert_uint_eq(other.endings(4), 2);
    ck_assert_uint_eq(other.distribution(Timing::total).count, 1);
    ck_assert_uint_eq(other.distribution(Timing::connect).count, 0);
    one.clear();
    ck_assert_uint_eq(one.endings(4), 0);
    ck_assert_uint_eq(one.distribution(Timing::total).count, 0);
    ck_assert_uint_eq(other.endings(4), 2);
}
END_TEST

START_TEST(begins_on_cache_lines)
{
    ck_assert_uint_eq(Measures::size_for(Shape{1, 0, 0, 1}) % jk::lb::line, 0);
    ck_assert_uint_le(Measures::size_for(Shape{1, 0, 0, 1}), std::size_t{22} * 1024);
}
END_TEST

}  // namespace

TCase* measures_tests()
{
    TCase* tests = tcase_create("measures");
    tcase_add_test(tests, workers_do_not_touch_each_other);
    tcase_add_test(tests, a_way_without_room_is_not_counted);
    tcase_add_test(tests, clears_and_adds);
    tcase_add_test(tests, begins_on_cache_lines);
    return tests;
}
