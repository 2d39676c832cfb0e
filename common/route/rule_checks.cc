// Checks of rules against workers. Tested by tests/unit/route/rule_checks_test.cc.
#include "route/rule_checks.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "base/nearest_name.h"
#include "base/text.h"
#include "base/wording.h"
#include "route/rule_index.h"

namespace jk::route {

namespace {

constexpr std::size_t most_comparisons = 1000000;
constexpr std::size_t most_guesses = 200000;  // of a name against a worker's: a fifth of a second

/// The balancer that has a member of that name, empty where none has.
std::string_view balancer_of(std::string_view member, const TargetWorkers& workers) noexcept
{
    const auto has_member = [member](const auto& one) {
        return one.second.members.find(member) != one.second.members.end();
    };
    const auto found = std::find_if(workers.begin(), workers.end(), has_member);
    return found == workers.end() ? std::string_view{} : found->first;
}

/// What is said of rules that name no worker. Each name is looked for once, however many rules
/// have it, and exclusions are compared with the other rules only where one is wrong. Of very many
/// names not all are looked for.
class Unknown {
public:
    Unknown(const std::vector<Rule>& rules, const TargetWorkers& workers)
        : rules_(rules), workers_(workers)
    {}

    [[nodiscard]] Complaint complaint(const Rule& rule);

private:
    [[nodiscard]] std::string advice_on_map(std::string_view name);
    [[nodiscard]] const std::string& known_advice_on_map(std::string_view name);
    [[nodiscard]] std::string advice_on_exclusion(const Rule& rule);
    [[nodiscard]] std::string_view nearest(std::string_view name);
    void index_maps();

    const std::vector<Rule>& rules_;
    const TargetWorkers& workers_;
    std::map<std::string_view, std::string> advice_;        ///< by the name that is none
    std::map<std::string_view, std::string_view> nearest_;  ///< the same
    std::optional<RuleIndex> maps_;                         ///< of known workers, in force
    std::size_t budget_ = most_comparisons;
    std::size_t guesses_ = 0;
};

Complaint Unknown::complaint(const Rule& rule)
{
    const std::string_view name = rule.target.worker;
    const std::string_view effect =
        rule.is_exclusion ? ", so it excludes nothing; " : ", so its requests get 500; ";
    return {Severity::warning, rule.place,
            concat({rule.is_exclusion ? "the exclusion " : "the rule ", quoted(rule.written),
                    " names ", quoted(name), ", which is no worker of worker.list", effect,
                    rule.is_exclusion ? advice_on_exclusion(rule) : known_advice_on_map(name)})};
}

std::string Unknown::advice_on_map(std::string_view name)
{
    if (const std::string_view balancer = balancer_of(name, workers_); !balancer.empty()) {
        return concat({"it is a member of ", quoted(balancer), ": write that, or name it in ",
                       "worker.list too"});
    }
    if (name.find('=') != std::string_view::npos) {
        return "the first \"=\" of a line ends the pattern";
    }
    const std::string_view near = nearest(name);
    return near.empty() ? std::string{"name it in worker.list"}
                        : concat({"did you mean ", quoted(near), "?"});
}

const std::string& Unknown::known_advice_on_map(std::string_view name)
{
    const auto [known, is_new] = advice_.emplace(name, "");
    if (is_new) {
        known->second = advice_on_map(name);
    }
    return known->second;
}

/// An exclusion takes from the rule of one worker: which one, the other rules tell better than the
/// name, unless that one is only misspelt.
std::string Unknown::advice_on_exclusion(const Rule& rule)
{
    index_maps();
    std::uint32_t mapping = maps_->first_cover(rules_, rule.pattern, {}, budget_);
    const std::string_view near =
        mapping == no_rule ? nearest(rule.target.worker) : std::string_view{};
    if (!near.empty()) {
        return concat({"did you mean ", quoted(near), "?"});
    }
    if (mapping == no_rule) {
        mapping = maps_->some_overlap(rules_, rule.pattern, {}, budget_);
    }
    const bool is_certain = mapping != no_rule && budget_ > 0;
    const std::string whose =
        is_certain ? concat({" (", quoted(rules_[mapping].target.worker), ")"}) : std::string{};
    return concat({"write the worker of the rule that it takes from", whose, ", or \"*\""});
}

std::string_view Unknown::nearest(std::string_view name)
{
    const auto [known, is_new] = nearest_.emplace(name, "");
    if (is_new && guesses_ < most_guesses) {
        guesses_ += workers_.size();
        NearestName search{name};
        for (const auto& [candidate, worker] : workers_) {
            search.offer(candidate);
        }
        known->second = search.best();
    }
    return known->second;
}

void Unknown::index_maps()
{
    if (maps_) {
        return;
    }
    std::vector<std::uint32_t> maps;
    for (std::uint32_t number = 0; number < rules_.size(); ++number) {
        const Rule& rule = rules_[number];
        if (!rule.is_exclusion && !rule.is_disabled &&
            workers_.find(rule.target.worker) != workers_.end()) {
            maps.push_back(number);
        }
    }
    maps_.emplace().build(rules_, maps);
}

std::string advice_on_member(std::string_view name, const TargetWorker& worker)
{
    NearestName nearest{name};
    for (const std::string_view member : worker.members) {
        nearest.offer(member);
    }
    return nearest.best().empty() ? std::string{"write the name of a member, not its route"}
                                  : concat({"did you mean ", quoted(nearest.best()), "?"});
}

void check_members(const Rule& rule, const TargetWorker& worker,
                   const std::vector<std::string>& members, Complaints& complaints)
{
    for (const std::string& member : members) {
        if (worker.members.find(member) == worker.members.end()) {
            complaints.push_back(
                {Severity::warning, rule.place,
                 concat({"the rule ", quoted(rule.written), " names ", quoted(member),
                         ", which is no member of ", quoted(rule.target.worker), "; ",
                         advice_on_member(member, worker)})});
        }
    }
}

bool has_short_timeout(const RuleOptions& options)
{
    constexpr int second = 1000;
    const int timeout = options.reply_timeout.value_or(0);
    return timeout > 0 && timeout < second;
}

bool fails_on_no_status(const RuleOptions& options)
{
    const std::vector<int> list = options.fail_on_status.value_or(std::vector<int>{});
    return std::any_of(list.begin(), list.end(), [](int status) {
        const int positive = status < 0 ? -status : status;
        return positive != 0 && (positive < 100 || positive > 599);
    });
}

bool replaces_good_answers(const RuleOptions& options)
{
    return options.use_server_errors > 0 && options.use_server_errors < 400;
}

bool has_no_cookie(const RuleOptions& options)
{
    return options.session_cookie.has_value() && !is_token(*options.session_cookie);
}

bool has_no_cookie_path(const RuleOptions& options)
{
    return options.session_cookie_path.has_value() &&
           !options.session_cookie_path->starts_with('/');
}

struct Row {
    bool (*is_wrong)(const RuleOptions&);
    std::string_view text;
};
// when, sentence behind the rule
constexpr std::array rows{
    Row{has_short_timeout, "has a reply_timeout of less than a second; it is in milliseconds"},
    Row{fails_on_no_status, "has a fail_on_status that no response has; write statuses from 100 to "
                            "599"},
    Row{replaces_good_answers, "has a use_server_errors below 400, so that answers that are no "
                               "errors are replaced too; write 400 or more"},
    Row{has_no_cookie, "has a session_cookie that no cookie can be called; write its name alone"},
    Row{has_no_cookie_path, "has a session_cookie_path that does not begin with a slash, so that "
                            "browsers ignore it; begin it with one"},
};

void check_options(const Rule& rule, Complaints& complaints)
{
    for (const Row& row : rows) {
        if (row.is_wrong(rule.target.options)) {
            complaints.push_back({Severity::warning, rule.place,
                                  concat({"the rule ", quoted(rule.written), " ", row.text})});
        }
    }
}

/// An exclusion waits for nothing.
void check_wait(const Rule& rule, const TargetWorker& worker, Complaints& complaints)
{
    constexpr std::int64_t second = 1000;
    const int timeout = rule.target.options.reply_timeout.value_or(0);
    if (!rule.is_exclusion && worker.socket_timeout > 0 &&
        timeout > worker.socket_timeout * second) {
        complaints.push_back(
            {Severity::warning, rule.place,
             concat({"the rule ", quoted(rule.written), " has a reply_timeout that never fires ",
                     "with ", quoted(worker.least_patient), ", since its socket_timeout of ",
                     decimal(worker.socket_timeout), " s ends the wait before; make one of them ",
                     "shorter or the other longer"})});
    }
}

void check_rule(const Rule& rule, const TargetWorkers& workers, Unknown& unknown,
                Complaints& complaints)
{
    check_options(rule, complaints);
    const auto worker = workers.find(rule.target.worker);
    if (worker == workers.end()) {
        complaints.push_back(unknown.complaint(rule));
        return;
    }
    check_wait(rule, worker->second, complaints);
    if (worker->second.is_balancer) {
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
    Unknown unknown{rules.all(), workers};
    for (const Rule& rule : rules.all()) {
        const bool names_all = rule.is_exclusion && rule.target.worker == "*";
        const bool is_new = seen.emplace(rule.place.file, rule.place.line, rule.written).second;
        const bool is_named = !rule.target.worker.empty();  // else add() has told
        if (is_new && is_named && !rule.is_disabled && !names_all) {
            check_rule(rule, workers, unknown, complaints);
        }
    }
}

}  // namespace jk::route
