// One column of in-flight counts per child:
//
//     in_use | bounds | owner, worker_busy …, worker_connected …, balancer_busy …, member_busy … |
//     owner, …
//
// Each column begins on a cache line, so that children do not slow each other down while they
// count; the price is that a sum visits one line per column, of those that were ever claimed. That
// number comes from shared memory and is therefore bounded by the shape, which does not.
//
// Who only wants to know whether a sum is above some number asks the bounds first. They are one
// more column, in which all count: before their own one, and taken back after it, so that a child
// that dies in between leaves its bound one too high for ever, which costs a sum now and then, and
// never too low.
//
// Where only so many may come in, the bound says in which order they arrive, and the sum whether it
// is too high. Who arrives therefore counts in his own column first: with the bound first, the sum
// would miss one who is told his number already. A child that dies in between leaves the bound too
// low; it is raised again when the column is emptied.
//
// A column belongs to the process whose pid is its owner. It is claimed by compare-and-swap from 0,
// and freed by the parent: counts first, owner last, so that the next one finds them empty. The
// last column has no owner: children that find no other share it.
// Tested by tests/unit/lb/columns_test.cc.
#include "lb/columns.h"

#include <algorithm>
#include <cassert>
#include <span>

namespace jk::lb {

namespace {

constexpr std::size_t cells_per_line = line / sizeof(Shared<std::uint32_t>);

/// Where in a column, behind its owner, the counts of a kind stand.
struct CountRange {
    std::size_t first;
    std::size_t size;
};
CountRange range_of(Count kind, const Shape& shape) noexcept
{
    const std::size_t w = shape.workers, b = shape.balancers, m = shape.members;
    switch (kind) {
    case Count::worker_busy: return {0, w};
    case Count::worker_connected: return {w, w};
    case Count::balancer_busy: return {2 * w, b};
    case Count::member_busy: return {2 * w + b, m};
    }
    return {0, 0};
}

std::size_t counts_of(const Shape& shape) noexcept
{
    return 2 * std::size_t{shape.workers} + shape.balancers + shape.members;
}

std::size_t stride_of(const Shape& shape) noexcept
{
    return (1 + counts_of(shape) + cells_per_line - 1) / cells_per_line * cells_per_line;
}

}  // namespace

std::optional<std::size_t> Column::place(Count kind, std::size_t index) const noexcept
{
    const CountRange range = range_of(kind, shape_);
    return counts_ != nullptr && index < range.size ? std::optional{range.first + index}
                                                    : std::nullopt;
}

void Column::add(Count kind, std::size_t index) noexcept
{
    if (const std::optional<std::size_t> at = place(kind, index)) {
        bounds_[*at].add(1);
        counts_[*at].add(1);
    }
}

std::uint32_t Column::arrive(Count kind, std::size_t index) noexcept
{
    const std::optional<std::size_t> at = place(kind, index);
    if (!at) {
        return 0;
    }
    counts_[*at].add(1);
    std::uint32_t before = bounds_[*at].load();
    while (!bounds_[*at].replace(before, before + 1)) {
    }
    return before;
}

void Column::subtract(Count kind, std::size_t index) noexcept
{
    const std::optional<std::size_t> at = place(kind, index);
    if (at && counts_[*at].subtract_saturating(1) > 0) {
        bounds_[*at].subtract_saturating(1);
    }
}

std::size_t Columns::size_for(const Shape& shape) noexcept
{
    return line + (std::size_t{1} + shape.columns) * stride_of(shape) * sizeof(Cell);
}

Columns::Columns(void* memory, const Shape& shape) noexcept
    : in_use_(static_cast<Cell*>(memory)), bounds_(in_use_ + cells_per_line),
      cells_(bounds_ + stride_of(shape)), stride_(stride_of(shape)), shape_(shape)
{
    assert(reinterpret_cast<std::uintptr_t>(memory) % line == 0 && shape.columns > 0);
}

std::uint32_t Columns::in_use() const noexcept
{
    return in_use_ == nullptr ? 0 : std::min(in_use_->load(), shape_.columns - 1);
}

Columns::Cell& Columns::owner_of(std::uint32_t column) const noexcept
{
    return cells_[column * stride_];
}

Column Columns::view_of(std::uint32_t column) const noexcept
{
    Column view;
    view.counts_ = &owner_of(column) + 1;
    view.bounds_ = bounds_;
    view.shape_ = shape_;
    view.is_shared_ = column + 1 == shape_.columns;
    return view;
}

void Columns::clear(std::uint32_t column) noexcept
{
    const std::span counts{&owner_of(column) + 1, counts_of(shape_)};
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i].load() != 0) {
            bounds_[i].subtract_saturating(counts[i].take());
            bounds_[i].raise_to(sum(i));
        }
    }
}

Column Columns::claim(std::uint32_t pid) noexcept
{
    assert(pid != 0);
    if (in_use_ == nullptr) {
        return {};
    }
    release(pid);
    for (std::uint32_t i = 0; i + 1 < shape_.columns; ++i) {
        in_use_->raise_to(i + 1);  // first: also the column of a claimant that dies now is seen
        std::uint32_t nobody = 0;
        if (owner_of(i).replace(nobody, pid)) {
            clear(i);
            return view_of(i);
        }
    }
    return view_of(shape_.columns - 1);
}

void Columns::release(std::uint32_t pid) noexcept
{
    for (std::uint32_t i = 0; i < in_use(); ++i) {
        std::uint32_t owner = owner_of(i).load();
        if (owner == pid && owner != 0) {
            clear(i);
            owner_of(i).replace(owner, 0);
        }
    }
}

void Columns::release_dead(bool (*is_alive)(std::uint32_t pid)) noexcept
{
    for (std::uint32_t i = 0; i < in_use(); ++i) {
        const std::uint32_t owner = owner_of(i).load();
        if (owner != 0 && !is_alive(owner)) {
            release(owner);
        }
    }
}

std::uint32_t Columns::claimed() const noexcept
{
    std::uint32_t claimed = 0;
    for (std::uint32_t i = 0; i < in_use(); ++i) {
        claimed += owner_of(i).load() != 0 ? 1 : 0;
    }
    return claimed;
}

std::uint32_t Columns::total(Count kind, std::size_t index) const noexcept
{
    const CountRange range = range_of(kind, shape_);
    return in_use_ == nullptr || index >= range.size ? 0 : sum(range.first + index);
}

/// Of a count by its number in a column.
std::uint32_t Columns::sum(std::size_t count) const noexcept
{
    const std::size_t place = 1 + count;
    std::uint32_t sum = cells_[(shape_.columns - 1) * stride_ + place].load();
    const std::uint32_t columns = in_use();
    for (std::uint32_t i = 0; i < columns; ++i) {
        sum += cells_[i * stride_ + place].load();
    }
    return sum;
}

WorkerShare Columns::share_of(std::uint32_t column, std::size_t worker) const noexcept
{
    const Cell* const counts = &owner_of(column) + 1;
    return {owner_of(column).load(),
            counts[range_of(Count::worker_busy, shape_).first + worker].load(),
            counts[range_of(Count::worker_connected, shape_).first + worker].load()};
}

std::vector<WorkerShare> Columns::shares(std::size_t worker) const
{
    std::vector<WorkerShare> shares;
    if (in_use_ == nullptr || worker >= shape_.workers) {
        return shares;
    }
    const std::uint32_t columns = in_use();
    for (std::uint32_t i = 0; i < columns; ++i) {
        if (const WorkerShare share = share_of(i, worker); share.pid != 0) {
            shares.push_back(share);
        }
    }
    const WorkerShare rest = share_of(shape_.columns - 1, worker);
    if (rest.busy != 0 || rest.connected != 0) {
        shares.push_back({0, rest.busy, rest.connected});
    }
    return shares;
}

std::uint32_t Columns::bound(Count kind, std::size_t index) const noexcept
{
    const CountRange range = range_of(kind, shape_);
    return in_use_ == nullptr || index >= range.size ? 0 : bounds_[range.first + index].load();
}

}  // namespace jk::lb
