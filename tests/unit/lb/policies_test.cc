// Tests common/lb/policies: what each method counts, and the sequences of balancing.md 3.2.
#include "lb/policies.h"

#include <array>

#include "base/text.h"
#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::conf::Method;
using jk::test::Stage;

struct Sequence {
    Method method;
    std::string_view trail;
    std::string_view loads;
};
constexpr std::array sequences{
    Sequence{Method::request, "abccbcabccbcabccbcabccbc", "24 24 24"},
    Sequence{Method::sessions, "abccbcabccbcabccbcabccbc", "24 24 24"},
    Sequence{Method::next, "abccbcabccbcabccbcabccbc", "24 24 24"},
    Sequence{Method::traffic, "abccbcabccbcabccbcabccbc", "2400 2400 2400"},
    Sequence{Method::busyness, "abcabcabcabcabcabcabcabc", "0 0 0"},
};

// Chapter 17, rows 1, 2 and 3.
START_TEST(elects_in_the_order_of_the_table)
{
    const Sequence& row = sequences.at(static_cast<std::size_t>(_i));
    Stage stage{{1, 2, 3}};
    stage.settings.method = row.method;
    ck_assert_text_eq(jk::test::run_times(stage, 24), row.trail);
    ck_assert_text_eq(stage.loads(), row.loads);
    ck_assert_uint_eq(stage.balancer().unit(0), 6);
    ck_assert_uint_eq(stage.balancer().unit(1), 3);
    ck_assert_uint_eq(stage.balancer().unit(2), 2);
    if (row.method != Method::busyness) {
        ck_assert_uint_eq(stage.slot('a').sessions.load(), 4);
        ck_assert_uint_eq(stage.slot('b').sessions.load(), 8);
        ck_assert_uint_eq(stage.slot('c').sessions.load(), 12);
    }
}
END_TEST

struct Counts {
    Method method;
    std::uint64_t known, newcomer, at_end;
};
constexpr std::array counts{
    Counts{Method::request, 1, 1, 0},  Counts{Method::traffic, 0, 0, 12},
    Counts{Method::busyness, 0, 0, 0}, Counts{Method::sessions, 0, 1, 0},
    Counts{Method::next, 0, 1, 0},
};

START_TEST(counts_what_it_should)
{
    const Counts& row = counts.at(static_cast<std::size_t>(_i));
    const jk::lb::Policy& policy = jk::lb::policy_of(row.method);
    jk::lb::Outcome outcome;
    outcome.bytes_read = 5;
    outcome.bytes_written = 7;
    ck_assert_uint_eq(policy.at_begin(jk::lb::Visit::known), row.known);
    ck_assert_uint_eq(policy.at_begin(jk::lb::Visit::newcomer), row.newcomer);
    ck_assert_uint_eq(policy.at_end(outcome), row.at_end);
}
END_TEST

START_TEST(every_method_has_a_row)
{
    ck_assert_uint_eq(jk::lb::policies().size(), counts.size());
}
END_TEST

// Chapter 17, row 4.
START_TEST(busyness_spreads_what_is_in_flight)
{
    Stage stage{{1, 2, 3}};
    stage.settings.method = Method::busyness;
    std::vector<std::unique_ptr<jk::test::Visitor>> requests;
    for (int i = 0; i < 12; ++i) {
        requests.push_back(std::make_unique<jk::test::Visitor>(stage));
        requests.back()->go();
    }
    ck_assert_uint_eq(stage.balancer().busy(0), 2);
    ck_assert_uint_eq(stage.balancer().busy(1), 4);
    ck_assert_uint_eq(stage.balancer().busy(2), 6);
    ck_assert_text_eq(stage.loads(), "12 12 12");
    for (auto& request : requests) {
        request->end(jk::test::answers);
    }
    ck_assert_text_eq(stage.loads(), "0 0 0");
    ck_assert_uint_eq(stage.balancer().slot().max_busy.load(), 12);
}
END_TEST

}  // namespace

TCase* policies_tests()
{
    TCase* tests = tcase_create("policies");
    tcase_add_loop_test(tests, elects_in_the_order_of_the_table, 0,
                        static_cast<int>(sequences.size()));
    tcase_add_loop_test(tests, counts_what_it_should, 0, static_cast<int>(counts.size()));
    tcase_add_test(tests, every_method_has_a_row);
    tcase_add_test(tests, busyness_spreads_what_is_in_flight);
    return tests;
}
