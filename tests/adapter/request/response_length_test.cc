// When an answer's Content-Length goes to the client: only where what stands behind it is a body of
// that length, or where everybody knows that there is none.
#include "request/attempt.h"
#include "request/response.h"
#include "support/loopback.h"
#include "support/stage.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Verdict;

/// The Content-Length that the client gets of an answer which is flushed ahead of its end.
std::string_view announced(Trial& trial)
{
    assert_int_equal(trial.run().verdict, Verdict::ok);
    return answer_header(trial.request(), "Content-Length");
}

Container::Script announces(int status)
{
    return serves(head_packet(status, {{"Content-Length", "11"}}) + chunk_packet("") +
                  end_packet());
}

void a_length_without_a_body_is_not_announced()
{
    struct {
        int status;
        std::string_view length;
    } const rows[] = {{204, ""}, {205, ""}, {304, "11"}};
    for (const auto& row : rows) {
        Container container{{announces(row.status)}};
        Stage stage{container.port()};
        Trial trial{stage};
        assert_text_equal(announced(trial), row.length);
    }
}

void an_error_document_without_a_body_has_no_length()
{
    for (const int status : {204, 205, 304}) {
        Container container{{announces(status)}};
        Stage stage{container.port()};
        Trial trial{stage};
        trial.request()->prev = stage.site().request("/denied");
        trial.request()->prev->status = HTTP_FORBIDDEN;
        assert_text_equal(announced(trial), "");
        assert_int_equal(trial.request()->status, HTTP_FORBIDDEN);
    }
}

void an_answer_to_head_has_its_length()
{
    for (const int status : {200, 205}) {
        Container container{{announces(status)}};
        Stage stage{container.port()};
        Trial trial{stage, "HEAD"};
        trial.request()->header_only = 1;
        assert_text_equal(announced(trial), "11");
    }
}

}  // namespace

Group request_response_length_tests()
{
    return {"request/response",
            {
                jk_test(a_length_without_a_body_is_not_announced),
                jk_test(an_error_document_without_a_body_has_no_length),
                jk_test(an_answer_to_head_has_its_length),
            }};
}

}  // namespace jk::test
