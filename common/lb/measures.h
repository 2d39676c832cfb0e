// What is measured of each AJP worker: how its attempts ended, and how long they took.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "lb/columns.h"
#include "lb/histogram.h"

namespace jk::lb {

/// What is timed of an attempt.
enum class Timing : std::uint8_t {
    connect,     ///< of new connections only, without the CPING behind it
    first_byte,  ///< from the attempt's begin to the first byte of the answer's head
    total,       ///< from the attempt's begin to the end of its answer; complete answers only
};
inline constexpr std::size_t timing_count = 3;

/// Room for that many ways in which an attempt may end. What the numbers mean is the caller's to
/// know; they stay in memory over restarts.
inline constexpr std::size_t ending_room = 32;

/// The measures of one worker, a view. Any process and thread, without waiting.
class WorkerMeasures {
public:
    /// Counts one attempt that ended in this way. Ignores numbers from ending_room on.
    void ended(std::size_t way) noexcept;
    void took(Timing timing, std::chrono::nanoseconds time) noexcept;

    /// Returns how many attempts ended in this way; 0 for numbers from ending_room on.
    [[nodiscard]] std::uint64_t endings(std::size_t way) const noexcept;
    [[nodiscard]] Distribution distribution(Timing timing) const;

    void clear() noexcept;
    /// Adds what was measured elsewhere.
    void add(const WorkerMeasures& other);

private:
    friend class Measures;
    struct Slot;
    using Buckets = std::array<HistogramBuckets, timing_count>;
    WorkerMeasures(Slot& slot, Buckets& buckets) noexcept : slot_(&slot), buckets_(&buckets) {}
    [[nodiscard]] Histogram histogram(Timing timing) const noexcept;

    Slot* slot_;
    Buckets* buckets_;
};

/// Those of all workers of a segment, a view. 21.5 KiB of buckets per worker, of which only pages
/// take memory that something was counted in.
class Measures {
public:
    Measures() = default;
    /// Requires: size_for(shape) zeroed bytes from the beginning of a cache line.
    Measures(void* memory, const Shape& shape) noexcept;
    [[nodiscard]] static std::size_t size_for(const Shape& shape) noexcept;

    /// Requires: `worker` is an index below the shape's number of workers.
    [[nodiscard]] WorkerMeasures of(std::size_t worker) const noexcept;

private:
    WorkerMeasures::Slot* slots_ = nullptr;
    WorkerMeasures::Buckets* buckets_ = nullptr;
};

}  // namespace jk::lb
