// Kept connections of one child to one worker: lease one, give it back.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "ajp/probe.h"
#include "backend/closing.h"
#include "backend/socket.h"

namespace jk::httpd {

class ConnectionPool;

/// A connection in one request's hands. Destroyed without keep(), the connection is closed.
class Lease {
public:
    Lease() = default;
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&& other) noexcept;
    ~Lease() { give_back(); }

    [[nodiscard]] bool has_slot() const noexcept { return pool_ != nullptr; }
    /// The socket: open when a kept connection was found, otherwise to be connected.
    [[nodiscard]] Socket& socket() const noexcept;
    /// The connection stays open for the next lease, since its exchange ended cleanly with nothing
    /// left to read, or since nothing was done with it.
    void keep() noexcept { keep_ = true; }
    /// Which address the connection leads to, by a number of the caller's, who sets it when
    /// it is connected, and compares it: one to an address that was changed is not used again.
    [[nodiscard]] std::uint32_t address_id() const noexcept;
    void set_address_id(std::uint32_t id) noexcept;
    /// Parts with the open connection of an exchange that is not complete; the slot stays and is
    /// empty, to be connected again.
    void drop(Farewell how) noexcept;
    /// Gives the slot back now.
    void give_back() noexcept;

private:
    friend class ConnectionPool;
    Lease(ConnectionPool& pool, std::size_t slot) noexcept : pool_(&pool), slot_(slot) {}

    ConnectionPool* pool_ = nullptr;
    std::size_t slot_ = 0;
    bool keep_ = false;
};

/// A fixed number of slots, each with at most one connection. Any thread of the child; no lock:
/// a slot is taken by one compare-and-swap, lowest number first, so that few are in use.
///
/// Idle connections are probed without anybody waiting for it: ask_idle() sends the CPINGs and
/// returns, settle() looks later which were answered. A connection that was asked and has not
/// answered yet is the last one that a request gets.
class ConnectionPool {
public:
    /// `closing` takes the connections that are to be closed politely, and outlives the pool.
    ConnectionPool(std::size_t slots, ClosingSockets& closing);

    /// Takes a slot: one with an open connection if there is one, else an empty one. The connection
    /// is not tested, and is_silent() is false for one that failed its probe. Without a free slot
    /// waits up to `limit`, trying at least once; then the lease has none.
    [[nodiscard]] Lease acquire(std::chrono::milliseconds limit) noexcept;
    /// Exchanges a lease whose connection turned out dead for one with another kept connection.
    /// Returns false, and leaves the lease with its empty slot, when there is none.
    [[nodiscard]] bool take_another(Lease& lease) noexcept;

    /// Closes connections that were not used for `idle`, while more than `keep` are open.
    /// Returns how many were closed.
    std::size_t close_idle(std::chrono::seconds idle, std::size_t keep) noexcept;

    /// Closes the kept connections that lead to another address. Returns how many.
    std::size_t close_other_than(std::uint32_t address_id) noexcept;

    /// Sends a CPING on each connection of which nothing was heard for `interval`. Returns how
    /// many of them were broken and are closed now; the others are to be settled.
    std::size_t ask_idle(std::chrono::seconds interval) noexcept;
    /// What settle() found: connections that still owe their answer, and those closed.
    struct Settled {
        std::size_t waiting = 0;
        std::size_t closed = 0;
    };
    /// Keeps the connections that answered, and closes those that gave another answer, ended, or
    /// were asked longer than `limit` ago.
    Settled settle(std::chrono::milliseconds limit) noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return count_; }

private:
    friend class Lease;
    enum State : std::uint32_t { empty, kept, asked, leased };
    struct Slot {
        std::atomic<std::uint32_t> state{empty};
        Socket socket;
        // Read before the slot is taken, so that maintenance takes only what it has to do with.
        std::atomic<Clock::time_point> last_use{};
        std::atomic<Clock::time_point> last_heard{};  ///< the last use, or a later CPONG
        std::atomic<std::uint32_t> address_id{0};
        ajp::Probe probe;
        Clock::time_point asked_at{};

        [[nodiscard]] bool try_take(State wanted) noexcept;
        [[nodiscard]] Result<bool> listen() noexcept;
    };

    [[nodiscard]] std::optional<std::size_t> take(State wanted) noexcept;
    [[nodiscard]] std::optional<std::size_t> take_answered() noexcept;
    [[nodiscard]] std::optional<std::size_t> take_unanswered() noexcept;
    [[nodiscard]] Lease try_acquire() noexcept;
    [[nodiscard]] bool ask(Slot& slot, Clock::time_point now) noexcept;
    void release(std::size_t slot, bool keep) noexcept;
    static void put_back(Slot& slot) noexcept;

    std::unique_ptr<Slot[]> slots_;
    std::size_t count_;
    ClosingSockets& closing_;
    std::atomic<std::size_t> asked_{0};  ///< how many slots are asked: a hint
};

}  // namespace jk::httpd
