// Tests common/status/schedule.
#include "status/schedule.h"

#include <array>

#include "status/sample.h"
#include "support/check.h"

namespace {

using jk::lb::State;
using jk::status::Span;

jk::TimePoint ago(const jk::test::Sample& sample, std::int64_t seconds)
{
    return sample.snapshot.now - std::chrono::seconds{seconds};
}

struct MaintenanceCase {
    int maintain;
    std::int64_t waited;
    Span want;
};
constexpr std::array maintenance_cases{
    MaintenanceCase{60, 0, {60, 120}}, MaintenanceCase{60, 43, {17, 77}},
    MaintenanceCase{60, 60, {0, 60}},  MaintenanceCase{60, 100, {0, 20}},
    MaintenanceCase{60, 500, {0, 0}},  MaintenanceCase{0, 5, {0, 0}},
};

START_TEST(maintenance)
{
    const MaintenanceCase& row = maintenance_cases.at(static_cast<std::size_t>(_i));
    jk::test::Sample sample;
    sample.snapshot.maintain = row.maintain;
    sample.balancer().last_maintenance = ago(sample, row.waited);
    const Span span = jk::status::until_maintenance(sample.balancer(), sample.snapshot);
    ck_assert_int_eq(span.min, row.want.min);
    ck_assert_int_eq(span.max, row.want.max);
}
END_TEST

struct RecoveryCase {
    State state;
    std::int64_t error_age;
    std::int64_t maintenance_age;
    Span want;
};
constexpr std::array recovery_cases{
    RecoveryCase{State::error, 41, 43, {19, 79}},   // recover_time decides
    RecoveryCase{State::error, 41, 10, {50, 79}},   // maintenance comes later
    RecoveryCase{State::error, 300, 43, {17, 60}},  // due at the next maintenance
    RecoveryCase{State::error, 300, 300, {0, 60}}, RecoveryCase{State::error, 0, 0, {60, 120}},
    RecoveryCase{State::ok, 41, 43, {0, 0}},       RecoveryCase{State::recovering, 41, 43, {0, 0}},
    RecoveryCase{State::probing, 41, 43, {0, 0}},  RecoveryCase{State::forced, 41, 43, {0, 0}},
};

START_TEST(recovery)
{
    const RecoveryCase& row = recovery_cases.at(static_cast<std::size_t>(_i));
    jk::test::Sample sample;
    sample.member(2).state = row.state;
    sample.member(2).first_error_time = ago(sample, 1000);
    sample.member(2).last_error_time = ago(sample, row.error_age);
    sample.balancer().last_maintenance = ago(sample, row.maintenance_age);
    const Span span =
        jk::status::until_recovery(sample.member(2), sample.balancer(), sample.snapshot);
    ck_assert_int_eq(span.min, row.want.min);
    ck_assert_int_eq(span.max, row.want.max);
}
END_TEST

START_TEST(an_error_without_a_time_counts_from_now)
{
    jk::test::Sample sample;
    sample.member(2).first_error_time.reset();
    sample.member(2).last_error_time.reset();
    const Span span =
        jk::status::until_recovery(sample.member(2), sample.balancer(), sample.snapshot);
    ck_assert_int_eq(span.min, 60);
}
END_TEST

START_TEST(ages_agree_with_the_seconds_shown)
{
    jk::test::Sample sample;
    sample.snapshot.now = jk::from_micros(10'100'000);
    ck_assert_int_eq(jk::status::age(jk::from_micros(8'900'000), sample.snapshot), 2);
}
END_TEST

}  // namespace

TCase* schedule_tests()
{
    TCase* tests = tcase_create("schedule");
    tcase_add_loop_test(tests, maintenance, 0, static_cast<int>(maintenance_cases.size()));
    tcase_add_loop_test(tests, recovery, 0, static_cast<int>(recovery_cases.size()));
    tcase_add_test(tests, an_error_without_a_time_counts_from_now);
    tcase_add_test(tests, ages_agree_with_the_seconds_shown);
    return tests;
}
