// Tests common/lb/candidates: who is given a member, by route, domain, distance and load.
#include "lb/candidates.h"

#include <array>

#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::conf::Activation;
using jk::lb::State;
using jk::test::Stage;
using jk::test::Visitor;

constexpr auto active = Activation::active;
constexpr auto disabled = Activation::disabled;
constexpr auto stopped = Activation::stopped;

/// Who gets one request, and the route that is forwarded: "b b", "c east sticky", "!" for nobody.
std::string given(Stage& stage, std::string_view session, const jk::lb::Traits& traits = {})
{
    stage.settings.retries = 1;
    Visitor visitor{stage, session, traits};
    const char name = visitor.next();
    if (name == '!') {
        return "!";
    }
    std::string text{name, ' '};
    text += visitor.candidate.route;
    text += visitor.candidate.is_sticky ? " sticky" : "";
    visitor.end(jk::test::has_no_slot);
    return text;
}

START_TEST(follows_the_session)
{
    Stage stage;
    ck_assert_text_eq(given(stage, "x.b"), "b b sticky");
    ck_assert_text_eq(given(stage, "x.c"), "c c sticky");
    ck_assert_text_eq(given(stage, "x.zz; JSESSIONID=x.b"), "b b sticky");
    ck_assert_text_eq(given(stage, "x.y.b"), "b b sticky");  // B20
    ck_assert_text_eq(given(stage, "x.zz"), "a a");
    ck_assert_text_eq(given(stage, "xb"), "b b");
    ck_assert_text_eq(given(stage, ".c"), "c c sticky");
    ck_assert_text_eq(given(stage, "x."), "c c");
}
END_TEST

/// What a session of b and a request without one get, depending on a, b and c.
struct Situation {
    std::array<Activation, 3> activations;
    State state_of_b;
    std::string_view redirect_of_b;
    std::string_view domains;  ///< of a, b, c; - for none
    std::string_view with_session, without;
};
// balancing.md 8.4 and 5.
constexpr std::array situations{
    Situation{{active, active, active}, State::idle, "", "---", "b b sticky", "a a"},
    Situation{{stopped, active, stopped}, State::idle, "", "---", "b b sticky", "b b"},
    Situation{{stopped, disabled, stopped}, State::idle, "", "---", "b b sticky", "!"},
    Situation{{active, stopped, active}, State::idle, "", "---", "a a", "c c"},
    Situation{{active, active, active}, State::recovering, "", "---", "b b sticky", "a a"},
    Situation{{active, active, active}, State::error, "", "---", "a a", "c c"},
    Situation{{active, active, active}, State::busy, "", "---", "a a", "c c"},
    Situation{{stopped, active, stopped}, State::probing, "", "---", "b b sticky", "!"},  // B8
    Situation{{disabled, stopped, active}, State::idle, "a", "---", "a a", "c c"},
    Situation{{disabled, active, active}, State::error, "a", "---", "a a", "c c"},
    Situation{{stopped, stopped, active}, State::idle, "a", "---", "c c", "c c"},
    Situation{{active, stopped, active}, State::idle, "zz", "-ee", "a a", "c c"},
    Situation{{active, stopped, active}, State::idle, "", "-ee", "c e", "a a"},  // row 15, B3
    Situation{{active, active, active}, State::error, "", "-ee", "c e", "a a"},
    Situation{{active, stopped, disabled}, State::idle, "", "-ee", "a a", "a a"},
    Situation{{active, stopped, active}, State::idle, "", "eee", "a e", "a a"},
    Situation{{disabled, active, stopped}, State::error, "a", "---", "a a", "a a"},
};

START_TEST(replaces_who_is_not_usable)
{
    const Situation& row = situations.at(static_cast<std::size_t>(_i));
    Stage stage;
    for (std::size_t i = 0; i < row.activations.size(); ++i) {
        stage.config.members[i].activation = row.activations[i];
        stage.config.members[i].domain = row.domains[i] == '-' ? "" : row.domains.substr(i, 1);
    }
    stage.member('b').redirect = row.redirect_of_b;
    stage.set('b', row.state_of_b);
    stage.member('b').busy_limit = row.state_of_b == State::busy ? 1 : 0;
    jk::lb::WorkerAccount other = stage.account('b');
    ck_assert(other.begin(0));
    ck_assert_text_eq(given(stage, "x.b"), row.with_session);
    stage.set('b', row.state_of_b);
    ck_assert_text_eq(given(stage, ""), row.without);
}
END_TEST

struct Forced {
    std::string_view session;
    State state_of_b;
    std::string_view expected;
};
// sticky_session_force: chapter 17, row 17, and B21. b redirects to a and shares its domain.
constexpr std::array forced{
    Forced{"x.b", State::ok, "b b sticky"}, Forced{"x.b", State::busy, "!"},
    Forced{"x.zz", State::ok, "!"},         Forced{"x", State::ok, "!"},
    Forced{"", State::ok, "a a"},           Forced{"x.zz; JSESSIONID=x.c", State::ok, "c c sticky"},
};

START_TEST(forced_stickiness_knows_no_substitute)
{
    const Forced& row = forced.at(static_cast<std::size_t>(_i));
    Stage stage;
    stage.settings.sticky_session_force = true;
    stage.member('b').redirect = "a";
    stage.member('b').domain = stage.member('a').domain = "east";
    stage.member('b').busy_limit = 1;
    stage.set('b', row.state_of_b);
    jk::lb::WorkerAccount other = stage.account('b');
    ck_assert(other.begin(0));
    ck_assert_text_eq(given(stage, row.session), row.expected);
}
END_TEST

// Chapter 17, row 16; W37: the member's own route is forwarded.
START_TEST(a_route_names_a_domain)
{
    Stage stage;
    stage.member('b').route = "west.b";
    stage.member('c').route = "west.c";
    stage.member('b').domain = stage.member('c').domain = "west";
    ck_assert_text_eq(given(stage, "x.west.q"), "b west.b");
    ck_assert_text_eq(given(stage, "x.west.c"), "c west.c sticky");
    stage.slot('b').lb_value.store(1);
    ck_assert_text_eq(given(stage, "x.west"), "c west.c");
    stage.member('c').distance = 1;
    Stage far;
    far.member('b').domain = far.member('c').domain = "west";
    far.member('b').distance = 2;
    far.member('c').distance = 1;
    far.slot('c').lb_value.store(9);
    ck_assert_text_eq(given(far, "x.west"), "c c");
}
END_TEST

// Chapter 17, row 7.
START_TEST(distance_comes_before_load)
{
    Stage stage;
    stage.member('a').distance = 2;
    stage.member('b').distance = stage.member('c').distance = 1;
    ck_assert_text_eq(jk::test::run_times(stage, 6), "bcbcbc");
    Stage other;
    other.member('a').distance = 2;
    other.member('b').activation = stopped;
    other.member('c').activation = disabled;
    ck_assert_text_eq(jk::test::run_times(other, 3), "aaa");
}
END_TEST

// Chapter 17, rows 5 and 6.
START_TEST(stateless_requests_rotate)
{
    for (const auto method : {jk::conf::Method::request, jk::conf::Method::sessions}) {
        Stage stage{{1, 2, 3}};
        stage.settings.method = method;
        jk::lb::Traits traits;
        traits.is_stateless = true;
        ck_assert_text_eq(jk::test::run_times(stage, 12, traits), "abcabcabcabc");
        const bool counts = method == jk::conf::Method::request;
        ck_assert_text_eq(stage.loads(), counts ? "24 12 8" : "0 0 0");
        ck_assert_uint_eq(stage.slot('a').sessions.load(), 0);
    }
}
END_TEST

// Chapter 17, row 52; the last list that names a member wins (balancing.md 5).
START_TEST(a_rule_overrides_activations)
{
    const std::vector<std::string> a{"a"}, b{"b"}, c{"c"}, all{"a", "b", "c"};
    Stage stage;
    stage.member('c').activation = stopped;
    jk::lb::Traits rule;
    rule.disabled = a;
    rule.stopped = b;
    rule.active = c;
    ck_assert_text_eq(jk::test::run_times(stage, 3, rule), "ccc");
    ck_assert_text_eq(jk::test::run_times(stage, 4), "abab");
    Visitor own{stage, "x.a", rule};
    ck_assert_int_eq(own.next(), 'a');
    ck_assert(own.candidate.activation == disabled);
    own.end(jk::test::has_no_slot);
    rule.active = all;
    ck_assert_text_eq(given(stage, "x.b", rule), "c c");
}
END_TEST

// balancing.md 8.1, step 1, and chapter 17, row 19.
START_TEST(a_single_member_needs_no_route)
{
    Stage stage{{1}};
    ck_assert_text_eq(given(stage, "x.zz"), "a a sticky");
    ck_assert_text_eq(given(stage, ""), "a a sticky");
    Stage standby{{1}};
    standby.member('a').activation = disabled;
    ck_assert_text_eq(given(standby, ""), "!");
    ck_assert_text_eq(given(standby, "x.zz"), "!");
    ck_assert_text_eq(given(standby, "x.a"), "a a sticky");
    Stage off{{1}};
    off.member('a').activation = stopped;
    ck_assert_text_eq(given(off, "x.a"), "!");
}
END_TEST

START_TEST(stickiness_may_be_off_or_ignored)
{
    Stage stage;
    jk::lb::Traits ignoring;
    ignoring.ignores_stickiness = true;
    ck_assert_text_eq(given(stage, "x.c", ignoring), "a a");
    Stage off;
    off.settings.sticky_session = false;
    ck_assert_text_eq(given(off, "x.c"), "a a");
}
END_TEST

/// Why the member was given.
std::string reason(Stage& stage, std::string_view session, const jk::lb::Traits& traits = {})
{
    Visitor visitor{stage, session, traits};
    if (visitor.next() == '!') {
        return "!";
    }
    visitor.end(jk::test::has_no_slot);
    return jk::lb::to_text(visitor.candidate.reason);
}

START_TEST(the_reason_is_told)
{
    Stage stage;
    stage.member('b').domain = stage.member('c').domain = "east";
    ck_assert_text_eq(reason(stage, ""), "least load");
    ck_assert_text_eq(reason(stage, "x.b"), "its session");
    ck_assert_text_eq(reason(stage, "x.zz"), "least load");
    ck_assert_text_eq(reason(stage, "x.east"), "its session's domain");
    ck_assert_text_eq(reason(stage, "", {.is_stateless = true}), "next in turn");
    stage.set('b', State::error);
    ck_assert_text_eq(reason(stage, "x.b"), "its session's domain");
    stage.set('b', State::recovering);
    ck_assert_text_eq(reason(stage, "x.b"), "its session");
}
END_TEST

START_TEST(a_redirect_and_the_last_resort_are_told)
{
    Stage stage;
    stage.member('b').redirect = "a";
    stage.set('b', State::error);
    ck_assert_text_eq(reason(stage, "x.b"), "a redirect");
    Stage alone;
    alone.member('b').redirect = "a";
    alone.member('a').activation = disabled;
    alone.member('c').activation = stopped;
    alone.set('b', State::error);
    ck_assert_text_eq(reason(alone, ""), "last resort");
}
END_TEST

START_TEST(who_is_alone_or_forced_is_told)
{
    Stage alone{{1}};
    ck_assert_text_eq(reason(alone, "x.a"), "the only member");
    alone.set('a', State::error);
    ck_assert_text_eq(reason(alone, "x.a"), "forced, as all had failed");
    Stage stage;
    for (const char name : {'a', 'b', 'c'}) {
        stage.set(name, State::error);
    }
    ck_assert_text_eq(reason(stage, "x.b"), "forced, as all had failed");
}
END_TEST

/// A balancer by chance: activations, redirects, domains; all members but one in error.
Stage by_chance(jk::test::Dice& dice, char well)
{
    constexpr std::array activations{active, disabled, stopped};
    constexpr std::array<std::string_view, 5> words{"", "a", "b", "east", "gone"};
    Stage stage{std::vector<std::uint64_t>(1 + dice.roll(3), 1)};
    stage.settings.sticky_session_force = dice.roll(2) == 0;
    for (jk::lb::Member& member : stage.config.members) {
        member.activation = activations.at(dice.roll(activations.size()));
        member.redirect = words.at(dice.roll(words.size()));
        member.domain = words.at(dice.roll(words.size()));
        stage.set(member.name[0], member.name[0] == well ? State::ok : State::error);
    }
    return stage;
}

// What may_have() says is what choose() does where only that one is well.
START_TEST(who_may_be_had_is_chosen_when_nobody_else_is_well)
{
    constexpr std::array<std::string_view, 7> sessions{"",       "x",        "x.a",   "x.b",
                                                       "x.gone", "x.east.b", "x.east"};
    jk::test::Dice dice{7};
    const jk::lb::Traits traits;
    const jk::lb::Marks done{3, {}};
    std::array<int, 2> told{};
    for (int round = 0; round < 20'000; ++round) {
        const char well = static_cast<char>('a' + dice.roll(3));
        Stage stage = by_chance(dice, well);
        const std::size_t member = Stage::index(well);
        if (member >= stage.config.members.size()) {
            continue;
        }
        const std::string cookie =
            "JSESSIONID=" + std::string{sessions.at(dice.roll(sessions.size()))};
        const jk::lb::Affinity affinity = jk::test::affinity_of(cookie);
        const jk::lb::Affinity* const session = affinity.has_id() ? &affinity : nullptr;
        const jk::lb::Candidates candidates{stage.balancer(), traits, done};
        const auto choice = candidates.choose(session);
        ck_assert(!choice || choice->member == member);
        ck_assert(candidates.may_have(member, session) == choice.has_value());
        ++told.at(choice ? 1 : 0);
    }
    ck_assert(told[0] > 1000 && told[1] > 1000);
}
END_TEST

}  // namespace

TCase* candidates_tests()
{
    TCase* tests = tcase_create("candidates");
    tcase_add_test(tests, follows_the_session);
    tcase_add_loop_test(tests, replaces_who_is_not_usable, 0, static_cast<int>(situations.size()));
    tcase_add_loop_test(tests, forced_stickiness_knows_no_substitute, 0,
                        static_cast<int>(forced.size()));
    tcase_add_test(tests, a_route_names_a_domain);
    tcase_add_test(tests, distance_comes_before_load);
    tcase_add_test(tests, stateless_requests_rotate);
    tcase_add_test(tests, a_rule_overrides_activations);
    tcase_add_test(tests, a_single_member_needs_no_route);
    tcase_add_test(tests, stickiness_may_be_off_or_ignored);
    tcase_add_test(tests, the_reason_is_told);
    tcase_add_test(tests, a_redirect_and_the_last_resort_are_told);
    tcase_add_test(tests, who_is_alone_or_forced_is_told);
    tcase_add_test(tests, who_may_be_had_is_chosen_when_nobody_else_is_well);
    return tests;
}
