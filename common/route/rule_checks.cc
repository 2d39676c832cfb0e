// Checks of rules against workers. Tested by tests/unit/route/rule_checks_test.cc.
#include "route/rule_checks.h"

#include <string>
#include <tuple>
#include <vector>

#include "base/nearest_name.h"
#include "base/wording.h"

namespace jk::route {

namespace {

void check_unknown(const Rule& rule, const TargetWorkers& workers, Complaints& complaints)
{
    NearestName nearest{rule.target.worker};
    for (const auto& [name, worker] : workers) {
        nearest.offer(name);
    }
    const std::string advice = nearest.best().empty()
                                   ? std::string{"name it in worker.list"}
                                   : concat({"did you mean ", quoted(nearest.best()), "?"});
    const std::string_view effect =
        rule.is_exclusion ? ", so it excludes nothing; " : ", so its requests get 500; ";
    complaints.push_back(
        {Severity::warning, rule.place,
         concat({"the rule ", quoted(rule.written), " names ", quoted(rule.target.worker),
                 ", which is no worker of worker.list", effect, advice})});
}

void check_members(const Rule& rule, const TargetWorker& worker,
                   const std::vector<std::string>& members, Complaints& complaints)
{
    for (const std::string& member : members) {
        if (worker.members.find(member) == worker.members.end()) {
            complaints.push_back(
                {Severity::warning, rule.place,
                 concat({"the rule ", quoted(rule.written), " names ", quoted(member),
                         ", which is no member of ", quoted(rule.target.worker),
                         "; write the name of a member, not its route"})});
        }
    }
}

void check_rule(const Rule& rule, const TargetWorkers& workers, Complaints& complaints)
{
    const auto worker = workers.find(rule.target.worker);
    if (worker == workers.end()) {
        check_unknown(rule, workers, complaints);
    } else if (worker->second.is_balancer) {
        const RuleOptions& options = rule.target.options;
        check_members(rule, worker->second, options.active, complaints);
        check_members(rule, worker->second, options.disabled, complaints);
        check_members(rule, worker->second, options.stopped, complaints);
    } else if (const std::string& names = rule.target.options.balancer_only; !names.empty()) {
        complaints.push_back({Severity::warning, rule.place,
                              concat({"the rule ", quoted(rule.written), " has ", names, ", but ",
                                      quoted(rule.target.worker), " is no balancer; remove it"})});
    }
}

}  // namespace

void check_rules(const UriRules& rules, const TargetWorkers& workers, Complaints& complaints)
{
    std::set<std::tuple<std::string_view, unsigned, std::string_view>> seen;  // X|Y is two rules
    for (const Rule& rule : rules.all()) {
        const bool names_all = rule.is_exclusion && rule.target.worker == "*";
        const bool is_new = seen.emplace(rule.place.file, rule.place.line, rule.written).second;
        if (is_new && !rule.is_disabled && !names_all) {
            check_rule(rule, workers, complaints);
        }
    }
}

}  // namespace jk::route
