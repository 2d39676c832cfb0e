// Attempts whose answer is given up: what of it is taken back, and what is left open.
#include <string>

#include "request/attempt.h"
#include "support/loopback.h"
#include "support/stage.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Report;
using httpd::Verdict;
using std::chrono::milliseconds;

void an_answer_of_which_only_the_head_came_is_repeated()
{
    const std::string head = head_packet(404, {{"X-Dead", "1"}, {"Content-Type", "a/dead"}});
    const std::string whole = head_packet(200, {{"X-A", "1"}}) + chunk_packet("b") + end_packet();
    Container container{{sends_and_closes(head), serves(whole)}};
    Stage stage{container.port(), {"retry_interval=0"}};
    Trial trial{stage};
    assert_int_equal(trial.run().verdict, Verdict::ok);
    assert_int_equal(trial.job().trail.kept()[0].report.verdict, Verdict::closed_in_body);
    assert_int_equal(trial.request()->status, 200);
    assert_text_equal(answer_header(trial.request(), "X-Dead"), "");
    assert_text_equal(answer_header(trial.request(), "X-A"), "1");
    assert_null(trial.request()->content_type);
    assert_text_equal(fakes().all_passed(), "b<eos>");
    assert_int_equal(stage.connections(), 1);
}

void a_head_that_was_flushed_is_not_repeated()
{
    for (const bool by_option : {true, false}) {
        const std::string flush = by_option ? "" : chunk_packet("");
        Container container{{sends_and_closes(head_packet(200) + flush)}};
        Stage stage{container.port(), {"retry_interval=0"}, by_option ? "FlushHeader" : ""};
        Trial trial{stage};
        const Report report = trial.run();
        assert_int_equal(report.verdict, Verdict::closed_in_body);
        assert_false(report.may_retry);
        assert_true(trial.response().has_left());
    }
}

void an_exception_leaves_no_connection_counted()
{
    Container container{{serves(answer("a"))}};
    Stage stage{container.port()};
    Trial trial{stage};
    assert_int_equal(trial.run().verdict, Verdict::ok);
    assert_int_equal(stage.connections(), 1);
    httpd::Lease lease = stage.child().pool(0).acquire(milliseconds{0});
    try {
        const httpd::Attempt attempt{trial.job(), 0, lease};
        throw 1;
    } catch (int) {
    }
    assert_false(lease.socket().is_open());
    assert_int_equal(stage.connections(), 0);
}

void what_was_there_before_the_answer_comes_back()
{
    Container container{{sends_and_closes(head_packet(404, {{"X-Dead", "1"}}))}};
    Stage stage{container.port(), {"retries=1"}};
    Trial trial{stage};
    request_rec* const request = trial.request();
    apr_table_setn(request->headers_out, "X-Early", "yes");
    request->status = HTTP_FORBIDDEN;
    trial.response().take_back();  // nothing was started
    assert_int_equal(request->status, HTTP_FORBIDDEN);
    assert_int_equal(trial.run().verdict, Verdict::closed_in_body);
    assert_int_equal(request->status, HTTP_FORBIDDEN);
    assert_text_equal(answer_header(request, "X-Early"), "yes");
    assert_text_equal(answer_header(request, "X-Dead"), "");
}

void a_page_of_httpds_is_given_up_too()
{
    const std::string refusal = head_packet(401, {{"WWW-Authenticate", "Basic"}});
    Container container{{sends_and_closes(refusal), serves(answer("b"))}};
    Stage stage{container.port(), {"retry_interval=0"}};
    Trial trial{stage};
    trial.rule().use_server_errors = 400;
    assert_int_equal(trial.run().verdict, Verdict::ok);
    assert_int_equal(trial.response().handler_status(), OK);
    assert_true(apr_is_empty_table(trial.request()->err_headers_out));
    assert_text_equal(fakes().all_passed(), "b<eos>");
}

}  // namespace

Group request_attempt_given_up_tests()
{
    return {"request/attempt",
            {
                jk_test(an_answer_of_which_only_the_head_came_is_repeated),
                jk_test(a_head_that_was_flushed_is_not_repeated),
                jk_test(an_exception_leaves_no_connection_counted),
                jk_test(what_was_there_before_the_answer_comes_back),
                jk_test(a_page_of_httpds_is_given_up_too),
            }};
}

}  // namespace jk::test
