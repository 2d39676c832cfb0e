// The connection pool: who gets which slot, what stays open, and many threads at once.
#include "backend/pool.h"

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/pool_bench.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Clock;
using httpd::ClosingSockets;
using httpd::ConnectionPool;
using httpd::Lease;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds at_once{0};

struct Bench : PoolBench {
    using PoolBench::PoolBench;

    /// Says through the lease's connection which slot it is.
    std::size_t slot_of(const Lease& lease)
    {
        const Bytes mark = as_bytes("x");
        (void)lease.socket().write({&mark, 1}, milliseconds{1000});
        for (std::size_t i = 0; i < peers.size(); ++i) {
            if (peers[i].has_bytes()) {
                (void)peers[i].read(1);
                return i;
            }
        }
        return peers.size();
    }
};

std::size_t open_connections(ConnectionPool& pool)
{
    std::vector<Lease> leases;
    std::size_t open = 0;
    for (std::size_t i = 0; i < pool.size(); ++i) {
        leases.push_back(pool.acquire(at_once));
        open += leases.back().has_slot() && leases.back().socket().is_open() ? 1 : 0;
        leases.back().keep();
    }
    return open;
}

void a_pool_has_one_slot_at_least()
{
    ClosingSockets closing;
    ConnectionPool pool{0, closing};
    assert_int_equal(pool.size(), 1);
    assert_true(pool.acquire(at_once).has_slot());
    assert_false(Lease{}.has_slot());
}

void a_kept_connection_is_leased_again()
{
    Bench bench{2};
    bench.fill(1);
    const Lease lease = bench.pool.acquire(at_once);
    assert_true(lease.socket().is_open());
    assert_true(lease.socket().is_silent());
}

void a_connection_that_is_not_kept_is_closed()
{
    Bench bench{2};
    {
        Lease lease = bench.pool.acquire(at_once);
        bench.open(lease);
    }
    assert_true(bench.peers[0].sees_end());
    assert_false(bench.pool.acquire(at_once).socket().is_open());
}

void keep_holds_for_one_lease_only()
{
    Bench bench{1};
    bench.fill(1);
    {
        const Lease lease = bench.pool.acquire(at_once);
    }
    assert_true(bench.peers[0].sees_end());
}

void the_lowest_open_slot_comes_first()
{
    Bench bench{4};
    bench.fill(3);
    const Lease first = bench.pool.acquire(at_once);
    const Lease second = bench.pool.acquire(at_once);
    const Lease third = bench.pool.acquire(at_once);
    assert_int_equal(bench.slot_of(first), 0);
    assert_int_equal(bench.slot_of(second), 1);
    assert_int_equal(bench.slot_of(third), 2);
    const Lease empty = bench.pool.acquire(at_once);
    assert_true(empty.has_slot());
    assert_false(empty.socket().is_open());
    assert_false(bench.pool.acquire(at_once).has_slot());
}

void an_open_connection_comes_before_a_lower_empty_slot()
{
    Bench bench{2};
    {
        Lease lower = bench.pool.acquire(at_once);
        Lease upper = bench.pool.acquire(at_once);
        bench.open(upper);
        upper.keep();
    }
    const Lease lease = bench.pool.acquire(at_once);
    assert_true(lease.socket().is_open());
}

void a_dead_connection_is_exchanged_for_another()
{
    Bench bench{3};
    bench.fill(2);
    Lease lease = bench.pool.acquire(at_once);
    assert_true(bench.pool.take_another(lease));
    assert_true(bench.peers[0].sees_end());
    assert_int_equal(bench.slot_of(lease), 1);
    assert_false(bench.pool.take_another(lease));  // none is left: an empty slot to connect in
    assert_true(bench.peers[1].sees_end());
    assert_true(lease.has_slot());
    assert_false(lease.socket().is_open());
    lease.give_back();
    assert_int_equal(open_connections(bench.pool), 0);
    assert_true(bench.pool.acquire(at_once).has_slot());
}

void exchanging_gives_the_first_slot_back()
{
    Bench bench{2};
    bench.fill(2);
    Lease lease = bench.pool.acquire(at_once);
    assert_true(bench.pool.take_another(lease));
    const Lease other = bench.pool.acquire(at_once);
    assert_true(other.has_slot());
    assert_false(other.socket().is_open());
}

void a_limit_of_zero_tries_once()
{
    ClosingSockets closing;
    ConnectionPool pool{1, closing};
    const Lease lease = pool.acquire(at_once);
    const Clock::time_point begin = Clock::now();
    assert_false(pool.acquire(at_once).has_slot());
    assert_false(pool.acquire(milliseconds{-100}).has_slot());
    assert_true(Clock::now() - begin < milliseconds{500});
}

void waiting_ends_at_the_limit()
{
    ClosingSockets closing;
    ConnectionPool pool{1, closing};
    const Lease lease = pool.acquire(at_once);
    const Clock::time_point begin = Clock::now();
    assert_false(pool.acquire(milliseconds{150}).has_slot());
    assert_true(Clock::now() - begin >= milliseconds{150});
    assert_true(Clock::now() - begin < milliseconds{2000});
}

void waiting_ends_when_a_slot_becomes_free()
{
    ClosingSockets closing;
    ConnectionPool pool{1, closing};
    Lease lease = pool.acquire(at_once);
    std::thread other{[&] {
        std::this_thread::sleep_for(milliseconds{50});
        lease.give_back();
    }};
    const Clock::time_point begin = Clock::now();
    const bool has_slot = pool.acquire(milliseconds{20000}).has_slot();
    other.join();
    assert_true(has_slot);
    assert_true(Clock::now() - begin < milliseconds{10000});
}

void idle_connections_are_closed_from_above_down_to_the_minimum()
{
    Bench bench{5};
    bench.fill(4);
    assert_int_equal(bench.pool.close_idle(seconds{60}, 0), 0);
    std::this_thread::sleep_for(milliseconds{5});
    assert_int_equal(bench.pool.close_idle(seconds{0}, 2), 2);
    assert_true(bench.peers[3].sees_end());
    assert_true(bench.peers[2].sees_end());
    assert_int_equal(open_connections(bench.pool), 2);
    std::this_thread::sleep_for(milliseconds{5});
    assert_int_equal(bench.pool.close_idle(seconds{0}, 2), 0);
    assert_int_equal(bench.pool.close_idle(seconds{0}, 0), 2);
}

void leased_connections_are_not_idle()
{
    Bench bench{2};
    bench.fill(2);
    Lease lease = bench.pool.acquire(at_once);
    std::this_thread::sleep_for(milliseconds{5});
    assert_int_equal(bench.pool.close_idle(seconds{0}, 0), 1);
    assert_true(lease.socket().is_silent());
    lease.keep();
}

void connections_to_another_address_are_closed()
{
    Bench bench{4};
    bench.fill(3);
    std::vector<Lease> leases;
    for (const std::uint32_t id : {0U, 7U, 7U}) {
        leases.push_back(bench.pool.acquire(at_once));
        leases.back().set_address_id(id);
        leases.back().keep();
    }
    leases.pop_back();
    assert_int_equal(bench.pool.close_other_than(7), 0);  // the first one is in use
    leases.erase(leases.begin());
    assert_int_equal(bench.pool.close_other_than(7), 1);
    assert_true(bench.peers[0].sees_end());
    const Lease lease = bench.pool.acquire(at_once);
    assert_int_equal(lease.address_id(), 7);
    assert_int_equal(bench.slot_of(lease), 2);
}

void moving_a_lease_moves_the_slot()
{
    Bench bench{1};
    Lease first = bench.pool.acquire(at_once);
    bench.open(first);
    first.keep();
    Lease second{std::move(first)};
    assert_false(first.has_slot());
    assert_true(second.has_slot());
    assert_false(bench.pool.acquire(at_once).has_slot());
    second.give_back();
    second.give_back();  // twice is nothing
    assert_true(bench.pool.acquire(at_once).socket().is_open());
}

/// Who holds which slot, as seen from outside.
class Holders {
public:
    void enter(const void* slot)
    {
        const std::lock_guard lock{mutex_};
        doubles_ += held_.insert(slot).second ? 0 : 1;
    }
    void leave(const void* slot)
    {
        const std::lock_guard lock{mutex_};
        held_.erase(slot);
    }
    [[nodiscard]] int doubles() const noexcept { return doubles_; }

private:
    std::mutex mutex_;
    std::set<const void*> held_;
    int doubles_ = 0;
};

void threads_never_share_a_slot()
{
    ClosingSockets closing;
    ConnectionPool pool{3, closing};
    Holders holders;
    std::atomic<int> served{0};
    std::vector<std::thread> threads;
    for (int number = 0; number < 8; ++number) {
        threads.emplace_back([&] {
            for (int i = 0; i < 300; ++i) {
                Lease lease = pool.acquire(milliseconds{20000});
                if (lease.has_slot()) {
                    const void* const slot = &lease.socket();
                    holders.enter(slot);
                    std::this_thread::yield();
                    holders.leave(slot);
                    ++served;
                }
                if (i % 50 == 0) {
                    (void)pool.close_idle(seconds{0}, 0);
                }
            }
        });
    }
    for (std::thread& one : threads) {
        one.join();
    }
    assert_int_equal(holders.doubles(), 0);
    assert_int_equal(served.load(), 8 * 300);
}

}  // namespace

Group backend_pool_tests()
{
    return {"backend/pool",
            {
                jk_test(a_pool_has_one_slot_at_least),
                jk_test(a_kept_connection_is_leased_again),
                jk_test(a_connection_that_is_not_kept_is_closed),
                jk_test(keep_holds_for_one_lease_only),
                jk_test(the_lowest_open_slot_comes_first),
                jk_test(an_open_connection_comes_before_a_lower_empty_slot),
                jk_test(a_dead_connection_is_exchanged_for_another),
                jk_test(exchanging_gives_the_first_slot_back),
                jk_test(a_limit_of_zero_tries_once),
                jk_test(waiting_ends_at_the_limit),
                jk_test(waiting_ends_when_a_slot_becomes_free),
                jk_test(idle_connections_are_closed_from_above_down_to_the_minimum),
                jk_test(leased_connections_are_not_idle),
                jk_test(connections_to_another_address_are_closed),
                jk_test(moving_a_lease_moves_the_slot),
                jk_test(threads_never_share_a_slot),
            }};
}

}  // namespace jk::test
