// The shared segment: header, slots found by name, and one column of in-flight counts per child.
// It knows the layout, not where the memory comes from: the adapter maps it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "lb/columns.h"
#include "lb/edits.h"
#include "lb/failures.h"
#include "lb/measures.h"
#include "lb/member_slot.h"

namespace jk::lb {

/// What a Shape may hold at most, each: keeps every size within 64 bits with room to spare.
inline constexpr std::uint32_t shape_limit = 1U << 20;

/// A view over one mapped segment. Copyable; owns nothing. Finding and taking slots is the
/// parent's, before the children are made; everything else is for any process and thread.
/// Every size and place is checked once, when the view is made, and kept in it: what is written
/// into the memory later cannot make a view read outside.
class Segment {
public:
    /// A view over nothing: finds nothing, counts nothing.
    Segment() = default;

    /// Returns the bytes that a segment of this shape takes. Requires: no number above shape_limit.
    [[nodiscard]] static std::size_t size_for(const Shape& shape) noexcept;
    /// Makes zeroed memory of that size a segment. Requires: `memory` begins on a cache line, and
    /// what size_for() requires. A shape without a column gets one.
    static Segment format(void* memory, const Shape& shape) noexcept;
    /// Takes over a segment made before. Fails with bad_magic, or bad_value (another layout
    /// version, or a size that contradicts the shape).
    [[nodiscard]] static Result<Segment> open(void* memory, std::size_t size) noexcept;

    /// Says that a new configuration begins, which will name its slots now. A slot that this
    /// configuration does not name is forgotten with the next one: named again later it begins
    /// empty, and its place may be taken by another name (balancing.md 1.4). Parent only.
    void begin_generation() noexcept;
    /// The number of the newest configuration; 0 before the first one, or over nothing.
    [[nodiscard]] std::uint32_t generation() const noexcept;
    /// True when so many names that are not there yet would still find room. Columns: the total.
    [[nodiscard]] bool has_room_for(const Shape& more) const noexcept;
    /// Copies state and counters of every slot that both segments name, and the edits of what this
    /// one names (balancing.md 1.4). A member that was being probed is in error: the probe's result
    /// stays in `old`. For a segment that nobody else uses yet.
    void take_over(const Segment& old);

    /// Find, or take an unused one and name it (last_reset = now). nullptr where there is no room,
    /// or the name is empty or longer than 63 bytes.
    [[nodiscard]] WorkerSlot* worker(std::string_view name, TimePoint now) noexcept;
    [[nodiscard]] BalancerSlot* balancer(std::string_view name, TimePoint now) noexcept;
    [[nodiscard]] MemberSlot* member(std::string_view balancer, std::string_view name,
                                     TimePoint now) noexcept;
    /// Position of a slot among its kind, as Column and total() want it.
    [[nodiscard]] std::size_t index_of(const WorkerSlot& slot) const noexcept
    {
        return static_cast<std::size_t>(&slot - workers_.data());
    }
    [[nodiscard]] std::size_t index_of(const BalancerSlot& slot) const noexcept
    {
        return static_cast<std::size_t>(&slot - balancers_.data());
    }
    [[nodiscard]] std::size_t index_of(const MemberSlot& slot) const noexcept
    {
        return static_cast<std::size_t>(&slot - members_.data());
    }

    /// Claims a free column for the process `pid` by compare-and-swap, zeroed; the shared last one
    /// where none is free. Never fails. Call once per process: a column that still carries this
    /// pid is the rest of a dead process, and is claimed and zeroed too. Requires: pid is not 0.
    [[nodiscard]] Column claim_column(std::uint32_t pid) noexcept;
    /// Empties the column of a process that is gone, puts members that it was probing back to error
    /// (balancing.md B8), and ends the edit that it was making. Call from the parent with the pid of each child that ended. What a
    /// process counted in the shared last column stays.
    void release_column(std::uint32_t pid) noexcept;
    /// Calls `release_column` for each claimed column for whose pid `is_alive` says no.
    void release_dead(bool (*is_alive)(std::uint32_t pid)) noexcept;
    /// How many columns are claimed now: how many children there are, up to the latecomers.
    [[nodiscard]] std::uint32_t claimed_columns() const noexcept { return columns_.claimed(); }

    /// What was changed at run time.
    [[nodiscard]] Edits& edits() noexcept { return edits_; }
    [[nodiscard]] const Edits& edits() const noexcept { return edits_; }

    /// What is measured of the worker. Requires: a slot of this segment.
    [[nodiscard]] WorkerMeasures measures(const WorkerSlot& slot) const noexcept
    {
        return measures_.of(index_of(slot));
    }
    /// The last requests that failed.
    [[nodiscard]] Failures& failures() noexcept { return failures_; }
    [[nodiscard]] const Failures& failures() const noexcept { return failures_; }

    /// Sum over all columns: what is in flight now. Takes time in the number of columns that were
    /// ever claimed, where anything is in flight. 0 for an index out of range.
    [[nodiscard]] std::uint32_t total(Count kind, std::size_t index) const noexcept
    {
        return columns_.bound(kind, index) == 0 ? 0 : columns_.total(kind, index);
    }
    /// What each process has of the worker's counts. Requires: a slot of this segment.
    [[nodiscard]] std::vector<WorkerShare> shares(const WorkerSlot& slot) const
    {
        return columns_.shares(index_of(slot));
    }
    /// True when total() is greater than `limit`; without the sum where it surely is not.
    [[nodiscard]] bool exceeds(Count kind, std::size_t index, std::uint64_t limit) const noexcept
    {
        return columns_.exceeds(kind, index, limit);
    }
    /// Raises `most` to total(); without the sum where that surely is not greater.
    void note_most(Shared<std::uint32_t>& most, Count kind, std::size_t index) const noexcept
    {
        if (exceeds(kind, index, most.load())) {
            most.raise_to(total(kind, index));
        }
    }

    [[nodiscard]] Shape shape() const noexcept { return shape_; }

private:
    struct Header;

    Segment(void* memory, const Shape& shape) noexcept;
    [[nodiscard]] bool is_reusable(const WorkerSlot& slot) const noexcept;
    [[nodiscard]] bool is_reusable(const BalancerSlot& slot) const noexcept;
    [[nodiscard]] bool is_reusable(const MemberSlot& slot) const noexcept;
    template <class Slot> [[nodiscard]] bool is_forgotten(const Slot& slot) const noexcept;
    template <class Slot>
    [[nodiscard]] std::size_t room_among(std::span<Slot> slots) const noexcept;
    void empty(WorkerSlot& slot) noexcept;
    template <class Slot> void empty(Slot& slot) noexcept;
    [[nodiscard]] bool names(const Edit& edit) const noexcept;
    void take_over_measures(const Segment& old);
    template <class Slot, class Matches>
    [[nodiscard]] Slot* find_or_take(std::span<Slot> slots, Matches matches) noexcept;
    /// Lets every balancer look for members that are busy: a child may have made one so and ended
    /// before it could say so, and another configuration's balancers look at other members.
    void mark_busy() noexcept
    {
        for (BalancerSlot& slot : balancers_) {
            slot.busy_marks.add_release(1);
        }
    }

    Header* header_ = nullptr;
    std::span<WorkerSlot> workers_;
    std::span<BalancerSlot> balancers_;
    std::span<MemberSlot> members_;
    Columns columns_;
    Edits edits_;
    Measures measures_;
    Failures failures_;
    Shape shape_;
    std::size_t next_named_ = 0;  ///< where the next name is looked for first
};

}  // namespace jk::lb
