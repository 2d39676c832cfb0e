// Probes of idle connections: who is asked, what becomes of each answer, and that requests go on.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "backend/pool.h"
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
constexpr milliseconds patience{10000};

/// A pool of kept connections.
struct Bench : PoolBench {
    Bench(std::size_t slots, std::size_t kept) : PoolBench{slots}
    {
        closing.begin_lingering();
        fill(kept);
    }
    /// Asks every connection that is idle for any time at all.
    std::size_t ask()
    {
        std::this_thread::sleep_for(milliseconds{2});
        return pool.ask_idle(seconds{0});
    }
    /// Settles until none is waiting; returns how many were closed.
    std::size_t settle_all()
    {
        std::size_t closed = 0;
        for (int i = 0; i < 2000; ++i) {
            const ConnectionPool::Settled settled = pool.settle(patience);
            closed += settled.closed;
            if (settled.waiting == 0) {
                return closed;
            }
            std::this_thread::sleep_for(milliseconds{1});
        }
        return SIZE_MAX;
    }
};

bool is_usable(const Lease& lease)
{
    return lease.has_slot() && lease.socket().is_open() && lease.socket().is_silent();
}

void idle_connections_are_asked_and_kept()
{
    Bench bench{4, 2};
    assert_int_equal(bench.ask(), 0);
    assert_int_equal(bench.pool.settle(patience).waiting, 2);
    for (const Peer& peer : bench.peers) {
        assert_true(peer.read_packet() == ping);
        peer.send(pong_packet());
    }
    assert_int_equal(bench.settle_all(), 0);
    const Lease first = bench.pool.acquire(at_once);
    const Lease second = bench.pool.acquire(at_once);
    assert_true(is_usable(first) && is_usable(second));
}

void an_answer_counts_as_a_sign_of_life_and_not_as_use()
{
    Bench bench{1, 1};
    std::this_thread::sleep_for(milliseconds{1100});
    assert_int_equal(bench.pool.ask_idle(seconds{1}), 0);
    assert_true(bench.peers[0].read_packet() == ping);
    bench.peers[0].send(pong_packet());
    assert_int_equal(bench.settle_all(), 0);
    assert_int_equal(bench.pool.ask_idle(seconds{1}), 0);
    assert_int_equal(bench.pool.settle(patience).waiting, 0);  // not due again
    assert_int_equal(bench.pool.close_idle(seconds{1}, 0), 1);
}

void one_in_use_or_used_lately_is_not_asked()
{
    Bench bench{2, 2};
    Lease lease = bench.pool.acquire(at_once);
    assert_int_equal(bench.ask(), 0);
    assert_false(bench.peers[0].has_bytes());
    assert_true(bench.peers[1].has_bytes());
    lease.keep();
    lease.give_back();
    assert_int_equal(bench.pool.ask_idle(seconds{60}), 0);
    assert_false(bench.peers[0].has_bytes());
}

void silence_beyond_the_limit_closes()
{
    Bench bench{2, 2};
    assert_int_equal(bench.ask(), 0);
    std::this_thread::sleep_for(milliseconds{30});
    bench.peers[1].send(pong_packet());
    std::this_thread::sleep_for(milliseconds{30});
    const ConnectionPool::Settled settled = bench.pool.settle(milliseconds{50});
    assert_int_equal(settled.closed, 1);
    assert_int_equal(settled.waiting, 0);
    assert_true(bench.peers[0].read_packet() == ping);
    assert_true(bench.peers[0].sees_end());
    assert_true(is_usable(bench.pool.acquire(at_once)));
}

void an_answer_may_come_in_pieces()
{
    Bench bench{1, 1};
    assert_int_equal(bench.ask(), 0);
    const std::string pong = pong_packet();
    bench.peers[0].send(pong.substr(0, 3));
    std::this_thread::sleep_for(milliseconds{20});
    assert_int_equal(bench.pool.settle(patience).waiting, 1);
    bench.peers[0].send(pong.substr(3));
    assert_int_equal(bench.settle_all(), 0);
    assert_true(is_usable(bench.pool.acquire(at_once)));
}

void another_answer_or_an_end_closes()
{
    for (const std::string& bytes : {std::string{}, end_packet(), std::string{"HTTP/1.1 400"}}) {
        Bench bench{1, 1};
        assert_int_equal(bench.ask(), 0);
        if (bytes.empty()) {
            bench.peers[0].close();
        } else {
            bench.peers[0].send(bytes);
        }
        assert_int_equal(bench.settle_all(), 1);
        assert_false(bench.pool.acquire(at_once).socket().is_open());
    }
}

void a_broken_connection_cannot_be_asked()
{
    Bench bench{1, 1};
    bench.peers[0].reset();
    std::size_t closed = bench.ask();
    closed += bench.settle_all();  // the reset may have come before the question, or after it
    assert_int_equal(closed, 1);
}

void bytes_after_the_answer_are_found_before_the_next_use()
{
    Bench bench{1, 1};
    assert_int_equal(bench.ask(), 0);
    bench.peers[0].send(pong_packet() + pong_packet());
    assert_int_equal(bench.settle_all(), 0);
    assert_false(is_usable(bench.pool.acquire(at_once)));
}

void a_request_gets_the_connection_that_answers()
{
    Bench bench{2, 1};
    assert_int_equal(bench.ask(), 0);
    bench.peers[0].send(pong_packet());
    assert_true(is_usable(bench.pool.acquire(at_once)));
    assert_int_equal(bench.pool.settle(patience).waiting, 0);
}

void a_request_does_not_wait_for_one_that_does_not()
{
    Bench bench{2, 1};
    assert_int_equal(bench.ask(), 0);
    const Clock::time_point begin = Clock::now();
    const Lease lease = bench.pool.acquire(at_once);
    assert_true(Clock::now() - begin < milliseconds{500});
    assert_true(lease.has_slot());
    assert_false(lease.socket().is_open());  // the empty slot
    assert_int_equal(bench.pool.settle(patience).waiting, 1);
}

void a_full_pool_gives_away_what_has_not_answered()
{
    Bench bench{2, 2};
    assert_int_equal(bench.ask(), 0);
    Lease first = bench.pool.acquire(at_once);
    const Lease second = bench.pool.acquire(at_once);
    assert_true(first.has_slot() && second.has_slot());
    // Open, so that the caller counts them as gone, but never taken for usable.
    assert_true(first.socket().is_open() && second.socket().is_open());
    assert_false(is_usable(first) || is_usable(second));
    assert_false(bench.pool.take_another(first));
    bench.open(first);
    assert_true(is_usable(first));
    assert_int_equal(bench.pool.settle(at_once).closed, 0);
}

void a_request_that_meets_a_wrong_answer_connects_anew()
{
    Bench bench{2, 1};
    assert_int_equal(bench.ask(), 0);
    bench.peers[0].send(end_packet());
    Lease lease = bench.pool.acquire(at_once);
    assert_true(lease.socket().is_open());
    assert_false(is_usable(lease));
    assert_false(bench.pool.take_another(lease));
    bench.open(lease);
    assert_true(is_usable(lease));
}

void dropping_politely_leaves_the_slot()
{
    Bench bench{1, 1};
    Lease lease = bench.pool.acquire(at_once);
    lease.drop(httpd::Farewell::polite);
    assert_false(lease.socket().is_open());
    assert_false(bench.closing.is_empty());
    assert_true(bench.peers[0].sees_end());
    bench.open(lease);
    lease.keep();
    lease.give_back();
    assert_true(is_usable(bench.pool.acquire(at_once)));
}

void dropping_abruptly_closes()
{
    Bench bench{1, 1};
    bench.peers[0].send("what nobody reads");
    Lease lease = bench.pool.acquire(at_once);
    lease.drop(httpd::Farewell::abrupt);
    assert_false(lease.socket().is_open());
    assert_true(bench.closing.is_empty());
    assert_true(bench.peers[0].sees_end());
}

/// Requests and maintenance at once: nobody gets a connection that owes an answer.
void asking_never_meets_a_request()
{
    Bench bench{3, 3};
    std::atomic<bool> stopping{false};
    std::vector<std::thread> answering;
    for (const Peer& peer : bench.peers) {
        answering.emplace_back([&peer] {
            while (peer.read_packet() == ping) {
                peer.send(pong_packet());
            }
        });
    }
    std::thread maintenance{[&] {
        while (!stopping) {
            (void)bench.pool.ask_idle(seconds{0});
            (void)bench.pool.settle(patience);
        }
    }};
    int unusable = 0;
    for (int i = 0; i < 3000; ++i) {
        Lease lease = bench.pool.acquire(milliseconds{5000});
        unusable += is_usable(lease) ? 0 : 1;
        lease.keep();
    }
    stopping = true;
    maintenance.join();
    assert_int_equal(bench.settle_all(), 0);
    assert_int_equal(bench.pool.close_idle(seconds{-1}, 0), 3);
    for (std::thread& one : answering) {
        one.join();
    }
    assert_int_equal(unusable, 0);
}

}  // namespace

Group backend_ping_tests()
{
    return {"backend/ping",
            {
                jk_test(idle_connections_are_asked_and_kept),
                jk_test(an_answer_counts_as_a_sign_of_life_and_not_as_use),
                jk_test(one_in_use_or_used_lately_is_not_asked),
                jk_test(silence_beyond_the_limit_closes),
                jk_test(an_answer_may_come_in_pieces),
                jk_test(another_answer_or_an_end_closes),
                jk_test(a_broken_connection_cannot_be_asked),
                jk_test(bytes_after_the_answer_are_found_before_the_next_use),
                jk_test(a_request_gets_the_connection_that_answers),
                jk_test(a_request_does_not_wait_for_one_that_does_not),
                jk_test(a_full_pool_gives_away_what_has_not_answered),
                jk_test(a_request_that_meets_a_wrong_answer_connects_anew),
                jk_test(dropping_politely_leaves_the_slot),
                jk_test(dropping_abruptly_closes),
                jk_test(asking_never_meets_a_request),
            }};
}

}  // namespace jk::test
