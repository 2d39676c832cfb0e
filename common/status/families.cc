// The table of families. Their names follow OpenMetrics: what has a unit ends with it.
// Tested by tests/unit/status/families_test.cc.
#include "status/families.h"

#include <array>

#include "status/words.h"

namespace jk::status {

namespace {

constexpr unsigned of_both = of_members | of_workers;

template <auto Field> std::uint64_t of_worker(const Measured& object)
{
    return static_cast<std::uint64_t>(object.worker->*Field);
}

template <auto Field> std::uint64_t of_member(const Measured& object)
{
    return static_cast<std::uint64_t>(object.member->*Field);
}

template <auto Field> std::uint64_t of_balancer(const Measured& object)
{
    return static_cast<std::uint64_t>(object.balancer->*Field);
}

template <auto Field> std::uint64_t of_settings(const Measured& object)
{
    const auto value = object.worker->settings->*Field;
    return value < 0 ? 0 : static_cast<std::uint64_t>(value);
}

template <auto Field> const lb::Distribution& of_latency(const Measured& object)
{
    return object.worker->latency.*Field;
}

std::uint64_t member_count(const Measured& object)
{
    return object.balancer->members.size();
}

/// Of a member what its balancer counts, as the other formats show it.
std::uint64_t errors(const Measured& object)
{
    return object.member != nullptr ? object.member->errors : object.worker->errors;
}

std::string_view state(const Measured& object)
{
    return to_text(object.member != nullptr ? object.member->state : object.worker->state);
}

std::string_view activation(const Measured& object)
{
    return in_words(object.member->activation);
}

// clang-format off
constexpr std::array rows{
    //     name, type, kinds, help, how it is read
    Family{"members", MetricType::gauge, of_balancers,
           "Members of the balancer.", member_count},
    Family{"busy", MetricType::gauge, of_balancers,
           "Requests in flight.", of_balancer<&BalancerView::busy>},
    Family{"max_busy", MetricType::gauge, of_balancers,
           "Most requests in flight since the last reset.", of_balancer<&BalancerView::max_busy>},
    Family{"state", MetricType::states, of_both,
           "State, by the words of the status.", nullptr, state},
    Family{"activation", MetricType::activations, of_members,
           "Activation of the member.", nullptr, activation},
    Family{"requests", MetricType::counter, of_both,
           "Requests given to the worker.", of_worker<&WorkerView::used>},
    Family{"sessions", MetricType::counter, of_members,
           "Requests given to the member that brought no session.",
           of_member<&MemberView::sessions>},
    Family{"errors", MetricType::counter, of_both,
           "Requests that failed by the worker's fault.", errors},
    Family{"client_errors", MetricType::counter, of_both,
           "Requests that failed by the client's fault.", of_worker<&WorkerView::client_errors>},
    Family{"reply_timeouts", MetricType::gauge, of_both,
           "Reply timeouts; halved by each maintenance.", of_worker<&WorkerView::reply_timeouts>},
    Family{"sent_bytes", MetricType::counter, of_both,
           "Bytes written to the backend.", of_worker<&WorkerView::transferred>},
    Family{"received_bytes", MetricType::counter, of_both,
           "Bytes read from the backend.", of_worker<&WorkerView::read>},
    Family{"busy", MetricType::gauge, of_both,
           "Requests in flight.", of_worker<&WorkerView::busy>},
    Family{"max_busy", MetricType::gauge, of_both,
           "Most requests in flight since the last reset.", of_worker<&WorkerView::max_busy>},
    Family{"connections", MetricType::gauge, of_both,
           "Open connections, of all child processes.", of_worker<&WorkerView::connected>},
    Family{"max_connections", MetricType::gauge, of_both,
           "Most open connections since the last reset.", of_worker<&WorkerView::max_connected>},
    Family{"weight", MetricType::gauge, of_members,
           "Load factor in force.", of_settings<&conf::AjpSettings::lbfactor>},
    Family{"distance", MetricType::gauge, of_members,
           "Distance in force; nearer members are preferred.",
           of_settings<&conf::AjpSettings::distance>},
    Family{"load", MetricType::gauge, of_members,
           "Load value that the balancing compares.", of_member<&MemberView::lb_value>},
    Family{"attempts", MetricType::counter, of_both,
           "Attempts that ended; a request may take several.", of_worker<&WorkerView::attempts>},
    Family{"failures", MetricType::verdicts, of_both,
           "Attempts that failed, by verdict; a verdict appears with its first."},
    Family{"connect_seconds", MetricType::histogram, of_both,
           "Time to make a connection; only new ones.", nullptr, nullptr,
           of_latency<&Latency::connect>},
    Family{"first_byte_seconds", MetricType::histogram, of_both,
           "Time from the begin of an attempt to the first byte of its answer.", nullptr, nullptr,
           of_latency<&Latency::first_byte>},
    Family{"response_seconds", MetricType::histogram, of_both,
           "Time from the begin of an attempt to the end of its answer, if that was complete.",
           nullptr, nullptr, of_latency<&Latency::total>},
};
// clang-format on

}  // namespace

std::span<const Family> families() noexcept
{
    return rows;
}

}  // namespace jk::status
