// Three levels of sorted texts: the literal beginnings of the patterns, below each the literal ends
// beside it, below each of those a literal text from between wildcards. A search goes down the
// levels and takes from the text what it has recognised; text_groups.h says how one level works.
// Tested by tests/unit/route/rule_index_test.cc.
#include "route/rule_index.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "route/uri_pattern.h"
#include "route/uri_rules.h"

namespace jk::route {

namespace {

constexpr std::string_view wildcards = "*?";

/// Calls `visit` with each literal text of the pattern that has a wildcard on either side.
template <class Visit> void for_each_middle(std::string_view pattern, const Visit& visit)
{
    std::size_t at = pattern.find_first_of(wildcards);
    while (at != std::string_view::npos) {
        const std::size_t next = pattern.find_first_of(wildcards, at + 1);
        if (next != std::string_view::npos && next != at + 1) {
            visit(pattern.substr(at + 1, next - at - 1));
        }
        at = next;
    }
}

/// How many times each text stands between wildcards.
using Counts = std::unordered_map<std::string_view, std::size_t>;

std::string_view rarest_middle(std::string_view pattern, const Counts& counts)
{
    std::string_view rarest;
    for_each_middle(pattern, [&](std::string_view middle) {
        if (rarest.empty() || counts.at(middle) < counts.at(rarest)) {
            rarest = middle;
        }
    });
    return rarest;
}

}  // namespace

/// A rule and the literal texts that stand in this order in every path that it matches.
struct RuleIndex::Entry {
    [[nodiscard]] bool is_before(const Entry& other) const noexcept
    {
        if (beginning != other.beginning) {
            return FromFront::is_before(beginning, other.beginning);
        }
        if (end != other.end) {
            return FromBack::is_before(end, other.end);
        }
        return std::tie(middle, number) < std::tie(other.middle, other.number);
    }

    std::string_view beginning;
    std::string_view middle;
    std::string_view end;
    std::uint32_t number;
};

/// Returns the rules of these numbers in the order of the levels.
std::vector<RuleIndex::Entry> RuleIndex::entries_of(const std::vector<Rule>& rules,
                                                    const std::vector<std::uint32_t>& numbers)
{
    Counts counts;
    for (const std::uint32_t number : numbers) {
        for_each_middle(rules[number].pattern, [&](std::string_view text) { ++counts[text]; });
    }
    std::vector<Entry> entries;
    entries.reserve(numbers.size());
    for (const std::uint32_t number : numbers) {
        const std::string_view pattern = rules[number].pattern;
        const std::string_view beginning = literal_beginning(pattern);
        const std::string_view rest = pattern.substr(beginning.size());
        entries.push_back({beginning, rarest_middle(rest, counts),
                           rest.substr(rest.find_last_of(wildcards) + 1), number});
    }
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return a.is_before(b); });
    return entries;
}

void RuleIndex::build(const std::vector<Rule>& rules, const std::vector<std::uint32_t>& numbers)
{
    *this = {};
    const std::vector<Entry> entries = entries_of(rules, numbers);
    const Entry* last = nullptr;
    for (const Entry& entry : entries) {
        add(entry, last);
        last = &entry;
    }
    for (std::uint32_t at = 0; at < ends_.size(); ++at) {
        middles_.enclose(ends_[at].members);
    }
    for (std::uint32_t at = 0; at < beginnings_.size(); ++at) {
        ends_.enclose(beginnings_[at].members);
    }
    beginnings_.enclose(beginnings_.all());
}

/// Appends to the groups that `last` went to, or opens new ones.
void RuleIndex::add(const Entry& entry, const Entry* last)
{
    const bool has_beginning = last != nullptr && last->beginning == entry.beginning;
    const bool has_end = has_beginning && last->end == entry.end;
    const bool has_middle = has_end && last->middle == entry.middle;
    if (!has_beginning) {
        beginnings_.open(entry.beginning, ends_.size());
    }
    if (!has_end) {
        ends_.open(entry.end, middles_.size());
    }
    if (!has_middle) {
        middles_.open(entry.middle, static_cast<std::uint32_t>(numbers_.size()));
    }
    numbers_.push_back(entry.number);
    middles_.extend(static_cast<std::uint32_t>(numbers_.size()), entry.number);
    ends_.extend(middles_.size(), entry.number);
    beginnings_.extend(ends_.size(), entry.number);
}

/// Returns which numbers are below a beginning.
Part RuleIndex::numbers_of(const TextGroup& beginning) const noexcept
{
    const Part first = ends_[beginning.members.first].members;
    const Part last = ends_[beginning.members.behind - 1].members;
    return {middles_[first.first].members.first, middles_[last.behind - 1].members.behind};
}

/// Returns the first of these numbers whose rule is wanted.
template <class IsWanted>
std::uint32_t RuleIndex::best_of(Part numbers, const std::vector<Rule>& rules,
                                 const IsWanted& is_wanted) const noexcept
{
    for (std::uint32_t at = numbers.first; at < numbers.behind; ++at) {
        if (is_wanted(rules[numbers_[at]])) {
            return numbers_[at];
        }
    }
    return no_rule;
}

/// Returns the lowest number that is wanted, of the rules whose literal texts stand in `text`.
template <class IsWanted>
std::uint32_t RuleIndex::best_along(const std::vector<Rule>& rules, std::string_view text,
                                    const IsWanted& is_wanted) const noexcept
{
    std::uint32_t best = no_rule;
    const auto visit_beginning = [&](const TextGroup& beginning) {
        const std::string_view rest = text.substr(beginning.length);
        const auto visit_middle = [&](const TextGroup& middle) {
            best = std::min(best, best_of(middle.members, rules, [&](const Rule& rule) {
                                return is_wanted(rule, beginning.length);
                            }));
        };
        const auto visit_end = [&](const TextGroup& end) {
            const std::string_view between = rest.substr(0, rest.size() - end.length);
            middles_.visit_within(end.members, between, best, visit_middle);
        };
        ends_.visit_along(beginning.members, rest, best, visit_end);
    };
    beginnings_.visit_along(beginnings_.all(), text, best, visit_beginning);
    return best;
}

namespace {

bool is_for(const Rule& rule, std::string_view worker) noexcept
{
    const std::string_view name = rule.target.worker;
    return worker.empty() || name == "*" || name == worker;
}

/// Takes one from `budget`, unless it is used up.
bool take_one(std::size_t& budget) noexcept
{
    return budget > 0 && budget-- > 0;
}

}  // namespace

std::uint32_t RuleIndex::first_match(const std::vector<Rule>& rules, std::string_view path,
                                     std::string_view worker) const noexcept
{
    return best_along(rules, path, [&](const Rule& rule, std::size_t length) {
        return is_for(rule, worker) &&
               matches(std::string_view{rule.pattern}.substr(length), path.substr(length));
    });
}

std::uint32_t RuleIndex::first_cover(const std::vector<Rule>& rules, std::string_view pattern,
                                     std::string_view worker, std::size_t& budget) const noexcept
{
    if (budget == 0) {
        return no_rule;
    }
    return best_along(rules, pattern, [&](const Rule& rule, std::size_t) {
        return take_one(budget) && is_for(rule, worker) && covers(rule.pattern, pattern);
    });
}

std::uint32_t RuleIndex::some_overlap(const std::vector<Rule>& rules, std::string_view pattern,
                                      std::string_view worker, std::size_t& budget) const noexcept
{
    const auto is_wanted = [&](const Rule& rule) {
        return !take_one(budget) || ((worker.empty() || rule.target.worker == worker) &&
                                     may_overlap(rule.pattern, pattern));
    };
    std::uint32_t found = no_rule;
    const auto visit = [&](const TextGroup& beginning) {
        found = std::min(found, best_of(numbers_of(beginning), rules, is_wanted));
    };
    const std::string_view begin = literal_beginning(pattern);
    beginnings_.visit_along(beginnings_.all(), begin, found, visit);
    const Part longer = beginnings_.continuing(beginnings_.all(), begin);
    for (std::uint32_t at = longer.first; at < longer.behind && found == no_rule; ++at) {
        visit(beginnings_[at]);
    }
    return found;
}

}  // namespace jk::route
