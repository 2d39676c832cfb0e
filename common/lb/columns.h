// In-flight counts: one column per child, so that a child that dies takes its share with it, and a
// count cannot stick (balancing.md B7).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "lb/member_slot.h"

namespace jk::lb {

/// How many things a segment has room for.
struct Shape {
    std::uint32_t workers = 0;  ///< AJP workers
    std::uint32_t balancers = 0;
    std::uint32_t members = 0;  ///< (balancer, member) pairs
    std::uint32_t columns = 0;  ///< children of two generations, and a last one that is shared

    bool operator==(const Shape&) const = default;
};

/// What is counted. `index` is the slot's position among its kind.
enum class Count : std::uint32_t { worker_busy, worker_connected, balancer_busy, member_busy };

/// What one process has of a worker's counts.
struct WorkerShare {
    std::uint32_t pid = 0;  ///< 0: those processes that share the last column
    std::uint32_t busy = 0;
    std::uint32_t connected = 0;
};

/// One child's counts. Only that child writes (the last column: several), everybody sums up. Any
/// thread. A column made by the default constructor, and an index out of range, count nothing.
class Column {
public:
    Column() = default;
    void add(Count kind, std::size_t index) noexcept;
    /// As add(), and returns how many arrived before and are still there, or a greater number where a
    /// child was killed: no two that arrive at the same moment are told the same. Who is told a
    /// number finds all those in total(), unless they have gone.
    [[nodiscard]] std::uint32_t arrive(Count kind, std::size_t index) noexcept;
    void subtract(Count kind, std::size_t index) noexcept;                ///< never below 0
    [[nodiscard]] bool is_shared() const noexcept { return is_shared_; }  ///< the last column

private:
    friend class Columns;
    [[nodiscard]] std::optional<std::size_t> place(Count kind, std::size_t index) const noexcept;

    Shared<std::uint32_t>* counts_ = nullptr;
    Shared<std::uint32_t>* bounds_ = nullptr;
    Shape shape_;
    bool is_shared_ = false;
};

/// All columns of a segment, a view. Any process and thread.
class Columns {
public:
    Columns() = default;  ///< none: claims an empty column, sums up to 0
    /// Requires: size_for(shape) bytes from the beginning of a cache line; at least one column.
    Columns(void* memory, const Shape& shape) noexcept;
    [[nodiscard]] static std::size_t size_for(const Shape& shape) noexcept;

    /// Segment::claim_column and release_column, as far as they are about columns.
    [[nodiscard]] Column claim(std::uint32_t pid) noexcept;
    void release(std::uint32_t pid) noexcept;
    void release_dead(bool (*is_alive)(std::uint32_t pid)) noexcept;

    /// How many are claimed now, without the shared last one.
    [[nodiscard]] std::uint32_t claimed() const noexcept;
    /// Sum of one count. Takes time in the number of columns that were ever claimed.
    [[nodiscard]] std::uint32_t total(Count kind, std::size_t index) const noexcept;
    /// What each process has of a worker's counts: all that have a column, and those that share the
    /// last one where it counts something.
    [[nodiscard]] std::vector<WorkerShare> shares(std::size_t worker) const;
    /// The sum as all children keep it together, at once: not less than total(), but for what is
    /// just about to arrive. More by what a child was about to count or to take back when it was
    /// killed.
    [[nodiscard]] std::uint32_t bound(Count kind, std::size_t index) const noexcept;

    /// True when total() is greater than `limit`; without the sum where it surely is not.
    [[nodiscard]] bool exceeds(Count kind, std::size_t index, std::uint64_t limit) const noexcept
    {
        return bound(kind, index) > limit && total(kind, index) > limit;
    }

private:
    using Cell = Shared<std::uint32_t>;
    [[nodiscard]] std::uint32_t in_use() const noexcept;
    [[nodiscard]] Cell& owner_of(std::uint32_t column) const noexcept;
    [[nodiscard]] Column view_of(std::uint32_t column) const noexcept;
    void clear(std::uint32_t column) noexcept;
    [[nodiscard]] std::uint32_t sum(std::size_t count) const noexcept;
    [[nodiscard]] WorkerShare share_of(std::uint32_t column, std::size_t worker) const noexcept;

    Cell* in_use_ = nullptr;  ///< how many, from the first, were ever claimed
    Cell* bounds_ = nullptr;
    Cell* cells_ = nullptr;
    std::size_t stride_ = 0;  ///< cells from one column to the next
    Shape shape_;
};

}  // namespace jk::lb
