// The layout of the shared segment, and the views over it:
//
//     Header | WorkerSlot … | BalancerSlot … | MemberSlot … | Columns | Edits | Measures | Failures
//
// Everything begins on a cache line. The shape in the header decides all sizes; it is checked
// against the mapped size in open() and then lives in the view, not in the memory.
//
// A slot is found by its name, and carries the number of the configuration that named it last: what
// two configurations did not name is forgotten, and its place is free again once nothing of it is
// in flight.
// Tested by tests/unit/lb/segment_test.cc.
#include "lb/segment.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "lb/member_state.h"

namespace jk::lb {

namespace {

constexpr std::uint64_t magic = 0x796f6b652d736567;  // "yoke-seg"

/// A new number with every change of Header, of a slot or of the order of the parts.
constexpr std::uint32_t layout_version = 4;

bool is_possible(const Shape& shape) noexcept
{
    return shape.columns > 0 && shape.workers <= shape_limit && shape.balancers <= shape_limit &&
           shape.members <= shape_limit && shape.columns <= shape_limit;
}

Shape with_a_column(Shape shape) noexcept
{
    shape.columns = std::max<std::uint32_t>(1, shape.columns);
    return shape;
}

bool is_name(std::string_view name) noexcept
{
    return !name.empty() && name.size() < name_room;
}

void write(SlotName& to, std::string_view name) noexcept
{
    std::memset(to.text, 0, name_room);
    std::memcpy(to.text, name.data(), name.size());
}

}  // namespace

struct alignas(line) Segment::Header {
    std::uint64_t magic;
    std::uint64_t size;  ///< of the whole segment
    std::uint32_t version;
    Shape shape;
    Shared<std::uint32_t> generation;  ///< of the configuration
};

// --- Making a view ---------------------------------------------------------------------------

std::size_t Segment::size_for(const Shape& shape) noexcept
{
    return sizeof(Header) + shape.workers * sizeof(WorkerSlot) +
           shape.balancers * sizeof(BalancerSlot) + shape.members * sizeof(MemberSlot) +
           Columns::size_for(with_a_column(shape)) + Edits::size_for(shape) +
           Measures::size_for(shape) + Failures::size();
}

Segment::Segment(void* memory, const Shape& shape) noexcept : shape_(shape)
{
    assert(reinterpret_cast<std::uintptr_t>(memory) % line == 0);
    auto* place = static_cast<std::byte*>(memory);
    header_ = reinterpret_cast<Header*>(place);
    place += sizeof(Header);
    workers_ = {reinterpret_cast<WorkerSlot*>(place), shape.workers};
    place += workers_.size_bytes();
    balancers_ = {reinterpret_cast<BalancerSlot*>(place), shape.balancers};
    place += balancers_.size_bytes();
    members_ = {reinterpret_cast<MemberSlot*>(place), shape.members};
    place += members_.size_bytes();
    columns_ = Columns{place, shape};
    place += Columns::size_for(shape);
    edits_ = Edits{place, shape, header_->generation};
    place += Edits::size_for(shape);
    measures_ = Measures{place, shape};
    failures_ = Failures{place + Measures::size_for(shape)};
}

Segment Segment::format(void* memory, const Shape& shape) noexcept
{
    const Shape whole = with_a_column(shape);
    assert(is_possible(whole));
    Segment segment{memory, whole};
    segment.header_->size = size_for(whole);
    segment.header_->version = layout_version;
    segment.header_->shape = whole;
    segment.header_->magic = magic;
    return segment;
}

Result<Segment> Segment::open(void* memory, std::size_t size) noexcept
{
    if (memory == nullptr || size < sizeof(Header)) {
        return failure(Errc::bad_value, "the segment is smaller than its header");
    }
    Header header;
    std::memcpy(&header, memory, sizeof(Header));
    if (header.magic != magic) {
        return failure(Errc::bad_magic, "the memory is no segment");
    }
    if (header.version != layout_version) {
        return failure(Errc::bad_value, "the segment has another layout version");
    }
    if (!is_possible(header.shape) || header.size != size_for(header.shape) || header.size > size) {
        return failure(Errc::bad_value, "the segment's size contradicts its shape");
    }
    return Segment{memory, header.shape};
}

// --- Slots by name ---------------------------------------------------------------------------

void Segment::begin_generation() noexcept
{
    if (header_ != nullptr) {
        header_->generation.add_release(1);
    }
}

std::uint32_t Segment::generation() const noexcept
{
    return header_ == nullptr ? 0 : header_->generation.load_acquire();
}

/// True for a slot that the previous configuration did not name either.
template <class Slot> bool Segment::is_forgotten(const Slot& slot) const noexcept
{
    return header_->generation.load() - slot.generation.load() > 1;
}

bool Segment::is_reusable(const WorkerSlot& slot) const noexcept
{
    return slot.name.is({}) ||
           (is_forgotten(slot) && total(Count::worker_busy, index_of(slot)) == 0 &&
            total(Count::worker_connected, index_of(slot)) == 0);
}

bool Segment::is_reusable(const BalancerSlot& slot) const noexcept
{
    return slot.name.is({}) ||
           (is_forgotten(slot) && total(Count::balancer_busy, index_of(slot)) == 0);
}

bool Segment::is_reusable(const MemberSlot& slot) const noexcept
{
    return slot.name.is({}) ||
           (is_forgotten(slot) && total(Count::member_busy, index_of(slot)) == 0);
}

template <class Slot> std::size_t Segment::room_among(std::span<Slot> slots) const noexcept
{
    return static_cast<std::size_t>(std::count_if(
        slots.begin(), slots.end(), [&](const Slot& slot) { return is_reusable(slot); }));
}

bool Segment::has_room_for(const Shape& more) const noexcept
{
    return header_ != nullptr && more.columns <= shape_.columns &&
           more.workers <= room_among(workers_) && more.balancers <= room_among(balancers_) &&
           more.members <= room_among(members_);
}

/// Nothing was ever measured in a slot that had no name: its measures are not even looked at, as
/// that alone takes memory (measures.h).
void Segment::empty(WorkerSlot& slot) noexcept
{
    if (!slot.name.is({})) {
        measures(slot).clear();
    }
    std::memset(static_cast<void*>(&slot), 0, sizeof(slot));
}

template <class Slot> void Segment::empty(Slot& slot) noexcept
{
    std::memset(static_cast<void*>(&slot), 0, sizeof(slot));
}

/// The slot that matches, emptied where it is forgotten; else a reusable one, emptied, whose name
/// the caller writes. Names come in the order of their slots mostly, so the next one is looked at
/// first; behind the first slot that has no name there is none that has one.
template <class Slot, class Matches>
Slot* Segment::find_or_take(std::span<Slot> slots, Matches matches) noexcept
{
    Slot* found = next_named_ < slots.size() ? &slots[next_named_] : nullptr;
    if (found == nullptr || !matches(*found)) {
        Slot* reusable = nullptr;
        const auto end = std::find_if(slots.begin(), slots.end(), [&](Slot& slot) {
            reusable = reusable == nullptr && is_reusable(slot) ? &slot : reusable;
            return matches(slot) || slot.name.is({});
        });
        found = end != slots.end() && matches(*end) ? &*end : reusable;
    }
    if (found == nullptr) {
        return nullptr;
    }
    if (!matches(*found) || is_forgotten(*found)) {
        empty(*found);
    }
    next_named_ = index_of(*found) + 1;
    found->generation.store(header_->generation.load());
    return found;
}

WorkerSlot* Segment::worker(std::string_view name, TimePoint now) noexcept
{
    if (!is_name(name)) {
        return nullptr;
    }
    auto* const slot = find_or_take(workers_, [&](const WorkerSlot& s) { return s.name.is(name); });
    if (slot != nullptr && slot->name.view().empty()) {
        write(slot->name, name);
        slot->last_reset.store(to_micros(now));
        slot->last_maintenance.store(to_micros(now));
    }
    return slot;
}

BalancerSlot* Segment::balancer(std::string_view name, TimePoint now) noexcept
{
    if (!is_name(name)) {
        return nullptr;
    }
    auto* const slot =
        find_or_take(balancers_, [&](const BalancerSlot& s) { return s.name.is(name); });
    if (slot != nullptr && slot->name.view().empty()) {
        write(slot->name, name);
        slot->last_reset.store(to_micros(now));
        slot->last_maintenance.store(to_micros(now));
    }
    mark_busy();
    return slot;
}

MemberSlot* Segment::member(std::string_view balancer, std::string_view name, TimePoint) noexcept
{
    if (!is_name(balancer) || !is_name(name)) {
        return nullptr;
    }
    auto* const slot = find_or_take(
        members_, [&](const MemberSlot& s) { return s.name.is(name) && s.balancer.is(balancer); });
    if (slot != nullptr && slot->name.view().empty()) {
        write(slot->balancer, balancer);
        write(slot->name, name);
    }
    return slot;
}

// --- Columns ---------------------------------------------------------------------------------

Column Segment::claim_column(std::uint32_t pid) noexcept
{
    release_column(pid);
    return columns_.claim(pid);
}

void Segment::release_column(std::uint32_t pid) noexcept
{
    if (pid == 0) {
        return;
    }
    columns_.release(pid);
    edits_.release(pid);
    failures_.release(pid);
    for (MemberSlot& slot : members_) {
        end_probe_of(slot, pid);
    }
    mark_busy();
}

void Segment::release_dead(bool (*is_alive)(std::uint32_t pid)) noexcept
{
    columns_.release_dead(is_alive);
    edits_.release_dead(is_alive);
    failures_.release_dead(is_alive);
    for (MemberSlot& slot : members_) {
        const std::uint32_t prober = standing_of(slot).prober;
        if (prober != 0 && !is_alive(prober)) {
            end_probe_of(slot, prober);
        }
    }
    mark_busy();
}

}  // namespace jk::lb
