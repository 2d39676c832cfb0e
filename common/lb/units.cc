// Units of load. The least common multiple of all factors stands for one request on a member of
// factor 1. Where it exceeds 2^40 the factors are scaled down to thousandths of the largest one; for
// many factors without a common divisor even that does not suffice, and 2^40 stands for the
// multiple: the units are then rounded by less than a part in 10^9.
// Tested by tests/unit/lb/units_test.cc.
#include "lb/units.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace jk::lb {

namespace {

/// balancing.md B23.
constexpr std::uint64_t greatest_multiple = std::uint64_t{1} << 40;
constexpr std::uint64_t greatest_scaled_factor = 1000;

}  // namespace

std::uint64_t multiply_saturating(std::uint64_t a, std::uint64_t b) noexcept
{
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    return a != 0 && b > most / a ? most : a * b;
}

Units::Units(std::span<const std::uint64_t> factors) noexcept
{
    for (const std::uint64_t factor : factors) {
        largest_ = std::max(largest_, factor);
    }
    multiple_ = common(factors);
    are_scaled_ = multiple_ > greatest_multiple;
    if (are_scaled_) {
        multiple_ = std::min(common(factors), greatest_multiple);
    }
}

std::uint64_t Units::of(std::uint64_t factor) const noexcept
{
    return std::max<std::uint64_t>(1, multiple_ / scaled(factor));
}

/// The factor, or in thousandths of the largest one, where the factors are scaled.
std::uint64_t Units::scaled(std::uint64_t factor) const noexcept
{
    if (!are_scaled_ || largest_ <= greatest_scaled_factor) {
        return std::max<std::uint64_t>(1, factor);
    }
    const std::uint64_t thousandths =
        multiply_saturating(factor, greatest_scaled_factor) / largest_;
    return std::max<std::uint64_t>(1, thousandths);
}

std::uint64_t Units::common(std::span<const std::uint64_t> factors) const noexcept
{
    std::uint64_t multiple = 1;
    for (const std::uint64_t factor : factors) {
        const std::uint64_t f = scaled(factor);
        multiple = multiply_saturating(multiple, f / std::gcd(multiple, f));
        if (multiple > greatest_multiple) {
            break;
        }
    }
    return multiple;
}

}  // namespace jk::lb
