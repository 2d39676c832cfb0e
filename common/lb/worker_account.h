// Counters of one AJP worker, member or not: what is in flight, and what it did (balancing.md 1.3).
#pragma once

#include <cstdint>

#include "lb/outcome.h"
#include "lb/segment.h"

namespace jk::lb {

/// A worker's slot with the column of this child. Cheap to copy; any thread.
class WorkerAccount {
public:
    WorkerAccount(Segment segment, WorkerSlot& slot, Column column) noexcept;

    /// Counts a request handed to the worker: used + 1, busy + 1, max_busy, and the state of a
    /// direct worker. Returns false where `busy_limit` (0 = none) would be exceeded: then used is
    /// counted, busy is not, and end() must still be called with Ending::busy_limit.
    [[nodiscard]] bool begin(std::uint32_t busy_limit) noexcept;
    /// Counts its end. Call once for each begin(), for a member before Attempts::report(): whether
    /// a failure is local depends on what else is in flight (balancing.md 6.3).
    void end(const Outcome& outcome, TimePoint now) noexcept;

    void connected() noexcept;
    void disconnected() noexcept;

    [[nodiscard]] std::uint32_t busy() const noexcept;
    [[nodiscard]] std::uint32_t connections() const noexcept;
    [[nodiscard]] WorkerSlot& slot() const noexcept { return *slot_; }
    /// How its attempts ended and how long they took.
    [[nodiscard]] WorkerMeasures measures() const noexcept { return segment_.measures(*slot_); }

private:
    Segment segment_;
    WorkerSlot* slot_;
    Column column_;
};

/// What the status command reset does to a worker (status.md 10.5): of a member, where its errors
/// as a worker stay, and of a direct one. Busy and connected stay in both. Any process.
void reset_of_member(WorkerSlot& slot, TimePoint now) noexcept;
void reset_direct(WorkerSlot& slot, TimePoint now) noexcept;

}  // namespace jk::lb
