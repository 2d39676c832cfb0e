// Edit distance with swaps (optimal string alignment) over three rows of the usual matrix, on the
// stack: names beyond 63 letters are never close to one of ours.
// Tested by tests/unit/base/nearest_name_test.cc.
#include "base/nearest_name.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace jk {

namespace {

constexpr std::size_t longest = 63;
using Row = std::array<std::size_t, longest + 1>;

char folded(char c) noexcept
{
    return c == '-' ? '_' : lower(c);
}

bool same(char a, char b) noexcept
{
    return folded(a) == folded(b);
}

/// How many steps are too many for a name of this length.
std::size_t too_far(std::size_t length) noexcept
{
    return length > 12 ? 4 : length > 3 ? 3 : 2;
}

/// True when the two letters before `i` in `a` are those before `j` in `b`, the other way round.
bool is_swap(std::string_view a, std::size_t i, std::string_view b, std::size_t j) noexcept
{
    return i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]);
}

/// Requires: neither is longer than `longest`.
std::size_t distance(std::string_view a, std::string_view b) noexcept
{
    Row before{};
    Row above{};
    Row row{};
    for (std::size_t j = 0; j <= b.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before = above;
        above = row;
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = same(a[i - 1], b[j - 1]) ? 0 : 1;
            const std::size_t swapped = is_swap(a, i, b, j) ? before[j - 2] + 1 : a.size() + j;
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + changed, swapped});
        }
    }
    return row[b.size()];
}

}  // namespace

NearestName::NearestName(std::string_view misspelt) noexcept
    : misspelt_(misspelt), best_distance_(too_far(misspelt.size()))
{}

void NearestName::offer(std::string_view candidate) noexcept
{
    const std::size_t shorter = std::min(misspelt_.size(), candidate.size());
    const std::size_t longer = std::max(misspelt_.size(), candidate.size());
    if (longer > longest || longer - shorter >= best_distance_) {
        return;
    }
    const std::size_t steps = distance(misspelt_, candidate);
    if (steps < best_distance_) {
        best_distance_ = steps;
        best_ = candidate;
    }
}

}  // namespace jk
