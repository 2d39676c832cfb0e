// The answer on its way to httpd: status line, headers, body, and what becomes of a broken one.
#include "request/response.h"

#include <string>
#include <vector>

#include "support/loopback.h"
#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Response;

/// A request with its answer.
struct Exchange {
    Site site;
    route::RuleOptions rule;
    request_rec* request = nullptr;
    std::vector<std::string> packets;  ///< heads are views into them

    explicit Exchange(const char* options = "")
    {
        (void)site.set("JkOptions", {options});
        site.finish();
        request = site.request("/app/x");
    }
    ajp::ResponseHead head(int status, const std::vector<HeaderPair>& headers = {},
                           std::string_view reason = "")
    {
        std::string& packet = packets.emplace_back(head_packet(status, headers, reason));
        const MutableBytes all{reinterpret_cast<std::uint8_t*>(packet.data()), packet.size()};
        const Result<ajp::Message> message = ajp::decode_message(all.subspan(4));
        assert_true(message.has_value());
        return std::get<ajp::ResponseHead>(*message);
    }
    void start(Response& response, int status, const std::vector<HeaderPair>& headers = {},
               std::string_view reason = "")
    {
        ajp::ResponseHead got = head(status, headers, reason);
        response.start(got);
    }
};

/// All values of a header of the answer, in order.
std::string all_values(const apr_table_t* headers, const char* name)
{
    std::string all;
    apr_table_do(
        [](void* to, const char*, const char* value) {
            *static_cast<std::string*>(to) += std::string{value} + "|";
            return 1;
        },
        &all, headers, name, nullptr);
    return all;
}

void the_status_line_has_the_backends_phrase()
{
    Exchange exchange;
    Response response{exchange.request, exchange.rule};
    exchange.start(response, 404, {}, "Gone Fishing");
    assert_int_equal(exchange.request->status, 404);
    assert_string_equal(exchange.request->status_line, "404 Gone Fishing");
}

void without_a_phrase_httpd_has_one()
{
    struct {
        int status;
        const char* line;
    } const rows[] = {{404, nullptr}, {500, nullptr}, {200, nullptr}, {799, "799 Unknown Reason"}};
    for (const auto& row : rows) {
        Exchange exchange;
        Response response{exchange.request, exchange.rule};
        exchange.request->status_line = "200 left over";
        exchange.start(response, row.status);
        assert_int_equal(exchange.request->status, row.status);
        if (row.line == nullptr) {
            assert_null(exchange.request->status_line);
        } else {
            assert_string_equal(exchange.request->status_line, row.line);
        }
    }
}

void an_error_document_keeps_the_original_status()  // D45
{
    Exchange exchange;
    Response response{exchange.request, exchange.rule};
    request_rec* const original = exchange.site.request("/denied");
    original->status = HTTP_FORBIDDEN;
    exchange.request->prev = original;
    exchange.request->status = HTTP_FORBIDDEN;
    exchange.start(response, 200, {{"X-A", "1"}});
    assert_int_equal(exchange.request->status, HTTP_FORBIDDEN);
    assert_text_equal(answer_header(exchange.request, "X-A"), "1");
}

void an_internal_redirect_without_an_error_has_the_backends_status()
{
    Exchange exchange;
    Response response{exchange.request, exchange.rule};
    exchange.request->prev = exchange.site.request("/d/");
    exchange.start(response, 201);
    assert_int_equal(exchange.request->status, 201);
}

void only_the_type_itself_becomes_lower_case()  // D29
{
    Exchange exchange;
    Response response{exchange.request, exchange.rule};
    exchange.start(response, 200, {{"Content-Type", "Text/HTML;Charset=UTF-8"}});
    assert_string_equal(exchange.request->content_type, "text/html;Charset=UTF-8");
    assert_text_equal(answer_header(exchange.request, "Content-Type"), "");
}

void headers_stay_separate_and_in_order()  // D29
{
    Exchange exchange;
    Response response{exchange.request, exchange.rule};
    exchange.start(response, 200,
                   {{"Set-Cookie", "a=1"},
                    {"WWW-Authenticate", "Basic"},
                    {"Set-Cookie", "b=2"},
                    {"WWW-Authenticate", "Digest"}});
    assert_text_equal(all_values(exchange.request->headers_out, "Set-Cookie"), "a=1|b=2|");
    assert_text_equal(all_values(exchange.request->headers_out, "WWW-Authenticate"),
                      "Basic|Digest|");
}

void a_length_is_a_number()
{
    Exchange exchange;
    Response response{exchange.request, exchange.rule};
    exchange.start(response, 200, {{"Content-Length", "0012"}});
    assert_int_equal(exchange.request->clength, 12);
    assert_text_equal(all_values(exchange.request->headers_out, "Content-Length"), "12|");
}

void the_last_location_counts()
{
    Exchange exchange;
    Response response{exchange.request, exchange.rule};
    exchange.start(response, 302, {{"Location", "/a"}, {"location", "/b"}});
    assert_text_equal(all_values(exchange.request->headers_out, "Location"), "/b|");
}

void a_modification_in_the_future_is_now()  // D29
{
    struct {
        const char* sent;
        const char* want;
    } const rows[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"},
        {"Fri, 01 Jan 2038 00:00:00 GMT", "Sat, 01 Jan 2000 00:00:00 GMT"},
        {"yesterday", ""},
    };
    for (const auto& row : rows) {
        Exchange exchange;
        exchange.request->request_time = apr_time_from_sec(946684800);
        Response response{exchange.request, exchange.rule};
        exchange.start(response, 200, {{"Last-Modified", row.sent}});
        assert_text_equal(answer_header(exchange.request, "Last-Modified"), row.want);
    }
}

void headers_without_a_token_are_dropped_and_logged()
{
    Exchange exchange;
    Response response{exchange.request, exchange.rule};
    exchange.start(response, 200, {{"X A", "1"}, {"X-B", "2\r\nX-C: 3"}});
    assert_text_equal(answer_header(exchange.request, "X-B"), "2  X-C: 3");
    assert_true(fakes().has_logged(APLOG_WARNING, "1 headers"));
}

void the_session_cookie_is_added()
{
    Exchange exchange;
    Response response{exchange.request, exchange.rule};
    response.set_session_cookie("JSESSIONID=.w1");
    response.set_session_cookie("JSESSIONID=.w2");
    exchange.start(response, 200, {{"Set-Cookie", "a=1"}});
    assert_text_equal(all_values(exchange.request->headers_out, "Set-Cookie"),
                      "a=1|JSESSIONID=.w2|");
}

void a_small_answer_goes_in_one_pass()
{
    Exchange exchange;
    Response response{exchange.request, exchange.rule};
    exchange.start(response, 200);
    response.add_body(as_bytes("hel"));
    response.add_body(as_bytes("lo"));
    assert_false(response.has_left());
    assert_true(response.finish());
    assert_true(response.has_left());
    assert_text_equal(fakes().all_passed(), "hello<eos>");
    assert_int_equal(response.handler_status(), OK);
}

void flushes_come_where_they_are_asked_for()
{
    struct {
        const char* options;
        const char* passed;
    } const rows[] = {
        {"", "a<flush>b<eos>"},
        {"FlushHeader", "<flush>a<flush>b<eos>"},
        {"FlushPackets", "a<flush><flush>b<flush><eos>"},
    };
    for (const auto& row : rows) {
        Exchange exchange{row.options};
        Response response{exchange.request, exchange.rule};
        exchange.start(response, 200);
        response.add_body(as_bytes("a"));
        response.add_flush();
        response.add_body(as_bytes("b"));
        assert_true(response.finish());
        assert_text_equal(fakes().all_passed(), row.passed);
    }
}

void passing_empties_what_gathered()
{
    Exchange exchange;
    Response response{exchange.request, exchange.rule};
    assert_true(response.pass());
    assert_false(response.has_left());
    std::string buffer = "one";
    response.add_body(as_bytes(buffer));
    assert_true(response.pass());
    buffer = "two";
    response.add_body(as_bytes(buffer));
    assert_true(response.finish());
    assert_text_equal(fakes().all_passed(), "one|two<eos>");
}

void a_client_that_is_gone_shows()
{
    Exchange exchange;
    Response response{exchange.request, exchange.rule};
    response.add_body(as_bytes("a"));
    fakes().pass_status = APR_ECONNABORTED;
    assert_false(response.pass());
    fakes().pass_status = APR_SUCCESS;
    exchange.request->connection->aborted = 1;
    assert_false(response.pass());
    response.add_body(as_bytes("b"));
    assert_false(response.pass());
}

void httpds_own_page_replaces_an_error()  // D27
{
    Exchange exchange{"FlushPackets FlushHeader"};
    exchange.rule.use_server_errors = 400;
    Response response{exchange.request, exchange.rule};
    exchange.start(response, 404, {{"X-A", "1"}, {"Content-Type", "text/x"}}, "Reason");
    response.add_body(as_bytes("body"));
    response.add_flush();
    assert_true(response.finish());
    assert_int_equal(response.handler_status(), 404);
    assert_int_equal(exchange.request->status, HTTP_OK);
    assert_text_equal(answer_header(exchange.request, "X-A"), "");
    assert_null(exchange.request->content_type);
    assert_true(fakes().passed.empty());
    assert_false(response.has_left());
}

void challenges_are_kept()  // D28
{
    Exchange exchange;
    exchange.rule.use_server_errors = 400;
    Response response{exchange.request, exchange.rule};
    exchange.start(response, 401, {{"WWW-Authenticate", "Basic"}, {"WWW-Authenticate", "Digest"}});
    assert_int_equal(response.handler_status(), 401);
    const apr_table_t* const kept = exchange.request->err_headers_out;
    assert_text_equal(all_values(kept, "WWW-Authenticate"), "Basic|Digest|");
}

void a_missing_challenge_is_logged()
{
    Exchange exchange;
    exchange.rule.use_server_errors = 400;
    Response response{exchange.request, exchange.rule};
    exchange.start(response, 401);
    assert_true(fakes().has_logged(APLOG_WARNING, "WWW-Authenticate"));
}

void a_status_below_the_limit_is_the_backends()
{
    Exchange exchange;
    exchange.rule.use_server_errors = 500;
    Response response{exchange.request, exchange.rule};
    exchange.start(response, 499);
    response.add_body(as_bytes("body"));
    assert_true(response.finish());
    assert_int_equal(response.handler_status(), OK);
    assert_int_equal(exchange.request->status, 499);
    assert_text_equal(fakes().all_passed(), "body<eos>");
}

void what_has_not_left_can_be_taken_back()
{
    Exchange exchange;
    Response response{exchange.request, exchange.rule};
    exchange.start(response, 404, {{"X-A", "1"}, {"Content-Type", "a/b"}, {"Content-Length", "5"}},
                   "Reason");
    response.add_body(as_bytes("body"));
    response.take_back();
    assert_int_equal(exchange.request->status, HTTP_OK);
    assert_null(exchange.request->status_line);
    assert_null(exchange.request->content_type);
    assert_int_equal(exchange.request->clength, 0);
    assert_true(apr_is_empty_table(exchange.request->headers_out));
    assert_true(response.pass());
    assert_true(fakes().passed.empty());
}

void a_broken_answer_is_cut()
{
    Exchange exchange;
    Response response{exchange.request, exchange.rule};
    exchange.start(response, 200);
    response.add_body(as_bytes("first"));
    assert_true(response.pass());
    response.add_body(as_bytes("never sent"));
    response.cut();
    assert_text_equal(fakes().all_passed(), "first|<error 502><flush><eos>");
    assert_int_equal(exchange.request->connection->keepalive, AP_CONN_CLOSE);
    assert_int_equal(exchange.request->no_cache, 1);  // RS-11
}

void a_cut_without_framing_resets_the_connection()
{
    struct {
        int protocol;
        bool is_chunked;
        const char* header;
        bool is_reset;
    } const rows[] = {
        {HTTP_VERSION(1, 0), false, "X-Not", true},
        {HTTP_VERSION(1, 0), false, "Content-Length", false},
        {HTTP_VERSION(1, 1), true, "X-Not", false},
        {HTTP_VERSION(1, 1), false, "X-Not", true},
        {HTTP_VERSION(2, 0), false, "X-Not", false},
    };
    for (const auto& row : rows) {
        Exchange exchange;
        apr_pool_t* const pool = exchange.request->pool;
        (void)apr_socket_create(&fakes().client_socket, APR_INET, SOCK_STREAM, 0, pool);
        exchange.request->proto_num = row.protocol;
        exchange.request->chunked = static_cast<int>(row.is_chunked);
        apr_table_setn(exchange.request->headers_out, row.header, "9");
        Response{exchange.request, exchange.rule}.cut();
        linger how{};
        socklen_t size = sizeof how;
        int descriptor = -1;
        (void)apr_os_sock_get(&descriptor, fakes().client_socket);
        (void)::getsockopt(descriptor, SOL_SOCKET, SO_LINGER, &how, &size);
        assert_int_equal(how.l_onoff, row.is_reset ? 1 : 0);
        assert_int_equal(exchange.request->connection->aborted, row.is_reset ? 1 : 0);
    }
}

}  // namespace

Group request_response_tests()
{
    return {"request/response",
            {
                jk_test(the_status_line_has_the_backends_phrase),
                jk_test(without_a_phrase_httpd_has_one),
                jk_test(an_error_document_keeps_the_original_status),
                jk_test(an_internal_redirect_without_an_error_has_the_backends_status),
                jk_test(only_the_type_itself_becomes_lower_case),
                jk_test(headers_stay_separate_and_in_order),
                jk_test(a_length_is_a_number),
                jk_test(the_last_location_counts),
                jk_test(a_modification_in_the_future_is_now),
                jk_test(headers_without_a_token_are_dropped_and_logged),
                jk_test(the_session_cookie_is_added),
                jk_test(a_small_answer_goes_in_one_pass),
                jk_test(flushes_come_where_they_are_asked_for),
                jk_test(passing_empties_what_gathered),
                jk_test(a_client_that_is_gone_shows),
                jk_test(httpds_own_page_replaces_an_error),
                jk_test(challenges_are_kept),
                jk_test(a_missing_challenge_is_logged),
                jk_test(a_status_below_the_limit_is_the_backends),
                jk_test(what_has_not_left_can_be_taken_back),
                jk_test(a_broken_answer_is_cut),
                jk_test(a_cut_without_framing_resets_the_connection),
            }};
}

}  // namespace jk::test
