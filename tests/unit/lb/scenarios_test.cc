// Tests common/lb as a whole: rows of balancing.md 17 that need neither socket nor server, here the
// walks over the members (11 to 28). A letter of a trail is one attempt; the member's own
// repetitions are the caller's. The rows that one file alone decides stand in its test: 1 to 10, 14
// to 17, 19, 24, 25, 45, 46, 51, 52; rows 29 to 49 in endings_test.cc.
#include "lb/attempts.h"
#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::lb::State;
using jk::test::run;
using jk::test::Stage;
using jk::test::Visitor;
using std::chrono::seconds;

// B5.
START_TEST(row_11_the_second_id_is_not_forgotten)
{
    Stage stage;
    stage.fates[2] = jk::test::closes;
    ck_assert_text_eq(run(stage, "x.c; JSESSIONID=x.b"), "cb");
}
END_TEST

START_TEST(rows_12_and_13_activations_reach_the_container)
{
    Stage stage;
    stage.member('b').activation = jk::conf::Activation::disabled;
    ck_assert_text_eq(jk::test::run_times(stage, 4), "acac");
    Visitor own{stage, "x.b"};
    ck_assert_int_eq(own.go(), 'b');
    ck_assert(own.candidate.activation == jk::conf::Activation::disabled);
    own.end(jk::test::answers);
    Stage other;
    other.member('c').activation = jk::conf::Activation::stopped;
    Visitor moved{other, "x.c"};
    ck_assert_int_eq(moved.go(), 'a');
    ck_assert(moved.candidate.activation == jk::conf::Activation::active);
    moved.end(jk::test::answers);
}
END_TEST

START_TEST(row_18_nobody_after_one_pause)
{
    Stage stage;
    for (const char name : {'a', 'b', 'c'}) {
        stage.member(name).activation = jk::conf::Activation::disabled;
    }
    const jk::TimePoint begin = stage.now;
    ck_assert_text_eq(run(stage), ".!");
    ck_assert(stage.now - begin == std::chrono::milliseconds{100});
}
END_TEST

// B4: the forwarded route is that of the member that gets the request.
START_TEST(row_20_a_failed_member_is_replaced)
{
    Stage stage;
    Visitor visitor{stage, "x.a"};
    ck_assert_int_eq(visitor.go(), 'a');
    ck_assert_text_eq(visitor.candidate.route, "a");
    ck_assert(visitor.candidate.is_sticky);
    visitor.end(jk::test::closes);
    ck_assert_text_eq(stage.states(), "ERR OK/IDLE OK/IDLE");
    ck_assert_uint_eq(stage.slot('a').errors.load(), 1);
    ck_assert_int_eq(visitor.go(), 'b');
    ck_assert_text_eq(visitor.candidate.route, "b");
    ck_assert(!visitor.candidate.is_sticky);
    visitor.end(jk::test::answers);
    ck_assert_uint_eq(*visitor.attempts.first_member(), 0);
    ck_assert_uint_eq(*visitor.attempts.last_member(), 1);
}
END_TEST

/// Rows 21 to 23: a is busy with a slow request when a second one fails.
struct Slow {
    Slow() : slow(stage, "x.a")
    {
        ck_assert_int_eq(slow.go(), 'a');
        stage.pass(seconds{1});
    }
    void fail_another()
    {
        Visitor second{stage, "x.a"};
        ck_assert_int_eq(second.go(), 'a');
        second.end(jk::test::closes);
        ck_assert_int_ne(second.go(), 'a');  // local: not again in this round
        second.end(jk::test::answers);
    }
    Stage stage;
    Visitor slow;
};

// The end of the slow request proves nothing: it began before the error (B19).
START_TEST(row_21_a_local_error_escalates)
{
    Slow row;
    row.fail_another();
    ck_assert_text_eq(row.stage.states(), "OK OK OK/IDLE");
    ck_assert_uint_eq(row.stage.slot('a').errors.load(), 1);
    row.stage.pass(seconds{60});
    ck_assert(row.stage.balancer().maintain(row.stage.now));
    ck_assert(row.stage.state('a') == State::error);
    row.slow.end(jk::test::answers);
    ck_assert(row.stage.state('a') == State::error);
}
END_TEST

START_TEST(row_22_without_escalation_time_every_error_is_global)
{
    Slow row;
    row.stage.settings.error_escalation_time = 0;
    row.stage.put_in_force();
    row.fail_another();
    ck_assert(row.stage.state('a') == State::error);
    row.slow.end(jk::test::answers);
}
END_TEST

START_TEST(row_22_an_old_first_error_makes_the_next_global)
{
    Slow row;
    row.fail_another();
    row.stage.pass(seconds{30});
    row.fail_another();
    ck_assert(row.stage.state('a') == State::error);
    row.slow.end(jk::test::answers);
}
END_TEST

START_TEST(row_23_a_later_success_clears_it)
{
    Slow row;
    row.fail_another();
    row.stage.pass(seconds{1});
    ck_assert_text_eq(run(row.stage, "x.a"), "a");
    ck_assert(row.stage.state('a') == State::ok);
    ck_assert_int_eq(row.stage.slot('a').first_error_time.load(), 0);
    row.slow.end(jk::test::answers);
}
END_TEST

START_TEST(row_24_a_recovering_member_is_probed)
{
    for (const bool answers : {true, false}) {
        Stage stage;
        stage.settings.recover_time = 59;
        stage.fates[0] = jk::test::closes;
        ck_assert_text_eq(run(stage, "x.a"), "ab");
        stage.pass(seconds{60});
        ck_assert(stage.balancer().maintain(stage.now));
        ck_assert(stage.state('a') == State::recovering);
        Visitor probe{stage, "x.a"};
        ck_assert_int_eq(probe.go(), 'a');
        ck_assert(stage.state('a') == State::probing);
        probe.end(answers ? jk::test::answers : jk::test::closes);
        ck_assert(stage.state('a') == (answers ? State::ok : State::error));
        ck_assert_uint_eq(stage.slot('a').errors.load(), answers ? 1 : 2);
    }
}
END_TEST

START_TEST(row_26_all_members_close)
{
    Stage stage;
    stage.fates.assign(3, jk::test::closes);
    ck_assert_text_eq(run(stage), "ab.ca!");
    ck_assert_text_eq(run(stage), "bc.ab!");
    stage.fates.assign(3, jk::test::answers);
    ck_assert_uint_eq(run(stage).size(), 1);
}
END_TEST

START_TEST(row_27_the_next_request_finds_the_repaired_one)
{
    Stage stage;
    stage.settings.lb_retries = 3;
    stage.settings.retries = 1;
    stage.fates.assign(3, jk::test::closes);
    ck_assert_text_eq(run(stage), "abc!");
    ck_assert_text_eq(stage.states(), "ERR ERR ERR");
    stage.fates[1] = jk::test::answers;
    const std::string trail = run(stage);
    ck_assert_int_eq(trail.back(), 'b');
    ck_assert(stage.state('b') == State::ok);
    for (const char name : {'a', 'c'}) {
        ck_assert(stage.state(name) == State::error || stage.state(name) == State::forced);
    }
}
END_TEST

// B13.
START_TEST(row_28_what_was_not_sent_does_not_count)
{
    Stage stage;
    stage.settings.retries = 1;
    stage.fates = {jk::test::refuses, jk::test::refuses, jk::test::answers};
    ck_assert_text_eq(run(stage), "abc");
    Stage other;
    other.settings.retries = 1;
    other.fates = {jk::test::closes, jk::test::closes, jk::test::answers};
    ck_assert_text_eq(run(other), "ab!");
}
END_TEST

}  // namespace

TCase* scenarios_tests()
{
    TCase* tests = tcase_create("scenarios");
    tcase_add_test(tests, row_11_the_second_id_is_not_forgotten);
    tcase_add_test(tests, rows_12_and_13_activations_reach_the_container);
    tcase_add_test(tests, row_18_nobody_after_one_pause);
    tcase_add_test(tests, row_20_a_failed_member_is_replaced);
    tcase_add_test(tests, row_21_a_local_error_escalates);
    tcase_add_test(tests, row_22_without_escalation_time_every_error_is_global);
    tcase_add_test(tests, row_22_an_old_first_error_makes_the_next_global);
    tcase_add_test(tests, row_23_a_later_success_clears_it);
    tcase_add_test(tests, row_24_a_recovering_member_is_probed);
    tcase_add_test(tests, row_26_all_members_close);
    tcase_add_test(tests, row_27_the_next_request_finds_the_repaired_one);
    tcase_add_test(tests, row_28_what_was_not_sent_does_not_count);
    return tests;
}
