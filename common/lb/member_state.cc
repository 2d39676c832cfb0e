// The state matrix of a member, and the one place that writes a member's state.
//
// A changed failover rule is one cell of `rows`. A cell names the state after the event; `keep` is
// no state and means the same. What an event does to the error times stands beside its cells. The
// rows are those of balancing.md 6.2 with its corrections:
//   B8   a probe belongs to a process: prober_gone, and recover_command accepts probing and forced;
//   B15  no_connection changes nothing, only busy_limit marks a member busy for everybody;
//   B19  stale_success: what began before the last error proves nothing about the time after it;
//   B22  a minor failure leaves an error state as it is, and of the probe itself it is an error;
//   B25  electing a forced member makes it probing too, so that one request at a time tries it.
// Cells that the original cannot reach ("-" there) say what is right when a slow request of an
// earlier time ends in that state.
//
// The state, its prober and whether the probe is exclusive are one 64-bit value, so that there is
// no moment at which a member is probing and nobody is known to probe it.
// Tested by tests/unit/lb/member_state_test.cc.
#include "lb/member_state.h"

#include <array>
#include <cassert>

namespace jk::lb {

namespace {

/// What an event does to first and last error time.
enum class Times : std::uint8_t {
    keep,
    reset,  ///< both none
    note,   ///< first = now where it was none, last = now (6.3)
    set,    ///< both now (6.3, hard status and reply timeouts)
};

constexpr State keep{0xff};
constexpr State idle = State::idle, ok = State::ok, rec = State::recovering, frc = State::forced;
constexpr State bsy = State::busy, err = State::error, prb = State::probing;

struct Row {
    Event event;
    Times times;
    std::array<State, state_count> to;
};

// clang-format off
constexpr std::array rows{
    //  event                   times          idle  ok    rec   frc   bsy   err   prb
    Row{Event::elected,         Times::keep,  {keep, keep, prb,  prb,  keep, keep, keep}},
    Row{Event::busy_limit,      Times::keep,  {bsy,  bsy,  keep, bsy,  bsy,  keep, bsy}},
    Row{Event::no_connection,   Times::keep,  {keep, keep, keep, keep, keep, keep, keep}},
    Row{Event::success,         Times::reset, {ok,   ok,   ok,   ok,   ok,   ok,   ok}},
    Row{Event::client_error,    Times::reset, {ok,   ok,   ok,   ok,   ok,   ok,   ok}},
    Row{Event::soft_status,     Times::reset, {ok,   ok,   ok,   ok,   ok,   ok,   ok}},
    Row{Event::stale_success,   Times::keep,  {ok,   ok,   keep, keep, keep, keep, keep}},
    Row{Event::hard_status,     Times::set,   {err,  err,  err,  err,  err,  err,  err}},
    Row{Event::timeout_over,    Times::set,   {err,  err,  err,  err,  err,  err,  err}},
    Row{Event::timeout_within,  Times::keep,  {ok,   ok,   keep, keep, ok,   keep, keep}},
    Row{Event::framing,         Times::keep,  {ok,   ok,   keep, keep, ok,   keep, keep}},
    Row{Event::local_failure,   Times::note,  {ok,   ok,   keep, keep, ok,   keep, keep}},
    Row{Event::global_failure,  Times::note,  {err,  err,  err,  err,  err,  err,  err}},
    Row{Event::probe_failed,    Times::note,  {ok,   ok,   err,  err,  ok,   keep, err}},
    Row{Event::probe_unmade,    Times::keep,  {keep, keep, keep, keep, keep, keep, rec}},
    Row{Event::prober_gone,     Times::keep,  {keep, keep, keep, keep, keep, keep, err}},
    Row{Event::unused,          Times::keep,  {keep, idle, keep, keep, keep, keep, keep}},
    Row{Event::recover_due,     Times::keep,  {keep, keep, keep, keep, keep, rec,  keep}},
    Row{Event::escalation_due,  Times::keep,  {err,  err,  keep, err,  err,  keep, err}},
    Row{Event::forced_recovery, Times::keep,  {keep, keep, keep, keep, keep, frc,  keep}},
    Row{Event::busy_ended,      Times::keep,  {keep, keep, keep, keep, ok,   keep, keep}},
    Row{Event::recover_command, Times::keep,  {keep, keep, keep, rec,  keep, rec,  rec}},
    Row{Event::reset_command,   Times::reset, {idle, idle, idle, idle, idle, idle, idle}},
};
// clang-format on

constexpr bool is_in_order()
{
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (static_cast<std::size_t>(rows[i].event) != i) {
            return false;
        }
    }
    return rows.size() == event_count;
}
static_assert(is_in_order());

constexpr std::array<std::string_view, state_count> texts{
    "OK/IDLE", "OK", "ERR/REC", "ERR/FRC", "OK/BUSY", "ERR", "ERR/PRB",
};

constexpr std::uint64_t pack(const Standing& standing) noexcept
{
    return static_cast<std::uint64_t>(standing.state) |
           (standing.is_exclusive ? exclusive_bit : 0) |
           (static_cast<std::uint64_t>(standing.prober) << 32);
}

/// A slot whose memory is all zero is a fresh member.
static_assert(pack(Standing{}) == 0);

void write_times(MemberSlot& slot, Times times, std::int64_t now) noexcept
{
    switch (times) {
    case Times::keep: break;
    case Times::reset:
        slot.first_error_time.store(0);
        slot.last_error_time.store(0);
        break;
    case Times::note: {
        std::int64_t none = 0;
        slot.first_error_time.replace(none, now);
        slot.last_error_time.store(now);
        break;
    }
    case Times::set:
        slot.first_error_time.store(now);
        slot.last_error_time.store(now);
        break;
    }
}

}  // namespace

State next_state(State state, Event event) noexcept
{
    const State to = rows[static_cast<std::size_t>(event)].to[static_cast<std::size_t>(state)];
    return to == keep ? state : to;
}

Move apply(MemberSlot& slot, Event event, TimePoint now) noexcept
{
    assert(event != Event::elected);
    write_times(slot, rows[static_cast<std::size_t>(event)].times, to_micros(now));
    std::uint64_t raw = slot.standing.load();
    for (;;) {
        const Move move{unpack(raw).state, next_state(unpack(raw).state, event)};
        if (!move.is_change() || slot.standing.replace(raw, pack({move.to, false, 0}))) {
            return move;
        }
    }
}

bool begin_probe(MemberSlot& slot, const Standing& seen, std::uint32_t pid) noexcept
{
    assert(next_state(seen.state, Event::elected) == State::probing);
    std::uint64_t raw = slot.standing.load();
    return unpack(raw) == seen &&
           slot.standing.replace(raw, pack({State::probing, seen.state == State::forced, pid}));
}

void end_probe_of(MemberSlot& slot, std::uint32_t pid) noexcept
{
    std::uint64_t raw = slot.standing.load();
    while (unpack(raw).state == State::probing && unpack(raw).prober == pid) {
        if (slot.standing.replace(raw, pack({State::error, false, 0}))) {
            return;
        }
    }
}

std::string_view to_text(State state) noexcept
{
    return texts[static_cast<std::size_t>(state)];
}

}  // namespace jk::lb
