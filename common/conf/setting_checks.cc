// Contradictions and likely slips in the settings of ajp13 workers: a row each, with the property
// to point at and what to do. What concerns balancers is in balancer_checks.cc.
// Tested by tests/unit/conf/setting_checks_test.cc.
#include "conf/setting_checks.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>

#include "base/wording.h"
#include "conf/balancer_checks.h"
#include "conf/number_checks.h"

namespace jk::conf {

namespace {

/// One worker, and what was written of it.
struct Look {
    const Properties& properties;
    const AjpWorker& worker;
    bool is_member;

    [[nodiscard]] const AjpSettings& settings() const noexcept { return worker.settings; }
    [[nodiscard]] bool has(std::string_view property) const
    {
        return properties.find_of_worker(worker.name, property) != nullptr;
    }
};

bool reply_outlasts_socket(const Look& look)
{
    const AjpSettings& s = look.settings();
    return s.socket_timeout > 0 &&
           s.reply_timeout > static_cast<std::int64_t>(s.socket_timeout) * 1000;
}

/// A probe's limit that is written, in force, and longer than that of any other wait.
template <int AjpSettings::*limit> bool probe_outlasts_socket(const Look& look)
{
    const AjpSettings& s = look.settings();
    return s.socket_timeout > 0 && s.*limit > static_cast<std::int64_t>(s.socket_timeout) * 1000;
}

bool pings(const AjpSettings& s)
{
    return s.connect_timeout > 0 || s.prepost_timeout > 0 || s.connection_ping_interval > 0;
}

bool ping_outlasts_socket(const Look& look)
{
    return look.has("ping_timeout") && pings(look.settings()) &&
           probe_outlasts_socket<&AjpSettings::ping_timeout>(look);
}

bool connect_ping_outlasts_socket(const Look& look)
{
    return look.has("connect_timeout") &&
           probe_outlasts_socket<&AjpSettings::connect_timeout>(look);
}

bool prepost_ping_outlasts_socket(const Look& look)
{
    return look.has("prepost_timeout") &&
           probe_outlasts_socket<&AjpSettings::prepost_timeout>(look);
}

bool limits_no_ping(const Look& look)
{
    return look.has("ping_timeout") && !look.has("ping_mode") && !pings(look.settings());
}

bool pings_after_closing(const Look& look)
{
    const AjpSettings& s = look.settings();
    return s.connection_pool_timeout > 0 && s.connection_ping_interval >= s.connection_pool_timeout;
}

bool keeps_more_than_all(const Look& look)
{
    const AjpSettings& s = look.settings();
    return s.connection_pool_size > 0 && s.connection_pool_minsize > s.connection_pool_size;
}

bool keeps_without_closing(const Look& look)
{
    return look.has("connection_pool_minsize") && look.settings().connection_pool_timeout == 0;
}

bool excepts_from_nothing(const Look& look)
{
    constexpr unsigned no_retry = 1;
    constexpr unsigned exceptions = 8 + 16;
    const unsigned options = look.settings().recovery_options;
    return (options & exceptions) != 0 && (options & no_retry) == 0;
}

bool has_unknown_recovery(const Look& look)
{
    constexpr unsigned all = 31;
    return look.settings().recovery_options > all;
}

bool fails_on_no_status(const Look& look)
{
    const std::vector<int>& list = look.settings().fail_on_status;
    return std::any_of(list.begin(), list.end(), [](int status) {
        const int positive = status < 0 ? -status : status;
        return positive != 0 && (positive < 100 || positive > 599);
    });
}

bool pauses_long(const Look& look)
{
    constexpr std::int64_t most = 60000;
    return (look.settings().retries - std::int64_t{1}) * look.settings().retry_interval > most;
}

/// What is not on this machine; "localhost" has variants in many files of hosts.
bool is_elsewhere(std::string_view host) noexcept
{
    return !host.starts_with("unix:") && !host.starts_with("127.") && host != "::1" &&
           host.find("localhost") == std::string_view::npos;
}

bool is_open_to_all(const Look& look)
{
    return look.settings().secret.empty() && is_elsewhere(look.settings().host);
}

bool is_inactive_alone(const Look& look)
{
    return !look.is_member && look.settings().activation != Activation::active;
}

template <const char* property> bool is_alone_with(const Look& look)
{
    return !look.is_member && look.has(property);
}
constexpr char lbfactor[] = "lbfactor";
constexpr char distance[] = "distance";
constexpr char route[] = "route";
constexpr char domain[] = "domain";
constexpr char redirect[] = "redirect";
constexpr std::string_view alone =
    "has no effect on a worker that is a member of no balancer; remove it";
constexpr std::string_view outlasts =
    "is longer than socket_timeout, the limit of every other wait; make it shorter than "
    "socket_timeout";

struct Row {
    bool (*is_wrong)(const Look&);
    Severity severity;
    std::string_view property;
    std::string_view text;
};
// when, how bad, property to point at, sentence behind its name
constexpr std::array rows{
    Row{reply_outlasts_socket, Severity::warning, "reply_timeout",
        "never fires, since socket_timeout ends the wait before; make it shorter than "
        "socket_timeout or set socket_timeout to 0"},
    Row{ping_outlasts_socket, Severity::warning, "ping_timeout", outlasts},
    Row{connect_ping_outlasts_socket, Severity::warning, "connect_timeout", outlasts},
    Row{prepost_ping_outlasts_socket, Severity::warning, "prepost_timeout", outlasts},
    Row{limits_no_ping, Severity::warning, "ping_timeout",
        "has no effect, since nothing is probed; write ping_mode = A, or remove it"},
    Row{pings_after_closing, Severity::warning, "connection_ping_interval",
        "never fires, since connection_pool_timeout closes idle connections before; make it "
        "shorter"},
    Row{keeps_more_than_all, Severity::warning, "connection_pool_minsize",
        "is larger than connection_pool_size, so idle connections are never closed; make it "
        "smaller"},
    Row{keeps_without_closing, Severity::note, "connection_pool_minsize",
        "has no effect without connection_pool_timeout, which closes idle connections"},
    Row{excepts_from_nothing, Severity::warning, "recovery_options",
        "holds 8 or 16, which have no effect without 1; add 1 or remove them"},
    Row{has_unknown_recovery, Severity::warning, "recovery_options",
        "holds more than 1, 2, 4, 8 and 16, which together are 31; write a sum of these"},
    Row{fails_on_no_status, Severity::warning, "fail_on_status",
        "holds a number that no response has; write statuses from 100 to 599"},
    Row{pauses_long, Severity::warning, "retry_interval",
        "times retries makes a request wait for more than a minute; make one of them smaller"},
    Row{is_open_to_all, Severity::warning, "host",
        "names another machine, and the worker has no secret: who can reach its AJP port can pose "
        "as any user; write the secret of the backend's connector"},
    Row{is_inactive_alone, Severity::warning, "activation",
        "has no effect on a worker that is a member of no balancer: requests go to it; remove its "
        "mounts instead"},
    Row{is_alone_with<lbfactor>, Severity::note, lbfactor, alone},
    Row{is_alone_with<distance>, Severity::note, distance, alone},
    Row{is_alone_with<route>, Severity::note, route, alone},
    Row{is_alone_with<domain>, Severity::note, domain, alone},
    Row{is_alone_with<redirect>, Severity::note, redirect, alone},
};

void complain(const Look& look, const Row& row, Complaints& complaints)
{
    const Property* const property = look.properties.find_of_worker(look.worker.name, row.property);
    const std::string name = property == nullptr
                                 ? concat({"worker.", look.worker.name, ".", row.property})
                                 : property->written;
    complaints.push_back({row.severity, property == nullptr ? look.worker.place : property->place,
                          concat({escaped(name), " ", row.text})});
}

void check_ping_mode(const Look& look, Complaints& complaints)
{
    const Property* const property = look.properties.find_of_worker(look.worker.name, "ping_mode");
    if (property != nullptr &&
        property->value.find_first_not_of("CPIAcpia ,\t") != std::string::npos) {
        complaints.push_back({Severity::warning, property->place,
                              concat({escaped(property->written), " ", quoted(property->value),
                                      " holds letters that mean nothing; write C, P, I or A"})});
    }
}

bool needs_maintenance(const AjpWorker& worker) noexcept
{
    return worker.settings.connection_pool_timeout > 0 ||
           worker.settings.connection_ping_interval > 0;
}

void check_maintenance(const Properties& properties, const WorkerSet& workers,
                       Complaints& complaints)
{
    const Property* const maintain = properties.find("worker.maintain");
    if (workers.maintain > 0 || maintain == nullptr) {
        return;
    }
    if (!workers.lb.empty()) {
        complaints.push_back({Severity::warning, maintain->place,
                              "worker.maintain switches maintenance off, so that a member in error "
                              "does not come back by itself; write a number of seconds"});
    } else if (std::any_of(workers.ajp.begin(), workers.ajp.end(), needs_maintenance)) {
        complaints.push_back({Severity::warning, maintain->place,
                              "worker.maintain switches maintenance off, so that idle connections "
                              "are neither probed nor closed; write a number of seconds"});
    }
}

}  // namespace

void check_settings(const Properties& properties, const WorkerSet& workers, Complaints& complaints)
{
    check_maintenance(properties, workers, complaints);
    std::set<std::size_t> members;
    for (const LbWorker& balancer : workers.lb) {
        members.insert(balancer.members.begin(), balancer.members.end());
    }
    for (std::size_t at = 0; at < workers.ajp.size(); ++at) {
        const Look look{properties, workers.ajp[at], members.find(at) != members.end()};
        for (const Row& row : rows) {
            if (row.is_wrong(look)) {
                complain(look, row, complaints);
            }
        }
        check_ping_mode(look, complaints);
    }
    check_numbers(properties, workers, complaints);
    check_balancers(properties, workers, complaints);
}

}  // namespace jk::conf
