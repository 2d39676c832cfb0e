// Closing politely: the peer meets an end of file, what it sends is read for a while, and nobody
// waits. The time is passed in.
#include "backend/closing.h"

#include <string>
#include <thread>
#include <vector>

#include "support/loopback.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Clock;
using httpd::ClosingSockets;
using httpd::Socket;
using std::chrono::milliseconds;

/// Connections of one listener that are being closed.
struct Bench {
    Listener listener;
    ClosingSockets closing;
    Clock::time_point now = Clock::now();

    Bench() { closing.begin_lingering(); }

    Peer connect(Socket& socket) const
    {
        assert_int_equal(socket.connect(listener.address(), {}, milliseconds{5000}), 0);
        return listener.accept();
    }
    /// Connects, and begins to close.
    Peer add()
    {
        Socket socket;
        Peer peer = connect(socket);
        closing.add(std::move(socket), now);
        return peer;
    }
    void drain_after(int ms)
    {
        now += milliseconds{ms};
        closing.drain(now);
    }
};

/// What was sent over the loopback may take a moment to be there; a reset, too.
void let_arrive()
{
    std::this_thread::sleep_for(milliseconds{20});
}

void our_side_ends_at_once()
{
    Bench bench;
    const Peer peer = bench.add();
    assert_true(peer.sees_end());
    assert_false(bench.closing.is_empty());
}

void where_nobody_drains_it_is_closed_at_once()
{
    const Listener listener;
    ClosingSockets closing;
    Socket socket;
    assert_int_equal(socket.connect(listener.address(), {}, milliseconds{5000}), 0);
    const Peer peer = listener.accept();
    closing.add(std::move(socket), Clock::now());
    assert_true(closing.is_empty());
    assert_true(peer.sees_end());
    peer.send("x");
    let_arrive();
    assert_true(peer.sees_end());  // a reset
}

void silence_of_100_ms_ends_it()
{
    Bench bench;
    const Peer peer = bench.add();
    bench.drain_after(99);
    assert_false(bench.closing.is_empty());
    bench.drain_after(1);
    assert_true(bench.closing.is_empty());
}

void bytes_are_dropped_and_make_it_last()
{
    Bench bench;
    const Peer peer = bench.add();
    peer.send("late");
    let_arrive();
    bench.drain_after(90);
    bench.drain_after(90);
    assert_false(bench.closing.is_empty());
    peer.send("later");  // no reset has come back: the connection is still there
    let_arrive();
    bench.drain_after(9);
    bench.drain_after(100);
    assert_true(bench.closing.is_empty());
    assert_true(peer.sees_end());
}

void two_seconds_are_the_end()
{
    Bench bench;
    const Peer peer = bench.add();
    for (int i = 0; i < 21; ++i) {
        assert_false(bench.closing.is_empty());
        peer.send("x");
        let_arrive();
        bench.drain_after(95);
    }
    bench.drain_after(6);  // 2.001 s
    assert_true(bench.closing.is_empty());
}

void so_are_32_kib()
{
    Bench bench;
    const Peer peer = bench.add();
    peer.send(std::string(32767, 'x'));
    let_arrive();
    bench.drain_after(1);
    assert_false(bench.closing.is_empty());
    peer.send("xy");
    let_arrive();
    bench.drain_after(1);
    assert_true(bench.closing.is_empty());
}

void the_other_sides_end_is_the_end()
{
    Bench bench;
    Peer peer = bench.add();
    peer.send("the rest");
    peer.close();
    let_arrive();
    bench.drain_after(1);
    assert_true(bench.closing.is_empty());
}

void one_that_has_ended_needs_no_place()
{
    Bench bench;
    Socket socket;
    Peer peer = bench.connect(socket);
    peer.close();
    let_arrive();
    bench.closing.add(std::move(socket), bench.now);
    assert_true(bench.closing.is_empty());
    bench.closing.add(Socket{}, bench.now);
    assert_true(bench.closing.is_empty());
}

void too_many_are_closed_at_once()
{
    Bench bench;
    std::vector<Peer> peers;
    for (std::size_t i = 0; i < ClosingSockets::capacity; ++i) {
        peers.push_back(bench.add());
    }
    const Peer one_more = bench.add();
    assert_true(one_more.sees_end());
    one_more.send("x");
    let_arrive();
    assert_true(one_more.sees_end());  // a reset
    bench.drain_after(100);
    assert_true(bench.closing.is_empty());
    (void)bench.add();  // places are used again
    assert_false(bench.closing.is_empty());
}

void threads_may_add_and_drain_together()
{
    Bench bench;
    std::vector<std::thread> threads;
    for (int number = 0; number < 4; ++number) {
        threads.emplace_back([&bench] {
            for (int i = 0; i < 50; ++i) {
                Socket socket;
                const Peer peer = bench.connect(socket);
                bench.closing.add(std::move(socket), Clock::now());
                bench.closing.drain(Clock::now());
            }
        });
    }
    for (std::thread& one : threads) {
        one.join();
    }
    bench.closing.drain(Clock::now() + milliseconds{2000});
    assert_true(bench.closing.is_empty());
}

}  // namespace

Group backend_closing_tests()
{
    return {"backend/closing",
            {
                jk_test(our_side_ends_at_once),
                jk_test(where_nobody_drains_it_is_closed_at_once),
                jk_test(silence_of_100_ms_ends_it),
                jk_test(bytes_are_dropped_and_make_it_last),
                jk_test(two_seconds_are_the_end),
                jk_test(so_are_32_kib),
                jk_test(the_other_sides_end_is_the_end),
                jk_test(one_that_has_ended_needs_no_place),
                jk_test(too_many_are_closed_at_once),
                jk_test(threads_may_add_and_drain_together),
            }};
}

}  // namespace jk::test
