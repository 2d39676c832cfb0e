// Tests common/ajp/retry: the table of balancing.md 11 as it is to be built.
#include "ajp/retry.h"

#include <array>

#include "support/check.h"

namespace {

using jk::ajp::Failure;
using jk::ajp::may_retry;
using jk::ajp::RetryRules;
using jk::ajp::Stage;

constexpr std::array no_reply{Failure::send, Failure::closed_no_head, Failure::closed_in_packet,
                              Failure::protocol, Failure::reply_timeout};

bool may(Failure failure, RetryRules rules, std::string_view method)
{
    return may_retry(failure, Stage::sent, rules, method);
}

START_TEST(names_the_idempotent_methods)
{
    for (const std::string_view method :
         {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH"}) {
        ck_assert(jk::ajp::is_idempotent(method));
    }
    for (const std::string_view method : {"POST", "PATCH", "LOCK", "MKCOL", "get", "", "QUERY"}) {
        ck_assert(!jk::ajp::is_idempotent(method));
    }
}
END_TEST

START_TEST(the_method_decides_where_nothing_is_configured)
{
    for (const Failure failure : no_reply) {
        ck_assert(may(failure, {}, "GET"));
        ck_assert(may(failure, {}, "PUT"));
        ck_assert(!may(failure, {}, "POST"));
        ck_assert(!may(failure, {}, "PATCH"));
        ck_assert(!may(failure, {false, 0xff}, "POST"));
    }
}
END_TEST

struct OptionsCase {
    std::uint32_t options;
    bool get;
    bool head;
    bool post;
};
constexpr std::array options_cases{
    OptionsCase{0, true, true, true},    OptionsCase{1, false, false, false},
    OptionsCase{2, true, true, true},    OptionsCase{3, false, false, false},
    OptionsCase{4, true, true, true},    OptionsCase{8, true, true, true},
    OptionsCase{9, false, true, false},  OptionsCase{17, true, false, false},
    OptionsCase{19, true, false, false}, OptionsCase{25, true, true, false},
    OptionsCase{31, true, true, false},
};

START_TEST(options_decide_where_they_are_configured)
{
    const OptionsCase& row = options_cases.at(static_cast<std::size_t>(_i));
    const RetryRules rules{true, row.options};
    for (const Failure failure : no_reply) {
        ck_assert(may(failure, rules, "GET") == row.get);
        ck_assert(may(failure, rules, "HEAD") == row.head);
        ck_assert(may(failure, rules, "POST") == row.post);
    }
}
END_TEST

START_TEST(behind_a_head_bit_2_counts_too)
{
    const OptionsCase& row = options_cases.at(static_cast<std::size_t>(_i));
    const RetryRules rules{true, row.options};
    const bool has_bit_2 = (row.options & 2) != 0;
    const auto may_behind = [&](std::string_view method) {
        return may_retry(Failure::closed_in_body, Stage::answered, rules, method);
    };
    ck_assert(may_behind("GET") == (row.get && !has_bit_2));
    ck_assert(may_behind("HEAD") == (row.head && !has_bit_2));
    ck_assert(may_behind("POST") == (row.post && !has_bit_2));
}
END_TEST

START_TEST(behind_a_head_the_method_decides_where_nothing_is_configured)
{
    for (const Failure failure :
         {Failure::closed_in_body, Failure::closed_in_packet, Failure::reply_timeout}) {
        ck_assert(may_retry(failure, Stage::answered, {}, "GET"));
        ck_assert(may_retry(failure, Stage::answered, {false, 2}, "GET"));
        ck_assert(!may_retry(failure, Stage::answered, {}, "POST"));
    }
}
END_TEST

START_TEST(an_answer_that_contradicts_its_head_is_final)
{
    ck_assert(!may_retry(Failure::protocol, Stage::answered, {}, "GET"));
    ck_assert(!may_retry(Failure::protocol, Stage::answered, {true, 0}, "GET"));
}
END_TEST

START_TEST(nothing_forbids_what_was_never_sent)
{
    ck_assert(may_retry(Failure::send, Stage::unsent, {}, "POST"));
    ck_assert(may_retry(Failure::send, Stage::unsent, {true, 3}, "POST"));
}
END_TEST

START_TEST(a_failing_status_may_always_be_repeated)
{
    for (const Failure failure : {Failure::failing_status, Failure::soft_status}) {
        ck_assert(may(failure, {}, "POST"));
        ck_assert(may(failure, {true, 3}, "POST"));
        ck_assert(!may_retry(failure, Stage::spent, {}, "GET"));
    }
}
END_TEST

START_TEST(what_is_spent_is_never_repeated)
{
    for (int failure = 0; failure <= static_cast<int>(Failure::client_body); ++failure) {
        ck_assert(!may_retry(static_cast<Failure>(failure), Stage::spent, {true, 0}, "GET"));
    }
}
END_TEST

START_TEST(the_clients_failures_are_never_repeated)
{
    for (const Failure failure : {Failure::client_gone, Failure::client_body}) {
        for (const Stage stage : {Stage::unsent, Stage::sent, Stage::answered, Stage::spent}) {
            ck_assert(!may_retry(failure, stage, {true, 0}, "GET"));
        }
    }
}
END_TEST

}  // namespace

TCase* retry_tests()
{
    TCase* tests = tcase_create("retry");
    tcase_add_test(tests, names_the_idempotent_methods);
    tcase_add_test(tests, the_method_decides_where_nothing_is_configured);
    tcase_add_loop_test(tests, options_decide_where_they_are_configured, 0,
                        static_cast<int>(options_cases.size()));
    tcase_add_loop_test(tests, behind_a_head_bit_2_counts_too, 0,
                        static_cast<int>(options_cases.size()));
    tcase_add_test(tests, behind_a_head_the_method_decides_where_nothing_is_configured);
    tcase_add_test(tests, an_answer_that_contradicts_its_head_is_final);
    tcase_add_test(tests, nothing_forbids_what_was_never_sent);
    tcase_add_test(tests, a_failing_status_may_always_be_repeated);
    tcase_add_test(tests, what_is_spent_is_never_repeated);
    tcase_add_test(tests, the_clients_failures_are_never_repeated);
    return tests;
}
