// Calendar arithmetic: days are counted in eras of 400 years that begin on 1 March, so that the
// leap day is the last of its year. Tested by tests/unit/status/calendar_test.cc.
#include "status/calendar.h"

#include <array>
#include <charconv>

namespace jk::status {

namespace {

constexpr std::int64_t seconds_per_day = 86400;
constexpr std::int64_t days_per_era = 146097;
constexpr std::int64_t days_to_1970 = 719468;  // from 1 March of year 0

/// A moment of a calendar, in the order in which it is written.
struct Moment {
    std::int64_t year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

std::int64_t floor_divide(std::int64_t a, std::int64_t b) noexcept
{
    return a / b - (a % b < 0 ? 1 : 0);
}

void set_date(Moment& moment, std::int64_t days_since_1970) noexcept
{
    const std::int64_t days = days_since_1970 + days_to_1970;
    const std::int64_t era = floor_divide(days, days_per_era);
    const std::int64_t day_of_era = days - era * days_per_era;
    const std::int64_t leap_days = day_of_era / 1460 - day_of_era / 36524 + day_of_era / 146096;
    const std::int64_t year_of_era = (day_of_era - leap_days) / 365;
    const std::int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
    moment.day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    moment.month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    moment.year = era * 400 + year_of_era + (moment.month <= 2 ? 1 : 0);
}

Moment moment_of(TimePoint time, int utc_offset) noexcept
{
    const std::int64_t local = unix_seconds(time) + utc_offset;
    const std::int64_t days = floor_divide(local, seconds_per_day);
    const std::int64_t seconds = local - days * seconds_per_day;
    Moment moment;
    set_date(moment, days);
    moment.hour = seconds / 3600;
    moment.minute = seconds / 60 % 60;
    moment.second = seconds % 60;
    return moment;
}

void append_padded(std::string& out, std::int64_t value, std::size_t width)
{
    std::array<char, 24> digits{};
    char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    const auto size = static_cast<std::size_t>(end - digits.data());
    out.append(size < width ? width - size : 0, '0');
    out.append(digits.data(), size);
}

}  // namespace

std::int64_t unix_seconds(TimePoint time) noexcept
{
    return floor_divide(to_micros(time), 1'000'000);
}

std::string compact_time(TimePoint time, int utc_offset)
{
    const Moment moment = moment_of(time, utc_offset);
    std::string out;
    append_padded(out, moment.year, 4);
    for (const auto part : {moment.month, moment.day, moment.hour, moment.minute, moment.second}) {
        append_padded(out, part, 2);
    }
    return out;
}

std::string readable_time(TimePoint time, int utc_offset)
{
    std::string out = compact_time(time, utc_offset);
    const std::size_t year = out.size() - 10;  // the other fields take two digits each
    out.insert(year + 8, ":");
    out.insert(year + 6, ":");
    out.insert(year + 4, " ");
    out.insert(year + 2, "-");
    out.insert(year, "-");
    out += ' ';
    return out + zone(utc_offset);
}

std::string zone(int utc_offset)
{
    const std::int64_t minutes = (utc_offset < 0 ? -std::int64_t{utc_offset} : utc_offset) / 60;
    std::string out{utc_offset < 0 ? '-' : '+'};
    append_padded(out, minutes / 60, 2);
    append_padded(out, minutes % 60, 2);
    return out;
}

}  // namespace jk::status
