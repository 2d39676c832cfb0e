// The index sorts the literal beginnings of the patterns. All beginnings that a path begins with
// are also beginnings of the greatest one that is not behind the path in that order: whatever
// stands between a text and its continuation begins with that text. So one binary search finds a
// group, and its chain of enclosing groups holds all others that can match.
// Tested by tests/unit/route/rule_index_test.cc.
#include "route/rule_index.h"

#include <algorithm>

#include "route/uri_pattern.h"
#include "route/uri_rules.h"

namespace jk::route {

void RuleIndex::build(const std::vector<Rule>& rules, std::vector<std::uint32_t> numbers)
{
    const auto beginning_of = [&](std::uint32_t number) {
        return literal_beginning(rules[number].pattern);
    };
    std::sort(numbers.begin(), numbers.end(), [&](std::uint32_t a, std::uint32_t b) {
        const int order = beginning_of(a).compare(beginning_of(b));
        return order != 0 ? order < 0 : a < b;
    });
    numbers_ = std::move(numbers);
    groups_.clear();
    for (std::uint32_t at = 0; at < numbers_.size(); ++at) {
        const std::string_view text = beginning_of(numbers_[at]);
        if (groups_.empty() || beginning(rules, groups_.back()) != text) {
            groups_.push_back({at, 0, no_rule, static_cast<std::uint32_t>(text.size())});
        }
        ++groups_.back().count;
    }
    enclose(rules);
}

/// The enclosing group of each is the one before it, or one of those that enclose that one.
void RuleIndex::enclose(const std::vector<Rule>& rules)
{
    for (std::uint32_t at = 1; at < groups_.size(); ++at) {
        std::uint32_t outer = at - 1;
        while (outer != no_rule &&
               !beginning(rules, groups_[at]).starts_with(beginning(rules, groups_[outer]))) {
            outer = groups_[outer].enclosing;
        }
        groups_[at].enclosing = outer;
    }
}

std::string_view RuleIndex::beginning(const std::vector<Rule>& rules,
                                      const Group& group) const noexcept
{
    return std::string_view{rules[numbers_[group.first]].pattern}.substr(0, group.length);
}

/// Returns the last group whose beginning is not behind `path`, `no_rule` where there is none.
std::uint32_t RuleIndex::group_before(const std::vector<Rule>& rules,
                                      std::string_view path) const noexcept
{
    const auto behind = std::upper_bound(
        groups_.begin(), groups_.end(), path,
        [&](std::string_view text, const Group& group) { return text < beginning(rules, group); });
    return static_cast<std::uint32_t>(behind - groups_.begin()) - 1;  // 0 - 1 is no_rule
}

std::uint32_t RuleIndex::best_of(const Group& group, const std::vector<Rule>& rules,
                                 std::string_view path, std::string_view worker) const noexcept
{
    for (std::uint32_t at = group.first; at < group.first + group.count; ++at) {
        const Rule& rule = rules[numbers_[at]];
        const std::string_view name = rule.target.worker;
        if ((worker.empty() || name == "*" || name == worker) &&
            matches(std::string_view{rule.pattern}.substr(group.length),
                    path.substr(group.length))) {
            return numbers_[at];
        }
    }
    return no_rule;
}

std::uint32_t RuleIndex::first_match(const std::vector<Rule>& rules, std::string_view path,
                                     std::string_view worker) const noexcept
{
    std::uint32_t best = no_rule;
    for (std::uint32_t at = group_before(rules, path); at != no_rule; at = groups_[at].enclosing) {
        if (path.starts_with(beginning(rules, groups_[at]))) {
            best = std::min(best, best_of(groups_[at], rules, path, worker));
        }
    }
    return best;
}

}  // namespace jk::route
