// Rows of everything but workers: header, balancers, maps, result (status.md 5.1, 5.2, 5.4). The
// rows of workers are in worker_fields.cc. Tested by tests/unit/status/fields_test.cc.
#include "status/fields.h"

#include <algorithm>
#include <cassert>

#include "status/calendar.h"
#include "status/field_value.h"
#include "status/schedule.h"
#include "status/words.h"

namespace jk::status {

namespace {

// Header and result.

template <auto member> Value of_snapshot(const Subject& subject)
{
    return make_value(subject.document->snapshot->*member);
}

Value now_compact(const Subject& subject)
{
    const Snapshot& snapshot = *subject.document->snapshot;
    return text_value(compact_time(snapshot.now, snapshot.utc_offset));
}

Value now_zone(const Subject& subject)
{
    return text_value(zone(subject.document->snapshot->utc_offset));
}

Value now_unix(const Subject& subject)
{
    return number_value(unix_seconds(subject.document->snapshot->now));
}

Value result_type(const Subject& subject)
{
    return text_value(subject.document->error.empty() ? "OK" : "ERROR");
}

Value result_message(const Subject& subject)
{
    const std::string_view error = subject.document->error;
    return text_value(error.empty() ? "Action finished" : error);
}

template <auto list> Value count_of(const Subject& subject)
{
    return number_value((subject.document->*list).size());
}

// Balancers.

template <auto member> Value of_balancer(const Subject& subject)
{
    return make_value(subject.balancer->*member);
}

template <auto member> Value set(const Subject& subject)
{
    return make_value(subject.balancer->settings->*member);
}

template <auto member> Value flag(const Subject& subject)
{
    return {Value::Type::flag, subject.balancer->settings->*member ? "True" : "False"};
}

template <auto member> Value word(const Subject& subject)
{
    return text_value(to_text(subject.balancer->settings->*member));
}

template <auto list> Value size_of(const Subject& subject)
{
    return number_value((subject.balancer->*list).size());
}

Value type_of_balancer(const Subject& /*subject*/)
{
    return text_value("lb");
}

template <Grade grade> Value members_rated(const Subject& subject)
{
    const Rating& rating = subject.document->rating;
    const auto is_rated = [&rating](const MemberView& member) {
        return rating.of(member.activation, member.state) == grade;
    };
    const auto& members = subject.balancer->members;
    return number_value(std::count_if(members.begin(), members.end(), is_rated));
}

template <auto end> Value maintenance(const Subject& subject)
{
    return number_value(until_maintenance(*subject.balancer, *subject.document->snapshot).*end);
}

Value reset_at(const Subject& subject)
{
    return number_value(unix_seconds(subject.balancer->last_reset));
}

Value reset_ago(const Subject& subject)
{
    return number_value(age(subject.balancer->last_reset, *subject.document->snapshot));
}

// Maps.

template <auto member> Value of_map(const Subject& subject)
{
    return make_value(subject.map->*member);
}

Value map_id(const Subject& subject)
{
    return number_value(subject.map_id);
}

Value map_type(const Subject& subject)
{
    std::string type;
    type += subject.map->is_disabled ? "Disabled " : "";
    type += subject.map->is_exclusion ? "Unmount " : "";
    type += subject.map->is_wildcard ? "Wildchar" : "Exact";
    return text_value(type);
}

/// Whose map it is, where it does not stand inside its worker (S3).
Value map_worker(const Subject& subject)
{
    return subject.worker == nullptr ? Value{} : text_value(subject.worker->name);
}

using S = conf::LbSettings;
using M = MapView;

// clang-format off
// name, title, traits, how it is read
constexpr std::array server_rows{
    Field{"name", "Server", 0, of_snapshot<&Snapshot::server_name>},
    Field{"port", "Port", 0, of_snapshot<&Snapshot::server_port>},
};
constexpr std::array time_rows{
    Field{"datetime", "Time", 0, now_compact},
    Field{"tz", "Time zone", 0, now_zone},
    Field{"unix", "Unix time", 0, now_unix},
};
constexpr std::array software_rows{
    Field{"web_server", "Web server", is_quoted, of_snapshot<&Snapshot::web_server>},
    Field{"jk_version", "Connector", 0, of_snapshot<&Snapshot::jk_version>},
};
constexpr std::array balancers_rows{
    Field{"count", "Balancers", 0, count_of<&Document::balancers>},
};
constexpr std::array workers_rows{
    Field{"count", "Workers", 0, count_of<&Document::workers>},
};
constexpr std::array result_rows{
    Field{"type", "Result", 0, result_type},
    Field{"message", "Message", is_quoted, result_message},
};
constexpr std::array balancer_rows{
    Field{"name", "Balancer", is_name, of_balancer<&BalancerView::name>},
    Field{"type", "Type", is_setting, type_of_balancer},
    Field{"sticky_session", "Sticky sessions", is_setting, flag<&S::sticky_session>},
    Field{"sticky_session_force", "Sticky by force", is_setting, flag<&S::sticky_session_force>},
    Field{"retries", "Retries", is_setting, set<&S::retries>},
    Field{"recover_time", "Recover time (s)", is_setting, set<&S::recover_time>},
    Field{"error_escalation_time", "Error escalation time (s)", is_setting, set<&S::error_escalation_time>},
    Field{"max_reply_timeouts", "Max reply timeouts", is_setting, set<&S::max_reply_timeouts>},
    Field{"method", "Method", is_setting, word<&S::method>},
    Field{"lock", "Lock", is_setting, word<&S::lock>},
    Field{"member_count", "Members", 0, size_of<&BalancerView::members>},
    Field{"good", "Good", 0, members_rated<Grade::good>},
    Field{"degraded", "Degraded", 0, members_rated<Grade::degraded>},
    Field{"bad", "Bad", 0, members_rated<Grade::bad>},
    Field{"busy", "In flight", 0, of_balancer<&BalancerView::busy>},
    Field{"max_busy", "Most in flight", 0, of_balancer<&BalancerView::max_busy>},
    Field{"map_count", "Mounts", 0, size_of<&BalancerView::maps>},
    Field{"time_to_maintenance_min", "Maintenance in (s), at least", 0, maintenance<&Span::min>},
    Field{"time_to_maintenance_max", "At most", 0, maintenance<&Span::max>},
    Field{"last_reset_at", "Last reset (unix time)", 0, reset_at},
    Field{"last_reset_ago", "Since reset (s)", 0, reset_ago},
};
constexpr std::array map_rows{
    Field{"id", "No.", is_name, map_id},
    Field{"server", "Server", is_quoted, of_map<&M::server>},
    Field{"uri", "URI", is_quoted, of_map<&M::uri>},
    Field{"type", "Type", is_quoted, map_type},
    Field{"source", "Source", is_quoted, of_map<&M::source>},
    Field{"reply_timeout", "Reply timeout (ms)", is_quoted, of_map<&M::reply_timeout>},
    Field{"sticky_ignore", "Ignores stickiness", is_quoted, of_map<&M::sticky_ignore>},
    Field{"stateless", "Stateless", is_quoted, of_map<&M::stateless>},
    Field{"fail_on_status", "Fail on status", is_quoted, of_map<&M::fail_on_status>},
    Field{"active", "Active", is_quoted, of_map<&M::active>},
    Field{"disabled", "Disabled", is_quoted, of_map<&M::disabled>},
    Field{"stopped", "Stopped", is_quoted, of_map<&M::stopped>},
    Field{"use_server_errors", "Server's error pages from", is_quoted, of_map<&M::use_server_errors>},
    Field{"worker", "Worker", is_markup_only, map_worker},
};
// clang-format on

}  // namespace

std::span<const Field> fields_of(Kind kind) noexcept
{
    switch (kind) {
    case Kind::server: return server_rows;
    case Kind::time: return time_rows;
    case Kind::software: return software_rows;
    case Kind::balancers: return balancers_rows;
    case Kind::balancer: return balancer_rows;
    case Kind::member:
    case Kind::worker: return worker_fields();
    case Kind::workers: return workers_rows;
    case Kind::map: return map_rows;
    case Kind::configuration: return {};
    case Kind::result: return result_rows;
    }
    return {};
}

Value read(const Field& field, const Subject& subject)
{
    const bool is_foreign = field.is(subject.member == nullptr ? is_of_members : is_of_direct);
    return is_foreign ? Value{} : field.read(subject);
}

Value read(Kind kind, std::string_view name, const Subject& subject)
{
    const std::span<const Field> fields = fields_of(kind);
    const auto is_named = [name](const Field& field) { return field.name == name; };
    const auto field = std::find_if(fields.begin(), fields.end(), is_named);
    assert(field != fields.end());
    return read(*field, subject);
}

}  // namespace jk::status
