// Tests common/lb/attempts: rounds, pauses, probes and forced recovery.
#include "lb/attempts.h"

#include <array>
#include <optional>

#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::lb::Ending;
using jk::lb::State;
using jk::test::Fate;
using jk::test::run;
using jk::test::Stage;
using jk::test::Visitor;
using std::chrono::seconds;

START_TEST(a_member_that_answers_ends_it)
{
    Stage stage;
    Visitor visitor{stage};
    ck_assert(!visitor.attempts.first_member().has_value());
    ck_assert_int_eq(visitor.go(), 'a');
    ck_assert_uint_eq(stage.balancer().busy(), 1);
    visitor.end(jk::test::answers);
    ck_assert_uint_eq(stage.balancer().busy(), 0);
    ck_assert_int_eq(visitor.next(), '!');
    ck_assert(!visitor.attempts.found_nobody());
    ck_assert_uint_eq(*visitor.attempts.first_member(), 0);
    ck_assert_text_eq(stage.states(), "OK OK/IDLE OK/IDLE");
}
END_TEST

/// One fate for all members, and what a request does then; `nobody` = found_nobody() at its end.
struct Walk {
    Fate fate;
    int retries, lb_retries;
    std::string_view trail;
    bool nobody;
};
constexpr std::array walks{
    // balancing.md 9.2: the order was measured with two sends on each member
    Walk{jk::test::closes, 2, 2, "ab.ca!", false},
    Walk{jk::test::closes, 1, 2, "ab!", false},
    Walk{jk::test::closes, 1, 9, "abc!", false},
    Walk{jk::test::closes, 0, 0, "a!", false},
    // never sent: does not count (B13); all three, forced, all three again, pause, nobody
    Walk{jk::test::refuses, 2, 2, "abcabc.!", true},
    Walk{jk::test::refuses, 1, 1, "abcabc!", true},
    Walk{jk::test::has_no_slot, 2, 2, "abc.abc!", true},
    Walk{{.ending = Ending::client_error}, 2, 2, "a!", false},
    Walk{{.ending = Ending::failed, .may_retry = false}, 2, 2, "a!", false},
    Walk{{.ending = Ending::framing}, 2, 2, "ab.ca!", false},
    Walk{{.ending = Ending::soft_status}, 2, 2, "ab.ca!", false},
    Walk{{.ending = Ending::hard_status}, 2, 2, "ab.ca!", false},
};

START_TEST(walks_in_rounds)
{
    const Walk& row = walks.at(static_cast<std::size_t>(_i));
    Stage stage;
    stage.settings.retries = row.retries;
    stage.settings.lb_retries = row.lb_retries;
    stage.fates.assign(3, row.fate);
    Visitor visitor{stage};
    std::string trail;
    while (trail.empty() || trail.back() != '!') {
        trail += row.fate.ending == Ending::no_connection ? visitor.next() : visitor.go();
        if (trail.back() >= 'a') {
            visitor.end(row.fate);
        }
    }
    ck_assert_text_eq(trail, row.trail);
    ck_assert(visitor.attempts.found_nobody() == row.nobody);
    ck_assert_uint_eq(stage.balancer().busy(), 0);
    ck_assert_uint_eq(stage.balancer().busy(0), 0);
}
END_TEST

START_TEST(no_interval_is_no_pause)
{
    Stage stage;
    stage.settings.retry_interval = 0;
    stage.fates.assign(3, jk::test::closes);
    ck_assert_text_eq(run(stage), "abca!");
}
END_TEST

START_TEST(the_pause_is_the_interval)
{
    Stage stage{{1}};
    stage.settings.retry_interval = 250;
    stage.member('a').activation = jk::conf::Activation::stopped;
    Visitor visitor{stage};
    ck_assert_int_eq(visitor.next(), '.');
    ck_assert_int_eq(visitor.candidate.pause.count(), 250);
    ck_assert_int_eq(visitor.next(), '!');
    ck_assert_int_eq(visitor.next(), '!');
}
END_TEST

// --- Probes (B8, B22, B25) -----------------------------------------------------------------------

struct Probe {
    State from;
    Fate fate;
    State to;
};
constexpr std::array probes{
    Probe{State::recovering, jk::test::answers, State::ok},
    Probe{State::recovering, jk::test::closes, State::error},
    Probe{State::recovering, {.ending = Ending::framing}, State::error},  // B22
    Probe{State::recovering, {.ending = Ending::reply_timeout}, State::error},
    Probe{State::recovering, jk::test::has_no_slot, State::recovering},
    Probe{State::forced, jk::test::answers, State::ok},
    Probe{State::forced, jk::test::refuses, State::error},
    Probe{State::forced, {.ending = Ending::framing}, State::error},
    Probe{State::forced, {.ending = Ending::client_error}, State::ok},
};

START_TEST(one_request_probes)
{
    const Probe& row = probes.at(static_cast<std::size_t>(_i));
    Stage stage{{1}};
    stage.settings.max_reply_timeouts = 9;
    stage.set('a', row.from);
    Visitor probe{stage}, other{stage};
    ck_assert_int_eq(probe.next(), 'a');
    ck_assert(stage.state('a') == State::probing);
    ck_assert_int_eq(other.next(), '.');
    jk::lb::WorkerAccount busy = stage.account('a');
    ck_assert(busy.begin(0));  // so that a failure is local
    if (row.fate.ending != Ending::no_connection) {
        ck_assert(probe.begin());
    }
    probe.end(row.fate);
    ck_assert(stage.state('a') == row.to);
}
END_TEST

// Chapter 17, row 25 (B8), and its opposite for a forced probe (B25).
START_TEST(a_session_shares_the_probe_of_its_member)
{
    Stage stage;
    stage.set('a', State::recovering);
    Visitor probe{stage, "x.a"}, own{stage, "x.a"}, none{stage};
    ck_assert_int_eq(probe.go(), 'a');
    ck_assert_int_eq(own.go(), 'a');
    ck_assert_int_eq(none.go(), 'b');
    own.end(jk::test::has_no_slot);  // not its probe: nothing ends
    ck_assert(stage.state('a') == State::probing);
    probe.end(jk::test::answers);
    none.end(jk::test::answers);

    Stage forced;
    forced.set('a', State::forced);
    Visitor first{forced, "x.a"}, second{forced, "x.a"};
    ck_assert_int_eq(first.go(), 'a');
    ck_assert_int_eq(second.go(), 'b');
    first.end(jk::test::closes);
    second.end(jk::test::answers);
}
END_TEST

START_TEST(a_probe_proves_what_an_old_failure_does_not)
{
    Stage stage;
    Visitor old{stage, "x.a"};
    ck_assert_int_eq(old.go(), 'a');
    stage.set('a', State::recovering);
    Visitor probe{stage, "x.a"};
    ck_assert_int_eq(probe.go(), 'a');
    stage.pass(seconds{1});
    old.end(jk::test::closes);
    ck_assert(stage.state('a') == State::probing);  // local: the probe is in flight
    probe.end(jk::test::answers);
    ck_assert(stage.state('a') == State::ok);
}
END_TEST

START_TEST(an_abandoned_request_leaves_nothing)
{
    Stage stage{{1}};
    stage.set('a', State::recovering);
    {
        Visitor gone{stage};
        ck_assert_int_eq(gone.next(), 'a');
        gone.attempts.began(stage.now);
        ck_assert_uint_eq(stage.balancer().busy(), 1);
    }
    ck_assert_uint_eq(stage.balancer().busy(), 0);
    ck_assert_text_eq(stage.states(), "ERR");
}
END_TEST

// B25: all in error, several requests at once.
START_TEST(each_member_carries_one_forced_attempt)
{
    Stage stage;
    for (const char name : {'a', 'b', 'c'}) {
        stage.set(name, State::error);
    }
    Visitor one{stage}, two{stage}, three{stage}, four{stage};
    ck_assert_int_eq(one.go(), 'a');
    ck_assert_int_eq(two.go(), 'b');
    ck_assert_int_eq(three.go(), 'c');
    ck_assert_int_eq(four.next(), '.');
    ck_assert_text_eq(stage.states(), "ERR/PRB ERR/PRB ERR/PRB");
    one.end(jk::test::closes);
    two.end(jk::test::answers);
    ck_assert_int_eq(four.go(), 'b');
    four.end(jk::test::answers);
    ck_assert_int_eq(one.go(), 'b');
    one.end(jk::test::answers);
    three.end(jk::test::closes);
    ck_assert_text_eq(stage.states(), "ERR OK ERR");
}
END_TEST

/// A request, with b in error and the others well or not, and the states after it.
struct Forcing {
    std::string_view session;
    bool is_bound;  ///< sticky_session_force
    std::string_view in_error, stopped, trail, states;
};
constexpr std::array forcings{
    Forcing{"x.gone", true, "b", "", ".!", "OK/IDLE ERR OK/IDLE"},
    Forcing{"x", true, "abc", "", ".!", "ERR ERR ERR"},
    Forcing{"x.a", true, "ab", "", "a", "OK ERR OK/IDLE"},
    Forcing{"x.gone; JSESSIONID=x.b", true, "ab", "", "b", "ERR OK OK/IDLE"},
    Forcing{"x.east", true, "abc", "", "b", "ERR OK ERR/FRC"},  // the domain of b and c
    Forcing{"", false, "b", "abc", ".!", "OK/IDLE ERR OK/IDLE"},
    Forcing{"x.b", false, "b", "abc", ".!", "OK/IDLE ERR OK/IDLE"},
    Forcing{"", false, "bc", "ac", "b", "OK/IDLE OK ERR"},
    Forcing{"x.gone", false, "abc", "", "a", "OK ERR/FRC ERR/FRC"},
};

START_TEST(forces_only_whom_it_could_be_given)
{
    const Forcing& row = forcings.at(static_cast<std::size_t>(_i));
    Stage stage;
    stage.settings.sticky_session_force = row.is_bound;
    stage.member('b').domain = stage.member('c').domain = "east";
    for (const char name : row.in_error) {
        stage.set(name, State::error);
    }
    std::vector<std::string> stopped;
    for (const char name : row.stopped) {
        stopped.emplace_back(1, name);
    }
    jk::lb::Traits traits;
    traits.stopped = stopped;
    ck_assert_text_eq(run(stage, row.session, traits), row.trail);
    ck_assert_text_eq(stage.states(), row.states);
}
END_TEST

START_TEST(who_only_waited_may_still_force)
{
    Stage stage{{1}};
    stage.set('a', State::error);
    Visitor first{stage}, second{stage};
    ck_assert_int_eq(first.go(), 'a');
    ck_assert_int_eq(second.next(), '.');
    first.end(jk::test::closes);
    ck_assert_int_eq(second.go(), 'a');
    second.end(jk::test::answers);
    ck_assert_text_eq(stage.states(), "OK");
}
END_TEST

// --- What is counted ---------------------------------------------------------------------------

START_TEST(sessions_and_load_of_known_requests)
{
    Stage stage;
    stage.settings.method = jk::conf::Method::sessions;
    ck_assert_text_eq(run(stage, "x.b"), "b");
    ck_assert_text_eq(stage.loads(), "0 0 0");
    ck_assert_text_eq(run(stage, "x.zz"), "a");  // B18: counted as load, not as a session
    ck_assert_text_eq(stage.loads(), "1 0 0");
    ck_assert_uint_eq(stage.slot('a').sessions.load(), 0);
    ck_assert_text_eq(run(stage), "b");
    ck_assert_text_eq(stage.loads(), "1 1 0");
    ck_assert_uint_eq(stage.slot('b').sessions.load(), 1);
}
END_TEST

START_TEST(without_stickiness_every_request_is_new)
{
    Stage stage;
    stage.settings.sticky_session = false;
    ck_assert_text_eq(run(stage, "x.c"), "a");
    ck_assert_uint_eq(stage.slot('a').sessions.load(), 1);
}
END_TEST

START_TEST(traffic_counts_after_the_attempt)
{
    Stage stage{{1, 2}};
    stage.settings.method = jk::conf::Method::traffic;
    Visitor visitor{stage};
    ck_assert_int_eq(visitor.go(), 'a');
    ck_assert_text_eq(stage.loads(), "0 0");
    visitor.end(jk::test::answers);
    ck_assert_text_eq(stage.loads(), "200 0");
}
END_TEST

// Chapter 17, row 51, and balancing.md 8.4, last row.
START_TEST(a_forced_route_chooses_and_is_forwarded)
{
    for (const bool is_sticky : {true, false}) {
        Stage stage;
        stage.settings.sticky_session = is_sticky;
        for (const auto& [route, member] : {std::pair{"b", 1}, {"zz", 0}}) {
            jk::lb::SessionSources sources;
            sources.forced_route = route;
            jk::lb::Attempts attempts{
                stage.balancer(), stage.column, jk::test::child, jk::lb::Affinity{sources}, {}};
            const jk::lb::Candidate candidate = attempts.next(stage.now);
            ck_assert_text_eq(candidate.route, route);
            ck_assert(!is_sticky || candidate.member == static_cast<std::size_t>(member));
            stage.balancer().reset(stage.now);
        }
    }
}
END_TEST

START_TEST(many_members_need_scratch)
{
    const std::size_t count = 600;
    Stage stage{std::vector<std::uint64_t>(count, 1)};
    stage.settings.retries = 1;
    std::vector<std::uint64_t> scratch(jk::lb::Attempts::scratch_words(count));
    ck_assert_uint_eq(scratch.size(), 10);
    jk::lb::Attempts attempts{stage.balancer(), stage.column, jk::test::child, {}, {}, scratch};
    std::vector<int> tried(count);
    for (;;) {
        const jk::lb::Candidate candidate = attempts.next(stage.now);
        if (candidate.kind == jk::lb::Candidate::Kind::give_up) {
            break;
        }
        ++tried[candidate.member];
        jk::lb::Outcome outcome;
        outcome.ending = Ending::no_connection;
        attempts.report(outcome, stage.now);
    }
    for (const int times : tried) {
        ck_assert_int_eq(times, 1);
    }
}
END_TEST

}  // namespace

TCase* attempts_tests()
{
    TCase* tests = tcase_create("attempts");
    tcase_add_test(tests, a_member_that_answers_ends_it);
    tcase_add_loop_test(tests, walks_in_rounds, 0, static_cast<int>(walks.size()));
    tcase_add_test(tests, no_interval_is_no_pause);
    tcase_add_test(tests, the_pause_is_the_interval);
    tcase_add_loop_test(tests, one_request_probes, 0, static_cast<int>(probes.size()));
    tcase_add_test(tests, a_session_shares_the_probe_of_its_member);
    tcase_add_test(tests, a_probe_proves_what_an_old_failure_does_not);
    tcase_add_test(tests, an_abandoned_request_leaves_nothing);
    tcase_add_test(tests, each_member_carries_one_forced_attempt);
    tcase_add_loop_test(tests, forces_only_whom_it_could_be_given, 0,
                        static_cast<int>(forcings.size()));
    tcase_add_test(tests, who_only_waited_may_still_force);
    tcase_add_test(tests, sessions_and_load_of_known_requests);
    tcase_add_test(tests, without_stickiness_every_request_is_new);
    tcase_add_test(tests, traffic_counts_after_the_attempt);
    tcase_add_test(tests, a_forced_route_chooses_and_is_forwarded);
    tcase_add_test(tests, many_members_need_scratch);
    return tests;
}
