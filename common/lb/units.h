// What one unit of load weighs on each member (balancing.md 3.1, B23).
#pragma once

#include <cstdint>
#include <span>

namespace jk::lb {

/// The product, or the greatest number where it does not fit.
[[nodiscard]] std::uint64_t multiply_saturating(std::uint64_t a, std::uint64_t b) noexcept;

/// The least common multiple of all factors, to be divided by each.
class Units {
public:
    Units() = default;  ///< of no members
    /// A factor of 0 counts as 1.
    explicit Units(std::span<const std::uint64_t> factors) noexcept;

    /// The unit of a member with this factor, one of those given. At least 1.
    [[nodiscard]] std::uint64_t of(std::uint64_t factor) const noexcept;
    /// True where the factors had to be scaled down (B23): worth a warning at start.
    [[nodiscard]] bool are_scaled() const noexcept { return are_scaled_; }

    bool operator==(const Units&) const = default;

private:
    [[nodiscard]] std::uint64_t scaled(std::uint64_t factor) const noexcept;
    [[nodiscard]] std::uint64_t common(std::span<const std::uint64_t> factors) const noexcept;

    std::uint64_t multiple_ = 1;
    std::uint64_t largest_ = 1;
    bool are_scaled_ = false;
};

}  // namespace jk::lb
