// A child: its pools and counts, maintenance when it is due, and the thread that runs it.
#include "runtime/child.h"

#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "support/loopback.h"
#include "support/stage.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Child;
using httpd::Clock;
using httpd::Lease;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Maintenance, each second, closes what was idle for one.
Stage closing_idle()
{
    return Stage{{"worker.list=w", "worker.maintain=1", "worker.w.connection_pool_timeout=1",
                  "worker.w.connection_pool_minsize=0", "worker.w.host=127.0.0.1"}};
}

void each_backend_has_its_pool()
{
    Stage stage{
        {"worker.list=v,w", "worker.v.connection_pool_size=3", "worker.w.connection_pool_size=5"}};
    assert_int_equal(stage.child().pool(0).size(), 3);
    assert_int_equal(stage.child().pool(1).size(), 5);
    assert_int_equal(stage.child().pid(), ::getpid());
    assert_false(stage.child().column().is_shared());
}

void what_it_counts_goes_with_it()
{
    Stage stage{8009};
    lb::WorkerAccount account = stage.child().account(0);
    assert_true(account.begin(0));
    account.connected();
    assert_int_equal(account.busy(), 1);
    assert_int_equal(stage.connections(), 1);
    stage.runtime().segment().release_column(stage.child().pid());
    assert_int_equal(account.busy(), 0);
    assert_int_equal(stage.connections(), 0);
}

/// Connects and keeps that many connections of the first worker.
std::vector<Peer> keep(Stage& stage, const Listener& listener, std::size_t count)
{
    std::vector<Lease> leases;
    std::vector<Peer> peers;
    for (std::size_t i = 0; i < count; ++i) {
        Lease& lease = leases.emplace_back(stage.child().pool(0).acquire(milliseconds{0}));
        (void)lease.socket().connect(listener.address(), {}, milliseconds{5000});
        peers.push_back(listener.accept());
        stage.child().account(0).connected();
        lease.keep();
    }
    return peers;
}

// What it does is done for all children: not by settings that are in force here alone.
void maintenance_takes_edits_first()
{
    Stage stage{8009};
    const lb::Edit edit{lb::EditKind::worker, {}, "w", "reply_timeout", "7", lb::fingerprint("0")};
    assert_true(stage.runtime().segment().edits().write(edit, 1).has_value());
    stage.child().maintain(httpd::now());  // not due
    assert_int_equal(stage.runtime().backends()[0].settings().reply_timeout, 0);
    stage.child().maintain(httpd::now() + seconds{61});
    assert_int_equal(stage.runtime().backends()[0].settings().reply_timeout, 7);
}

void maintenance_closes_idle_connections()
{
    const Listener listener;
    Stage stage{listener.port(), {"connection_pool_timeout=1", "connection_pool_size=4"}};
    const std::vector<Peer> peers = keep(stage, listener, 4);
    const TimePoint later = httpd::now() + seconds{61};
    stage.child().maintain(later);
    assert_int_equal(stage.connections(), 4);  // none is idle for so long
    std::this_thread::sleep_for(milliseconds{1050});
    stage.child().maintain(later + seconds{59});  // not due again yet
    assert_int_equal(stage.connections(), 4);
    stage.child().maintain(later + seconds{61});
    assert_int_equal(stage.connections(), 2);  // half of the pool stays
    assert_true(peers[3].sees_end());
}

void the_minimum_can_be_set()
{
    const Listener listener;
    Stage stage{
        listener.port(),
        {"connection_pool_timeout=1", "connection_pool_size=4", "connection_pool_minsize=1"}};
    const std::vector<Peer> peers = keep(stage, listener, 3);
    std::this_thread::sleep_for(milliseconds{1050});
    stage.child().maintain(httpd::now() + seconds{61});
    assert_int_equal(stage.connections(), 1);
}

/// Tends until that many connections are left; false where it does not come to that.
bool tends_down_to(Stage& stage, std::uint32_t count)
{
    for (int i = 0; i < 500 && stage.connections() != count; ++i) {
        std::this_thread::sleep_for(milliseconds{10});
        stage.child().tend();
    }
    return stage.connections() == count;
}

void maintenance_asks_idle_connections_and_does_not_wait()
{
    const Listener listener;
    Stage stage{listener.port(), {"connection_ping_interval=1", "ping_timeout=300"}};
    const std::vector<Peer> peers = keep(stage, listener, 2);
    const TimePoint later = httpd::now() + seconds{61};
    stage.child().maintain(later);
    assert_false(peers[0].has_bytes());  // not idle for so long
    std::this_thread::sleep_for(milliseconds{1050});
    const Clock::time_point begin = Clock::now();
    stage.child().maintain(later + seconds{61});
    assert_true(Clock::now() - begin < milliseconds{200});
    assert_true(peers[0].read_packet() == ping);
    assert_true(peers[1].read_packet() == ping);
    peers[1].send(pong_packet());
    assert_true(tends_down_to(stage, 1));
    assert_true(peers[0].sees_end());
    assert_true(fakes().has_logged(APLOG_WARNING, "1 idle connections did not answer the CPING"));
    const Lease lease = stage.child().pool(0).acquire(milliseconds{0});
    assert_true(lease.socket().is_silent());
}

void nobody_is_asked_without_an_interval_or_a_limit()
{
    const std::vector<const char*> cases[] = {{"ping_mode=CP"},
                                              {"connection_ping_interval=1", "ping_timeout=0"}};
    for (const std::vector<const char*>& properties : cases) {
        const Listener listener;
        Stage stage{listener.port(), properties};
        const std::vector<Peer> peers = keep(stage, listener, 1);
        std::this_thread::sleep_for(milliseconds{1050});
        stage.child().maintain(httpd::now() + seconds{61});
        assert_false(peers[0].has_bytes());
    }
}

std::ptrdiff_t open_files()
{
    const std::filesystem::directory_iterator all{"/proc/self/fd"};
    return std::distance(begin(all), end(all));
}

void the_watchdog_looks_after_what_is_parting()
{
    const Listener listener;
    Stage stage{listener.port()};
    const std::vector<Peer> peers = keep(stage, listener, 1);
    stage.child().start_watchdog(stage.site().pool(), 3600);
    Lease lease = stage.child().pool(0).acquire(milliseconds{0});
    lease.drop(httpd::Farewell::polite);
    assert_true(peers[0].sees_end());
    const std::ptrdiff_t before = open_files();
    for (int i = 0; i < 500 && open_files() == before; ++i) {
        std::this_thread::sleep_for(milliseconds{10});
    }
    assert_int_equal(open_files(), before - 1);
}

void without_an_interval_there_is_no_maintenance()
{
    const Listener listener;
    Stage stage{{"worker.list=w", "worker.maintain=0", "worker.w.connection_pool_timeout=1",
                 "worker.w.connection_pool_minsize=0", "worker.w.host=127.0.0.1"}};
    const std::vector<Peer> peers = keep(stage, listener, 1);
    std::this_thread::sleep_for(milliseconds{1050});
    stage.child().maintain(httpd::now() + seconds{100000});
    assert_int_equal(stage.connections(), 1);
}

void maintenance_goes_on_behind_a_clock_that_was_set_back()
{
    const Listener listener;
    Stage stage{{"worker.list=w", "worker.maintain=60", "worker.w.connection_pool_timeout=1",
                 "worker.w.connection_pool_minsize=0", "worker.w.host=127.0.0.1"}};
    const TimePoint before = httpd::now() + seconds{7200};
    stage.child().maintain(before);
    const std::vector<Peer> peers = keep(stage, listener, 1);
    std::this_thread::sleep_for(milliseconds{1050});
    stage.child().maintain(before - seconds{59});  // another thread's clock, perhaps
    assert_int_equal(stage.connections(), 1);
    stage.child().maintain(before - seconds{3600});
    assert_int_equal(stage.connections(), 0);
}

void a_watchdog_may_wait_as_long_as_a_number_says()
{
    const Listener listener;
    Stage stage = closing_idle();
    const std::vector<Peer> peers = keep(stage, listener, 1);
    apr_pool_t* pool = nullptr;
    apr_pool_create(&pool, stage.site().pool());
    stage.child().start_watchdog(pool, std::numeric_limits<int>::max());
    std::this_thread::sleep_for(milliseconds{1400});
    apr_pool_destroy(pool);
    assert_int_equal(stage.connections(), 1);
}

void the_watchdog_stops_before_its_pool_is_gone()
{
    Stage stage{8009};
    apr_pool_t* pool = nullptr;
    apr_pool_create(&pool, stage.site().pool());
    stage.child().start_watchdog(pool, 3600);
    const Clock::time_point begin = Clock::now();
    apr_pool_destroy(pool);
    assert_true(Clock::now() - begin < seconds{3});
}

void no_interval_is_no_watchdog()
{
    Stage stage{8009};
    for (const int seconds_between : {0, -1}) {
        stage.child().start_watchdog(stage.site().pool(), seconds_between);
    }
    Stage second{8009};
    apr_pool_t* pool = nullptr;
    apr_pool_create(&pool, second.site().pool());
    second.child().start_watchdog(pool, 0);
    apr_pool_destroy(pool);
}

void the_watchdog_maintains()
{
    const Listener listener;
    Stage stage = closing_idle();
    const std::vector<Peer> peers = keep(stage, listener, 1);
    apr_pool_t* pool = nullptr;
    apr_pool_create(&pool, stage.site().pool());
    stage.child().start_watchdog(pool, 1);
    assert_true(peers[0].sees_end());
    apr_pool_destroy(pool);
    assert_int_equal(stage.connections(), 0);
}

}  // namespace

Group runtime_child_tests()
{
    return {"runtime/child",
            {
                jk_test(each_backend_has_its_pool),
                jk_test(what_it_counts_goes_with_it),
                jk_test(maintenance_takes_edits_first),
                jk_test(maintenance_closes_idle_connections),
                jk_test(the_minimum_can_be_set),
                jk_test(maintenance_asks_idle_connections_and_does_not_wait),
                jk_test(nobody_is_asked_without_an_interval_or_a_limit),
                jk_test(the_watchdog_looks_after_what_is_parting),
                jk_test(without_an_interval_there_is_no_maintenance),
                jk_test(maintenance_goes_on_behind_a_clock_that_was_set_back),
                jk_test(a_watchdog_may_wait_as_long_as_a_number_says),
                jk_test(the_watchdog_stops_before_its_pool_is_gone),
                jk_test(no_interval_is_no_watchdog),
                jk_test(the_watchdog_maintains),
            }};
}

}  // namespace jk::test
