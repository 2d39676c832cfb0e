// Tests common/lb as a whole: rows of balancing.md 17 that need neither socket nor server, here what
// an attempt's ending means for its member (29 to 49).
#include <memory>

#include "lb/attempts.h"
#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::lb::Ending;
using jk::lb::State;
using jk::test::run;
using jk::test::Stage;
using jk::test::Visitor;
using std::chrono::seconds;

// B15: with one child, all slots in use means busy for everybody; with two it is private.
START_TEST(row_29_a_full_pool)
{
    for (const bool is_alone : {true, false}) {
        Stage stage;
        stage.member('a').pool_size = 1;
        if (!is_alone) {
            (void)stage.segment.claim_column(101);
        }
        Visitor slow{stage, "x.a"};
        ck_assert_int_eq(slow.go(), 'a');
        stage.fates[0] = jk::test::has_no_slot;
        ck_assert_text_eq(run(stage, "x.a"), "ab");
        ck_assert(stage.state('a') == (is_alone ? State::busy : State::idle));
        slow.end(jk::test::answers);
        stage.fates[0] = jk::test::answers;
        ck_assert_text_eq(run(stage, "x.a"), "a");
    }
}
END_TEST

START_TEST(row_30_the_busy_limit)
{
    Stage stage;
    stage.member('a').busy_limit = 1;
    Visitor slow{stage, "x.a"};
    ck_assert_int_eq(slow.go(), 'a');
    ck_assert_text_eq(run(stage, "x.a"), "ab");
    ck_assert(stage.state('a') == State::busy);
    ck_assert_text_eq(run(stage, "x.a"), "c");
    ck_assert_uint_eq(stage.worker('a').used.load(), 2);
    ck_assert_uint_eq(stage.slot('a').errors.load(), 0);
    slow.end(jk::test::answers);
    ck_assert_text_eq(run(stage, "x.a"), "a");
    ck_assert(stage.state('a') == State::ok);
}
END_TEST

START_TEST(rows_31_and_32_reply_timeouts)
{
    Stage stage;
    stage.fates[0] = jk::test::hangs;
    ck_assert_text_eq(run(stage, "x.a"), "ab");
    ck_assert_uint_eq(stage.worker('a').reply_timeouts.load(), 2);
    ck_assert(stage.state('a') == State::error);

    Stage patient;
    patient.settings.max_reply_timeouts = 3;
    patient.fates[0] = jk::test::hangs;
    ck_assert_text_eq(run(patient, "x.a"), "ab");
    ck_assert(patient.state('a') == State::ok);
    ck_assert_uint_eq(patient.slot('a').errors.load(), 0);
    ck_assert_text_eq(run(patient, "x.a"), "ac");
    ck_assert_uint_eq(patient.worker('a').reply_timeouts.load(), 4);
    ck_assert(patient.state('a') == State::error);
    ck_assert_uint_eq(patient.slot('a').errors.load(), 1);
    for (const std::uint32_t left : {2U, 1U, 0U}) {
        patient.pass(seconds{60});
        ck_assert(patient.balancer().maintain(patient.now));
        ck_assert_uint_eq(patient.worker('a').reply_timeouts.load(),
                          patient.state('a') == State::recovering ? 0 : left);
    }
}
END_TEST

START_TEST(row_33_failing_status)
{
    Stage stage;
    stage.fates[0] = {.ending = Ending::hard_status};
    ck_assert_text_eq(run(stage, "x.a"), "ab");
    ck_assert(stage.state('a') == State::error);
    ck_assert_uint_eq(stage.slot('a').errors.load(), 1);
    Stage soft;
    soft.fates[0] = {.ending = Ending::soft_status};
    ck_assert_text_eq(run(soft, "x.a"), "ab");
    ck_assert(soft.state('a') == State::ok);
    ck_assert_uint_eq(soft.slot('a').errors.load(), 0);
}
END_TEST

START_TEST(rows_39_and_40_a_client_error_is_no_member_error)
{
    Stage stage;
    stage.fates[0] = {.ending = Ending::client_error};
    ck_assert_text_eq(run(stage, "x.a"), "a!");
    ck_assert(stage.state('a') == State::ok);
    ck_assert_uint_eq(stage.worker('a').client_errors.load(), 1);
    ck_assert_uint_eq(stage.worker('a').used.load(), 1);
    ck_assert_uint_eq(stage.slot('a').errors.load(), 0);
}
END_TEST

START_TEST(row_41_garbage_is_no_member_error)
{
    Stage stage;
    stage.fates[0] = {.ending = Ending::framing};
    ck_assert_text_eq(run(stage, "x.a"), "ab");
    ck_assert(stage.state('a') == State::ok);
    ck_assert_uint_eq(stage.slot('a').errors.load(), 0);
}
END_TEST

// B9.
START_TEST(row_46_nothing_is_left_of_a_load_after_70_idle_intervals)
{
    Stage stage;
    ck_assert_uint_eq(jk::test::run_times(stage, 90).size(), 90);
    stage.worker('a').reply_timeouts.store(4);
    ck_assert_uint_eq(stage.balancer().load(0), 30);
    stage.pass(seconds{60 * 70});
    ck_assert(stage.balancer().maintain(stage.now));
    ck_assert_text_eq(stage.loads(), "0 0 0");
    ck_assert_uint_eq(stage.worker('a').reply_timeouts.load(), 0);
}
END_TEST

// B7.
START_TEST(row_47_a_killed_child_leaves_no_count)
{
    Stage stage;
    stage.member('a').busy_limit = 1;
    jk::lb::Column dead = stage.segment.claim_column(101);
    jk::lb::WorkerAccount lost{stage.segment, stage.worker('a'), dead};
    ck_assert(lost.begin(1));
    ck_assert_text_eq(run(stage, "x.a"), "ab");
    ck_assert(stage.state('a') == State::busy);
    stage.segment.release_column(101);
    ck_assert_uint_eq(lost.busy(), 0);
    ck_assert_text_eq(run(stage, "x.a"), "a");
}
END_TEST

// Who is busy is looked for only where somebody may be; the mark of one must not get lost.
START_TEST(a_mark_that_was_not_made_is_made_up_for)
{
    Stage stage;
    stage.member('a').busy_limit = 1;
    jk::lb::BalancerSlot& slot = *stage.config.slot;
    ck_assert_text_eq(run(stage, "x.a"), "a");
    ck_assert_uint_eq(slot.busy_marks.load(), slot.busy_ended.load());
    Visitor slow{stage, "x.a"};
    ck_assert_int_eq(slow.go(), 'a');
    ck_assert_text_eq(run(stage, "x.a"), "ab");
    ck_assert_text_eq(run(stage, "x.a"), "c");
    ck_assert_uint_ne(slot.busy_marks.load(), slot.busy_ended.load());
    slow.end(jk::test::answers);
    ck_assert_text_eq(run(stage, "x.a"), "a");
    ck_assert_uint_eq(slot.busy_marks.load(), slot.busy_ended.load());
    apply(stage.slot('a'), jk::lb::Event::busy_limit, stage.now);  // and killed before the mark
    ck_assert_int_ne(run(stage, "x.a")[0], 'a');
    stage.segment.release_column(101);
    ck_assert_text_eq(run(stage, "x.a"), "a");
}
END_TEST

START_TEST(row_49_a_member_of_two_balancers)
{
    const jk::lb::Shape shape{1, 2, 2, 2};
    const jk::test::Memory memory{jk::lb::Segment::size_for(shape)};
    jk::lb::Segment segment = jk::lb::Segment::format(memory.data(), shape);
    jk::lb::Column column = segment.claim_column(1);
    const jk::conf::LbSettings settings;
    const jk::TimePoint now = jk::from_micros(1);
    std::vector<std::unique_ptr<jk::lb::Balancer>> balancers;
    for (const char* name : {"one", "two"}) {
        jk::lb::BalancerConfig config;
        config.settings = &settings;
        config.slot = segment.balancer(name, now);
        config.members.resize(1);
        config.members[0].name = config.members[0].route = "a";
        config.members[0].slot = segment.member(name, "a", now);
        config.members[0].worker = segment.worker("a", now);
        balancers.push_back(std::make_unique<jk::lb::Balancer>(config, segment));
    }
    for (auto& balancer : balancers) {
        jk::lb::Attempts attempts{*balancer, column, 1, {}, {}};
        ck_assert(attempts.next(now).kind == jk::lb::Candidate::Kind::member);
        attempts.began(now);
        jk::lb::WorkerAccount account{segment, *balancer->members()[0].worker, column};
        ck_assert(account.begin(0));
        jk::lb::Outcome outcome;
        outcome.ending = balancer == balancers[0] ? Ending::success : Ending::failed;
        account.end(outcome, now);
        attempts.report(outcome, now);
        ck_assert_uint_eq(balancer->members()[0].slot->sessions.load(), 1);
        ck_assert_uint_eq(balancer->load(0), 1);
    }
    ck_assert_uint_eq(segment.worker("a", now)->used.load(), 2);
    ck_assert(balancers[0]->state(0) == State::ok && balancers[1]->state(0) == State::error);
}
END_TEST

// B19: ERR is not cleared by what began before it.
START_TEST(a_late_success_clears_no_error)
{
    Stage stage;
    Visitor slow{stage, "x.a"};
    ck_assert_int_eq(slow.go(), 'a');
    stage.pass(seconds{1});
    stage.fates[0] = {.ending = Ending::hard_status};
    ck_assert_text_eq(run(stage, "x.a"), "ab");
    stage.pass(seconds{1});
    slow.end(jk::test::answers);
    ck_assert(stage.state('a') == State::error);
    ck_assert_int_ne(stage.slot('a').first_error_time.load(), 0);
}
END_TEST

// A local error, then the clock is set back: what begins from now on is not older than the error.
START_TEST(a_clock_set_back_makes_no_answer_late)
{
    Stage stage;
    stage.settings.error_escalation_time = 30;
    Visitor other{stage, "x.a"}, failing{stage, "x.a"};
    ck_assert_int_eq(other.go(), 'a');
    stage.pass(seconds{1});
    ck_assert_int_eq(failing.go(), 'a');
    failing.end({.ending = Ending::failed, .may_retry = false});
    other.end(jk::test::answers);
    ck_assert_int_ne(stage.slot('a').last_error_time.load(), 0);
    stage.pass(-std::chrono::hours{1});
    for (int minute = 0; minute < 5; ++minute) {
        stage.pass(seconds{60});
        stage.balancer().maintain(stage.now);
        ck_assert(stage.state('a') == State::ok);
        ck_assert_text_eq(run(stage, "x.a"), "a");
    }
    ck_assert_int_eq(stage.slot('a').first_error_time.load(), 0);
}
END_TEST

}  // namespace

TCase* endings_tests()
{
    TCase* tests = tcase_create("endings");
    tcase_add_test(tests, row_29_a_full_pool);
    tcase_add_test(tests, row_30_the_busy_limit);
    tcase_add_test(tests, rows_31_and_32_reply_timeouts);
    tcase_add_test(tests, row_33_failing_status);
    tcase_add_test(tests, rows_39_and_40_a_client_error_is_no_member_error);
    tcase_add_test(tests, row_41_garbage_is_no_member_error);
    tcase_add_test(tests, row_46_nothing_is_left_of_a_load_after_70_idle_intervals);
    tcase_add_test(tests, row_47_a_killed_child_leaves_no_count);
    tcase_add_test(tests, a_mark_that_was_not_made_is_made_up_for);
    tcase_add_test(tests, row_49_a_member_of_two_balancers);
    tcase_add_test(tests, a_late_success_clears_no_error);
    tcase_add_test(tests, a_clock_set_back_makes_no_answer_late);
    return tests;
}
