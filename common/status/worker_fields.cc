// The rows of members and of direct workers (status.md 5.3), in the order of the XML format.
// Tested by tests/unit/status/worker_fields_test.cc.
#include "status/fields.h"

#include <array>

#include "status/calendar.h"
#include "status/field_value.h"
#include "status/schedule.h"
#include "status/words.h"

namespace jk::status {

namespace {

// What the worker is set to, and what it and the member count now.

template <auto member> Value set(const Subject& subject)
{
    return make_value(subject.worker->settings->*member);
}

template <auto member> Value of_worker(const Subject& subject)
{
    return make_value(subject.worker->*member);
}

template <auto member> Value of_member(const Subject& subject)
{
    return make_value(subject.member->*member);
}

Value source(const Subject& subject)
{
    const std::string& configured = subject.worker->settings->source;
    return text_value(configured.empty() ? "undefined" : std::string_view{configured});
}

Value activation(const Subject& subject)
{
    return text_value(to_text(subject.member->activation));
}

Value state(const Subject& subject)
{
    return text_value(to_text(subject.member->state));
}

/// A member's count at the level of the balancer, a direct worker's own.
Value errors(const Subject& subject)
{
    return number_value(subject.member != nullptr ? subject.member->errors
                                                  : subject.worker->errors);
}

template <auto end> Value recovery(const Subject& subject)
{
    const Snapshot& snapshot = *subject.document->snapshot;
    return number_value(until_recovery(*subject.member, *subject.balancer, snapshot).*end);
}

Value map_count(const Subject& subject)
{
    return number_value(subject.worker->maps.size());
}

Value reset_at(const Subject& subject)
{
    return number_value(unix_seconds(subject.worker->last_reset));
}

Value reset_ago(const Subject& subject)
{
    return number_value(age(subject.worker->last_reset, *subject.document->snapshot));
}

/// Since when it fails: a member's first error of a series (S17).
std::optional<TimePoint> error_time(const Subject& subject)
{
    return subject.member != nullptr ? subject.member->first_error_time
                                     : subject.worker->error_time;
}

Value error_compact(const Subject& subject)
{
    const auto time = error_time(subject);
    const int utc_offset = subject.document->snapshot->utc_offset;
    return time ? text_value(compact_time(*time, utc_offset)) : Value{};
}

Value error_zone(const Subject& subject)
{
    return error_time(subject) ? text_value(zone(subject.document->snapshot->utc_offset)) : Value{};
}

Value error_unix(const Subject& subject)
{
    const auto time = error_time(subject);
    return time ? number_value(unix_seconds(*time)) : Value{};
}

Value error_ago(const Subject& subject)
{
    const auto time = error_time(subject);
    return time ? number_value(age(*time, *subject.document->snapshot)) : Value{};
}

using S = conf::AjpSettings;
using W = WorkerView;
using M = MemberView;
constexpr unsigned is_member_text = is_of_members | is_quoted;
constexpr unsigned is_swapped = is_setting | is_after_next;
constexpr unsigned under = is_under_balancer;

// clang-format off
// name, title, traits, how it is read, first key in properties
constexpr std::array rows{
    Field{"name", "Worker", is_name, of_worker<&W::name>},
    Field{"type", "Type", is_setting, of_worker<&W::type>},
    Field{"host", "Host", is_setting, set<&S::host>},
    Field{"port", "Port", is_setting, set<&S::port>},
    Field{"address", "Address", is_setting, of_worker<&W::address>},
    Field{"source", "Source", is_setting, source},
    Field{"connection_pool_timeout", "Pool limit (s)", is_setting, set<&S::connection_pool_timeout>},
    Field{"ping_timeout", "Ping timeout (ms)", is_setting, set<&S::ping_timeout>},
    Field{"connect_timeout", "Connect timeout (ms)", is_setting, set<&S::connect_timeout>},
    Field{"prepost_timeout", "Prepost timeout (ms)", is_setting, set<&S::prepost_timeout>},
    Field{"reply_timeout", "Reply timeout (ms)", is_setting, set<&S::reply_timeout>},
    Field{"connection_ping_interval", "Ping interval (s)", is_swapped, set<&S::connection_ping_interval>},
    Field{"retries", "Retries", is_setting, set<&S::retries>},
    Field{"recovery_options", "Recovery options", is_setting, set<&S::recovery_options>},
    Field{"busy_limit", "Busy limit", is_setting, set<&S::busy_limit>},
    Field{"max_packet_size", "Max packet size (bytes)", is_setting, set<&S::max_packet_size>},
    Field{"activation", "Activation", is_of_members, activation},
    Field{"lbfactor", "Factor", is_of_members, set<&S::lbfactor>},
    Field{"route", "Route", is_member_text, set<&S::route>},
    Field{"redirect", "Redirect", is_member_text, set<&S::redirect>},
    Field{"domain", "Domain", is_member_text, set<&S::domain>},
    Field{"distance", "Distance", is_of_members, set<&S::distance>},
    Field{"state", "State", is_of_members, state},
    Field{"lbmult", "Unit of load", is_of_members, of_member<&M::lb_mult>},
    Field{"lbvalue", "Load", is_of_members, of_member<&M::lb_value>},
    Field{"elected", "Requests", is_of_members, of_worker<&W::used>},
    Field{"sessions", "Sessions", is_of_members, of_member<&M::sessions>},
    Field{"used", "Requests", is_of_direct, of_worker<&W::used>},
    Field{"errors", "Errors", 0, errors},
    Field{"client_errors", "Client errors", 0, of_worker<&W::client_errors>},
    Field{"reply_timeouts", "Reply timeouts", 0, of_worker<&W::reply_timeouts>},
    Field{"transferred", "Sent", 0, of_worker<&W::transferred>},
    Field{"read", "Received", 0, of_worker<&W::read>},
    Field{"busy", "In flight", 0, of_worker<&W::busy>},
    Field{"max_busy", "Most in flight", 0, of_worker<&W::max_busy>},
    Field{"connected", "Connections", 0, of_worker<&W::connected>},
    Field{"max_connected", "Most connections", 0, of_worker<&W::max_connected>},
    Field{"time_to_recover_min", "Retried in (s), at least", is_of_members, recovery<&Span::min>},
    Field{"time_to_recover_max", "At most", is_of_members, recovery<&Span::max>},
    Field{"map_count", "Mounts", is_of_direct, map_count},
    Field{"last_reset_at", "Last reset (unix time)", under, reset_at},
    Field{"last_reset_ago", "Since reset (s)", under, reset_ago},
    Field{"error_time_datetime", "Failing since", under, error_compact},
    Field{"error_time_tz", "Time zone", under, error_zone},
    Field{"error_time_unix_seconds", "Since (unix time)", under, error_unix, "error_time_unix seconds"},
    Field{"error_time_ago", "Failing for (s)", under, error_ago, "error_time_ago seconds"},
};
// clang-format on
static_assert(!rows.back().is(is_after_next));

}  // namespace

std::span<const Field> worker_fields() noexcept
{
    return rows;
}

}  // namespace jk::status
