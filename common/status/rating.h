// Good, degraded or bad: what a status worker's rules make of a member (status.md 12.2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "conf/settings.h"
#include "lb/member_slot.h"

namespace jk::status {

enum class Grade : std::uint8_t { good, degraded, bad };

/// The rules, already applied to every activation and state.
class Rating {
public:
    explicit Rating(const conf::StatusSettings& settings);

    /// A state that is none, which shared memory may hold, is bad.
    [[nodiscard]] Grade of(conf::Activation activation, lb::State state) const noexcept
    {
        const auto a = static_cast<std::size_t>(activation);
        const auto s = static_cast<std::size_t>(state);
        return a < activations && s < states ? grades_[a][s] : Grade::bad;
    }

private:
    static constexpr std::size_t activations = 3;
    static constexpr std::size_t states = 7;
    std::array<std::array<Grade, states>, activations> grades_{};
};

/// Returns what is doubtful about the rules of `settings`, a sentence each: an entry that matches
/// nothing, and entries of `good` that lose against `bad`.
[[nodiscard]] std::vector<std::string> rating_warnings(const conf::StatusSettings& settings);

}  // namespace jk::status
