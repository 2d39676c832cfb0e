// Tests common/status/answer: the order of the checks, access, and what the caller is told.
#include "status/answer.h"

#include <array>

#include "status/sample.h"
#include "support/check.h"

namespace {

using jk::status::Answer;

/// Everything that can be wrong with a request at once, so that the first check shows.
struct OrderCase {
    std::string_view query;
    bool read_only;
    std::string_view message;
};
constexpr std::array order_cases{
    OrderCase{"mime=txt&cmd=update&w=nope&x=%zz", true, "Error during parsing of URI"},
    OrderCase{"mime=json&cmd=update&w=nope", true,
              "This command is not allowed in read only mode."},
    OrderCase{"mime=json&cmd=foo&w=nope", true, "Invalid command."},
    OrderCase{"mime=json&cmd=show&w=nope", false, "Invalid mime type."},
    OrderCase{"mime=txt&cmd=show&w=&sw=", false, "NULL or EMPTY worker param"},
    OrderCase{"mime=txt&cmd=show&w=nope&sw=", false, "EMPTY sub worker param"},
    OrderCase{"mime=txt&cmd=show&w=nope&sw=*", false, "Could not find given worker"},
    OrderCase{"mime=txt&cmd=show&w=single&sw=*", false,
              "wildcard not allowed in sub worker for this command"},
    OrderCase{"mime=txt&cmd=show&w=jkro&sw=x", false, "worker type has no sub workers"},
    OrderCase{"mime=txt&cmd=show&w=lb&sw=node1?", false,
              "wildcard not allowed in sub worker for this command"},
    OrderCase{"mime=txt&cmd=update&w=lb&sw=zz*", false, "could not find sub worker"},
    OrderCase{"mime=txt&cmd=", false, "Invalid command."},
    OrderCase{"mime=", false, "Invalid mime type."},
};

START_TEST(checks_come_in_order)
{
    const OrderCase& row = order_cases.at(static_cast<std::size_t>(_i));
    jk::test::Sample sample;
    sample.status.read_only = row.read_only;
    const Answer answer = sample.ask(row.query);
    ck_assert_text_eq(answer.refusal, row.message);
    ck_assert(jk::test::holds(answer.body, row.message));
    ck_assert(!jk::test::holds(answer.body, "www.example.com"));
    ck_assert_int_eq(answer.http_status, 200);
}
END_TEST

START_TEST(success_refuses_nothing)
{
    const jk::test::Sample sample;
    const Answer answer = sample.ask("cmd=version&mime=txt");
    ck_assert_text_eq(answer.refusal, "");
    ck_assert_int_eq(answer.http_status, 200);
    ck_assert_text_eq(answer.content_type, "text/plain");
}
END_TEST

constexpr std::array<std::string_view, 5> any_format{
    "mime=html", "mime=xml", "mime=txt", "mime=prop", "mime=json",
};

START_TEST(denial_looks_the_same_in_every_format)
{
    jk::test::Sample sample;
    sample.status.user = {"admin"};
    std::string query{any_format.at(static_cast<std::size_t>(_i))};
    const Answer answer = sample.ask(query);
    ck_assert_int_eq(answer.http_status, 403);
    ck_assert_text_eq(answer.refusal, "Access denied.");
    ck_assert(jk::test::holds(answer.body, "ERROR"));
    ck_assert(jk::test::holds(answer.body, "Access denied."));
    ck_assert(!jk::test::holds(answer.body, "www.example.com"));
    query += "&cmd=foo&x=%zz";  // replaces every other complaint
    ck_assert_text_eq(sample.ask(query).body, answer.body);
}
END_TEST

struct HeadCase {
    std::string_view query;
    int http_status;
};
constexpr std::array head_cases{
    HeadCase{"cmd=list", 200},
    HeadCase{"cmd=show&w=lb", 200},
    HeadCase{"cmd=update&w=lb&vlr=3", 403},
    HeadCase{"cmd=reset&w=lb", 403},
    HeadCase{"cmd=recover&w=lb&sw=node3", 403},
};

START_TEST(head_only_reads)
{
    const HeadCase& row = head_cases.at(static_cast<std::size_t>(_i));
    const jk::test::Sample sample;
    const Answer answer = sample.ask({row.query, {}, {.method = jk::status::Method::head}, "t"});
    ck_assert_int_eq(answer.http_status, row.http_status);
    ck_assert_int_eq(answer.refusal.empty(), row.http_status == 200);
}
END_TEST

START_TEST(a_long_query_is_no_trouble)
{
    const jk::test::Sample sample;
    std::string query = "mime=txt&cmd=version";
    for (int i = 0; i < 20000; ++i) {
        query += "&a=1";
    }
    query += "&==&&=&w=" + std::string(100000, '<');
    ck_assert_text_eq(sample.ask(query).refusal, "");
}
END_TEST

}  // namespace

TCase* answer_tests()
{
    TCase* tests = tcase_create("answer");
    tcase_add_loop_test(tests, checks_come_in_order, 0, static_cast<int>(order_cases.size()));
    tcase_add_test(tests, success_refuses_nothing);
    tcase_add_loop_test(tests, denial_looks_the_same_in_every_format, 0,
                        static_cast<int>(any_format.size()));
    tcase_add_loop_test(tests, head_only_reads, 0, static_cast<int>(head_cases.size()));
    tcase_add_test(tests, a_long_query_is_no_trouble);
    return tests;
}
