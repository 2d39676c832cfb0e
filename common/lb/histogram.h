// How long things took, in shared memory: log-linear histograms that every process records into.
#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "lb/member_slot.h"

namespace jk::lb {

/// Durations count in whole microseconds, rounded up. Each doubling has 32 buckets, so that a
/// bucket's ends differ by less than 3.2 %; up to 64 microseconds each value has its own.
inline constexpr std::size_t buckets_per_octave = 32;
inline constexpr std::size_t octaves = 28;
inline constexpr std::size_t bucket_count = octaves * buckets_per_octave;
/// What took longer (71 minutes) counts as this.
inline constexpr std::uint64_t longest_micros = std::uint64_t{1} << 32U;

/// Returns the bucket of a duration; 0 counts as 1, more than the longest as the longest.
[[nodiscard]] constexpr std::size_t bucket_of(std::uint64_t micros) noexcept
{
    constexpr int bits_per_octave = 5;
    micros = micros > longest_micros ? longest_micros : micros;
    const std::uint64_t below = micros == 0 ? 0 : micros - 1;
    if (below < buckets_per_octave) {
        return static_cast<std::size_t>(below);
    }
    const auto shift = static_cast<std::size_t>(std::bit_width(below) - bits_per_octave - 1);
    return shift * buckets_per_octave + static_cast<std::size_t>(below >> shift);
}

/// Returns the longest duration that belongs to the bucket. Each power of two is such a bound.
[[nodiscard]] constexpr std::uint64_t upper_bound(std::size_t bucket) noexcept
{
    const std::size_t octave = bucket / buckets_per_octave;
    const std::size_t shift = octave == 0 ? 0 : octave - 1;
    return (bucket - shift * buckets_per_octave + 1) << shift;
}

/// What a histogram held when it was read.
struct Distribution {
    struct Part {
        std::uint32_t bucket;
        std::uint64_t count;  ///< never 0
    };
    std::uint64_t count = 0;           ///< of all parts
    std::chrono::microseconds sum{0};  ///< of all durations, each at most the longest
    std::vector<Part> parts{};         ///< in the order of the buckets

    /// Returns the least bucket bound that at least this share of all durations did not exceed: at
    /// most 3.2 % above the exact quantile, never below it. 0 where nothing was counted.
    /// Requires: 0 < share <= 1.
    [[nodiscard]] std::chrono::microseconds quantile(double share) const noexcept;
    /// Adds what another one holds, as if one histogram had recorded both.
    void add(const Distribution& other);
};

/// What every reading of a histogram needs. Apart from the buckets, so that those of a worker that
/// serves nothing are never touched, and take no memory.
struct HistogramSlot {
    Shared<std::uint64_t> sum;      ///< microseconds
    Shared<std::uint32_t> touched;  ///< a bit per octave of which a bucket was ever used
};

/// Counts of 64 bits: one of 32 would be full after a few days of a busy server.
struct alignas(line) HistogramBuckets {
    std::array<Shared<std::uint64_t>, bucket_count> counts;
};

/// A view over one histogram. Any process and thread, without waiting.
class Histogram {
public:
    Histogram(HistogramSlot& slot, HistogramBuckets& buckets) noexcept
        : slot_(&slot), buckets_(&buckets)
    {}

    /// Two atomic additions, and a third operation at the first use of an octave.
    void record(std::chrono::nanoseconds took) noexcept;
    /// Takes time in the number of octaves in use. `count` is the sum of the parts, always; while
    /// others record, each bucket is read once, and `sum` may be ahead of them or behind.
    [[nodiscard]] Distribution read() const;
    /// Empties it. What is recorded at the same moment may stay or not.
    void clear() noexcept;
    /// Adds what another one held.
    void add(const Distribution& other) noexcept;

private:
    void touch(std::size_t bucket) noexcept;

    HistogramSlot* slot_;
    HistogramBuckets* buckets_;
};

}  // namespace jk::lb
