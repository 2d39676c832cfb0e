// Kept connections of one child to one worker: lease one, give it back.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

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
class ConnectionPool {
public:
    explicit ConnectionPool(std::size_t slots);

    /// Takes a slot: one with an open connection if there is one, else an empty one. The connection
    /// is not tested. Without a free slot waits up to `limit`, trying at least once; then the lease
    /// has none.
    [[nodiscard]] Lease acquire(std::chrono::milliseconds limit) noexcept;
    /// Exchanges a lease whose connection turned out dead for one with another kept connection.
    /// Returns false, and leaves the lease with its empty slot, when there is none.
    [[nodiscard]] bool take_another(Lease& lease) noexcept;

    /// Closes connections that were not used for `idle`, while more than `keep` are open.
    /// Returns how many were closed.
    std::size_t close_idle(std::chrono::seconds idle, std::size_t keep) noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return count_; }

private:
    friend class Lease;
    enum State : std::uint32_t { empty, kept, leased };
    struct Slot {
        std::atomic<std::uint32_t> state{empty};
        Socket socket;
        Clock::time_point last_use{};
    };

    [[nodiscard]] std::optional<std::size_t> take(State wanted) noexcept;
    [[nodiscard]] Lease try_acquire() noexcept;
    void release(std::size_t slot, bool keep) noexcept;
    static void put_back(Slot& slot) noexcept;

    std::unique_ptr<Slot[]> slots_;
    std::size_t count_;
};

}  // namespace jk::httpd
