// Groups of things that share a text, sorted by it, so that the groups which concern a given text
// are found without looking at the others.
//
// All texts that a given text begins with also begin the greatest one that is not behind the given
// text in the order: whatever stands between a text and its continuation begins with that text. So
// one binary search finds a group, and its chain of enclosing groups holds all others. The same
// holds for ends, in the order of the texts read backwards.
// Tested by tests/unit/route/rule_index_test.cc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jk::route {

/// Of a vector: from the element `first` to the one before `behind`.
struct Part {
    std::uint32_t first = 0;
    std::uint32_t behind = 0;
};

/// What shares a text: things that have a number each, or groups of a next level.
struct TextGroup {
    static constexpr std::uint32_t none = 0xffffffff;

    Part members;                    ///< of the vector of things or of the next level
    std::uint32_t lowest = none;     ///< number of a thing in it or in a group that encloses it
    std::uint32_t enclosing = none;  ///< the group of the longest other text that begins this one
    std::uint32_t start = 0;         ///< of its text in the store of texts
    std::uint32_t length = 0;
};

/// The order of texts as they are read.
struct FromFront {
    static bool is_before(std::string_view a, std::string_view b) noexcept { return a < b; }
    static std::size_t shared(std::string_view a, std::string_view b) noexcept
    {
        return static_cast<std::size_t>(
            std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
    }
};

/// The order of texts read backwards: "begins" then means "ends".
struct FromBack {
    static bool is_before(std::string_view a, std::string_view b) noexcept
    {
        const std::size_t same = shared(a, b);
        if (same == a.size() || same == b.size()) {
            return a.size() < b.size();
        }
        return static_cast<unsigned char>(a[a.size() - 1 - same]) <
               static_cast<unsigned char>(b[b.size() - 1 - same]);
    }
    static std::size_t shared(std::string_view a, std::string_view b) noexcept
    {
        return static_cast<std::size_t>(
            std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend()).first - a.rbegin());
    }
};

/// One level of groups. It may consist of parts that have nothing to do with each other: a search
/// looks at one part. Keeps the texts itself; Requires: they have less than 4 GiB together.
template <class Order> class TextGroups {
public:
    void clear() noexcept
    {
        groups_.clear();
        texts_.clear();
    }

    /// Appends a group whose members will be the elements from `first` on. Requires: within the
    /// part, `text` comes behind all others.
    void open(std::string_view text, std::uint32_t first)
    {
        groups_.push_back({{first, first},
                           TextGroup::none,
                           TextGroup::none,
                           static_cast<std::uint32_t>(texts_.size()),
                           static_cast<std::uint32_t>(text.size())});
        texts_ += text;
    }
    /// Lets the last group have the elements before `behind`, of which one has `number`.
    void extend(std::uint32_t behind, std::uint32_t number) noexcept
    {
        groups_.back().members.behind = behind;
        groups_.back().lowest = std::min(groups_.back().lowest, number);
    }
    /// Finds what encloses what. Call once for each part when all its groups are complete.
    void enclose(Part part) noexcept;

    [[nodiscard]] std::uint32_t size() const noexcept
    {
        return static_cast<std::uint32_t>(groups_.size());
    }
    [[nodiscard]] Part all() const noexcept { return {0, size()}; }
    [[nodiscard]] const TextGroup& operator[](std::uint32_t at) const noexcept
    {
        return groups_[at];
    }

    /// Returns the groups of the part that begin with `text`, but for the one that has just it.
    [[nodiscard]] Part continuing(Part part, std::string_view text) const noexcept;

    /// Calls `visit` with each group of the part whose text begins `text`, the longest first, as
    /// long as a number below `best` may be in it: `visit` may lower `best`.
    template <class Visit>
    void visit_along(Part part, std::string_view text, const std::uint32_t& best,
                     const Visit& visit) const noexcept;

    /// The same for the groups whose text stands anywhere in `text`, in no particular order.
    template <class Visit>
    void visit_within(Part part, std::string_view text, const std::uint32_t& best,
                      const Visit& visit) const noexcept;

private:
    [[nodiscard]] std::string_view text_of(const TextGroup& group) const noexcept
    {
        return std::string_view{texts_}.substr(group.start, group.length);
    }
    [[nodiscard]] bool encloses(std::uint32_t outer, std::uint32_t inner) const noexcept
    {
        const std::string_view text = text_of(groups_[outer]);
        return Order::shared(text, text_of(groups_[inner])) == text.size();
    }
    /// Returns the first group of the part that is behind `text`.
    [[nodiscard]] std::uint32_t first_behind(Part part, std::string_view text) const noexcept
    {
        const auto behind =
            std::upper_bound(groups_.begin() + part.first, groups_.begin() + part.behind, text,
                             [this](std::string_view one, const TextGroup& group) {
                                 return Order::is_before(one, text_of(group));
                             });
        return static_cast<std::uint32_t>(behind - groups_.begin());
    }

    std::vector<TextGroup> groups_;  ///< part by part, each in order
    std::string texts_;
};

/// What encloses a group is the one before it, or one of those that enclose that one.
template <class Order> void TextGroups<Order>::enclose(Part part) noexcept
{
    for (std::uint32_t at = part.first + 1; at < part.behind; ++at) {
        std::uint32_t outer = at - 1;
        while (outer != TextGroup::none && !encloses(outer, at)) {
            outer = groups_[outer].enclosing;
        }
        if (outer != TextGroup::none) {
            groups_[at].enclosing = outer;
            groups_[at].lowest = std::min(groups_[at].lowest, groups_[outer].lowest);
        }
    }
}

template <class Order>
Part TextGroups<Order>::continuing(Part part, std::string_view text) const noexcept
{
    const std::uint32_t first = first_behind(part, text);
    const auto behind = std::partition_point(
        groups_.begin() + first, groups_.begin() + part.behind,
        [&](const TextGroup& group) { return Order::shared(text, text_of(group)) == text.size(); });
    return {first, static_cast<std::uint32_t>(behind - groups_.begin())};
}

template <class Order>
template <class Visit>
void TextGroups<Order>::visit_along(Part part, std::string_view text, const std::uint32_t& best,
                                    const Visit& visit) const noexcept
{
    std::uint32_t at = first_behind(part, text);
    if (at == part.first) {
        return;
    }
    --at;
    const std::size_t shared = Order::shared(text, text_of(groups_[at]));
    for (; at != TextGroup::none && groups_[at].lowest < best; at = groups_[at].enclosing) {
        if (groups_[at].length <= shared) {
            visit(groups_[at]);
        }
    }
}

/// Tries the groups or the places in the text, whichever are fewer.
template <class Order>
template <class Visit>
void TextGroups<Order>::visit_within(Part part, std::string_view text, const std::uint32_t& best,
                                     const Visit& visit) const noexcept
{
    if (part.behind - part.first <= text.size() + 1) {
        for (std::uint32_t at = part.first; at < part.behind; ++at) {
            const TextGroup& group = groups_[at];
            if (group.lowest < best && text.find(text_of(group)) != std::string_view::npos) {
                visit(group);
            }
        }
        return;
    }
    for (std::size_t place = 0; place <= text.size(); ++place) {
        visit_along(part, text.substr(place), best, [&](const TextGroup& group) {
            if (text.find(text_of(group)) == place) {  // not again at a later place
                visit(group);
            }
        });
    }
}

}  // namespace jk::route
