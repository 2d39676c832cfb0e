// The verdict table: a row for each way to end, with the status of directives.md 7.
#include "request/verdict.h"

#include <cerrno>
#include <set>
#include <string_view>

#include "httpd_api.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ajp::Failure;
using httpd::row_of;
using httpd::Verdict;
using httpd::VerdictRow;
using lb::Ending;

constexpr auto last = Verdict::bad_request;

void each_verdict_has_its_row()
{
    std::set<std::string_view> codes;
    for (int i = 0; i <= static_cast<int>(last); ++i) {
        const VerdictRow& row = row_of(static_cast<Verdict>(i));
        assert_int_equal(row.verdict, i);
        assert_true(codes.insert(row.code).second);
        assert_true(row.code.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") ==
                    std::string_view::npos);
        assert_non_null(row.what);
        assert_non_null(row.advice);
        assert_true(*row.what != '\0');
    }
}

void statuses_and_endings_are_those_of_the_reference()
{
    struct {
        Verdict verdict;
        int status;
        Ending ending;
    } const rows[] = {
        {Verdict::ok, 200, Ending::success},
        {Verdict::no_connection, 503, Ending::no_connection},
        {Verdict::busy_limit, 503, Ending::busy_limit},
        {Verdict::no_member, 503, Ending::failed},
        {Verdict::no_worker, 500, Ending::failed},
        {Verdict::no_address, 503, Ending::failed},
        {Verdict::connect_refused, 503, Ending::failed},
        {Verdict::connect_timeout, 503, Ending::failed},
        {Verdict::connect_failed, 503, Ending::failed},
        {Verdict::ping_timeout, 503, Ending::failed},
        {Verdict::ping_failed, 503, Ending::failed},
        {Verdict::send_failed, 503, Ending::failed},
        {Verdict::reply_timeout, 504, Ending::reply_timeout},
        {Verdict::closed_no_head, 502, Ending::failed},
        {Verdict::closed_in_packet, 502, Ending::framing},
        {Verdict::closed_in_body, 502, Ending::failed},
        {Verdict::protocol, 502, Ending::framing},
        {Verdict::failing_status, 503, Ending::hard_status},
        {Verdict::soft_status, 503, Ending::soft_status},
        {Verdict::client_gone, 400, Ending::client_error},
        {Verdict::client_body, 400, Ending::client_error},
        {Verdict::answer_refused, 502, Ending::client_error},
        {Verdict::too_large, 413, Ending::client_error},
        {Verdict::bad_request, 400, Ending::client_error},
    };
    assert_int_equal(std::size(rows), static_cast<int>(last) + 1);
    for (const auto& row : rows) {
        assert_int_equal(row_of(row.verdict).http_status, row.status);
        assert_int_equal(row_of(row.verdict).ending, row.ending);
    }
}

void each_failure_is_a_verdict()
{
    struct {
        Failure failure;
        Verdict verdict;
    } const rows[] = {
        {Failure::none, Verdict::ok},
        {Failure::send, Verdict::send_failed},
        {Failure::closed_no_head, Verdict::closed_no_head},
        {Failure::closed_in_packet, Verdict::closed_in_packet},
        {Failure::closed_in_body, Verdict::closed_in_body},
        {Failure::protocol, Verdict::protocol},
        {Failure::reply_timeout, Verdict::reply_timeout},
        {Failure::failing_status, Verdict::failing_status},
        {Failure::soft_status, Verdict::soft_status},
        {Failure::client_gone, Verdict::client_gone},
        {Failure::client_body, Verdict::client_body},
    };
    assert_int_equal(std::size(rows), static_cast<int>(Failure::client_body) + 1);
    for (const auto& row : rows) {
        assert_int_equal(httpd::verdict_of(row.failure), row.verdict);
    }
}

void a_failed_connect_has_its_reason()
{
    assert_int_equal(httpd::verdict_of_connect(ECONNREFUSED), Verdict::connect_refused);
    assert_int_equal(httpd::verdict_of_connect(ETIMEDOUT), Verdict::connect_timeout);
    for (const int error : {EHOSTUNREACH, ENETUNREACH, ENOENT, EACCES, EMFILE, EAGAIN}) {
        assert_int_equal(httpd::verdict_of_connect(error), Verdict::connect_failed);
    }
}

}  // namespace

Group request_verdict_tests()
{
    return {"request/verdict",
            {
                jk_test(each_verdict_has_its_row),
                jk_test(statuses_and_endings_are_those_of_the_reference),
                jk_test(each_failure_is_a_verdict),
                jk_test(a_failed_connect_has_its_reason),
            }};
}

}  // namespace jk::test
