// What was measured, in words: verdict counts, times and failures of a worker that runs.
#include "status/figures.h"

#include "request/trail.h"
#include "support/loopback.h"
#include "support/stage.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Report;
using httpd::Verdict;

status::WorkerView view_of(Stage& stage)
{
    status::WorkerView worker;
    httpd::add_measures(stage.child().account(0).measures(), worker);
    return worker;
}

void an_answer_is_timed()
{
    Container container{{[](Peer& peer) {
        while (!peer.read_packet().empty()) {
            peer.send(answer("hello"));
        }
    }}};
    Stage stage{container.port()};
    for (int i = 0; i < 2; ++i) {
        assert_int_equal(Trial{stage}.run().verdict, Verdict::ok);
    }
    const status::WorkerView worker = view_of(stage);
    assert_int_equal(worker.attempts, 2);
    assert_true(worker.verdicts.empty());
    assert_int_equal(worker.latency.connect.count, 1);  // the second used a kept connection
    assert_int_equal(worker.latency.first_byte.count, 2);
    assert_int_equal(worker.latency.total.count, 2);
    assert_true(worker.latency.first_byte.sum <= worker.latency.total.sum);
}

void each_failed_attempt_has_its_verdict()
{
    Container container{{[](Peer& peer) { (void)peer.read_packet(); },
                         [](Peer& peer) {
                             (void)peer.read_packet();
                             peer.send(answer("late"));
                         }}};
    Stage stage{container.port(), {"retries=2"}};
    assert_int_equal(Trial{stage}.run().verdict, Verdict::ok);
    const status::WorkerView worker = view_of(stage);
    assert_int_equal(worker.attempts, 2);
    assert_int_equal(worker.verdicts.size(), 1);
    assert_text_equal(worker.verdicts[0].code, "closed-before-head");
    assert_int_equal(worker.verdicts[0].count, 1);
    assert_int_equal(worker.latency.connect.count, 2);
    assert_int_equal(worker.latency.total.count, 1);
}

void a_failure_is_told_in_words()
{
    Stage stage{9};
    lb::Segment& segment = stage.runtime().segment();
    lb::Failure failure;
    failure.verdict = static_cast<std::uint8_t>(Verdict::reply_timeout);
    failure.phase = static_cast<std::uint8_t>(httpd::Phase::wait);
    failure.member = "w";
    segment.failures().add(failure, 1);
    failure.verdict = 250;  // of nobody's table
    failure.phase = 250;
    segment.failures().add(failure, 1);
    const auto failures = httpd::failures_of(segment);
    assert_int_equal(failures.size(), 2);
    assert_text_equal(failures[0].verdict, "");
    assert_text_equal(failures[0].phase, "");
    assert_text_equal(failures[1].verdict, "reply-timeout");
    assert_text_equal(failures[1].phase, "wait");
    assert_text_equal(failures[1].record.member, "w");
}

}  // namespace

Group status_figures_tests()
{
    return {"status/figures",
            {
                jk_test(an_answer_is_timed),
                jk_test(each_failed_attempt_has_its_verdict),
                jk_test(a_failure_is_told_in_words),
            }};
}

}  // namespace jk::test
