// Contradictions: a row each, with the property to point at and what to do.
// Tested by tests/unit/conf/setting_checks_test.cc.
#include "conf/setting_checks.h"

#include <array>
#include <cstdint>

#include "base/wording.h"

namespace jk::conf {

namespace {

bool reply_outlasts_socket(const AjpSettings& s) noexcept
{
    return s.socket_timeout > 0 &&
           s.reply_timeout > static_cast<std::int64_t>(s.socket_timeout) * 1000;
}

bool pings_after_closing(const AjpSettings& s) noexcept
{
    return s.connection_pool_timeout > 0 && s.connection_ping_interval >= s.connection_pool_timeout;
}

bool keeps_more_than_all(const AjpSettings& s) noexcept
{
    return s.connection_pool_size > 0 && s.connection_pool_minsize > s.connection_pool_size;
}

bool excepts_from_nothing(const AjpSettings& s) noexcept
{
    constexpr unsigned no_retry = 1;
    constexpr unsigned exceptions = 8 + 16;
    return (s.recovery_options & exceptions) != 0 && (s.recovery_options & no_retry) == 0;
}

struct AjpRow {
    bool (*is_wrong)(const AjpSettings&) noexcept;
    std::string_view property;
    std::string_view text;
};
// when, property to point at, sentence behind its name
constexpr std::array ajp_rows{
    AjpRow{reply_outlasts_socket, "reply_timeout",
           "never fires, since socket_timeout ends the wait before; make it shorter than "
           "socket_timeout or set socket_timeout to 0"},
    AjpRow{pings_after_closing, "connection_ping_interval",
           "never fires, since connection_pool_timeout closes idle connections before; make it "
           "shorter"},
    AjpRow{keeps_more_than_all, "connection_pool_minsize",
           "is larger than connection_pool_size, so idle connections are never closed; make it "
           "smaller"},
    AjpRow{excepts_from_nothing, "recovery_options",
           "holds 8 or 16, which have no effect without 1; add 1 or remove them"},
};

Place place_of(const Properties& properties, std::string_view worker, std::string_view property,
               const Place& otherwise)
{
    const Property* const found = properties.find_of_worker(worker, property);
    return found == nullptr ? otherwise : found->place;
}

void check_ping_mode(const Properties& properties, const AjpWorker& worker, Complaints& complaints)
{
    const Property* const property = properties.find_of_worker(worker.name, "ping_mode");
    if (property != nullptr && property->value.find_first_not_of("CPIAcpia") != std::string::npos) {
        complaints.push_back({Severity::warning, property->place,
                              concat({escaped(property->name), " ", quoted(property->value),
                                      " holds letters that mean nothing; write C, P, I or A"})});
    }
}

void check_ajp(const Properties& properties, const AjpWorker& worker, Complaints& complaints)
{
    for (const AjpRow& row : ajp_rows) {
        if (row.is_wrong(worker.settings)) {
            complaints.push_back(
                {Severity::warning, place_of(properties, worker.name, row.property, worker.place),
                 concat({"worker.", escaped(worker.name), ".", row.property, " ", row.text})});
        }
    }
}

/// The names of the members for which `lacks` is true, with commas between.
template <class Lacks>
std::string members_that(const WorkerSet& workers, const LbWorker& balancer, const Lacks& lacks)
{
    std::string names;
    for (const std::size_t member : balancer.members) {
        const AjpWorker& worker = workers.ajp[member];
        if (lacks(worker)) {
            names += concat({names.empty() ? "" : ", ", worker.name});
        }
    }
    return names;
}

void check_balancer(const Properties& properties, const WorkerSet& workers,
                    const LbWorker& balancer, Complaints& complaints)
{
    const Place place = place_of(properties, balancer.name, "balance_workers", balancer.place);
    const std::string routeless = members_that(workers, balancer, [&](const AjpWorker& worker) {
        return properties.find_of_worker(worker.name, "route") == nullptr &&
               properties.find_of_worker(worker.name, "jvm_route") == nullptr;
    });
    if (balancer.settings.sticky_session && !routeless.empty()) {
        complaints.push_back({Severity::note, place,
                              concat({"members of ", quoted(balancer.name),
                                      " without a route of their own: ", escaped(routeless),
                                      "; the jvmRoute of each backend must be the member's name, "
                                      "else set the member's route"})});
    }
    const std::string patient = members_that(workers, balancer, [](const AjpWorker& worker) {
        return worker.settings.reply_timeout == 0;
    });
    if (!patient.empty()) {
        complaints.push_back({Severity::note, place,
                              concat({"members of ", quoted(balancer.name),
                                      " without a reply_timeout: ", escaped(patient),
                                      "; a backend that hangs is not noticed, set one"})});
    }
}

void check_maintenance(const Properties& properties, const WorkerSet& workers,
                       Complaints& complaints)
{
    const Property* const maintain = properties.find("worker.maintain");
    if (workers.maintain <= 0 && maintain != nullptr && !workers.lb.empty()) {
        complaints.push_back({Severity::warning, maintain->place,
                              "worker.maintain switches maintenance off, so that a member in error "
                              "does not come back by itself; write a number of seconds"});
    }
}

}  // namespace

void check_settings(const Properties& properties, const WorkerSet& workers, Complaints& complaints)
{
    check_maintenance(properties, workers, complaints);
    for (const AjpWorker& worker : workers.ajp) {
        check_ajp(properties, worker, complaints);
        check_ping_mode(properties, worker, complaints);
    }
    for (const LbWorker& balancer : workers.lb) {
        check_balancer(properties, workers, balancer, complaints);
    }
}

}  // namespace jk::conf
