// Conflicts between rules. Indices by literal beginning find what may be concerned; a budget keeps
// hostile tables from taking long. Every rule of every table gets a verdict, empty where all is
// well; one empty verdict clears the line in all tables.
// Tested by tests/unit/route/rule_conflicts_test.cc.
#include "route/rule_conflicts.h"

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "base/wording.h"

namespace jk::route {

namespace {

constexpr std::size_t most_comparisons = 1000000;

using Verdict = std::optional<Complaint>;

/// A rule as somebody wrote it: X|Y is two.
using Key = std::tuple<std::string_view, unsigned, std::string_view, std::string_view>;

Key key_of(const Rule& rule)
{
    return {rule.place.file, rule.place.line, rule.written, rule.pattern};
}

/// `the rule "/x" of u:7`, with the word for what it is.
std::string name_of(const Rule& rule)
{
    const std::string begin =
        concat({rule.is_exclusion ? "the exclusion " : "the rule ", quoted(rule.pattern)});
    return rule.place.file.empty() ? begin : concat({begin, " of ", to_text(rule.place)});
}

/// The rules of one table.
class Table {
public:
    Table(const std::vector<Rule>& rules, const TargetWorkers& workers, std::size_t& budget);

    [[nodiscard]] Verdict verdict_on(std::uint32_t number) const;

private:
    [[nodiscard]] Verdict on_map(std::uint32_t number) const;
    [[nodiscard]] Verdict on_exclusion(const Rule& rule) const;
    [[nodiscard]] Verdict on_disabled(const Rule& rule) const;

    const std::vector<Rule>& rules_;
    const TargetWorkers& workers_;
    std::size_t& budget_;
    RuleIndex maps_;        ///< in force
    RuleIndex exclusions_;  ///< in force
    RuleIndex all_maps_;    ///< disabled ones too
    /// Pattern, worker, and whether it is an exclusion: views into a rule.
    using Meaning = std::tuple<std::string_view, std::string_view, bool>;
    static Meaning meaning_of(const Rule& rule)
    {
        return {rule.pattern, rule.target.worker, rule.is_exclusion};
    }
    std::map<Meaning, std::uint32_t> in_force_;
};

Table::Table(const std::vector<Rule>& rules, const TargetWorkers& workers, std::size_t& budget)
    : rules_(rules), workers_(workers), budget_(budget)
{
    std::vector<std::uint32_t> maps;
    std::vector<std::uint32_t> exclusions;
    std::vector<std::uint32_t> all_maps;
    for (std::uint32_t number = 0; number < rules.size(); ++number) {
        const Rule& rule = rules[number];
        if (!rule.is_disabled) {
            (rule.is_exclusion ? exclusions : maps).push_back(number);
            in_force_.emplace(meaning_of(rule), number);
        }
        if (!rule.is_exclusion) {
            all_maps.push_back(number);
        }
    }
    maps_.build(rules, maps);
    exclusions_.build(rules, exclusions);
    all_maps_.build(rules, all_maps);
}

Verdict Table::verdict_on(std::uint32_t number) const
{
    const Rule& rule = rules_[number];
    return rule.is_disabled    ? on_disabled(rule)
           : rule.is_exclusion ? on_exclusion(rule)
                               : on_map(number);
}

Verdict Table::on_map(std::uint32_t number) const
{
    const Rule& rule = rules_[number];
    const std::string_view worker = rule.target.worker;
    const std::uint32_t excluding =
        exclusions_.first_cover(rules_, rule.pattern, worker.empty() ? "*" : worker, budget_);
    if (excluding != no_rule) {
        return Complaint{Severity::warning, rule.place,
                         concat({"the rule ", quoted(rule.pattern),
                                 " maps nothing: ", name_of(rules_[excluding]),
                                 " takes all its paths out; remove one of them"})};
    }
    const std::uint32_t first = maps_.first_cover(rules_, rule.pattern, {}, budget_);
    if (first >= number) {
        return std::nullopt;
    }
    const Rule& winner = rules_[first];
    const bool is_harmless =
        winner.target.worker == rule.target.worker && winner.target.options == rule.target.options;
    return Complaint{
        is_harmless ? Severity::note : Severity::warning, rule.place,
        concat({"the rule ", quoted(rule.pattern), " for ", quoted(rule.target.worker),
                " is never used: ", name_of(winner), " for ", quoted(winner.target.worker),
                " comes first and takes all its paths; remove one of them"})};
}

Verdict Table::on_exclusion(const Rule& rule) const
{
    const bool is_for_all = rule.target.worker == "*";
    if (!is_for_all && workers_.find(rule.target.worker) == workers_.end()) {
        return std::nullopt;  // check_rules() says so
    }
    const std::string_view worker = is_for_all ? std::string_view{} : rule.target.worker;
    if (all_maps_.some_overlap(rules_, rule.pattern, worker, budget_) != no_rule) {
        return std::nullopt;
    }
    const std::uint32_t other =
        is_for_all ? no_rule : all_maps_.some_overlap(rules_, rule.pattern, {}, budget_);
    const std::string advice =
        other == no_rule ? std::string{"no rule maps a path that it matches; correct its pattern"}
                         : concat({name_of(rules_[other]), " maps such paths to ",
                                   quoted(rules_[other].target.worker), ", not to ", quoted(worker),
                                   "; write that worker, or \"*\""});
    return Complaint{
        Severity::warning, rule.place,
        concat({"the exclusion ", quoted(rule.pattern), " excludes nothing: ", advice})};
}

Verdict Table::on_disabled(const Rule& rule) const
{
    const auto same = in_force_.find(meaning_of(rule));
    if (same == in_force_.end()) {
        return std::nullopt;
    }
    return Complaint{Severity::warning, rule.place,
                     concat({quoted(rule.written), " does not switch off ",
                             name_of(rules_[same->second]), "; remove that one"})};
}

/// The verdicts of all tables, in the order in which the rules were first met.
class Verdicts {
public:
    void add(const Key& key, Verdict verdict)
    {
        const auto [known, is_new] = at_.emplace(key, verdicts_.size());
        if (is_new) {
            verdicts_.push_back(std::move(verdict));
        } else if (!verdict) {
            verdicts_[known->second].reset();
        }
    }
    void report(Complaints& complaints)
    {
        for (Verdict& verdict : verdicts_) {
            if (verdict) {
                complaints.push_back(std::move(*verdict));
            }
        }
    }

private:
    std::map<Key, std::size_t> at_;
    std::vector<Verdict> verdicts_;
};

void add_replaced(const UriRules& rules, Verdicts& verdicts)
{
    for (const auto& [rule, by] : rules.replaced()) {
        verdicts.add(key_of(rule),
                     Complaint{Severity::warning, rule.place,
                               concat({name_of(rule), " for ", quoted(rule.target.worker),
                                       " is replaced by the line at ", to_text(by),
                                       "; remove one of the two"})});
    }
}

}  // namespace

void check_conflicts(std::span<const UriRules* const> tables, const TargetWorkers& workers,
                     Complaints& complaints)
{
    std::size_t budget = most_comparisons;
    Verdicts verdicts;
    for (const UriRules* const rules : tables) {
        const Table table{rules->all(), workers, budget};
        for (std::uint32_t number = 0; number < rules->all().size(); ++number) {
            verdicts.add(key_of(rules->all()[number]), table.verdict_on(number));
        }
        add_replaced(*rules, verdicts);
    }
    verdicts.report(complaints);
}

}  // namespace jk::route
