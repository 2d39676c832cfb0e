// The handler: whose requests it takes, what they are answered where nothing can be forwarded, and
// the notes that it leaves.
#include "request/handler.h"

#include <regex.h>

#include <functional>
#include <string>

#include "config/global.h"
#include "request/mapper.h"
#include "support/loopback.h"
#include "support/stage.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

/// A request that the variable gives to this worker.
request_rec* request_for(Stage& stage, const char* worker, const char* target = "/app/x")
{
    request_rec* const request = stage.site().request(target);
    request->handler = httpd::handler_name;
    set_env(request, "JK_WORKER_NAME", worker);
    return request;
}

void other_handlers_are_declined()
{
    Stage stage{1};
    for (const char* const handler : {static_cast<const char*>(nullptr), "", "default-handler",
                                      "jakarta-servletx", "application/x-jakarta-servlet"}) {
        request_rec* const request = request_for(stage, "w");
        request->handler = handler;
        assert_int_equal(httpd::handle(request), DECLINED);
    }
}

void no_jk_is_declined()
{
    Stage stage{1};
    request_rec* const request = request_for(stage, "w");
    set_env(request, "no-jk", "0");
    assert_int_equal(httpd::handle(request), DECLINED);
}

void directories_are_ours_only_by_option()
{
    {
        Stage stage{1, {"retries=1"}};
        request_rec* const request = request_for(stage, "w", "/d/");
        request->handler = DIR_MAGIC_TYPE;
        assert_int_equal(httpd::handle(request), DECLINED);
    }
    Stage stage{1, {"retries=1"}, "ForwardDirectories"};
    request_rec* const request = request_for(stage, "w", "/d/");
    request->handler = DIR_MAGIC_TYPE;
    assert_int_equal(httpd::handle(request), HTTP_SERVICE_UNAVAILABLE);
}

/// What httpd makes of the canonical path: a request with our handler and this worker.
void is_found(request_rec* probe)
{
    probe->user = apr_pstrdup(probe->pool, "somebody");
    probe->headers_in = apr_table_make(probe->pool, 1);
    (void)httpd::decide_on_canonical_path(probe);
}

void a_request_becomes_that_of_the_path_without_parameters()
{
    Stage stage{1, {"retries=1"}};
    ap_conf_vector_t* settings_of_main = nullptr;
    fakes().on_look_up = [&](request_rec* probe) {
        settings_of_main = probe->main->per_dir_config;
        set_env(probe, "JK_WORKER_NAME", "other");
        is_found(probe);
    };
    request_rec* const request = request_for(stage, "w", "/app/%/;x/y;z?a=%b");
    ap_conf_vector_t* const settings = request->per_dir_config;
    set_header(request, "Content-Length", "1");
    set_header(request, "X-Role", "boss");
    request->method = "PUT";
    assert_int_equal(httpd::decide_on_canonical_path(request), DECLINED);
    assert_int_equal(fakes().looked_up.size(), 1);
    assert_text_equal(fakes().looked_up[0], "PUT /app/%25/y?a=%b");
    assert_int_equal(fakes().taken_over.size(), 1);
    assert_true(settings_of_main != settings);  // or httpd would skip access control
    assert_string_equal(request->uri, "/app/%/y");
    assert_string_equal(httpd::state_of(request).forward_path, "/app/%/;x/y;z");
    assert_string_equal(httpd::state_of(request).target->worker.c_str(), "other");
    assert_string_equal(request->user, "somebody");
    assert_string_equal(apr_table_get(request->headers_in, "Content-Length"), "1");
    assert_null(apr_table_get(request->headers_in, "X-Role"));
}

void a_path_without_parameters_is_not_looked_up()
{
    Stage stage{1, {"retries=1"}};
    request_rec* const request = request_for(stage, "w");
    assert_int_equal(httpd::decide_on_canonical_path(request), DECLINED);
    assert_int_equal(httpd::handle(request), HTTP_SERVICE_UNAVAILABLE);
    request_rec* const other = request_for(stage, "w", "/app/x;y");
    other->handler = "default-handler";
    assert_int_equal(httpd::decide_on_canonical_path(other), DECLINED);
    assert_true(fakes().looked_up.empty());
}

void httpd_may_refuse_it_there_or_demand_a_user()
{
    for (const int status : {HTTP_UNAUTHORIZED, HTTP_FORBIDDEN, HTTP_MOVED_PERMANENTLY}) {
        Stage stage{1, {"retries=1"}};
        fakes().on_look_up = [status](request_rec* probe) {
            probe->status = status;
            apr_table_setn(probe->err_headers_out, "WWW-Authenticate", "Basic realm=\"x\"");
        };
        request_rec* const request = request_for(stage, "w", "/app/y;z");
        request->err_headers_out = apr_table_make(request->pool, 1);
        assert_int_equal(httpd::decide_on_canonical_path(request),
                         status == HTTP_UNAUTHORIZED ? status : HTTP_FORBIDDEN);
        assert_string_equal(apr_table_get(request->err_headers_out, "WWW-Authenticate"),
                            "Basic realm=\"x\"");
        assert_true(fakes().taken_over.empty());
    }
}

void a_path_that_is_not_ours_without_its_parameters_is_404()
{
    const std::function<void(request_rec*)> others[] = {
        [](request_rec* probe) { set_env(probe, "no-jk", "1"); },
        [](request_rec* probe) { probe->handler = "default-handler"; },
        [](request_rec* probe) { apr_table_unset(probe->subprocess_env, "JK_WORKER_NAME"); },
        [](request_rec* probe) { probe->uri = apr_pstrdup(probe->pool, "/rewritten"); },
        [](request_rec* probe) { probe->uri = apr_pstrdup(probe->pool, "/app/y;a"); },
    };
    for (const auto& make_other : others) {
        Stage stage{1, {"retries=1"}};
        fakes().on_look_up = [&](request_rec* probe) {
            make_other(probe);
            is_found(probe);
        };
        request_rec* const request = request_for(stage, "w", "/app/y;z");
        assert_int_equal(httpd::decide_on_canonical_path(request), HTTP_NOT_FOUND);
        assert_int_equal(fakes().looked_up.size(), 1);
        assert_true(fakes().taken_over.empty());
    }
}

void what_no_fixup_has_decided_on_is_404()
{
    Stage stage{1, {"retries=1"}};
    assert_int_equal(httpd::handle(request_for(stage, "w", "/app/y;z")), HTTP_NOT_FOUND);
    assert_true(fakes().looked_up.empty());
}

void an_unknown_worker_is_500()  // D21
{
    Stage stage{1};
    request_rec* const request = request_for(stage, "nobody");
    assert_int_equal(httpd::handle(request), HTTP_INTERNAL_SERVER_ERROR);
    assert_true(fakes().has_logged(APLOG_ERR, "no worker 'nobody'"));
    assert_true(fakes().has_logged(APLOG_ERR, "[no-worker]"));
    assert_text_equal(note(request, "JK_VERDICT"), "no-worker");
    assert_text_equal(note(request, "JK_WORKER_NAME"), "nobody");
    assert_text_equal(note(request, "JK_WORKER_TYPE"), "");
}

void a_member_alone_is_unknown()
{
    Stage stage{{"worker.list=lb", "worker.lb.type=lb", "worker.lb.balance_workers=m1"}};
    assert_int_equal(httpd::handle(request_for(stage, "m1")), HTTP_INTERNAL_SERVER_ERROR);
}

void a_proxy_request_is_500()
{
    Stage stage{1};
    request_rec* const request = request_for(stage, "w");
    request->proxyreq = PROXYREQ_REVERSE;
    assert_int_equal(httpd::handle(request), HTTP_INTERNAL_SERVER_ERROR);
}

void without_a_child_nothing_is_served()
{
    Stage stage{1};
    stage.global().child = nullptr;
    assert_int_equal(httpd::handle(request_for(stage, "w")), HTTP_INTERNAL_SERVER_ERROR);
}

void without_a_worker_httpd_goes_on()  // D39
{
    Stage stage{1};
    request_rec* const request = stage.site().request("/app/x");
    request->handler = httpd::handler_name;
    assert_int_equal(httpd::handle(request), DECLINED);
}

void a_client_that_is_gone_is_not_served()
{
    Stage stage{1};
    request_rec* const request = request_for(stage, "w");
    request->connection->aborted = 1;
    assert_int_equal(httpd::handle(request), OK);
    assert_true(fakes().log.empty());
    assert_text_equal(note(request, "JK_VERDICT"), "client-gone");
}

bool is_duration(std::string_view text)
{
    regex_t pattern{};
    (void)::regcomp(&pattern, "^[0-9]+\\.[0-9]{6}$", REG_EXTENDED | REG_NOSUB);
    const bool matches = ::regexec(&pattern, std::string{text}.c_str(), 0, nullptr, 0) == 0;
    ::regfree(&pattern);
    return matches;
}

void a_request_is_forwarded_and_leaves_notes()
{
    Container container{
        {serves(head_packet(404, {{"X-A", "1"}}) + chunk_packet("gone") + end_packet())}};
    Stage stage{container.port()};
    request_rec* const request = request_for(stage, "w");
    assert_int_equal(httpd::handle(request), OK);
    assert_text_equal(fakes().all_passed(), "gone<eos>");
    assert_int_equal(request->status, 404);
    assert_text_equal(answer_header(request, "X-A"), "1");
    assert_text_equal(note(request, "JK_WORKER_NAME"), "w");
    assert_text_equal(note(request, "JK_WORKER_TYPE"), "ajp13");
    assert_text_equal(note(request, "JK_WORKER_ROUTE"), "");
    assert_text_equal(note(request, "JK_VERDICT"), "ok");
    assert_true(is_duration(note(request, "JK_REQUEST_DURATION")));
}

void a_backend_that_is_down_is_503()  // D22
{
    Stage stage{1, {"retries=2", "retry_interval=0"}};
    request_rec* const request = request_for(stage, "w");
    assert_int_equal(httpd::handle(request), HTTP_SERVICE_UNAVAILABLE);
    assert_int_equal(request->status, HTTP_OK);
    assert_true(is_duration(note(request, "JK_REQUEST_DURATION")));
    assert_text_equal(note(request, "JK_VERDICT"), "connect-refused");
    assert_int_equal(fakes().log.size(), 1);
    assert_true(fakes().has_logged(APLOG_ERR, "GET /app/x failed with 503 [connect-refused]: "));
    assert_int_equal(stage.runtime().backends()[0].slot->errors.load(), 1);
}

void httpds_own_page_is_asked_for()  // D27
{
    Container container{{serves(head_packet(404) + chunk_packet("x") + end_packet())}};
    Stage stage{container.port()};
    assert_int_equal(httpd::handle(request_for(stage, "w;use_server_errors=400")), 404);
    assert_true(fakes().passed.empty());
}

void a_broken_answer_is_cut_off()  // D25
{
    Container container{{[](Peer& peer) {
        (void)peer.read_packet();
        peer.send(head_packet(200) + chunk_packet("part"));
    }}};
    Stage stage{container.port()};
    request_rec* const request = request_for(stage, "w");
    assert_int_equal(httpd::handle(request), OK);
    assert_text_equal(fakes().all_passed(), "part|<error 502><flush><eos>");
    assert_int_equal(request->connection->keepalive, AP_CONN_CLOSE);
}

void a_bad_length_is_400_and_closes()
{
    Stage stage{1};
    request_rec* const request = request_for(stage, "w");
    set_header(request, "Content-Length", "1x");
    assert_int_equal(httpd::handle(request), HTTP_BAD_REQUEST);
    assert_text_equal(note(request, "JK_VERDICT"), "bad-request");
    assert_int_equal(request->connection->keepalive, AP_CONN_CLOSE);
}

void an_unknown_coding_is_501()
{
    Stage stage{1};
    request_rec* const request = request_for(stage, "w");
    set_header(request, "Transfer-Encoding", "gzip, chunked");
    assert_int_equal(httpd::handle(request), HTTP_NOT_IMPLEMENTED);
    assert_int_equal(request->connection->keepalive, AP_CONN_CLOSE);
}

void a_body_over_the_limit_is_413_before_it_is_read()
{
    for (const apr_off_t limit : {0, 3, 2}) {
        Stage stage{1, {"retries=1"}};
        fakes().limit_request_body = limit;
        fakes().input = {{"abc", true}};
        request_rec* const request = request_for(stage, "w");
        set_header(request, "Content-Length", "3");
        const bool is_over = limit == 2;
        assert_int_equal(httpd::handle(request),
                         is_over ? HTTP_REQUEST_ENTITY_TOO_LARGE : HTTP_SERVICE_UNAVAILABLE);
        assert_int_equal(fakes().input.size(), is_over ? 1 : 0);
    }
}

void an_included_error_page_is_named_to_the_page_around_it()
{
    Container container{{serves(head_packet(404) + chunk_packet("gone") + end_packet())}};
    Stage stage{container.port()};
    request_rec* const part = request_for(stage, "w");
    part->main = stage.site().request("/page.shtml");
    assert_int_equal(httpd::handle(part), HTTP_NOT_FOUND);
    assert_text_equal(fakes().all_passed(), "gone<eos>");
}

void a_short_body_never_reaches_the_backend()  // D19
{
    Stage stage{1};
    request_rec* const request = request_for(stage, "w");
    set_header(request, "Content-Length", "10");
    fakes().input = {{"12345"}, {"", false, APR_EOF}};
    assert_int_equal(httpd::handle(request), HTTP_BAD_REQUEST);
    assert_text_equal(note(request, "JK_VERDICT"), "client-gone");
    assert_int_equal(request->connection->aborted, 1);
    assert_int_equal(request->connection->keepalive, AP_CONN_CLOSE);
    assert_int_equal(stage.runtime().backends()[0].slot->used.load(), 0);
}

void the_balancer_names_its_route()
{
    Container container{{serves(answer("a"))}};
    const std::string port = std::to_string(container.port());
    const std::string first = "worker.m1.port=" + port;
    const std::string second = "worker.m2.port=" + port;
    Stage stage{{"worker.list=lb", "worker.lb.type=lb", "worker.lb.balance_workers=m1,m2",
                 "worker.lb.set_session_cookie=1", "worker.m1.host=127.0.0.1", first.c_str(),
                 "worker.m2.host=127.0.0.1", second.c_str()}};
    request_rec* const request = request_for(stage, "lb");
    assert_int_equal(httpd::handle(request), OK);
    assert_text_equal(fakes().all_passed(), "a<eos>");
    assert_text_equal(note(request, "JK_WORKER_TYPE"), "lb");
    assert_text_equal(note(request, "JK_WORKER_ROUTE"), "m1");
    assert_text_equal(answer_header(request, "Set-Cookie"), "JSESSIONID=.m1;PATH=/;HttpOnly");
}

void a_balancer_without_a_member_is_503()
{
    Stage stage{{"worker.list=lb", "worker.lb.type=lb", "worker.lb.balance_workers=m1",
                 "worker.lb.retry_interval=0", "worker.m1.host=127.0.0.1", "worker.m1.port=1",
                 "worker.m1.retry_interval=0"}};
    assert_int_equal(httpd::handle(request_for(stage, "lb")), HTTP_SERVICE_UNAVAILABLE);
    assert_int_equal(fakes().log.size(), 1);
    assert_true(fakes().has_logged(APLOG_ERR, "failed with 503 [no-member] at balancer lb: "));
}

}  // namespace

Group request_handler_tests()
{
    return {"request/handler",
            {
                jk_test(other_handlers_are_declined),
                jk_test(no_jk_is_declined),
                jk_test(directories_are_ours_only_by_option),
                jk_test(a_request_becomes_that_of_the_path_without_parameters),
                jk_test(a_path_without_parameters_is_not_looked_up),
                jk_test(httpd_may_refuse_it_there_or_demand_a_user),
                jk_test(a_path_that_is_not_ours_without_its_parameters_is_404),
                jk_test(what_no_fixup_has_decided_on_is_404),
                jk_test(an_unknown_worker_is_500),
                jk_test(a_member_alone_is_unknown),
                jk_test(a_proxy_request_is_500),
                jk_test(without_a_child_nothing_is_served),
                jk_test(without_a_worker_httpd_goes_on),
                jk_test(a_client_that_is_gone_is_not_served),
                jk_test(a_request_is_forwarded_and_leaves_notes),
                jk_test(a_backend_that_is_down_is_503),
                jk_test(httpds_own_page_is_asked_for),
                jk_test(a_broken_answer_is_cut_off),
                jk_test(a_bad_length_is_400_and_closes),
                jk_test(an_unknown_coding_is_501),
                jk_test(a_body_over_the_limit_is_413_before_it_is_read),
                jk_test(an_included_error_page_is_named_to_the_page_around_it),
                jk_test(a_short_body_never_reaches_the_backend),
                jk_test(the_balancer_names_its_route),
                jk_test(a_balancer_without_a_member_is_503),
            }};
}

}  // namespace jk::test
