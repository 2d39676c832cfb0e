// The connection pool. Tested by tests/adapter/backend/pool_test.cc.
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

void Lease::give_back() noexcept
{
    if (pool_ != nullptr) {
        std::exchange(pool_, nullptr)->release(slot_, keep_);
        keep_ = false;
    }
}

ConnectionPool::ConnectionPool(std::size_t slots)
    : slots_(std::make_unique<Slot[]>(std::max<std::size_t>(1, slots))),
      count_(std::max<std::size_t>(1, slots))
{}

std::optional<std::size_t> ConnectionPool::take(State wanted) noexcept
{
    for (std::size_t i = 0; i < count_; ++i) {
        std::atomic<std::uint32_t>& state = slots_[i].state;
        std::uint32_t seen = state.load(std::memory_order_relaxed);
        if (seen == wanted && state.compare_exchange_strong(seen, leased)) {
            return i;
        }
    }
    return std::nullopt;
}

Lease ConnectionPool::try_acquire() noexcept
{
    for (const State wanted : {kept, empty}) {
        if (const std::optional<std::size_t> slot = take(wanted)) {
            return {*this, *slot};
        }
    }
    return {};
}

Lease ConnectionPool::acquire(std::chrono::milliseconds limit) noexcept
{
    Lease lease = try_acquire();
    if (lease.has_slot()) {
        return lease;
    }
    // Slots run out only where connection_pool_size is set below the threads of a child: waiting
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
    one.last_use = Clock::now();
    put_back(one);
}

void ConnectionPool::put_back(Slot& slot) noexcept
{
    slot.state.store(slot.socket.is_open() ? kept : empty, std::memory_order_release);
}

std::size_t ConnectionPool::close_idle(std::chrono::seconds idle, std::size_t keep) noexcept
{
    const Clock::time_point now = Clock::now();
    std::size_t open = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        open += slots_[i].state.load(std::memory_order_relaxed) != empty ? 1 : 0;
    }
    std::size_t closed = 0;
    for (std::size_t i = count_; i-- > 0 && open > keep;) {
        std::uint32_t seen = kept;
        if (!slots_[i].state.compare_exchange_strong(seen, leased)) {
            continue;
        }
        if (now - slots_[i].last_use > idle) {
            slots_[i].socket.close();
            --open;
            ++closed;
        }
        put_back(slots_[i]);
    }
    return closed;
}

}  // namespace jk::httpd
