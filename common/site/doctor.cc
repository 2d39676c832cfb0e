// The order of the checks, and what they lead to. The checks themselves are those of conf, route
// and status. Tested by tests/unit/site/doctor_test.cc.
#include "site/doctor.h"

#include <algorithm>
#include <string>

#include "route/rule_conflicts.h"
#include "status/rating.h"

namespace jk::site {

namespace {

void check_ratings(const conf::WorkerSet& workers, Complaints& complaints)
{
    for (const conf::StatusWorker& one : workers.status) {
        for (const std::string& warning : status::rating_warnings(one.settings)) {
            complaints.push_back({Severity::warning, one.place, one.name + ": " + warning});
        }
    }
}

bool has_at_least(const Complaints& complaints, Severity least) noexcept
{
    return std::any_of(complaints.begin(), complaints.end(),
                       [least](const Complaint& one) { return one.severity >= least; });
}

}  // namespace

conf::WorkerSet build_workers(conf::Properties& properties, Complaints& complaints,
                              const conf::PermissionsOf& permissions_of)
{
    properties.resolve_references();
    complaints.insert(complaints.end(), properties.complaints().begin(),
                      properties.complaints().end());
    properties.complaints().clear();
    conf::WorkerSet workers = conf::build_workers(properties, complaints);
    check_ratings(workers, complaints);
    conf::check_exposure(properties, permissions_of, complaints);
    return workers;
}

void check_mounts(std::span<const route::UriRules* const> tables,
                  const route::TargetWorkers& workers, Complaints& complaints)
{
    for (const route::UriRules* const table : tables) {
        route::check_rules(*table, workers, complaints);
    }
    route::check_conflicts(tables, workers, complaints);
    drop_repeated(complaints);
}

bool is_refused(Options main, const Complaints& of_workers, const Complaints& of_rules) noexcept
{
    if (main.has(Option::strict_config)) {
        return has_at_least(of_workers, Severity::warning) ||
               has_at_least(of_rules, Severity::warning);
    }
    return has_error(of_workers);
}

}  // namespace jk::site
