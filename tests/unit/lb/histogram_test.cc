// Tests common/lb/histogram.
#include "lb/histogram.h"

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::lb::bucket_count;
using jk::lb::bucket_of;
using jk::lb::Distribution;
using jk::lb::Histogram;
using jk::lb::longest_micros;
using jk::lb::upper_bound;
using std::chrono::microseconds;
using std::chrono::nanoseconds;

/// A histogram on memory of its own.
struct Held {
    jk::lb::HistogramSlot slot{};
    jk::lb::HistogramBuckets buckets{};
    Histogram histogram{slot, buckets};
};

START_TEST(buckets_follow_each_other_without_a_gap)
{
    for (std::size_t i = 0; i < bucket_count; ++i) {
        ck_assert_uint_eq(bucket_of(upper_bound(i)), i);
        ck_assert_uint_eq(bucket_of(upper_bound(i) + 1), std::min(i + 1, bucket_count - 1));
    }
    ck_assert_uint_eq(bucket_of(0), 0);
    ck_assert_uint_eq(bucket_of(1), 0);
    ck_assert_uint_eq(bucket_of(UINT64_MAX), bucket_count - 1);
}
END_TEST

START_TEST(a_bound_is_never_more_than_3_2_percent_too_high)
{
    jk::test::Dice dice{7};
    for (int i = 0; i < 200'000; ++i) {
        const std::uint64_t micros = 1 + (dice.roll(longest_micros) >> dice.roll(32));
        const std::uint64_t bound = upper_bound(bucket_of(micros));
        ck_assert_uint_ge(bound, micros);
        ck_assert_uint_le((bound - micros) * 1000, micros * 32);
    }
}
END_TEST

START_TEST(each_power_of_two_is_a_bound)
{
    for (std::uint64_t power = 1; power <= longest_micros; power *= 2) {
        ck_assert_uint_eq(upper_bound(bucket_of(power)), power);
    }
}
END_TEST

START_TEST(counts_sums_and_quantiles)
{
    Held held;
    for (int i = 1; i <= 1000; ++i) {
        held.histogram.record(microseconds{i});
    }
    const Distribution read = held.histogram.read();
    ck_assert_uint_eq(read.count, 1000);
    ck_assert_int_eq(read.sum.count(), 500'500);
    const struct {
        double share;
        int exact;
    } rows[] = {{0.001, 1}, {0.01, 10}, {0.5, 500}, {0.9, 900}, {0.99, 990}, {1, 1000}};
    for (const auto& row : rows) {
        const auto got = read.quantile(row.share).count();
        ck_assert_int_ge(got, row.exact);
        ck_assert_int_le(got * 1000, row.exact * 1032);
    }
}
END_TEST

START_TEST(both_ends_are_closed)
{
    Held held;
    held.histogram.record(nanoseconds{-5});
    held.histogram.record(nanoseconds{0});
    held.histogram.record(nanoseconds{1});
    ck_assert_int_eq(held.histogram.read().quantile(1).count(), 1);
    held.histogram.record(std::chrono::hours{48});
    const Distribution read = held.histogram.read();
    ck_assert_uint_eq(read.count, 4);
    ck_assert_int_eq(read.quantile(1).count(), longest_micros);
    ck_assert_int_eq(read.sum.count(), 3 + static_cast<std::int64_t>(longest_micros));
}
END_TEST

START_TEST(an_empty_one_has_no_quantile)
{
    const Held held;
    const Distribution read = held.histogram.read();
    ck_assert_uint_eq(read.count, 0);
    ck_assert_int_eq(read.quantile(0.99).count(), 0);
}
END_TEST

START_TEST(clears_and_adds)
{
    Held held, other;
    held.histogram.record(microseconds{50});
    held.histogram.record(microseconds{70'000});
    other.histogram.record(microseconds{70'000});
    other.histogram.add(held.histogram.read());
    const Distribution sum = other.histogram.read();
    ck_assert_uint_eq(sum.count, 3);
    ck_assert_uint_eq(sum.parts.size(), 2);
    ck_assert_uint_eq(sum.parts[1].count, 2);
    ck_assert_int_eq(sum.sum.count(), 140'050);
    held.histogram.clear();
    ck_assert_uint_eq(held.histogram.read().count, 0);
    ck_assert_int_eq(held.histogram.read().sum.count(), 0);
}
END_TEST

START_TEST(merged_ones_are_as_one_that_recorded_all)
{
    jk::test::Dice dice{11};
    Held whole;
    Held parts[3];
    for (int i = 0; i < 3000; ++i) {
        const microseconds took{1 + dice.roll(1U << (4 + dice.roll(20)))};
        whole.histogram.record(took);
        parts[i % 3].histogram.record(took);
    }
    Distribution merged;
    for (const Held& part : parts) {
        merged.add(part.histogram.read());
    }
    merged.add({});
    const Distribution expected = whole.histogram.read();
    ck_assert_uint_eq(merged.count, expected.count);
    ck_assert_int_eq(merged.sum.count(), expected.sum.count());
    ck_assert_uint_eq(merged.parts.size(), expected.parts.size());
    for (std::size_t i = 0; i < merged.parts.size(); ++i) {
        ck_assert_uint_eq(merged.parts[i].bucket, expected.parts[i].bucket);
        ck_assert_uint_eq(merged.parts[i].count, expected.parts[i].count);
    }
    for (const double share : {0.5, 0.9, 0.99, 1.0}) {
        ck_assert(merged.quantile(share) == expected.quantile(share));
    }
}
END_TEST

START_TEST(nothing_is_lost_between_eight_threads)
{
    constexpr int rounds = 5000;
    Held held;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&held, i] {
            for (int round = 1; round <= rounds; ++round) {
                held.histogram.record(microseconds{round * (i + 1)});
                const Distribution read = held.histogram.read();
                ck_assert_uint_ge(read.count, 1);
            }
        });
    }
    for (std::thread& one : threads) {
        one.join();
    }
    const Distribution read = held.histogram.read();
    ck_assert_uint_eq(read.count, 8 * rounds);
    ck_assert_int_eq(read.sum.count(), 36L * rounds * (rounds + 1) / 2);
}
END_TEST

}  // namespace

TCase* histogram_tests()
{
    TCase* tests = tcase_create("histogram");
    tcase_add_test(tests, buckets_follow_each_other_without_a_gap);
    tcase_add_test(tests, a_bound_is_never_more_than_3_2_percent_too_high);
    tcase_add_test(tests, each_power_of_two_is_a_bound);
    tcase_add_test(tests, counts_sums_and_quantiles);
    tcase_add_test(tests, both_ends_are_closed);
    tcase_add_test(tests, an_empty_one_has_no_quantile);
    tcase_add_test(tests, clears_and_adds);
    tcase_add_test(tests, merged_ones_are_as_one_that_recorded_all);
    tcase_add_test(tests, nothing_is_lost_between_eight_threads);
    return tests;
}
