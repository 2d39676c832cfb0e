// Tests common/status/rating.
#include "status/rating.h"

#include <array>

#include "support/check.h"

namespace {

using jk::conf::Activation;
using jk::lb::State;
using jk::status::Grade;
using jk::status::Rating;

Rating rating(std::vector<std::string> good, std::vector<std::string> bad)
{
    jk::conf::StatusSettings settings;
    settings.good = std::move(good);
    settings.bad = std::move(bad);
    return Rating{settings};
}

struct DefaultCase {
    State state;
    Grade active, disabled;
};
constexpr std::array default_cases{
    DefaultCase{State::idle, Grade::good, Grade::degraded},
    DefaultCase{State::ok, Grade::good, Grade::degraded},
    DefaultCase{State::busy, Grade::good, Grade::degraded},
    DefaultCase{State::recovering, Grade::good, Grade::degraded},
    DefaultCase{State::forced, Grade::good, Grade::degraded},
    DefaultCase{State::probing, Grade::good, Grade::degraded},
    DefaultCase{State::error, Grade::bad, Grade::bad},
};

START_TEST(defaults)
{
    const DefaultCase& row = default_cases.at(static_cast<std::size_t>(_i));
    const Rating standard = rating({}, {});
    ck_assert(standard.of(Activation::active, row.state) == row.active);
    ck_assert(standard.of(Activation::disabled, row.state) == row.disabled);
    ck_assert(standard.of(Activation::stopped, row.state) == Grade::bad);
}
END_TEST

START_TEST(a_state_that_is_none_is_bad)
{
    ck_assert(rating({}, {}).of(Activation::active, static_cast<State>(99)) == Grade::bad);
}
END_TEST

START_TEST(separators_case_and_dots)
{
    const Rating some = rating({"active.ok,  ..Disabled.Normal", "D.b"}, {"x"});
    ck_assert(some.of(Activation::active, State::ok) == Grade::good);
    ck_assert(some.of(Activation::active, State::idle) == Grade::degraded);
    ck_assert(some.of(Activation::disabled, State::idle) == Grade::good);
    ck_assert(some.of(Activation::disabled, State::busy) == Grade::good);
    ck_assert(some.of(Activation::disabled, State::error) == Grade::degraded);
}
END_TEST

START_TEST(a_second_dot_is_no_condition)
{
    const Rating some = rating({"a..o"}, {"x"});
    ck_assert(some.of(Activation::active, State::ok) == Grade::degraded);
}
END_TEST

START_TEST(two_of_a_kind_match_nothing)
{
    const Rating some = rating({"a.d,o.i"}, {"..."});
    ck_assert(some.of(Activation::active, State::ok) == Grade::degraded);
}
END_TEST

START_TEST(doubtful_rules_are_told)
{
    ck_assert(jk::status::rating_warnings({}).empty());
    jk::conf::StatusSettings settings;
    settings.good = {"a.o", "a.zz", "o.i"};
    settings.bad = {"a"};
    const auto warnings = jk::status::rating_warnings(settings);
    ck_assert_uint_eq(warnings.size(), 3);
    ck_assert_text_eq(warnings[0], "The entry 'a.o' of 'good' overlaps with 'bad', which wins.");
    ck_assert_text_eq(
        warnings[1],
        "The entry 'a.zz' of 'good' matches no member: it names no state or activation, or two.");
}
END_TEST

}  // namespace

TCase* rating_tests()
{
    TCase* tests = tcase_create("rating");
    tcase_add_loop_test(tests, defaults, 0, static_cast<int>(default_cases.size()));
    tcase_add_test(tests, a_state_that_is_none_is_bad);
    tcase_add_test(tests, separators_case_and_dots);
    tcase_add_test(tests, a_second_dot_is_no_condition);
    tcase_add_test(tests, two_of_a_kind_match_nothing);
    tcase_add_test(tests, doubtful_rules_are_told);
    return tests;
}
