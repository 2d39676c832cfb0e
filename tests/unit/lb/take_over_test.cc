// Tests common/lb/take_over.
#include "lb/member_state.h"
#include "lb/segment.h"
#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::lb::Count;
using jk::lb::Segment;
using jk::lb::Shape;
using jk::lb::State;
using jk::test::Memory;

constexpr Shape shape{3, 2, 4, 3};
constexpr jk::TimePoint now = jk::from_micros(7'000'000);

START_TEST(takes_over_by_name)
{
    const Memory memory{Segment::size_for(shape)}, larger{Segment::size_for({9, 9, 9, 9})};
    Segment old = Segment::format(memory.data(), shape);
    old.worker("w1", now)->errors.add(4);
    old.worker("gone", now)->errors.add(5);
    old.balancer("lb", now)->max_busy.store(6);
    old.member("lb", "w1", now)->sessions.store(7);
    auto* const probed = old.member("lb", "w2", now);
    probed->standing.store(static_cast<std::uint64_t>(State::recovering));
    ck_assert(begin_probe(*probed, jk::lb::standing_of(*probed), 1));
    old.claim_column(1).add(Count::worker_busy, 0);
    old.measures(*old.worker("w1", now)).ended(3);
    old.measures(*old.worker("w1", now)).took(jk::lb::Timing::total, std::chrono::seconds{1});
    for (std::uint32_t i = 1; i <= 2; ++i) {
        jk::lb::Failure failure;
        failure.attempts = i;
        old.failures().add(failure, 1);
    }

    Segment fresh = Segment::format(larger.data(), {9, 9, 9, 9});
    const jk::TimePoint later = now + std::chrono::hours{1};
    for (const char* name : {"w2", "w1", "new"}) {
        (void)fresh.worker(name, later);
        (void)fresh.member("lb", name, later);
    }
    (void)fresh.balancer("lb", later);
    fresh.take_over(old);
    ck_assert_uint_eq(fresh.worker("w1", now)->errors.load(), 4);
    ck_assert_int_eq(fresh.worker("w1", now)->last_reset.load(), jk::to_micros(now));
    ck_assert_int_eq(fresh.worker("new", now)->last_reset.load(), jk::to_micros(later));
    ck_assert_uint_eq(fresh.balancer("lb", now)->max_busy.load(), 6);
    ck_assert_uint_eq(fresh.member("lb", "w1", now)->sessions.load(), 7);
    ck_assert(jk::lb::standing_of(*fresh.member("lb", "w2", now)).state == State::error);
    ck_assert_uint_eq(fresh.total(Count::worker_busy, 0), 0);
    ck_assert_uint_eq(fresh.worker("gone", now)->errors.load(), 0);
    const auto measures = fresh.measures(*fresh.worker("w1", now));
    ck_assert_uint_eq(measures.endings(3), 1);
    ck_assert_uint_eq(measures.distribution(jk::lb::Timing::total).count, 1);
    ck_assert_uint_eq(fresh.measures(*fresh.worker("w2", now)).endings(3), 0);
    ck_assert_uint_eq(fresh.failures().all().size(), 2);
    ck_assert_uint_eq(fresh.failures().all()[0].attempts, 2);
}
END_TEST

}  // namespace

TCase* take_over_tests()
{
    TCase* const tests = tcase_create("take_over");
    tcase_add_test(tests, takes_over_by_name);
    return tests;
}
