// Attempts and their limits: socket_timeout beside reply_timeout, for reads and for writes.
#include <atomic>
#include <cerrno>
#include <thread>

#include "request/attempt.h"
#include "support/loopback.h"
#include "support/stage.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Report;
using httpd::Verdict;
using std::chrono::milliseconds;

void a_socket_timeout_is_a_broken_connection()
{
    Container container{{[](Peer& peer) {
        (void)peer.read_packet();
        (void)peer.sees_end();
    }}};
    Stage stage{container.port(), {"socket_timeout=1", "reply_timeout=60000", "retries=1"}};
    const Report report = Trial{stage}.run();
    assert_int_equal(report.verdict, Verdict::closed_no_head);
    assert_int_equal(report.reply_timeouts, 0);
    assert_true(report.is_socket_timeout);
    assert_int_equal(report.error, ETIMEDOUT);
    assert_in_range(report.took.count(), 990, 5000);
}

void a_limit_of_many_years_is_no_short_one()
{
    for (const char* limit : {"socket_timeout=2147483647", "socket_timeout=4294968"}) {
        Container container{{[](Peer& peer) {
            (void)peer.read_packet();
            std::this_thread::sleep_for(milliseconds{1000});
            peer.send(answer("a"));
        }}};
        Stage stage{container.port(), {limit, "retries=1"}};
        assert_int_equal(Trial{stage}.run().verdict, Verdict::ok);
    }
}

/// Asks for much, and does not read it until the server is gone.
void a_write_that_nobody_takes(const char* limit, Verdict verdict)
{
    std::atomic<bool> is_over = false;
    Container container{{[&](Peer& peer) {
        (void)peer.read_packet();
        for (int i = 0; i < 4000; ++i) {
            peer.send(ask_packet(8186));
        }
        while (!is_over) {
            std::this_thread::sleep_for(milliseconds{10});
        }
    }}};
    Stage stage{container.port(), {limit, "socket_buffer=8192", "retries=1"}};
    Trial trial{stage, "POST"};
    trial.set_body(ajp::BodyKind::unknown, 0, "");
    fakes().input.assign(4000, {std::string(8186, 'x')});
    const Report report = trial.run();
    is_over = true;
    assert_int_equal(report.verdict, verdict);
    assert_int_equal(report.phase, httpd::Phase::send);
    assert_int_equal(report.reply_timeouts, verdict == Verdict::reply_timeout ? 1 : 0);
}

void each_limit_holds_for_a_write_too()
{
    a_write_that_nobody_takes("reply_timeout=200", Verdict::reply_timeout);
    a_write_that_nobody_takes("socket_timeout=1", Verdict::send_failed);
}

}  // namespace

Group request_attempt_limit_tests()
{
    return {"request/attempt",
            {
                jk_test(a_socket_timeout_is_a_broken_connection),
                jk_test(a_limit_of_many_years_is_no_short_one),
                jk_test(each_limit_holds_for_a_write_too),
            }};
}

}  // namespace jk::test
