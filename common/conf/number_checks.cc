// Slips between seconds and milliseconds. A time in milliseconds is suspect below a limit; one in
// seconds above a limit, and only where it is a round number of the kind that milliseconds are
// written in: 3600 or 86400 seconds are meant.
// Tested by tests/unit/conf/number_checks_test.cc.
#include "conf/number_checks.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/wording.h"

namespace jk::conf {

namespace {

template <class Settings> struct Time {
    std::string_view property;
    int Settings::*field;
    int limit;
};
// property, field, milliseconds below which it is suspect
constexpr std::array milliseconds{
    Time<AjpSettings>{"reply_timeout", &AjpSettings::reply_timeout, 1000},
    Time<AjpSettings>{"socket_connect_timeout", &AjpSettings::socket_connect_timeout, 100},
    Time<AjpSettings>{"connect_timeout", &AjpSettings::connect_timeout, 100},
    Time<AjpSettings>{"ping_timeout", &AjpSettings::ping_timeout, 100},
    Time<AjpSettings>{"prepost_timeout", &AjpSettings::prepost_timeout, 100},
};
// property, field, seconds from which it is suspect
constexpr std::array seconds_of_ajp{
    Time<AjpSettings>{"socket_timeout", &AjpSettings::socket_timeout, 1000},
    Time<AjpSettings>{"connection_pool_timeout", &AjpSettings::connection_pool_timeout, 10000},
    Time<AjpSettings>{"connection_ping_interval", &AjpSettings::connection_ping_interval, 5000},
};
constexpr std::array seconds_of_lb{
    Time<LbSettings>{"recover_time", &LbSettings::recover_time, 5000},
    Time<LbSettings>{"error_escalation_time", &LbSettings::error_escalation_time, 5000},
};

bool looks_like_milliseconds(int seconds, int limit) noexcept
{
    constexpr int round = 500;
    return seconds >= limit && seconds % round == 0;
}

/// "16 hours": the largest unit that goes in once at least.
std::string in_words(int seconds)
{
    constexpr int minute = 60;
    constexpr int hour = 60 * minute;
    constexpr int day = 24 * hour;
    if (seconds >= 2 * day) {
        return concat({decimal(seconds / day), " days"});
    }
    return seconds >= 2 * hour ? concat({decimal(seconds / hour), " hours"})
                               : concat({decimal(seconds / minute), " minutes"});
}

std::string rather_seconds(const Property& property, int value)
{
    return concat({escaped(property.written), " is ", decimal(value),
                   " ms, which is very short; if seconds are meant, write ",
                   decimal(std::int64_t{value} * 1000)});
}

std::string rather_milliseconds(const Property& property, int value)
{
    constexpr int thousand = 1000;
    return concat({escaped(property.written), " is ", decimal(value), " s (", in_words(value),
                   "), which is very long; if milliseconds are meant, write ",
                   decimal((std::int64_t{value} + thousand - 1) / thousand)});
}

/// One worker, whatever its type.
template <class Worker> struct Look {
    const Properties& properties;
    const Worker& worker;
    Complaints& complaints;

    template <class Row, class IsSuspect, class Text>
    void check(const Row& row, const IsSuspect& is_suspect, const Text& text) const
    {
        const Property* const property = properties.find_of_worker(worker.name, row.property);
        const int value = worker.settings.*row.field;
        if (property != nullptr && is_suspect(value, row.limit)) {
            complaints.push_back({Severity::warning, property->place, text(*property, value)});
        }
    }
};

bool looks_like_seconds(int value, int limit) noexcept
{
    return value > 0 && value < limit;
}

void check_port(const Look<AjpWorker>& look)
{
    constexpr std::array taken{80, 443, 8005, 8080, 8443};
    const Property* const property = look.properties.find_of_worker(look.worker.name, "port");
    if (property != nullptr &&
        std::find(taken.begin(), taken.end(), look.worker.settings.port) != taken.end()) {
        look.complaints.push_back(
            {Severity::note, property->place,
             concat({escaped(property->written), " = ", decimal(look.worker.settings.port),
                     " is seldom an AJP port; the backend must have its AJP connector there"})});
    }
}

void check_maintain(const Properties& properties, int maintain, Complaints& complaints)
{
    constexpr int limit = 5000;
    const Property* const property = properties.find("worker.maintain");
    if (property != nullptr && looks_like_milliseconds(maintain, limit)) {
        complaints.push_back(
            {Severity::warning, property->place, rather_milliseconds(*property, maintain)});
    }
}

}  // namespace

void check_numbers(const Properties& properties, const WorkerSet& workers, Complaints& complaints)
{
    check_maintain(properties, workers.maintain, complaints);
    for (const AjpWorker& worker : workers.ajp) {
        const Look<AjpWorker> look{properties, worker, complaints};
        for (const auto& row : milliseconds) {
            look.check(row, looks_like_seconds, rather_seconds);
        }
        for (const auto& row : seconds_of_ajp) {
            look.check(row, looks_like_milliseconds, rather_milliseconds);
        }
        check_port(look);
    }
    for (const LbWorker& worker : workers.lb) {
        const Look<LbWorker> look{properties, worker, complaints};
        for (const auto& row : seconds_of_lb) {
            look.check(row, looks_like_milliseconds, rather_milliseconds);
        }
    }
}

}  // namespace jk::conf
