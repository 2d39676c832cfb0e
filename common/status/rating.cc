// Ratings: a list of rules is read into a matrix of activation × state, `bad` wins over `good`.
// Tested by tests/unit/status/rating_test.cc.
#include "status/rating.h"

#include <algorithm>
#include <bitset>
#include <span>
#include <string_view>

#include "base/text.h"

namespace jk::status {

namespace {

constexpr std::size_t activation_count = 3;
constexpr std::size_t state_count = 7;

/// The cells of activation × state that a rule matches.
using Cells = std::bitset<activation_count * state_count>;

constexpr std::string_view default_good = "a.o,a.i,a.b,a.r";
constexpr std::string_view default_bad = "e,s";
constexpr std::string_view separators = ", \t";

std::size_t cell(std::size_t activation, std::size_t state) noexcept
{
    return activation * state_count + state;
}

Cells cells_of(conf::Activation activation) noexcept
{
    Cells cells;
    for (std::size_t state = 0; state < state_count; ++state) {
        cells.set(cell(static_cast<std::size_t>(activation), state));
    }
    return cells;
}

Cells cells_of(std::initializer_list<lb::State> states) noexcept
{
    Cells cells;
    for (const lb::State state : states) {
        for (std::size_t activation = 0; activation < activation_count; ++activation) {
            cells.set(cell(activation, static_cast<std::size_t>(state)));
        }
    }
    return cells;
}

/// Returns what the condition that begins with `letter` matches: nothing for an unknown one.
Cells cells_of(char letter) noexcept
{
    using lb::State;
    switch (lower(letter)) {
    case 'a': return cells_of(conf::Activation::active);
    case 'd': return cells_of(conf::Activation::disabled);
    case 's': return cells_of(conf::Activation::stopped);
    case 'o': return cells_of({State::ok});
    case 'i':
    case 'n': return cells_of({State::idle});
    case 'b': return cells_of({State::busy});
    case 'r': return cells_of({State::recovering, State::probing, State::forced});
    case 'e': return cells_of({State::error});
    default: return {};
    }
}

/// One entry: a condition, or two joined by a dot.
Cells cells_of_entry(std::string_view entry) noexcept
{
    entry.remove_prefix(std::min(entry.find_first_not_of('.'), entry.size()));
    if (entry.empty()) {
        return {};
    }
    Cells cells = cells_of(entry.front());
    const std::size_t dot = entry.find('.');
    if (dot != std::string_view::npos && dot + 1 < entry.size()) {
        cells &= cells_of(entry[dot + 1]);
    }
    return cells;
}

/// Calls `use` for each entry of the rules as configured, or of their default.
template <class Use>
void for_each_entry(const std::vector<std::string>& rules, std::string_view fallback, Use use)
{
    const auto split = [&use](std::string_view rest) {
        while (const auto entry = next_piece(rest, separators)) {
            use(*entry);
        }
    };
    if (rules.empty()) {
        split(fallback);
    }
    for (const std::string& rule : rules) {
        split(rule);
    }
}

Cells cells_of(const std::vector<std::string>& rules, std::string_view fallback)
{
    Cells cells;
    for_each_entry(rules, fallback, [&cells](auto entry) { cells |= cells_of_entry(entry); });
    return cells;
}

}  // namespace

Rating::Rating(const conf::StatusSettings& settings)
{
    static_assert(activations == activation_count && states == state_count);
    const Cells good = cells_of(settings.good, default_good);
    const Cells bad = cells_of(settings.bad, default_bad);
    for (std::size_t a = 0; a < activations; ++a) {
        for (std::size_t s = 0; s < states; ++s) {
            const bool is_good = good.test(cell(a, s));
            grades_[a][s] = bad.test(cell(a, s)) ? Grade::bad
                            : is_good            ? Grade::good
                                                 : Grade::degraded;
        }
    }
}

std::vector<std::string> rating_warnings(const conf::StatusSettings& settings)
{
    std::vector<std::string> warnings;
    const Cells bad = cells_of(settings.bad, default_bad);
    const auto warn = [&warnings](std::string_view list, std::string_view entry,
                                  std::string_view trouble) {
        warnings.emplace_back("The entry '").append(entry).append("' of '").append(list);
        warnings.back().append("' ").append(trouble);
    };
    const auto check = [&](std::string_view list, std::string_view entry) {
        const Cells cells = cells_of_entry(entry);
        if (cells.none()) {
            warn(list, entry, "matches no member: it names no state or activation, or two.");
        } else if (list == "good" && (cells & bad).any()) {
            warn(list, entry, "overlaps with 'bad', which wins.");
        }
    };
    for_each_entry(settings.good, default_good, [&](auto entry) { check("good", entry); });
    for_each_entry(settings.bad, default_bad, [&](auto entry) { check("bad", entry); });
    return warnings;
}

}  // namespace jk::status
