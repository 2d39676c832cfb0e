// Tests common/status/calendar.
#include "status/calendar.h"

#include <array>

#include "support/check.h"

namespace {

struct TimeCase {
    std::int64_t seconds;
    int utc_offset;
    std::string_view want;
};
constexpr std::array time_cases{
    TimeCase{0, 0, "1970-01-01 00:00:00 +0000"},
    TimeCase{1795400853, 0, "2026-11-23 02:27:33 +0000"},
    TimeCase{1795400853, 7200, "2026-11-23 04:27:33 +0200"},
    TimeCase{1795400853, -12600, "2026-11-22 22:57:33 -0330"},
    TimeCase{951782399, 0, "2000-02-28 23:59:59 +0000"},
    TimeCase{951782400, 0, "2000-02-29 00:00:00 +0000"},
    TimeCase{951868800, 0, "2000-03-01 00:00:00 +0000"},
    TimeCase{4107542400, 0, "2100-03-01 00:00:00 +0000"},
    TimeCase{1735689599, 0, "2024-12-31 23:59:59 +0000"},
    TimeCase{1735689599, 20700, "2025-01-01 05:44:59 +0545"},
    TimeCase{-1, 0, "1969-12-31 23:59:59 +0000"},
    TimeCase{-2203891200, 0, "1900-03-01 00:00:00 +0000"},
    TimeCase{253402300800, 0, "10000-01-01 00:00:00 +0000"},
};

jk::TimePoint at(std::int64_t seconds)
{
    return jk::TimePoint{std::chrono::seconds{seconds}};
}

START_TEST(dates_are_right)
{
    const TimeCase& row = time_cases.at(static_cast<std::size_t>(_i));
    ck_assert_text_eq(jk::status::readable_time(at(row.seconds), row.utc_offset), row.want);
}
END_TEST

START_TEST(compact_form)
{
    ck_assert_text_eq(jk::status::compact_time(at(1795400853), 3600), "20261123032733");
    ck_assert_text_eq(jk::status::compact_time(at(0), 0), "19700101000000");
}
END_TEST

START_TEST(zones)
{
    ck_assert_text_eq(jk::status::zone(0), "+0000");
    ck_assert_text_eq(jk::status::zone(5 * 3600 + 1800), "+0530");
    ck_assert_text_eq(jk::status::zone(-3600), "-0100");
}
END_TEST

START_TEST(seconds_are_rounded_down)
{
    ck_assert_int_eq(jk::status::unix_seconds(jk::from_micros(1'999'999)), 1);
    ck_assert_int_eq(jk::status::unix_seconds(jk::from_micros(-1)), -1);
}
END_TEST

}  // namespace

TCase* calendar_tests()
{
    TCase* tests = tcase_create("calendar");
    tcase_add_loop_test(tests, dates_are_right, 0, static_cast<int>(time_cases.size()));
    tcase_add_test(tests, compact_form);
    tcase_add_test(tests, zones);
    tcase_add_test(tests, seconds_are_rounded_down);
    return tests;
}
