// The rows of an ajp13 worker (workers.md 4 and 5.2), and the defaults that follow from others.
// A row stands behind those that its settle() reads. Tested by
// tests/unit/conf/ajp_properties_test.cc.
#include "conf/ajp_properties.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "base/text.h"

namespace jk::conf {

namespace {

using S = AjpSettings;

constexpr int no_limit = std::numeric_limits<int>::max();

/// A product of two settings that no integer can hold is the largest one.
int times(int a, int b) noexcept
{
    const std::int64_t product = static_cast<std::int64_t>(a) * b;
    return static_cast<int>(std::min<std::int64_t>(product, no_limit));
}

bool pings(const S& settings, char mode) noexcept
{
    return settings.ping_mode.find(mode) != std::string::npos;
}

void settle_port(S& settings, const Given&)
{
    if (settings.port > 65535) {
        settings.port = 0;
    }
}

void settle_connect_limit(S& settings, const Given& given)
{
    if (!given.has("socket_connect_timeout") && given.has("socket_timeout")) {
        settings.socket_connect_timeout = times(settings.socket_timeout, 1000);
    }
}

/// Keeps the known letters, each once, and spells A out.
void settle_ping_mode(S& settings, const Given&)
{
    std::string modes;
    for (const char mode : std::string_view{"CPI"}) {
        const auto asks = [mode](char c) { return lower(c) == 'a' || lower(c) == lower(mode); };
        if (std::any_of(settings.ping_mode.begin(), settings.ping_mode.end(), asks)) {
            modes += mode;
        }
    }
    settings.ping_mode = modes;
}

void settle_connect_ping(S& settings, const Given&)
{
    if (settings.connect_timeout == 0 && pings(settings, 'C')) {
        settings.connect_timeout = settings.ping_timeout;
    }
}

void settle_prepost_ping(S& settings, const Given&)
{
    if (settings.prepost_timeout == 0 && pings(settings, 'P')) {
        settings.prepost_timeout = settings.ping_timeout;
    }
}

void settle_ping_interval(S& settings, const Given&)
{
    if (settings.connection_ping_interval == 0 && pings(settings, 'I')) {
        settings.connection_ping_interval = settings.ping_timeout / 100;
    }
}

void settle_acquire(S& settings, const Given& given)
{
    if (!given.has("connection_acquire_timeout")) {
        settings.connection_acquire_timeout = times(settings.retries, settings.retry_interval);
    }
}

void settle_recovery(S& settings, const Given& given)
{
    settings.has_recovery_options = given.has("recovery_options");
}

void settle_packet(S& settings, const Given&)
{
    constexpr int least = 8192;
    constexpr int most = 65536;
    const int size = std::clamp(settings.max_packet_size, least, most);
    settings.max_packet_size = (size + 1023) / 1024 * 1024;
}

void settle_buffer(S& settings, const Given&)
{
    if (settings.socket_buffer > 0) {
        settings.socket_buffer = std::max(settings.socket_buffer, settings.max_packet_size);
    }
}

void settle_activation(S& settings, const Given& given)
{
    if (!given.has("activation")) {
        settings.activation = settings.stopped    ? Activation::stopped
                              : settings.disabled ? Activation::disabled
                                                  : Activation::active;
    }
}

void settle_domain(S& settings, const Given& given)
{
    const std::size_t dot = settings.route.find('.');
    if (!given.has("domain") && dot != std::string::npos) {
        settings.domain = settings.route.substr(0, dot);
    }
}

constexpr unsigned shown = flag::shown;
constexpr unsigned shared = flag::editable | flag::shared;
constexpr unsigned edited = flag::shown | flag::editable | flag::shared;
constexpr unsigned settled = edited | flag::settled;
constexpr unsigned of_member = edited | flag::member;

constexpr Limits any_number{};
constexpr Limits at_least_one{1};
constexpr Limits any_distance{std::numeric_limits<int>::min(), no_limit, no_limit, 0};
constexpr Limits at_least_one_edited{0, no_limit, no_limit, 1};
constexpr Limits packet_size{0, no_limit, 65536, 7169};  // an edit that is rounded up to 8192
constexpr Limits name_length{0, 63};
constexpr Limits host_length{0, 253};
constexpr Limits port_number{0, no_limit, 65535};
constexpr Limits pool_size{1, 65535, 65535};  // memory is taken for all of them

// name, field, default, limits, flags, help, old name, settle, advice, default in words
constexpr std::array rows{
    PropertySpec<S>{"host", &S::host, "localhost", host_length, edited,
                    "name or IP address of the backend, or unix:/path of its socket"},
    PropertySpec<S>{"port", &S::port, "8009", port_number, edited,
                    "TCP port of the backend's AJP connector", "", settle_port,
                    "write a port from 1 to 65535"},
    PropertySpec<S>{"prefer_ipv6",
                    &S::prefer_ipv6,
                    "False",
                    {},
                    0,
                    "take the first IPv6 address of the host, if it has one"},
    PropertySpec<S>{"source", &S::source, "", host_length, shown,
                    "local address that connections start from"},

    PropertySpec<S>{"socket_timeout", &S::socket_timeout, "0", any_number, 0,
                    "seconds that one socket call may take; 0 = no limit"},
    PropertySpec<S>{"socket_connect_timeout", &S::socket_connect_timeout, "10000", any_number, 0,
                    "ms that a TCP connect may take, default socket_timeout where that is given; "
                    "0 = the system's limit",
                    "", settle_connect_limit},
    PropertySpec<S>{"socket_keepalive",
                    &S::socket_keepalive,
                    "False",
                    {},
                    0,
                    "keep idle connections alive by TCP keepalive"},

    PropertySpec<S>{"ping_mode",
                    &S::ping_mode,
                    "",
                    {},
                    0,
                    "when to probe by CPing: C after connecting, P before each request, I in "
                    "intervals, A all",
                    "",
                    settle_ping_mode},
    PropertySpec<S>{"ping_timeout", &S::ping_timeout, "10000", any_number, edited,
                    "ms to wait for the answer to a probe"},
    PropertySpec<S>{"connect_timeout", &S::connect_timeout, "0", any_number, edited,
                    "ms for the probe after connecting, ping_timeout with ping_mode C; 0 = none",
                    "", settle_connect_ping, "take the C out of ping_mode to switch it off"},
    PropertySpec<S>{"prepost_timeout", &S::prepost_timeout, "0", any_number, edited,
                    "ms for the probe before each request, ping_timeout with ping_mode P; 0 = none",
                    "", settle_prepost_ping, "take the P out of ping_mode to switch it off"},
    PropertySpec<S>{"connection_ping_interval", &S::connection_ping_interval, "0",
                    at_least_one_edited, edited,
                    "seconds after which an idle connection is probed, ping_timeout / 100 with "
                    "ping_mode I; 0 = never",
                    "", settle_ping_interval, "take the I out of ping_mode to switch it off"},

    PropertySpec<S>{"connection_pool_size",
                    &S::connection_pool_size,
                    "0",
                    pool_size,
                    0,
                    "connections per process, default the threads of a process",
                    "cachesize",
                    nullptr,
                    {},
                    "as many as a child has threads"},
    PropertySpec<S>{"connection_pool_minsize",
                    &S::connection_pool_minsize,
                    "-1",
                    {-1},
                    0,
                    "idle connections that shrinking leaves, default half of the pool"},
    PropertySpec<S>{"connection_pool_timeout", &S::connection_pool_timeout, "0", any_number, edited,
                    "seconds after which an idle connection is closed; 0 = never", "cache_timeout"},

    PropertySpec<S>{"reply_timeout", &S::reply_timeout, "0", any_number, edited,
                    "ms of silence allowed while waiting for the response; 0 = no limit"},
    PropertySpec<S>{"retries", &S::retries, "2", at_least_one, edited,
                    "attempts per request, the first one included"},
    PropertySpec<S>{"retry_interval", &S::retry_interval, "100", at_least_one_edited, shared,
                    "ms to pause before each further attempt"},
    PropertySpec<S>{"connection_acquire_timeout", &S::connection_acquire_timeout, "200", any_number,
                    0, "ms to wait for a free connection, default retries * retry_interval", "",
                    settle_acquire},
    PropertySpec<S>{"recovery_options", &S::recovery_options, "0", any_number, settled,
                    "when not to try again: 1 request sent, 2 headers passed on, 4 close at once, "
                    "8 but HEAD, 16 but GET",
                    "", settle_recovery},
    PropertySpec<S>{"fail_on_status",
                    &S::fail_on_status,
                    "",
                    {},
                    flag::list,
                    "statuses that count as failure; negative: without an error state"},
    PropertySpec<S>{"busy_limit", &S::busy_limit, "0", any_number, edited,
                    "requests in progress beyond which the worker counts as busy; 0 = no limit"},
    PropertySpec<S>{
        "max_packet_size", &S::max_packet_size, "8192", packet_size, settled,
        "bytes of an AJP packet, 8192 to 65536, equal to the backend's packetSize", "",
        settle_packet,
        "write a multiple of 1024 from 8192 to 65536, equal to the backend's packetSize"},
    PropertySpec<S>{"socket_buffer", &S::socket_buffer, "0", any_number, 0,
                    "bytes of the socket's send and receive buffers; 0 = the system's", "",
                    settle_buffer, "write at least max_packet_size, or 0 for the system's"},
    PropertySpec<S>{"secret",
                    &S::secret,
                    "",
                    {},
                    flag::secret,
                    "sent with each request, equal to the backend's secret"},
    PropertySpec<S>{"mount", &S::mount, "", {}, flag::list, "URI patterns mapped to this worker"},

    PropertySpec<S>{"lbfactor", &S::lbfactor, "1", at_least_one, of_member,
                    "weight among the members of the balancer"},
    PropertySpec<S>{"distance", &S::distance, "0", any_distance, of_member,
                    "only members of the lowest distance available get requests"},
    PropertySpec<S>{"disabled", &S::disabled, "False", {}, flag::old, "activation=disabled"},
    PropertySpec<S>{"stopped", &S::stopped, "False", {}, flag::old, "activation=stopped"},
    PropertySpec<S>{"activation",
                    &S::activation,
                    "ACT",
                    {},
                    of_member,
                    "active, disabled (only sessions it already has) or stopped (no requests)",
                    "",
                    settle_activation},
    PropertySpec<S>{"route", &S::route, "", name_length, of_member,
                    "the backend's jvmRoute, default the worker's name", "jvm_route"},
    PropertySpec<S>{"domain", &S::domain, "", name_length, of_member,
                    "members that share sessions, default the route up to its first dot", "",
                    settle_domain},
    PropertySpec<S>{"redirect", &S::redirect, "", name_length, of_member,
                    "route of the member that stands in for this one"},
};

}  // namespace

std::span<const PropertySpec<AjpSettings>> ajp_properties() noexcept
{
    return rows;
}

}  // namespace jk::conf
