// Finds the rules that can match a path by their literal texts, without looking at the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "route/text_groups.h"

namespace jk::route {

struct Rule;

/// The answer of an index that finds nothing.
constexpr std::uint32_t no_rule = TextGroup::none;

/// An index over some of a vector of rules. It refers to them by number, so it stays good when the
/// vector is copied or moved; it is handed the vector again at each question.
///
/// A rule is looked at only where the text begins with its literal beginning, the rest ends with
/// its literal end (what stands behind its last wildcard), and what is left between holds one
/// literal text that it has between wildcards: of several the one that fewest rules have. Nor is
/// it looked at where a rule before it is found already. All others together cost a logarithm of
/// their number, for what stands between wildcards one at each character of the text. At worst
/// every rule is looked at, each in the time of matches(): the product of the lengths of pattern
/// and path, however many stars there are.
class RuleIndex {
public:
    /// Takes in the rules of these numbers. Requires: a lower number stands for a higher rank.
    void build(const std::vector<Rule>& rules, const std::vector<std::uint32_t>& numbers);

    /// Returns the lowest number whose rule matches `path`, `no_rule` where there is none. With a
    /// `worker` only rules of that worker or of the worker "*" count. Does not allocate.
    [[nodiscard]] std::uint32_t first_match(const std::vector<Rule>& rules, std::string_view path,
                                            std::string_view worker) const noexcept;

    /// Returns the lowest number whose rule surely matches every path that `pattern` matches; the
    /// other words as for first_match(). Each rule looked at takes one from `budget`; at 0 nothing
    /// is found.
    [[nodiscard]] std::uint32_t first_cover(const std::vector<Rule>& rules,
                                            std::string_view pattern, std::string_view worker,
                                            std::size_t& budget) const noexcept;

    /// Returns some rule that may match a path that `pattern` matches, `no_rule` where surely none
    /// does. With a `worker` only rules of that worker count. Looks at all rules of which one
    /// literal beginning begins the other. At a budget of 0 it may be any.
    [[nodiscard]] std::uint32_t some_overlap(const std::vector<Rule>& rules,
                                             std::string_view pattern, std::string_view worker,
                                             std::size_t& budget) const noexcept;

private:
    struct Entry;

    [[nodiscard]] static std::vector<Entry> entries_of(const std::vector<Rule>& rules,
                                                       const std::vector<std::uint32_t>& numbers);
    void add(const Entry& entry, const Entry* last);
    [[nodiscard]] Part numbers_of(const TextGroup& beginning) const noexcept;
    template <class IsWanted>
    [[nodiscard]] std::uint32_t best_of(Part numbers, const std::vector<Rule>& rules,
                                        const IsWanted& is_wanted) const noexcept;
    template <class IsWanted>
    [[nodiscard]] std::uint32_t best_along(const std::vector<Rule>& rules, std::string_view text,
                                           const IsWanted& is_wanted) const noexcept;

    TextGroups<FromFront> beginnings_;    ///< each has a part of ends_
    TextGroups<FromBack> ends_;           ///< each has a part of middles_
    TextGroups<FromFront> middles_;       ///< each has a part of numbers_, which ascends
    std::vector<std::uint32_t> numbers_;  ///< of rules
};

}  // namespace jk::route
