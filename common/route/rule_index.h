// Finds the rules that can match a path by their literal beginning, without looking at the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace jk::route {

struct Rule;

/// The answer of an index that finds nothing.
constexpr std::uint32_t no_rule = 0xffffffff;

/// An index over some of a vector of rules. It refers to them by number, so it stays good when the
/// vector is copied or moved; it is handed the vector again at each question.
class RuleIndex {
public:
    /// Takes in the rules of these numbers. Requires: a lower number stands for a higher rank.
    void build(const std::vector<Rule>& rules, std::vector<std::uint32_t> numbers);

    /// Returns the lowest number whose rule matches `path`, `no_rule` where there is none. With a
    /// `worker` only rules of that worker or of the worker "*" count. Does not allocate. Its time
    /// depends on the rules whose literal beginning the path begins with, and on the logarithm of
    /// the number of all.
    [[nodiscard]] std::uint32_t first_match(const std::vector<Rule>& rules, std::string_view path,
                                            std::string_view worker) const noexcept;

private:
    /// The rules that share a literal beginning.
    struct Group {
        std::uint32_t first = 0;  ///< of its part of `numbers_`, which ascends
        std::uint32_t count = 0;
        std::uint32_t enclosing = no_rule;  ///< group of the longest beginning that begins this one
        std::uint32_t length = 0;           ///< of the beginning
    };

    [[nodiscard]] std::string_view beginning(const std::vector<Rule>& rules,
                                             const Group& group) const noexcept;
    void enclose(const std::vector<Rule>& rules);
    [[nodiscard]] std::uint32_t group_before(const std::vector<Rule>& rules,
                                             std::string_view path) const noexcept;
    [[nodiscard]] std::uint32_t best_of(const Group& group, const std::vector<Rule>& rules,
                                        std::string_view path,
                                        std::string_view worker) const noexcept;

    std::vector<Group> groups_;           ///< in the order of their beginnings
    std::vector<std::uint32_t> numbers_;  ///< of rules, group by group
};

}  // namespace jk::route
