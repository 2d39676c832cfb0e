// A connection pool on the loopback, with both ends of its connections in hand.
#pragma once

#include <chrono>
#include <vector>

#include "backend/pool.h"
#include "support/loopback.h"

#include "support/cmocka.h"

namespace jk::test {

/// Peers are in the order in which their connections were made.
struct PoolBench {
    Listener listener;
    httpd::ClosingSockets closing;
    httpd::ConnectionPool pool;
    std::vector<Peer> peers;

    explicit PoolBench(std::size_t slots) : pool{slots, closing} {}

    void open(const httpd::Lease& lease)
    {
        const std::chrono::milliseconds patience{5000};
        assert_int_equal(lease.socket().connect(listener.address(), {}, patience), 0);
        peers.push_back(listener.accept());
    }
    /// Opens and keeps connections in the first `count` slots: peer i is the other end of slot i.
    void fill(std::size_t count)
    {
        std::vector<httpd::Lease> leases;
        for (std::size_t i = 0; i < count; ++i) {
            leases.push_back(pool.acquire(std::chrono::milliseconds{0}));
            open(leases.back());
            leases.back().keep();
        }
    }
};

}  // namespace jk::test
