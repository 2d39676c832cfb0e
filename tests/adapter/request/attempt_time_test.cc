// Attempts and time: probes, the reply timeout, and bodies that come piece by piece.
#include <atomic>
#include <string>
#include <thread>

#include "request/attempt.h"
#include "support/loopback.h"
#include "support/stage.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Clock;
using httpd::Report;
using httpd::Verdict;
using std::chrono::milliseconds;

/// Serves requests and probes on one connection, and counts the probes.
Container::Script counts(std::atomic<int>& probes)
{
    return [&probes](Peer& peer) {
        for (std::string got = peer.read_packet(); !got.empty(); got = peer.read_packet()) {
            const bool is_probe = got == ping;
            probes += is_probe ? 1 : 0;
            peer.send(is_probe ? pong_packet() : answer("a"));
        }
    };
}

void probes_are_sent_as_the_table_says()  // workers.md 4.3
{
    struct {
        std::vector<const char*> properties;
        int on_new;
        int on_kept;
    } const rows[] = {
        {{}, 0, 0},
        {{"connect_timeout=5000"}, 1, 0},
        {{"prepost_timeout=5000"}, 1, 1},
        {{"connect_timeout=5000", "prepost_timeout=5000"}, 1, 1},
        {{"ping_mode=C"}, 1, 0},
        {{"ping_mode=P"}, 1, 1},
        {{"ping_mode=A"}, 1, 1},
        {{"ping_mode=I"}, 0, 0},
    };
    for (const auto& row : rows) {
        std::atomic<int> probes{0};
        Container container{{counts(probes)}};
        Stage stage{container.port(), row.properties};
        assert_int_equal(Trial{stage}.run().verdict, Verdict::ok);
        assert_int_equal(probes.exchange(0), row.on_new);
        assert_int_equal(Trial{stage}.run().verdict, Verdict::ok);
        assert_int_equal(probes.load(), row.on_kept);
    }
}

void an_unanswered_probe_is_a_failure()
{
    const auto silent = [](Peer& peer) {
        (void)peer.read_packet();
        (void)peer.sees_end();
    };
    Container container{{silent, silent}};
    Stage stage{container.port(), {"connect_timeout=80", "retry_interval=0"}};
    const Clock::time_point begin = Clock::now();
    Trial trial{stage};
    const Report report = trial.run();
    assert_int_equal(report.verdict, Verdict::ping_timeout);
    assert_int_equal(report.phase, httpd::Phase::ping);
    assert_false(report.was_sent);
    assert_true(report.may_retry);
    assert_true(Clock::now() - begin >= milliseconds{160});
    assert_int_equal(trial.job().trail.count(), 2);
    assert_int_equal(stage.connections(), 0);
}

void a_probe_that_trickles_does_not_get_more_time()
{
    Container container{{[](Peer& peer) {
        (void)peer.read_packet();
        for (const char byte : pong_packet().substr(0, 4)) {
            peer.send({&byte, 1});
            std::this_thread::sleep_for(milliseconds{60});
        }
        (void)peer.sees_end();
    }}};
    Stage stage{container.port(), {"connect_timeout=100", "retries=1"}};
    const Report report = Trial{stage}.run();
    assert_int_equal(report.verdict, Verdict::ping_timeout);
    assert_in_range(report.took.count(), 99, 220);
}

void a_wrong_answer_to_a_probe_is_a_failure()
{
    for (const std::string& bytes : {answer("a"), std::string{"HTTP/1.1 400 Bad Request\r\n"},
                                     packet("\x05\x01"), std::string{}}) {
        Container container{{[&bytes](Peer& peer) {
            (void)peer.read_packet();
            peer.send(bytes);
        }}};
        Stage stage{container.port(), {"connect_timeout=5000", "retries=1"}};
        const Report report = Trial{stage}.run();
        assert_int_equal(report.verdict, Verdict::ping_failed);
        assert_true(report.may_retry);
        assert_int_equal(stage.connections(), 0);
    }
}

void a_kept_connection_that_fails_its_probe_is_replaced()
{
    std::atomic<int> probes{0};
    Container container{{[](Peer& peer) {
                             (void)peer.read_packet();
                             peer.send(pong_packet());
                             (void)peer.read_packet();
                             peer.send(answer("a"));
                             (void)peer.read_packet();  // the second probe stays unanswered
                             (void)peer.sees_end();
                         },
                         counts(probes)}};
    Stage stage{container.port(), {"prepost_timeout=300", "retries=1"}};
    assert_int_equal(Trial{stage}.run().verdict, Verdict::ok);
    assert_int_equal(Trial{stage}.run().verdict, Verdict::ok);
    assert_int_equal(probes.load(), 1);
    assert_true(fakes().log.empty());
    assert_int_equal(stage.connections(), 1);
}

Container::Script silent()
{
    return [](Peer& peer) {
        (void)peer.read_packet();
        (void)peer.sees_end();
    };
}

void a_silent_container_is_late_and_not_closed()  // D24
{
    Container container{std::vector<Container::Script>(20, silent())};
    Stage stage{container.port(), {"reply_timeout=20", "retries=1"}};
    for (int i = 0; i < 20; ++i) {
        const Report report = Trial{stage}.run();
        assert_int_equal(report.verdict, Verdict::reply_timeout);
        assert_int_equal(report.reply_timeouts, 1);
        assert_true(report.took >= milliseconds{20});
    }
}

void timeouts_of_all_attempts_add_up()
{
    Container container{{silent(), silent()}};
    Stage stage{container.port(), {"reply_timeout=30", "retry_interval=0"}};
    const Report report = Trial{stage}.run();
    assert_int_equal(report.verdict, Verdict::reply_timeout);
    assert_int_equal(report.reply_timeouts, 2);
}

void a_message_that_trickles_does_not_get_more_time()
{
    Container container{{[](Peer& peer) {
        (void)peer.read_packet();
        for (const char byte : head_packet(200)) {
            peer.send({&byte, 1});
            std::this_thread::sleep_for(milliseconds{40});
        }
        (void)peer.sees_end();
    }}};
    Stage stage{container.port(), {"reply_timeout=150", "retries=1"}};
    const Report report = Trial{stage}.run();
    assert_int_equal(report.verdict, Verdict::reply_timeout);
    assert_in_range(report.took.count(), 149, 350);
}

// However fast they come: a flush is no message that was waited for (security.md DO-4).
void do4_flushes_get_no_more_time()
{
    std::atomic<bool> is_over = false;
    Container container{{[&](Peer& peer) {
        (void)peer.read_packet();
        const auto end = std::chrono::steady_clock::now() + milliseconds{5000};
        while (!is_over && std::chrono::steady_clock::now() < end) {
            peer.send(chunk_packet(""));
        }
    }}};
    Stage stage{container.port(), {"reply_timeout=100", "retries=1"}};
    const Report report = Trial{stage}.run();
    is_over = true;
    assert_int_equal(report.verdict, Verdict::reply_timeout);
    assert_in_range(report.took.count(), 99, 4000);
}

void each_message_has_the_whole_time()
{
    Container container{{[](Peer& peer) {
        (void)peer.read_packet();
        peer.send(head_packet(200));
        for (int i = 0; i < 4; ++i) {
            std::this_thread::sleep_for(milliseconds{150});
            peer.send(chunk_packet("x"));
        }
        peer.send(end_packet());
        (void)peer.sees_end();
    }}};
    Stage stage{container.port(), {"reply_timeout=500", "retries=1"}};
    const Report report = Trial{stage}.run();
    assert_int_equal(report.verdict, Verdict::ok);
    assert_true(report.took >= milliseconds{600});
}

void the_request_and_the_rule_have_their_own_timeout()
{
    Container container{{silent(), silent()}};
    Stage stage{container.port(), {"reply_timeout=60000", "retries=1"}};
    Trial by_rule{stage};
    by_rule.rule().reply_timeout = 30;
    assert_int_equal(by_rule.run().verdict, Verdict::reply_timeout);
    Trial by_request{stage};
    by_request.rule().reply_timeout = 60000;
    by_request.job().reply_timeout = 30;
    assert_int_equal(by_request.run().verdict, Verdict::reply_timeout);
}

/// What a container got of a body: the payloads behind the request.
struct Taken {
    std::string first;
    std::string second;
    std::string third;
};

Container::Script asks(Taken& taken, bool has_unasked)
{
    return [&taken, has_unasked](Peer& peer) {
        (void)peer.read_packet();
        if (has_unasked) {
            taken.first = peer.read_packet();
        }
        peer.send(ask_packet(8186));
        taken.second = peer.read_packet();
        peer.send(ask_packet(8186));
        taken.third = peer.read_packet();
        peer.send(answer("done"));
    };
}

void a_sized_body_goes_on_when_asked_for()
{
    Taken taken;
    Container container{{asks(taken, true)}};
    Stage stage{container.port(), {"retries=1"}};
    Trial trial{stage, "POST"};
    trial.set_body(ajp::BodyKind::sized, 8, "keep");
    fakes().input = {{"rest", true}};
    assert_int_equal(trial.run().verdict, Verdict::ok);
    container.finish();
    assert_text_equal(taken.first, std::string_view("\0\4keep", 6));
    assert_text_equal(taken.second, std::string_view("\0\4rest", 6));
    assert_text_equal(taken.third, std::string_view("\0\0", 2));  // the end
    assert_text_equal(fakes().all_passed(), "done<eos>");
}

void a_chunked_body_is_only_sent_when_asked_for()  // D17
{
    Taken taken;
    Container container{{asks(taken, false)}};
    Stage stage{container.port(), {"retries=1"}};
    Trial trial{stage, "POST"};
    trial.set_body(ajp::BodyKind::unknown, 0, "");
    fakes().input = {{"chunk"}, {"", true}};
    assert_int_equal(trial.run().verdict, Verdict::ok);
    container.finish();
    assert_text_equal(taken.second, std::string_view("\0\5chunk", 7));
    assert_text_equal(taken.third, std::string_view("\0\0", 2));  // the end
}

void a_kept_body_is_sent_again()
{
    std::string got;
    Container container{{[](Peer& peer) {
                             (void)peer.read_packet();
                             (void)peer.read_packet();
                         },
                         [&got](Peer& peer) {
                             (void)peer.read_packet();
                             got = peer.read_packet();
                             peer.send(answer("a"));
                         }}};
    Stage stage{container.port(), {"retry_interval=0", "recovery_options=0"}};
    Trial trial{stage, "POST"};
    trial.set_body(ajp::BodyKind::sized, 4, "keep");
    assert_int_equal(trial.run().verdict, Verdict::ok);
    container.finish();
    assert_text_equal(got, std::string_view("\0\4keep", 6));
}

void a_body_that_breaks_off_ends_the_attempt()
{
    struct {
        Input input;
        Verdict verdict;
        int error;
    } const rows[] = {
        {{"", false, APR_EOF}, Verdict::client_gone, 0},
        {{"", false, APR_EGENERAL}, Verdict::client_body, HTTP_BAD_REQUEST},
        {{"", false, APR_ENOSPC}, Verdict::client_body, HTTP_REQUEST_ENTITY_TOO_LARGE},
    };
    for (const auto& row : rows) {
        Container container{{[](Peer& peer) {
            (void)peer.read_packet();
            peer.send(ask_packet(100));
            (void)peer.sees_end();
        }}};
        Stage stage{container.port()};
        Trial trial{stage, "POST"};
        trial.set_body(ajp::BodyKind::unknown, 0, "");
        fakes().input = {row.input};
        const Report report = trial.run();
        assert_int_equal(report.verdict, row.verdict);
        assert_int_equal(report.client_status, row.error);
        assert_false(report.may_retry);
        assert_int_equal(stage.connections(), 0);
    }
}

}  // namespace

Group request_attempt_time_tests()
{
    return {"request/attempt",
            {
                jk_test(probes_are_sent_as_the_table_says),
                jk_test(an_unanswered_probe_is_a_failure),
                jk_test(a_probe_that_trickles_does_not_get_more_time),
                jk_test(a_wrong_answer_to_a_probe_is_a_failure),
                jk_test(a_kept_connection_that_fails_its_probe_is_replaced),
                jk_test(a_silent_container_is_late_and_not_closed),
                jk_test(timeouts_of_all_attempts_add_up),
                jk_test(a_message_that_trickles_does_not_get_more_time),
                jk_test(do4_flushes_get_no_more_time),
                jk_test(each_message_has_the_whole_time),
                jk_test(the_request_and_the_rule_have_their_own_timeout),
                jk_test(a_sized_body_goes_on_when_asked_for),
                jk_test(a_chunked_body_is_only_sent_when_asked_for),
                jk_test(a_kept_body_is_sent_again),
                jk_test(a_body_that_breaks_off_ends_the_attempt),
            }};
}

}  // namespace jk::test
