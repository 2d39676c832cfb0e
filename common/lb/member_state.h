// The runtime state of a member: states × events as one matrix (balancing.md 6.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "lb/member_slot.h"
#include "lb/outcome.h"

namespace jk::lb {

/// What changes a state: the rows of balancing.md 6.2, and those that its corrections need.
enum class Event : std::uint8_t {
    elected,          ///< a request takes it
    busy_limit,       ///< a request was refused, every slot or the limit is used
    no_connection,    ///< this child had no free slot: private to the request (B15)
    success,          ///< a complete answer of a status that is not failing
    client_error,     ///< the client's fault
    soft_status,      ///< a failing status written with a minus sign
    stale_success,    ///< one of these three, by a request older than the last error (B19)
    hard_status,      ///< a failing status
    timeout_over,     ///< reply timeout, counter above max_reply_timeouts
    timeout_within,   ///< reply timeout, counter not above it
    framing,          ///< the container's bytes broke the protocol
    local_failure,    ///< other failure, local (6.3)
    global_failure,   ///< other failure, global (6.3)
    probe_failed,     ///< timeout_within, framing or local_failure of the probe itself (B22)
    probe_unmade,     ///< no_connection of the probe itself: the next request probes
    prober_gone,      ///< the process or request that probed ended without a result (B8)
    unused,           ///< maintenance: idle since the last one
    recover_due,      ///< maintenance: last error older than recover_time
    escalation_due,   ///< maintenance: first error at least error_escalation_time old
    forced_recovery,  ///< nothing else is left: by maintenance or by a request (B25)
    busy_ended,       ///< below the limit again
    recover_command,  ///< status command recover
    reset_command,    ///< status command reset
};
inline constexpr std::size_t event_count = 23;

/// The matrix: the state after `event` in `state`; the same state where nothing changes.
[[nodiscard]] State next_state(State state, Event event) noexcept;

/// What shared memory holds of a member's state, in one value and so changed in one step.
struct Standing {
    State state = State::idle;
    /// The probe is a forced recovery: not even the session's own requests share it (B25).
    bool is_exclusive = false;
    std::uint32_t prober = 0;  ///< pid of the child whose request probes; 0 = none

    bool operator==(const Standing&) const = default;
};
/// How it is packed: the state below, then whether the probe is exclusive, the prober on top.
inline constexpr std::uint64_t exclusive_bit = 0x100;
[[nodiscard]] constexpr Standing unpack(std::uint64_t raw) noexcept
{
    return {to_state(static_cast<std::uint32_t>(raw & 0xff)), (raw & exclusive_bit) != 0,
            static_cast<std::uint32_t>(raw >> 32)};
}
[[nodiscard]] inline Standing standing_of(const MemberSlot& slot) noexcept
{
    return unpack(slot.standing.load());
}

struct Move {
    State from = State::idle;
    State to = State::idle;
    [[nodiscard]] bool is_change() const noexcept { return from != to; }
};
/// Applies `event`, and notes or clears the error times as its row says. Any process and thread:
/// the state is one compare-and-swap, repeated while others change it; each time is a store of its
/// own. Requires: not `elected`, that is begin_probe().
Move apply(MemberSlot& slot, Event event, TimePoint now) noexcept;

/// The elected event: puts a member that is `seen` recovering or forced into probing, for `pid`.
/// Returns false, and changes nothing, where it does not stand as seen any more.
[[nodiscard]] bool begin_probe(MemberSlot& slot, const Standing& seen, std::uint32_t pid) noexcept;

/// Puts a member that `pid` was probing back to error (B8).
void end_probe_of(MemberSlot& slot, std::uint32_t pid) noexcept;

/// May be chosen by any request (6.1).
[[nodiscard]] constexpr bool is_eligible(State state) noexcept
{
    return state != State::busy && state != State::error && state != State::probing;
}

/// The text shown: OK/IDLE, OK, ERR/REC, ERR/FRC, OK/BUSY, ERR, ERR/PRB.
[[nodiscard]] std::string_view to_text(State state) noexcept;

}  // namespace jk::lb
