// The connection pool. A slot is free (empty, kept or asked) or in the hands of one thread (leased);
// only that thread touches its socket. Maintenance takes slots as requests do, one at a time, and
// never waits with one in its hands.
// Tested by tests/adapter/backend/pool_test.cc, ping_test.cc and tests/system/test_pool.py.
#include "backend/pool.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace jk::httpd {

Lease::Lease(Lease&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)), slot_(other.slot_), keep_(other.keep_)
{}

Lease& Lease::operator=(Lease&& other) noexcept
{
    if (this != &other) {
        give_back();
        pool_ = std::exchange(other.pool_, nullptr);
        slot_ = other.slot_;
        keep_ = other.keep_;
    }
    return *this;
}

Socket& Lease::socket() const noexcept
{
    return pool_->slots_[slot_].socket;
}

std::uint32_t Lease::address_id() const noexcept
{
    return pool_->slots_[slot_].address_id.load(std::memory_order_relaxed);
}

void Lease::set_address_id(std::uint32_t id) noexcept
{
    pool_->slots_[slot_].address_id.store(id, std::memory_order_relaxed);
}

void Lease::drop(Farewell how) noexcept
{
    if (how == Farewell::polite) {
        pool_->closing_.add(std::move(socket()), Clock::now());
    }
    socket().close();
}

void Lease::give_back() noexcept
{
    if (pool_ != nullptr) {
        std::exchange(pool_, nullptr)->release(slot_, keep_);
        keep_ = false;
    }
}

ConnectionPool::ConnectionPool(std::size_t slots, ClosingSockets& closing)
    : slots_(std::make_unique<Slot[]>(std::max<std::size_t>(1, slots))),
      count_(std::max<std::size_t>(1, slots)), closing_(closing)
{}

bool ConnectionPool::Slot::try_take(State wanted) noexcept
{
    std::uint32_t seen = state.load(std::memory_order_relaxed);
    return seen == wanted && state.compare_exchange_strong(seen, leased);
}

std::optional<std::size_t> ConnectionPool::take(State wanted) noexcept
{
    for (std::size_t i = 0; i < count_; ++i) {
        if (slots_[i].try_take(wanted)) {
            return i;
        }
    }
    return std::nullopt;
}

/// A slot whose probe is over. One that was asked a moment ago is waited for: its answer is there
/// sooner than a new connection would be. All are asked at the same time, so the waits do not add.
std::optional<std::size_t> ConnectionPool::take_answered() noexcept
{
    constexpr std::chrono::milliseconds grace{10};
    for (std::size_t i = 0; i < count_; ++i) {
        Slot& slot = slots_[i];
        if (!slot.try_take(asked)) {
            continue;
        }
        const auto left = slot.asked_at + grace - Clock::now();
        if (left.count() > 0) {
            slot.socket.wait_for_bytes(std::chrono::ceil<std::chrono::milliseconds>(left));
        }
        const Result<bool> answer = slot.listen();
        if (answer.has_value() && !*answer) {
            slot.state.store(asked, std::memory_order_release);
            continue;
        }
        asked_.fetch_sub(1, std::memory_order_relaxed);
        if (!answer.has_value()) {
            slot.socket.spoil();
        }
        return i;
    }
    return std::nullopt;
}

/// A slot for a new connection in place of one that has not answered.
std::optional<std::size_t> ConnectionPool::take_unanswered() noexcept
{
    const std::optional<std::size_t> slot = take(asked);
    if (slot.has_value()) {
        asked_.fetch_sub(1, std::memory_order_relaxed);
        slots_[*slot].socket.spoil();
    }
    return slot;
}

Lease ConnectionPool::try_acquire() noexcept
{
    std::optional<std::size_t> slot = take(kept);
    const bool has_asked = asked_.load(std::memory_order_relaxed) != 0;
    if (!slot.has_value() && has_asked) {
        slot = take_answered();
    }
    if (!slot.has_value()) {
        slot = take(empty);
    }
    if (!slot.has_value() && has_asked) {
        slot = take_unanswered();
    }
    return slot.has_value() ? Lease{*this, *slot} : Lease{};
}

Lease ConnectionPool::acquire(std::chrono::milliseconds limit) noexcept
{
    Lease lease = try_acquire();
    if (lease.has_slot()) {
        return lease;
    }
    // Slots run out only where connection_pool_size is set below what a child serves at once: waiting
    // is the exception, so a short sleep serves and no wake-up is paid on each release.
    constexpr std::chrono::milliseconds step{5};
    const Clock::time_point deadline = Clock::now() + limit;
    while (!lease.has_slot() && Clock::now() < deadline) {
        std::this_thread::sleep_for(step);
        lease = try_acquire();
    }
    return lease;
}

bool ConnectionPool::take_another(Lease& lease) noexcept
{
    lease.socket().close();
    const std::optional<std::size_t> other = take(kept);
    if (!other.has_value()) {
        return false;
    }
    lease = Lease{*this, *other};
    return true;
}

void ConnectionPool::release(std::size_t slot, bool keep) noexcept
{
    Slot& one = slots_[slot];
    if (!keep) {
        one.socket.close();
    }
    const Clock::time_point now = Clock::now();
    one.last_use.store(now, std::memory_order_relaxed);
    one.last_heard.store(now, std::memory_order_relaxed);
    put_back(one);
}

void ConnectionPool::put_back(Slot& slot) noexcept
{
    slot.state.store(slot.socket.is_open() ? kept : empty, std::memory_order_release);
}

std::size_t ConnectionPool::close_idle(std::chrono::seconds idle, std::size_t keep) noexcept
{
    const Clock::time_point now = Clock::now();
    const auto is_idle = [&](const Slot& slot) {
        return now - slot.last_use.load(std::memory_order_relaxed) > idle;
    };
    std::size_t open = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        open += slots_[i].state.load(std::memory_order_relaxed) != empty ? 1 : 0;
    }
    std::size_t closed = 0;
    for (std::size_t i = count_; i-- > 0 && open > keep;) {
        Slot& slot = slots_[i];
        if (!is_idle(slot) || !slot.try_take(kept)) {
            continue;
        }
        if (is_idle(slot)) {  // still: it may have been used in between
            slot.socket.close();
            --open;
            ++closed;
        }
        put_back(slot);
    }
    return closed;
}

std::size_t ConnectionPool::close_other_than(std::uint32_t address_id) noexcept
{
    const auto is_other = [&](const Slot& slot) {
        return slot.address_id.load(std::memory_order_relaxed) != address_id;
    };
    std::size_t closed = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        Slot& slot = slots_[i];
        if (!is_other(slot) || !slot.try_take(kept)) {
            continue;
        }
        if (is_other(slot)) {
            slot.socket.close();
            ++closed;
        }
        put_back(slot);
    }
    return closed;
}

/// Sends the question. Requires: the slot is taken. Returns false where the connection is broken.
bool ConnectionPool::ask(Slot& slot, Clock::time_point now) noexcept
{
    slot.probe = {};
    slot.asked_at = now;
    if (slot.socket.write_now(ajp::Probe::request()).status != Io::done) {
        return false;
    }
    asked_.fetch_add(1, std::memory_order_relaxed);
    slot.state.store(asked, std::memory_order_release);
    return true;
}

std::size_t ConnectionPool::ask_idle(std::chrono::seconds interval) noexcept
{
    const Clock::time_point now = Clock::now();
    const auto is_due = [&](const Slot& slot) {
        return now - slot.last_heard.load(std::memory_order_relaxed) > interval;
    };
    std::size_t closed = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        Slot& slot = slots_[i];
        if (!is_due(slot) || !slot.try_take(kept)) {
            continue;
        }
        if (!is_due(slot)) {
            put_back(slot);
        } else if (!ask(slot, now)) {
            slot.socket.close();
            put_back(slot);
            ++closed;
        }
    }
    return closed;
}

/// Reads what there is of the answer: true when it is complete, false when it is not there yet.
Result<bool> ConnectionPool::Slot::listen() noexcept
{
    for (;;) {
        const IoResult got = socket.read_now(probe.space());
        if (got.status == Io::timed_out) {
            return false;
        }
        if (got.status != Io::done) {
            return failure(Errc::bad_value, "the connection ended instead of answering a CPING");
        }
        const Result<bool> answer = probe.received(got.count);
        if (!answer.has_value() || *answer) {
            last_heard.store(Clock::now(), std::memory_order_relaxed);
            return answer;
        }
    }
}

ConnectionPool::Settled ConnectionPool::settle(std::chrono::milliseconds limit) noexcept
{
    Settled settled;
    for (std::size_t i = 0; i < count_; ++i) {
        Slot& slot = slots_[i];
        if (!slot.try_take(asked)) {
            continue;
        }
        const Result<bool> answer = slot.listen();
        if (answer.has_value() && !*answer && Clock::now() - slot.asked_at < limit) {
            ++settled.waiting;
            slot.state.store(asked, std::memory_order_release);
            continue;
        }
        asked_.fetch_sub(1, std::memory_order_relaxed);
        if (!answer.has_value() || !*answer) {
            slot.socket.close();
            ++settled.closed;
        }
        put_back(slot);
    }
    return settled;
}

}  // namespace jk::httpd
