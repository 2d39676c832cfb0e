// Tests common/lb/balancer: units of load, maintenance, reset and recover.
#include "lb/balancer.h"

#include <limits>

#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::conf::Method;
using jk::lb::State;
using jk::test::Stage;
using std::chrono::seconds;

// --- Units (balancing.md 3.1, B23) -----------------------------------------------------------

struct Units {
    std::vector<std::uint64_t> factors, units;
    bool is_scaled = false;
};
const std::vector<Units>& units()
{
    static const std::vector<Units> all{
        {{1, 2, 3}, {6, 3, 2}},
        {{1, 4, 1}, {4, 1, 4}},  // chapter 17, row 8
        {{1'000'000, 1}, {1, 1'000'000}},
        {{1'099'511'627'776, 1}, {1, 1'099'511'627'776}},
        {{2'147'483'647, 2'147'483'629, 1}, {1, 1, 1000}, true},
        {{2'147'483'647, 1'073'741'789, 536'870'909}, {1, 2, 4}, true},
    };
    return all;
}

START_TEST(units_come_from_the_common_multiple)
{
    const Units& row = units().at(static_cast<std::size_t>(_i));
    Stage stage{row.factors};
    for (std::size_t i = 0; i < row.units.size(); ++i) {
        const std::uint64_t unit = stage.balancer().unit(i);
        const std::uint64_t least = row.units[i] - (row.is_scaled ? row.units[i] / 100 : 0);
        ck_assert_uint_ge(unit * stage.balancer().unit(0), least * stage.balancer().unit(0));
        ck_assert(row.is_scaled || unit == row.units[i]);
    }
    ck_assert(stage.balancer().has_scaled_factors() == row.is_scaled);
}
END_TEST

START_TEST(many_primes_still_weigh_right)
{
    const std::vector<std::uint64_t> primes{997, 991, 983, 977, 971, 967, 953};
    Stage stage{primes};
    ck_assert(stage.balancer().has_scaled_factors());
    for (std::size_t i = 0; i < primes.size(); ++i) {
        const std::uint64_t product = stage.balancer().unit(i) * primes[i];
        ck_assert_uint_le(product, std::uint64_t{1} << 40);
        ck_assert_uint_gt(product, (std::uint64_t{1} << 40) - 1000);
    }
}
END_TEST

START_TEST(a_load_does_not_wrap_around)
{
    Stage stage;
    stage.settings.method = Method::traffic;
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    stage.slot('a').lb_value.store(most - 5);
    ck_assert_text_eq(jk::test::run(stage, "x.a"), "a");
    ck_assert_uint_eq(stage.balancer().load(0), most);
}
END_TEST

// --- Maintenance (13.2) ------------------------------------------------------------------------

// Chapter 17, row 45.
START_TEST(maintenance_halves_and_finds_idle_members)
{
    Stage stage{{1}};
    stage.config.maintain = 2;
    ck_assert_text_eq(jk::test::run_times(stage, 30), std::string(30, 'a'));
    const std::vector<std::string_view> loads{"15", "7", "3", "1", "0"};
    for (std::size_t pass = 0; pass < loads.size(); ++pass) {
        stage.pass(seconds{1});
        ck_assert(!stage.balancer().maintain(stage.now));
        stage.pass(seconds{1});
        ck_assert(stage.balancer().maintain(stage.now));
        ck_assert_text_eq(stage.loads(), loads[pass]);
        ck_assert_text_eq(stage.states(), pass == 0 ? "OK" : "OK/IDLE");
    }
    ck_assert(!stage.balancer().maintain(stage.now));
}
END_TEST

// Chapter 17, row 46 (B9).
START_TEST(a_long_idle_time_leaves_nothing)
{
    for (const int intervals : {32, 33, 64, 65, 70, 100'000}) {
        Stage stage;
        stage.slot('a').lb_value.store(~std::uint64_t{0});
        stage.worker('a').reply_timeouts.store(~std::uint32_t{0});
        stage.pass(seconds{60 * intervals});
        ck_assert(stage.balancer().maintain(stage.now));
        ck_assert_uint_eq(stage.balancer().load(0),
                          intervals < 64 ? ~std::uint64_t{0} >> intervals : 0);
        ck_assert_uint_eq(stage.worker('a').reply_timeouts.load(), 0);
    }
}
END_TEST

START_TEST(each_method_ages_its_own_way)
{
    for (const auto& [method, loads] : {std::pair{Method::request, "5 10 15"},
                                        {Method::next, "0 10 20"},
                                        {Method::sessions, "5 10 15"},
                                        {Method::traffic, "5 10 15"},
                                        {Method::busyness, "0 0 0"}}) {
        Stage stage;
        stage.settings.method = method;
        stage.slot('a').lb_value.store(10);
        stage.slot('b').lb_value.store(20);
        stage.slot('c').lb_value.store(30);
        stage.pass(seconds{60});
        ck_assert(stage.balancer().maintain(stage.now));
        ck_assert_text_eq(stage.loads(), loads);
        ck_assert_uint_eq(stage.slot('c').lb_value.load(),
                          method == Method::busyness ? 30 : stage.balancer().load(2));
    }
}
END_TEST

START_TEST(next_looks_at_usable_members_only)
{
    Stage stage;
    stage.settings.method = Method::next;
    stage.member('a').activation = jk::conf::Activation::disabled;
    stage.set('b', State::error);
    stage.slot('a').lb_value.store(1);
    stage.slot('b').lb_value.store(2);
    stage.slot('c').lb_value.store(9);
    stage.pass(seconds{60});
    ck_assert(stage.balancer().maintain(stage.now));
    ck_assert_text_eq(stage.loads(), "0 0 0");
}
END_TEST

// Chapter 17, row 24, the first half.
START_TEST(an_old_error_recovers)
{
    Stage stage;
    stage.slot('b').lb_value.store(64);
    stage.set('a', State::error);
    stage.worker('a').reply_timeouts.store(9);
    stage.pass(seconds{60});
    ck_assert(stage.balancer().maintain(stage.now));
    ck_assert_text_eq(stage.states(), "ERR OK/IDLE OK/IDLE");  // exactly recover_time: not yet
    stage.pass(seconds{60});
    ck_assert(stage.balancer().maintain(stage.now));
    ck_assert_text_eq(stage.states(), "ERR/REC OK/IDLE OK/IDLE");
    ck_assert_text_eq(stage.loads(), "16 16 0");
    ck_assert_uint_eq(stage.worker('a').reply_timeouts.load(), 0);
}
END_TEST

START_TEST(a_local_error_escalates)
{
    for (const State from : {State::idle, State::ok, State::forced, State::busy, State::probing}) {
        Stage stage;
        stage.settings.error_escalation_time = 60;
        stage.set('a', from);
        stage.slot('a').first_error_time.store(jk::to_micros(stage.now) + 1);
        stage.pass(seconds{60});
        ck_assert(stage.balancer().maintain(stage.now));
        ck_assert(stage.state('a') != State::error);
        stage.pass(seconds{60});
        ck_assert(stage.balancer().maintain(stage.now));
        ck_assert(stage.state('a') == State::error);
    }
}
END_TEST

START_TEST(when_all_are_in_error_all_are_forced)
{
    Stage stage;
    for (const char name : {'a', 'b', 'c'}) {
        stage.set(name, State::error);
        stage.worker(name).reply_timeouts.store(3);
    }
    stage.pass(seconds{60});
    ck_assert(stage.balancer().maintain(stage.now));
    ck_assert_text_eq(stage.states(), "ERR/FRC ERR/FRC ERR/FRC");
    ck_assert_uint_eq(stage.worker('b').reply_timeouts.load(), 0);
}
END_TEST

START_TEST(one_process_maintains)
{
    Stage stage;
    jk::lb::Balancer other{stage.config, stage.segment};
    stage.pass(seconds{61});
    ck_assert(stage.balancer().maintain(stage.now));
    ck_assert(!other.maintain(stage.now));
    Stage never;
    never.config.maintain = 0;
    never.pass(seconds{600});
    ck_assert(!never.balancer().maintain(never.now));
}
END_TEST

START_TEST(a_shared_worker_ages_once)
{
    Stage stage;
    Stage host;  // its slots stand for a second balancer with the same workers
    jk::lb::BalancerConfig second = host.config;
    for (std::size_t i = 0; i < second.members.size(); ++i) {
        second.members[i].worker = stage.config.members[i].worker;
    }
    second.settings = &stage.settings;
    stage.worker('a').reply_timeouts.store(4);
    stage.worker('a').state.store(static_cast<std::uint32_t>(State::ok));
    stage.worker('a').used.add(1);
    stage.pass(seconds{60});
    jk::lb::Balancer one{second, stage.segment};
    ck_assert(stage.balancer().maintain(stage.now));
    ck_assert(one.maintain(stage.now));
    ck_assert_uint_eq(stage.worker('a').reply_timeouts.load(), 2);
    ck_assert(jk::lb::to_state(stage.worker('a').state.load()) == State::ok);
    stage.pass(seconds{60});
    ck_assert(one.maintain(stage.now));
    ck_assert(stage.balancer().maintain(stage.now));
    ck_assert_uint_eq(stage.worker('a').reply_timeouts.load(), 1);
    ck_assert(jk::lb::to_state(stage.worker('a').state.load()) == State::idle);
}
END_TEST

START_TEST(a_clock_set_back_holds_nothing_up)
{
    Stage stage;
    stage.set('a', State::error);
    stage.now -= std::chrono::hours{24};
    ck_assert(!stage.balancer().maintain(stage.now));
    for (int minute = 0; minute < 3; ++minute) {
        stage.pass(seconds{60});
        ck_assert(stage.balancer().maintain(stage.now));
    }
    ck_assert(stage.state('a') == State::recovering);
}
END_TEST

// --- Commands of the status ----------------------------------------------------------------------

START_TEST(reset_begins_anew)
{
    Stage stage{{1, 2, 3}};
    jk::test::Visitor running{stage};
    ck_assert_int_eq(running.go(), 'a');
    ck_assert_text_eq(jk::test::run_times(stage, 11), "bccbcabccbc");
    stage.set('b', State::error);
    stage.slot('b').errors.add(3);
    stage.account('b').measures().ended(1);
    stage.pass(seconds{9});
    stage.balancer().reset(stage.now);
    ck_assert_text_eq(stage.states(), "OK/IDLE OK/IDLE OK/IDLE");
    ck_assert_text_eq(stage.loads(), "0 0 0");
    ck_assert_uint_eq(stage.slot('b').errors.load() + stage.slot('b').sessions.load(), 0);
    ck_assert_int_eq(stage.slot('b').first_error_time.load(), 0);
    ck_assert_uint_eq(stage.worker('b').used.load() + stage.account('b').measures().endings(1), 0);
    ck_assert_int_eq(stage.balancer().slot().last_reset.load(), jk::to_micros(stage.now));
    ck_assert_uint_eq(stage.balancer().slot().max_busy.load(), 0);
    ck_assert_uint_eq(stage.balancer().busy(), 1);
    running.end(jk::test::answers);
}
END_TEST

// B16.
START_TEST(a_member_reset_is_not_flooded)
{
    Stage stage;
    ck_assert_uint_eq(jk::test::run_times(stage, 300).size(), 300);
    stage.balancer().reset(1, stage.now);
    ck_assert_text_eq(stage.loads(), "100 100 100");
    Stage alone;
    alone.slot('a').lb_value.store(9);
    alone.set('b', State::error);
    alone.set('c', State::busy);
    alone.balancer().reset(0, alone.now);
    ck_assert_text_eq(alone.loads(), "0 0 0");
}
END_TEST

// status.md 15, row 33 (B8).
START_TEST(recover_accepts_what_is_in_error)
{
    for (const State from : {State::idle, State::ok, State::recovering, State::forced, State::busy,
                             State::error, State::probing}) {
        Stage stage;
        stage.set('a', from);
        stage.slot('c').lb_value.store(12);
        stage.worker('a').reply_timeouts.store(4);
        const bool is_accepted =
            from == State::error || from == State::probing || from == State::forced;
        const auto result = stage.balancer().recover(0, stage.now);
        ck_assert(result.has_value() == is_accepted);
        ck_assert(is_accepted || result.error().code == jk::Errc::bad_value);
        ck_assert(stage.state('a') == (is_accepted ? State::recovering : from));
        ck_assert_text_eq(stage.loads(), is_accepted ? "12 0 12" : "0 0 12");
        ck_assert_uint_eq(stage.worker('a').reply_timeouts.load(), is_accepted ? 0 : 4);
    }
}
END_TEST

// Chapter 17, row 9.
START_TEST(loads_can_be_cleared)
{
    Stage stage{{1, 2, 3}};
    ck_assert_uint_eq(jk::test::run_times(stage, 5).size(), 5);
    stage.balancer().clear_loads();
    ck_assert_text_eq(stage.loads(), "0 0 0");
}
END_TEST

START_TEST(what_is_put_in_force_counts_from_then_on)
{
    Stage stage{{1, 1, 1}};
    jk::lb::Balancer& balancer = stage.balancer();
    const std::string& route = balancer.route(0);
    const jk::conf::LbSettings& before = balancer.settings();
    std::vector<jk::lb::Member> members{balancer.members().begin(), balancer.members().end()};
    jk::conf::AjpSettings of_member;
    of_member.route = "r1";
    of_member.domain = "d1";
    of_member.redirect = "b1";
    of_member.activation = jk::conf::Activation::disabled;
    of_member.distance = 2;
    of_member.busy_limit = 3;
    of_member.lbfactor = -1;  // as 1
    describe(of_member, members[0]);
    members[1].factor = 4;
    jk::conf::LbSettings settings = stage.settings;
    settings.retries = 9;
    balancer.put_in_force(settings, members);
    ck_assert_text_eq(balancer.route(0) + balancer.domain(0) + balancer.redirect(0), "r1d1b1");
    ck_assert(balancer.activation(0) == jk::conf::Activation::disabled);
    ck_assert_int_eq(balancer.distance(0), 2);
    ck_assert_uint_eq(balancer.busy_limit(0), 3);
    ck_assert_uint_eq(balancer.unit(0), 4);  // chapter 17, row 8
    ck_assert_uint_eq(balancer.unit(1), 1);
    ck_assert_int_eq(balancer.settings().retries, 9);
    ck_assert_text_eq(balancer.members()[0].route, "a");  // as configured
    ck_assert_text_eq(route, "a");
    ck_assert_int_eq(before.retries, 2);
}
END_TEST

START_TEST(a_set_that_was_in_force_is_used_again)
{
    Stage stage{{1, 1}};
    jk::lb::Balancer& balancer = stage.balancer();
    const jk::conf::LbSettings* const first = &balancer.settings();
    const std::string* const unchanged = &balancer.route(1);
    std::vector<jk::lb::Member> members{balancer.members().begin(), balancer.members().end()};
    members[0].distance = 1;
    balancer.put_in_force(stage.settings, members);
    const jk::conf::LbSettings* const second = &balancer.settings();
    ck_assert_ptr_ne(first, second);
    ck_assert_ptr_eq(&balancer.route(1), unchanged);
    for (const auto* const wanted : {first, second}) {
        members[0].distance = wanted == second ? 1 : 0;
        balancer.put_in_force(stage.settings, members);
        ck_assert_ptr_eq(&balancer.settings(), wanted);
    }
}
END_TEST

}  // namespace

TCase* balancer_tests()
{
    TCase* tests = tcase_create("balancer");
    tcase_add_loop_test(tests, units_come_from_the_common_multiple, 0,
                        static_cast<int>(units().size()));
    tcase_add_test(tests, many_primes_still_weigh_right);
    tcase_add_test(tests, a_load_does_not_wrap_around);
    tcase_add_test(tests, maintenance_halves_and_finds_idle_members);
    tcase_add_test(tests, a_long_idle_time_leaves_nothing);
    tcase_add_test(tests, each_method_ages_its_own_way);
    tcase_add_test(tests, next_looks_at_usable_members_only);
    tcase_add_test(tests, an_old_error_recovers);
    tcase_add_test(tests, a_local_error_escalates);
    tcase_add_test(tests, when_all_are_in_error_all_are_forced);
    tcase_add_test(tests, one_process_maintains);
    tcase_add_test(tests, a_shared_worker_ages_once);
    tcase_add_test(tests, a_clock_set_back_holds_nothing_up);
    tcase_add_test(tests, reset_begins_anew);
    tcase_add_test(tests, a_member_reset_is_not_flooded);
    tcase_add_test(tests, recover_accepts_what_is_in_error);
    tcase_add_test(tests, loads_can_be_cleared);
    tcase_add_test(tests, what_is_put_in_force_counts_from_then_on);
    tcase_add_test(tests, a_set_that_was_in_force_is_used_again);
    return tests;
}
