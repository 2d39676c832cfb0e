// Attempts against a scripted container: connections that are kept, replaced or closed, failures
// and how often they are tried again.
#include "request/attempt.h"

#include <atomic>
#include <string>
#include <thread>

#include "support/loopback.h"
#include "support/stage.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Clock;
using httpd::Phase;
using httpd::Report;
using httpd::Verdict;
using std::chrono::milliseconds;

/// Waits until nothing is open and silent in the pool any more.
void wait_for_end(Stage& stage)
{
    for (int i = 0; i < 2000; ++i) {
        httpd::Lease lease = stage.child().pool(0).acquire(milliseconds{0});
        const bool is_silent = lease.socket().is_silent();
        lease.keep();
        if (!is_silent) {
            return;
        }
        std::this_thread::sleep_for(milliseconds{1});
    }
}

Verdict verdict(Stage& stage)
{
    return Trial{stage}.run().verdict;
}

void an_answer_reaches_the_filters()
{
    Container container{{serves(answer("hello"))}};
    Stage stage{container.port()};
    Trial trial{stage};
    const Report report = trial.run();
    assert_int_equal(report.verdict, Verdict::ok);
    assert_true(report.was_sent);
    assert_true(report.bytes_read > 0);
    assert_true(report.bytes_written > 0);
    assert_text_equal(fakes().all_passed(), "hello<eos>");
    assert_int_equal(trial.request()->status, 200);
    assert_int_equal(stage.connections(), 1);
}

void the_container_gets_the_request_with_its_secret()
{
    std::string got;
    Container container{{[&got](Peer& peer) {
        got = peer.read_packet();
        peer.send(answer(""));
    }}};
    Stage stage{container.port(), {"secret=s3cret"}};
    assert_int_equal(verdict(stage), Verdict::ok);
    container.finish();
    assert_text_holds(got, "/app/x");
    assert_text_holds(got, std::string_view("\x0c\0\x06s3cret\0", 10));
}

void a_clean_end_keeps_the_connection()
{
    Container container{{serves(answer("a"))}};
    {
        Stage stage{container.port()};
        for (int i = 0; i < 3; ++i) {
            assert_int_equal(verdict(stage), Verdict::ok);
        }
        assert_int_equal(stage.connections(), 1);
    }
    container.finish();
    assert_int_equal(container.accepted(), 1);
}

void an_end_without_reuse_closes()
{
    const std::string last = head_packet(200) + end_packet(false);
    Container container{{serves(last), serves(last)}};
    Stage stage{container.port()};
    assert_int_equal(verdict(stage), Verdict::ok);
    assert_int_equal(stage.connections(), 0);
    assert_int_equal(verdict(stage), Verdict::ok);
    container.finish();
    assert_int_equal(container.accepted(), 2);
}

void disable_reuse_closes()
{
    Container container{{serves(answer("a")), serves(answer("a"))}};
    Stage stage{container.port(), {}, "DisableReuse"};
    assert_int_equal(verdict(stage), Verdict::ok);
    assert_int_equal(stage.connections(), 0);
    assert_int_equal(verdict(stage), Verdict::ok);
    container.finish();
    assert_int_equal(container.accepted(), 2);
}

/// After the first answer the kept connection is not silent any more.
void replaces(const Container::Script& first)
{
    Container container{{first, serves(answer("b"))}};
    Stage stage{container.port(), {"retries=1"}};
    assert_int_equal(verdict(stage), Verdict::ok);
    wait_for_end(stage);
    assert_int_equal(verdict(stage), Verdict::ok);
    assert_int_equal(stage.connections(), 1);
    assert_int_equal(stage.runtime().backends()[0].slot->errors.load(), 0);
    assert_true(fakes().log.empty());
}

void a_kept_connection_that_ended_is_no_failure()
{
    replaces(sends_and_closes(answer("a")));
}

void a_kept_connection_with_stray_bytes_is_not_used()
{
    replaces([](Peer& peer) {
        (void)peer.read_packet();
        peer.send(answer("a"));
        std::this_thread::sleep_for(milliseconds{20});
        peer.send("stray");
        (void)peer.sees_end();
    });
}

void a_refused_connection_is_tried_again()
{
    std::uint16_t port = 0;
    {
        const Listener gone;
        port = gone.port();
    }
    Stage stage{port, {"retries=3", "retry_interval=40"}};
    const Clock::time_point begin = Clock::now();
    Trial trial{stage};
    const Report report = trial.run();
    assert_int_equal(report.verdict, Verdict::connect_refused);
    assert_int_equal(report.phase, Phase::connect);
    assert_int_equal(report.error, ECONNREFUSED);
    assert_true(report.may_retry);
    assert_false(report.was_sent);
    assert_true(Clock::now() - begin >= milliseconds{80});  // two pauses
    assert_int_equal(trial.job().trail.count(), 3);
    assert_true(fakes().log.empty());  // it is told once the request is over
    assert_int_equal(stage.connections(), 0);
}

void retries_below_one_are_one_attempt()
{
    Stage stage{1, {"retries=0", "retry_interval=-5"}};
    Trial trial{stage};
    (void)trial.run();
    assert_int_equal(trial.job().trail.count(), 1);
}

void without_an_address_nothing_is_tried()
{
    Stage stage{0, {"retries=1"}};
    assert_text_holds(stage.complaints(), "port is 0");
    const Report report = Trial{stage}.run();
    assert_int_equal(report.verdict, Verdict::no_address);
    assert_true(report.may_retry);
}

void a_head_that_does_not_fit_touches_no_connection()  // D20
{
    Container container{{serves(answer("a"))}};
    {
        Stage stage{container.port()};
        assert_int_equal(verdict(stage), Verdict::ok);
        Trial large{stage};
        const std::string value(9000, 'x');
        large.job().description.ajp.query = value;
        const Report report = large.run();
        assert_int_equal(report.verdict, Verdict::too_large);
        assert_false(report.may_retry);
        assert_false(report.was_sent);
        assert_int_equal(stage.connections(), 1);
        assert_int_equal(verdict(stage), Verdict::ok);
        assert_int_equal(stage.connections(), 1);
    }
    container.finish();
    assert_int_equal(container.accepted(), 1);
}

void a_container_that_closes_is_tried_again_for_a_get()  // D23
{
    Container container{{sends_and_closes(""), sends_and_closes("")}};
    Stage stage{container.port(), {"retry_interval=0"}};
    const Report report = Trial{stage}.run();
    assert_int_equal(report.verdict, Verdict::closed_no_head);
    assert_true(report.was_sent);
    container.finish();
    assert_int_equal(container.accepted(), 2);
}

void a_post_that_was_sent_is_not_repeated()
{
    Container container{{sends_and_closes(""), serves(answer("a"))}};
    Stage stage{container.port(), {"retry_interval=0"}};
    const Report report = Trial{stage, "POST"}.run();
    assert_int_equal(report.verdict, Verdict::closed_no_head);
    assert_false(report.may_retry);
    container.finish();
    assert_int_equal(container.accepted(), 1);
}

void the_second_attempt_may_succeed()
{
    Container container{{sends_and_closes(""), serves(answer("second"))}};
    Stage stage{container.port(), {"retry_interval=0"}};
    Trial trial{stage};
    assert_int_equal(trial.run().verdict, Verdict::ok);
    assert_text_equal(fakes().all_passed(), "second<eos>");
    assert_int_equal(trial.job().trail.count(), 1);
    assert_int_equal(trial.job().trail.kept()[0].report.verdict, Verdict::closed_no_head);
    assert_int_equal(stage.connections(), 1);
}

void an_answer_that_breaks_off_is_not_repeated()  // D25
{
    Container container{{[](Peer& peer) {
        (void)peer.read_packet();
        peer.send(head_packet(200) + chunk_packet("part"));
        std::this_thread::sleep_for(milliseconds{50});
    }}};
    Stage stage{container.port()};
    Trial trial{stage};
    const Report report = trial.run();
    assert_int_equal(report.verdict, Verdict::closed_in_body);
    assert_false(report.may_retry);
    assert_true(trial.response().has_left());
    assert_text_equal(fakes().all_passed(), "part");
    assert_int_equal(stage.connections(), 0);
}

void rubbish_is_a_protocol_error()
{
    Container container{{sends_and_closes("HTTP/1.1 400 Bad Request\r\n\r\n")}};
    Stage stage{container.port(), {"retries=1"}};
    const Report report = Trial{stage}.run();
    assert_int_equal(report.verdict, Verdict::protocol);
    assert_text_not_equal(report.detail, "");
}

void a_failing_status_is_a_failure()
{
    Container container{
        {serves(head_packet(503) + end_packet()), serves(head_packet(404) + end_packet())}};
    Stage stage{container.port(), {"retries=1", "fail_on_status=503,-404"}};
    assert_int_equal(verdict(stage), Verdict::failing_status);
    assert_int_equal(verdict(stage), Verdict::soft_status);
    assert_true(fakes().passed.empty());
}

void the_rules_failing_statuses_replace_the_workers()
{
    Container container{{serves(head_packet(503) + end_packet())}};
    Stage stage{container.port(), {"retries=1", "fail_on_status=503"}};
    Trial trial{stage};
    trial.rule().fail_on_status.emplace({500});
    assert_int_equal(trial.run().verdict, Verdict::ok);
}

void a_client_that_went_away_closes_the_connection()
{
    Container container{{[](Peer& peer) {
        (void)peer.read_packet();
        peer.send(head_packet(200) + chunk_packet("part"));
        (void)peer.sees_end();
    }}};
    Stage stage{container.port()};
    fakes().pass_status = APR_ECONNABORTED;
    const Report report = Trial{stage}.run();
    assert_int_equal(report.verdict, Verdict::client_gone);
    assert_false(report.may_retry);
    assert_int_equal(stage.connections(), 0);
}

void an_answer_that_a_filter_refused_is_not_the_clients_fault()
{
    for (const apr_status_t refused : {AP_FILTER_ERROR, APR_EGENERAL, APR_ENOMEM}) {
        Container container{{serves(answer("a"))}};
        Stage stage{container.port()};
        fakes().pass_status = refused;
        const Report report = Trial{stage}.run();
        assert_int_equal(report.verdict, Verdict::answer_refused);
        assert_int_equal(report.phase, Phase::body);
        assert_false(report.may_retry);
    }
}

/// How far an attempt came, by what the container did with the request.
void the_phase_says_how_far_it_came()
{
    struct {
        const char* bytes;
        std::size_t size;
        Phase phase;
        Verdict verdict;
    } const rows[] = {
        {"", 0, Phase::wait, Verdict::closed_no_head},
        {"AB\0\x10\x04", 5, Phase::head, Verdict::closed_in_packet},
        {"HTTP/1.1 400", 12, Phase::head, Verdict::protocol},
        {"AB\0\x06\x04\0\xc8\0\0\0", 10, Phase::head, Verdict::protocol},
        {"AB\0\x08\x04\0\xc8\0\0\0\0\0", 12, Phase::body, Verdict::closed_in_body},
    };
    for (const auto& row : rows) {
        Container container{{sends_and_closes({row.bytes, row.size})}};
        Stage stage{container.port(), {"retries=1"}};
        const Report report = Trial{stage}.run();
        assert_int_equal(report.verdict, row.verdict);
        assert_int_equal(report.phase, row.phase);
    }
}

void a_refusal_is_explained()
{
    Container container{{serves(head_packet(403) + end_packet(false))}};
    Stage stage{container.port()};
    assert_int_equal(verdict(stage), Verdict::ok);
    assert_true(fakes().has_logged(APLOG_WARNING, "worker.w.secret"));
}

}  // namespace

Group request_attempt_tests()
{
    return {"request/attempt",
            {
                jk_test(an_answer_reaches_the_filters),
                jk_test(the_container_gets_the_request_with_its_secret),
                jk_test(a_clean_end_keeps_the_connection),
                jk_test(an_end_without_reuse_closes),
                jk_test(disable_reuse_closes),
                jk_test(a_kept_connection_that_ended_is_no_failure),
                jk_test(a_kept_connection_with_stray_bytes_is_not_used),
                jk_test(a_refused_connection_is_tried_again),
                jk_test(retries_below_one_are_one_attempt),
                jk_test(without_an_address_nothing_is_tried),
                jk_test(a_head_that_does_not_fit_touches_no_connection),
                jk_test(a_container_that_closes_is_tried_again_for_a_get),
                jk_test(a_post_that_was_sent_is_not_repeated),
                jk_test(the_second_attempt_may_succeed),
                jk_test(an_answer_that_breaks_off_is_not_repeated),
                jk_test(rubbish_is_a_protocol_error),
                jk_test(a_failing_status_is_a_failure),
                jk_test(the_rules_failing_statuses_replace_the_workers),
                jk_test(a_client_that_went_away_closes_the_connection),
                jk_test(an_answer_that_a_filter_refused_is_not_the_clients_fault),
                jk_test(the_phase_says_how_far_it_came),
                jk_test(a_refusal_is_explained),
            }};
}

}  // namespace jk::test
