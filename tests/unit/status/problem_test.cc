// Tests common/status/problem.
#include "status/problem.h"

#include <array>

#include "support/check.h"

namespace {

using jk::status::answer_of;
using jk::status::ApiAnswer;

START_TEST(a_problem_says_what_rfc_9457_wants)
{
    const ApiAnswer answer = answer_of({422, "lbfactor is no whole number", "lbfactor"});
    ck_assert_int_eq(answer.http_status, 422);
    ck_assert_text_eq(answer.content_type, "application/problem+json");
    ck_assert_text_eq(answer.body, "{\"type\":\"about:blank\",\"title\":\"Unprocessable Content\","
                                   "\"status\":422,\"detail\":\"lbfactor is no whole number\","
                                   "\"property\":\"lbfactor\"}\n");
    ck_assert(answer_of({404, "Gone."}).body.find("property") == std::string::npos);
}
END_TEST

constexpr std::array statuses{400, 403, 404, 405, 409, 412, 413, 415, 422, 503};

START_TEST(each_status_has_a_title)
{
    const int status = statuses.at(static_cast<std::size_t>(_i));
    ck_assert(answer_of({status, "x"}).body.find("\"title\":\"Error\"") == std::string::npos);
}
END_TEST

}  // namespace

TCase* problem_tests()
{
    TCase* const tests = tcase_create("problem");
    tcase_add_test(tests, a_problem_says_what_rfc_9457_wants);
    tcase_add_loop_test(tests, each_status_has_a_title, 0, statuses.size());
    return tests;
}
