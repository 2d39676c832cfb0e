// What shared memory holds: plain structs of fixed width, no pointers, every field a Shared<T>.
// Any change here is a new layout version (segment.h).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

namespace jk::lb {

/// One value in memory that several processes write: the only wrapper over atomic_ref. Every
/// operation is one lock-free atomic operation, relaxed unless its name says more: the values are
/// counters and states that stand alone, nothing else is published through them.
template <class T> class Shared {
    // NOLINTNEXTLINE(bugprone-sizeof-expression): where T is a pointer, its own size is meant
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 8);
    static_assert(std::atomic_ref<T>::is_always_lock_free);

public:
    [[nodiscard]] T load() const noexcept { return ref().load(std::memory_order_relaxed); }
    void store(T value) noexcept { ref().store(value, std::memory_order_relaxed); }
    /// As load() and store(), for a value that announces others: who loads it sees what was written
    /// before it was stored.
    [[nodiscard]] T load_acquire() const noexcept { return ref().load(std::memory_order_acquire); }
    void store_release(T value) noexcept { ref().store(value, std::memory_order_release); }
    /// Returns the value before.
    T add(T value) noexcept { return ref().fetch_add(value, std::memory_order_relaxed); }
    T subtract(T value) noexcept { return ref().fetch_sub(value, std::memory_order_relaxed); }
    /// As add(), for a count that announces what was written before it: see load_acquire().
    T add_release(T value) noexcept { return ref().fetch_add(value, std::memory_order_release); }
    /// Returns the value, and leaves 0.
    T take() noexcept { return ref().exchange(T{}, std::memory_order_relaxed); }
    /// Replaces `expected` by `desired`; otherwise puts the value found into `expected`.
    bool replace(T& expected, T desired) noexcept
    {
        return ref().compare_exchange_strong(expected, desired, std::memory_order_acq_rel);
    }
    /// Raises the value to `least` where it is smaller.
    void raise_to(T least) noexcept
    {
        T seen = load();
        while (seen < least && !replace(seen, least)) {
        }
    }
    /// Adds, and stays at the greatest value where the sum does not fit. Two atomic operations,
    /// the second only then: a reader may see the small sum for a moment.
    void add_saturating(T value) noexcept
    {
        if (static_cast<T>(add(value) + value) < value) {
            store(std::numeric_limits<T>::max());
        }
    }
    /// Subtracts, and stays at 0 where there is less. Returns the value before.
    T subtract_saturating(T value) noexcept
    {
        T seen = load();
        while (!replace(seen, seen > value ? static_cast<T>(seen - value) : T{})) {
        }
        return seen;
    }
    /// Divides by 2^count; a count of the width or more gives 0 (balancing.md B9).
    void shift_right(std::uint64_t count) noexcept
    {
        static_assert(std::is_unsigned_v<T>);
        T seen = load();
        while (!replace(seen, count < sizeof(T) * 8 ? static_cast<T>(seen >> count) : T{})) {
        }
    }

private:
    [[nodiscard]] std::atomic_ref<T> ref() const noexcept
    {
        return std::atomic_ref<T>{const_cast<T&>(value_)};
    }
    alignas(std::atomic_ref<T>::required_alignment) T value_;
};

/// What is written by different processes stands this far apart, so that they do not slow each
/// other down: a cache line of every machine that httpd commonly runs on.
inline constexpr std::size_t line = 64;

/// Room for a worker's name and its terminator (workers.md 1.8: 63 bytes at most).
inline constexpr std::size_t name_room = 64;

/// A name in shared memory: written by the parent only, before any child uses the slot.
struct SlotName {
    char text[name_room];
    /// Never reads behind the room, whatever stands in it.
    [[nodiscard]] std::string_view view() const noexcept
    {
        const std::string_view all{text, name_room};
        return all.substr(0, all.find('\0'));
    }
    /// As view() == name, without looking for the end first.
    [[nodiscard]] bool is(std::string_view name) const noexcept
    {
        return name.size() < name_room && text[name.size()] == '\0' &&
               std::string_view{text, name.size()} == name;
    }
};

/// Runtime state of a member or of a direct worker (balancing.md 6.1), in the order of the matrix.
enum class State : std::uint32_t { idle, ok, recovering, forced, busy, error, probing };
inline constexpr std::size_t state_count = 7;

/// Reads a state out of shared memory; anything that is none counts as idle.
[[nodiscard]] constexpr State to_state(std::uint32_t raw) noexcept
{
    return raw < state_count ? static_cast<State>(raw) : State::idle;
}

/// One per AJP worker name, under whatever balancer it serves (balancing.md 1.3).
struct alignas(line) WorkerSlot {
    SlotName name;
    Shared<std::uint64_t> used;         ///< shown as `elected` / `used`
    Shared<std::uint64_t> transferred;  ///< bytes written to the container
    Shared<std::uint64_t> read;         ///< bytes read from it
    Shared<std::int64_t> error_time;    ///< of a direct worker; 0 = none
    Shared<std::uint32_t> errors;
    Shared<std::uint32_t> client_errors;
    Shared<std::uint32_t> reply_timeouts;  ///< halved by maintenance
    Shared<std::uint32_t> max_busy;
    Shared<std::uint32_t> max_connected;
    Shared<std::uint32_t> state;  ///< a State, of the direct worker: read it with to_state()
    Shared<std::int64_t> last_reset;
    Shared<std::int64_t> last_maintenance;  ///< once per interval, whatever balancers share it
    Shared<std::uint64_t> used_snapshot;    ///< `used` at the last global maintenance
    Shared<std::uint32_t> generation;       ///< of the configuration that named it last
};

/// One per (balancer, member) (balancing.md 1.2).
struct alignas(line) MemberSlot {
    SlotName balancer;
    SlotName name;
    Shared<std::uint64_t> standing;  ///< state and prober in one: member_state.h packs it
    Shared<std::uint64_t> lb_value;  ///< accumulated load; under Busyness computed instead
    Shared<std::uint64_t> sessions;
    Shared<std::uint64_t> used_snapshot;    ///< the worker's `used` at the last global maintenance
    Shared<std::int64_t> first_error_time;  ///< of the current series; 0 = none
    Shared<std::int64_t> last_error_time;
    Shared<std::uint32_t> errors;
    Shared<std::uint32_t> generation;
};

/// One per balancer (balancing.md 1.1).
struct alignas(line) BalancerSlot {
    SlotName name;
    Shared<std::int64_t> last_maintenance;
    Shared<std::int64_t> last_reset;
    Shared<std::uint32_t> max_busy;
    Shared<std::uint32_t> generation;
    /// One more for each member that became busy, and for whatever may have hidden one: a child's
    /// end, a new configuration. Where busy_ended has the same value, no member is busy.
    Shared<std::uint32_t> busy_marks;
    Shared<std::uint32_t> busy_ended;
};

static_assert(std::is_trivially_copyable_v<WorkerSlot> && std::is_standard_layout_v<WorkerSlot>);
static_assert(std::is_trivially_copyable_v<MemberSlot> && std::is_standard_layout_v<MemberSlot>);
static_assert(std::is_trivially_copyable_v<BalancerSlot> &&
              std::is_standard_layout_v<BalancerSlot>);
static_assert(sizeof(WorkerSlot) == 3 * line && offsetof(WorkerSlot, used) == line);
static_assert(sizeof(MemberSlot) == 3 * line && offsetof(MemberSlot, standing) == 2 * line);
static_assert(sizeof(BalancerSlot) == 2 * line && offsetof(BalancerSlot, last_reset) == 72);

}  // namespace jk::lb
