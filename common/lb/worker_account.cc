// Counts what one AJP worker does. What is in flight stands in the column of this child, all else
// in the worker's slot; every counter is one atomic operation (balancing.md B24).
//
// The state kept here is the direct worker's, shown and never asked (balancing.md 6.5).
// Tested by tests/unit/lb/worker_account_test.cc.
#include "lb/worker_account.h"

#include <array>

namespace jk::lb {

namespace {

/// What an ending counts as, as balancing.md 10 and 1.3 have it.
struct Row {
    Ending ending;
    bool is_error;         ///< errors + 1, state error, error time
    bool is_client_error;  ///< client_errors + 1, once (B10)
    bool is_up;            ///< state OK
};

// clang-format off
constexpr std::array rows{
    //  ending                 error  client up
    Row{Ending::success,       false, false, true},
    Row{Ending::client_error,  false, true,  true},
    Row{Ending::soft_status,   true,  false, false},
    Row{Ending::hard_status,   true,  false, false},
    Row{Ending::reply_timeout, true,  false, false},
    Row{Ending::framing,       true,  false, false},
    Row{Ending::busy_limit,    true,  false, false},
    Row{Ending::no_connection, false, false, false},
    Row{Ending::failed,        true,  false, false},
};
// clang-format on

constexpr bool is_in_order()
{
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (static_cast<std::size_t>(rows[i].ending) != i) {
            return false;
        }
    }
    return rows.size() == ending_count;
}
static_assert(is_in_order());

constexpr std::uint32_t raw(State state) noexcept
{
    return static_cast<std::uint32_t>(state);
}

}  // namespace

WorkerAccount::WorkerAccount(Segment segment, WorkerSlot& slot, Column column) noexcept
    : segment_(segment), slot_(&slot), column_(column)
{}

bool WorkerAccount::begin(std::uint32_t busy_limit) noexcept
{
    slot_->used.add(1);
    std::uint32_t in_error = raw(State::error);
    slot_->state.replace(in_error, raw(State::probing));
    const std::size_t index = segment_.index_of(*slot_);
    if (busy_limit == 0) {
        column_.add(Count::worker_busy, index);
    } else if (column_.arrive(Count::worker_busy, index) >= busy_limit &&
               segment_.exceeds(Count::worker_busy, index, busy_limit)) {
        column_.subtract(Count::worker_busy, index);
        return false;
    }
    segment_.note_most(slot_->max_busy, Count::worker_busy, index);
    return true;
}

void WorkerAccount::end(const Outcome& outcome, TimePoint now) noexcept
{
    const Row& row = rows[static_cast<std::size_t>(outcome.ending)];
    if (outcome.ending != Ending::busy_limit) {
        column_.subtract(Count::worker_busy, segment_.index_of(*slot_));
    }
    slot_->read.add(outcome.bytes_read);
    slot_->transferred.add(outcome.bytes_written);
    slot_->reply_timeouts.add(outcome.reply_timeouts);
    slot_->client_errors.add(row.is_client_error ? 1 : 0);
    if (row.is_error) {
        slot_->errors.add(1);
        slot_->error_time.store(to_micros(now));
        slot_->state.store(raw(State::error));
    } else if (row.is_up) {
        slot_->state.store(raw(State::ok));
    }
}

void WorkerAccount::connected() noexcept
{
    column_.add(Count::worker_connected, segment_.index_of(*slot_));
    segment_.note_most(slot_->max_connected, Count::worker_connected, segment_.index_of(*slot_));
}

void WorkerAccount::disconnected() noexcept
{
    column_.subtract(Count::worker_connected, segment_.index_of(*slot_));
}

std::uint32_t WorkerAccount::busy() const noexcept
{
    return segment_.total(Count::worker_busy, segment_.index_of(*slot_));
}

std::uint32_t WorkerAccount::connections() const noexcept
{
    return segment_.total(Count::worker_connected, segment_.index_of(*slot_));
}

void reset_of_member(WorkerSlot& slot, TimePoint now) noexcept
{
    slot.used.store(0);
    slot.client_errors.store(0);
    slot.reply_timeouts.store(0);
    slot.transferred.store(0);
    slot.read.store(0);
    slot.max_busy.store(0);
    slot.max_connected.store(0);
    slot.used_snapshot.store(0);
    slot.last_reset.store(to_micros(now));
}

void reset_direct(WorkerSlot& slot, TimePoint now) noexcept
{
    reset_of_member(slot, now);
    slot.errors.store(0);
}

}  // namespace jk::lb
