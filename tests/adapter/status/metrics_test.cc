// The metrics of a status worker: which path, who gets them, and their headers.
#include "status/metrics.h"

#include <string>

#include "support/stage.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

Stage make_stage()
{
    return Stage{{"worker.list=st,direct", "worker.st.type=status", "worker.st.user=bob",
                  "worker.direct.host=127.0.0.1", "worker.direct.port=8103"}};
}

request_rec* request_of(Stage& stage, const char* user)
{
    request_rec* const request = stage.site().request("/status/metrics");
    request->user = user == nullptr ? nullptr : apr_pstrdup(request->pool, user);
    return request;
}

int serve(Stage& stage, request_rec* request)
{
    return httpd::serve_metrics(request, stage.global(), stage.global().workers.status[0]);
}

void the_path_ends_with_metrics()
{
    assert_true(httpd::is_metrics_path("/jkmanager/metrics"));
    assert_true(httpd::is_metrics_path("/metrics"));
    for (const char* const path : {"/jkmanager", "/metrics/", "/xmetrics", "metrics", ""}) {
        assert_false(httpd::is_metrics_path(path));
    }
}

void who_may_gets_them()
{
    Stage stage = make_stage();
    request_rec* const request = request_of(stage, "bob");
    assert_int_equal(serve(stage, request), OK);
    assert_int_equal(request->status, HTTP_OK);
    assert_text_holds(fakes().written, "jk_worker_requests_total{worker=\"direct\"} 0\n");
    assert_text_equal(request->content_type,
                      "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert_text_equal(answer_header(request, "Cache-Control"), "no-cache, no-store");
    assert_text_equal(answer_header(request, "X-Content-Type-Options"), "nosniff");
    assert_int_equal(request->clength, fakes().written.size());
}

void others_do_not()
{
    for (const char* const user : {static_cast<const char*>(nullptr), "eve"}) {
        Stage stage = make_stage();
        request_rec* const request = request_of(stage, user);
        assert_int_equal(serve(stage, request), OK);
        assert_int_equal(request->status, HTTP_FORBIDDEN);
        assert_text_equal(fakes().written, "Access denied.\n");
        assert_true(fakes().has_logged(APLOG_WARNING, "status worker st"));
    }
}

void a_head_request_has_no_body_and_a_post_is_refused()
{
    Stage stage = make_stage();
    request_rec* const request = request_of(stage, "bob");
    request->header_only = 1;
    assert_int_equal(serve(stage, request), OK);
    assert_text_equal(fakes().written, "");
    assert_true(request->clength > 0);
    request->method_number = M_POST;
    assert_int_equal(serve(stage, request), HTTP_METHOD_NOT_ALLOWED);
    assert_text_equal(fakes().written, "");
}

}  // namespace

Group status_metrics_tests()
{
    return {"status/metrics",
            {
                jk_test(the_path_ends_with_metrics),
                jk_test(who_may_gets_them),
                jk_test(others_do_not),
                jk_test(a_head_request_has_no_body_and_a_post_is_refused),
            }};
}

}  // namespace jk::test
