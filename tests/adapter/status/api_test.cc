// The API through the handler: what is read of the request, what is done, and the answer's headers.
#include "status/api.h"

#include <string>

#include "config/global.h"
#include "status/handler.h"
#include "status/token.h"
#include "support/stage.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

Stage make_stage()
{
    return Stage{{"worker.list=st,lb,direct", "worker.st.type=status", "worker.lb.type=lb",
                  "worker.lb.balance_workers=m1,m2", "worker.m1.host=127.0.0.1",
                  "worker.m1.port=8101", "worker.m2.host=127.0.0.1", "worker.m2.port=8102",
                  "worker.direct.host=127.0.0.1", "worker.direct.port=8103"}};
}

/// Asks, and gives back the body.
std::string ask(Stage& stage, request_rec* request)
{
    fakes().written.clear();
    assert_int_equal(httpd::serve_status(request, stage.global(), 0), OK);
    return fakes().written;
}

request_rec* change(Stage& stage, const char* target, const char* body)
{
    request_rec* const request = stage.site().request(target);
    request->method = "PATCH";
    request->method_number = M_PATCH;
    set_header(request, "Content-Type", "application/json");
    fakes().input = {{body, true}};
    return request;
}

constexpr const char* m1 = "/jk/api/v1/balancers/lb/members/m1";

void a_resource_is_json_and_never_kept()
{
    Stage stage = make_stage();
    request_rec* const request = stage.site().request(m1);
    const std::string body = ask(stage, request);
    assert_int_equal(request->status, HTTP_OK);
    assert_text_holds(body, "{\"name\":\"m1\",");
    assert_text_equal(request->content_type, "application/json");
    assert_text_equal(answer_header(request, "Cache-Control"), "no-cache, no-store");
    assert_text_equal(answer_header(request, "X-Content-Type-Options"), "nosniff");
    const std::string tag{answer_header(request, "ETag")};
    assert_true(tag.size() > 2 && tag.front() == '"');
    assert_int_equal(request->clength, body.size());
}

void a_head_has_no_body()
{
    Stage stage = make_stage();
    request_rec* const request = stage.site().request(m1);
    request->header_only = 1;
    assert_text_equal(ask(stage, request), "");
    assert_int_equal(request->status, HTTP_OK);
    assert_true(request->clength > 0);
}

void a_query_for_a_classic_format_wins()
{
    Stage stage = make_stage();
    request_rec* const request = stage.site().request("/jk/api/v1/?mime=txt");
    assert_text_holds(ask(stage, request), "Result: type=OK");
}

void a_patch_is_done_and_shown()
{
    Stage stage = make_stage();
    request_rec* const request = change(stage, m1, R"({"lbfactor": 4, "busy_limit": 9})");
    const std::string body = ask(stage, request);
    assert_int_equal(request->status, HTTP_OK);
    assert_text_holds(body, "\"lbfactor\":4");
    assert_text_holds(body, "\"configured\":{\"lbfactor\":1,\"busy_limit\":0}");
}

void a_refused_patch_does_nothing()
{
    Stage stage = make_stage();
    request_rec* const request = change(stage, m1, R"({"busy_limit": 9, "lbfactor": 0})");
    const std::string body = ask(stage, request);
    assert_int_equal(request->status, 422);
    assert_text_equal(request->content_type, "application/problem+json");
    assert_text_holds(body, "\"property\":\"lbfactor\"");
    assert_true(fakes().has_logged(APLOG_WARNING, "is refused: lbfactor"));
    assert_text_holds(ask(stage, stage.site().request(m1)), "\"configured\":{}");
}

/// An edit by another child, of which this one has not heard yet.
void edit_elsewhere(Stage& stage, const char* member, const char* factor)
{
    assert_true(
        stage.runtime()
            .segment()
            .edits()
            .write({lb::EditKind::member, "lb", member, "lbfactor", factor, lb::fingerprint("1")},
                   1)
            .has_value());
}

void an_edit_of_the_same_in_between_is_a_412()
{
    Stage stage = make_stage();
    request_rec* const read = stage.site().request(m1);
    (void)ask(stage, read);
    const std::string tag{answer_header(read, "ETag")};
    edit_elsewhere(stage, "m1", "9");
    request_rec* const request = change(stage, m1, R"({"lbfactor": 4})");
    set_header(request, "If-Match", tag.c_str());
    (void)ask(stage, request);
    assert_int_equal(request->status, HTTP_PRECONDITION_FAILED);
    assert_text_holds(ask(stage, stage.site().request(m1)), "\"configured\":{\"lbfactor\":1}");
}

void an_edit_of_something_else_in_between_is_none()
{
    Stage stage = make_stage();
    request_rec* const read = stage.site().request(m1);
    (void)ask(stage, read);
    const std::string tag{answer_header(read, "ETag")};
    edit_elsewhere(stage, "m2", "9");
    request_rec* const request = change(stage, m1, R"({"lbfactor": 4})");
    set_header(request, "If-Match", tag.c_str());
    assert_text_holds(ask(stage, request), "\"lbfactor\":4");
    assert_int_equal(request->status, HTTP_OK);
}

void a_browser_needs_the_token()
{
    Stage stage = make_stage();
    request_rec* const request = change(stage, m1, "{}");
    set_header(request, "Origin", "http://www.example.com");
    set_header(request, "Host", "www.example.com");
    (void)ask(stage, request);
    assert_int_equal(request->status, HTTP_FORBIDDEN);
}

/// Who is refused anyway, costs nothing more.
void a_refused_request_is_not_read()
{
    Stage stage = make_stage();
    const auto status_of = [&](request_rec* request) {
        (void)ask(stage, request);
        return request->status;
    };
    assert_int_equal(status_of(change(stage, "/jk/api/v1/nothing", "{")), HTTP_NOT_FOUND);
    assert_int_equal(fakes().input.size(), 1);
    assert_int_equal(status_of(change(stage, "/jk/api/v1/balancers", "{")),
                     HTTP_METHOD_NOT_ALLOWED);
    assert_int_equal(fakes().input.size(), 1);
    request_rec* request = change(stage, m1, "{");
    set_header(request, "User-Agent", "Mozilla/5.0");
    assert_int_equal(status_of(request), HTTP_FORBIDDEN);
    assert_int_equal(fakes().input.size(), 1);
    request = change(stage, m1, "{");
    apr_table_setn(request->headers_in, "Content-Type", "text/plain");
    assert_int_equal(status_of(request), HTTP_UNSUPPORTED_MEDIA_TYPE);
    assert_int_equal(fakes().input.size(), 1);
    assert_int_equal(status_of(change(stage, m1, "{")), HTTP_BAD_REQUEST);
    assert_true(fakes().input.empty());
}

void too_much_is_too_large()
{
    Stage stage = make_stage();
    const std::string body(70000, ' ');
    request_rec* const request = change(stage, m1, body.c_str());
    (void)ask(stage, request);
    assert_int_equal(request->status, HTTP_REQUEST_ENTITY_TOO_LARGE);
}

void a_body_that_breaks_off_is_refused()
{
    Stage stage = make_stage();
    request_rec* const request = change(stage, m1, "");
    fakes().input = {{"{\"lbfactor\":", false}, {"", true, APR_ECONNRESET}};
    (void)ask(stage, request);
    assert_int_equal(request->status, HTTP_BAD_REQUEST);
}

void other_methods_are_told_what_is_allowed()
{
    Stage stage = make_stage();
    request_rec* const request = stage.site().request(m1);
    request->method = "OPTIONS";
    request->method_number = M_OPTIONS;
    (void)ask(stage, request);
    assert_int_equal(request->status, HTTP_METHOD_NOT_ALLOWED);
    assert_text_equal(answer_header(request, "Allow"), "GET, HEAD, PATCH");
}

void mounts_and_connections_are_found_here()
{
    Stage stage = make_stage();
    assert_text_equal(ask(stage, stage.site().request("/jk/api/v1/mounts")), "{\"mounts\":[]}\n");
    assert_text_holds(ask(stage, stage.site().request("/jk/api/v1/mounts?url=/x")),
                      "\"worker\":null");
    assert_text_holds(ask(stage, stage.site().request("/jk/api/v1/connections")),
                      "{\"name\":\"direct\",\"address\":\"127.0.0.1:8103\"");
}

}  // namespace

Group status_api_tests()
{
    return {"status/api",
            {
                jk_test(a_resource_is_json_and_never_kept),
                jk_test(a_head_has_no_body),
                jk_test(a_query_for_a_classic_format_wins),
                jk_test(a_patch_is_done_and_shown),
                jk_test(a_refused_patch_does_nothing),
                jk_test(an_edit_of_the_same_in_between_is_a_412),
                jk_test(an_edit_of_something_else_in_between_is_none),
                jk_test(a_browser_needs_the_token),
                jk_test(a_refused_request_is_not_read),
                jk_test(too_much_is_too_large),
                jk_test(a_body_that_breaks_off_is_refused),
                jk_test(other_methods_are_told_what_is_allowed),
                jk_test(mounts_and_connections_are_found_here),
            }};
}

}  // namespace jk::test
