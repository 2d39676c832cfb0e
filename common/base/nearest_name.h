// "Did you mean …?": the known name that a misspelt one is closest to.
#pragma once

#include <cstddef>
#include <string_view>

namespace jk {

/// Keeps the closest of the names it is offered. Letters count the same in both cases, and so do
/// "-" and "_"; changing, adding or leaving out a letter and swapping two neighbours are one step
/// each.
class NearestName {
public:
    /// Requires: `misspelt` outlives this object.
    explicit NearestName(std::string_view misspelt) noexcept;

    /// Requires: `candidate` lives until best() was used.
    void offer(std::string_view candidate) noexcept;

    /// Returns the closest name offered, the first one of equals; empty when none is within two
    /// steps (one step for a name of up to three letters, three for one of more than twelve).
    [[nodiscard]] std::string_view best() const noexcept { return best_; }

private:
    std::string_view misspelt_;
    std::string_view best_;
    std::size_t best_distance_;
};

}  // namespace jk
