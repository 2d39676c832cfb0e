// The client's body: its pieces, its end, and the ways in which it goes wrong.
#include "request/client_stream.h"

#include <optional>
#include <string>
#include <vector>

#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::ClientRead;
using httpd::ClientResult;
using httpd::ClientStream;

struct Body {
    Site site;
    request_rec* request = site.request("/x");
    ClientStream stream{request};
    std::vector<std::uint8_t> buffer = std::vector<std::uint8_t>(16);

    explicit Body(std::deque<Input> input) { fakes().input = std::move(input); }

    std::string read(ClientRead status) { return taken(stream.read(buffer), status); }
    std::string fill(ClientRead status) { return taken(stream.fill(buffer), status); }
    std::string taken(const ClientResult& result, ClientRead status)
    {
        assert_int_equal(result.status, status);
        return {buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(result.count)};
    }
};

/// What a filter gives that does not care how much was asked for.
Input generous(const char* data, bool is_last = false)
{
    return {data, is_last, APR_SUCCESS, {}, true};
}

constexpr std::optional<apr_status_t> later = APR_EAGAIN;

void pieces_at_hand_are_joined()
{
    Body body{{{"one"}, {"two", true}}};
    assert_text_equal(body.read(ClientRead::data), "onetwo");
    assert_text_equal(body.read(ClientRead::end), "");
    assert_text_equal(body.read(ClientRead::end), "");  // and httpd is not asked again
}

void nothing_is_waited_for_behind_the_first_bytes()
{
    // A filter that has nothing now says so, or succeeds with nothing.
    for (const apr_status_t nothing : {static_cast<apr_status_t>(APR_EAGAIN), APR_SUCCESS}) {
        const std::optional<apr_status_t> pause = nothing;
        Body body{{{"1", false, APR_SUCCESS, pause},
                   {"2", false, APR_SUCCESS, pause},
                   {"3"},
                   {"", true, APR_SUCCESS, pause}}};
        assert_text_equal(body.read(ClientRead::data), "1");
        assert_text_equal(body.read(ClientRead::data), "23");
        assert_text_equal(body.read(ClientRead::end), "");
    }
}

void filters_of_the_request_are_only_waited_for()
{
    Body body{{{"one"}, {"two", true}}};
    ap_filter_t inflating{};
    body.request->input_filters = &inflating;
    assert_text_equal(body.read(ClientRead::data), "one");
    assert_text_equal(body.read(ClientRead::data), "two");
    assert_text_equal(body.read(ClientRead::end), "");
}

void no_more_is_read_than_there_is_room_for()
{
    Body body{{{"0123456789abcdefghij", true}}};
    assert_text_equal(body.read(ClientRead::data), "0123456789abcdef");
    assert_text_equal(body.read(ClientRead::data), "ghij");
    assert_text_equal(body.read(ClientRead::end), "");
}

void what_there_is_no_room_for_is_given_next()
{
    Body body{{generous("0123456789abcdefghijklmnopqrstuvwxyzABC"), generous("D", true)}};
    assert_text_equal(body.read(ClientRead::data), "0123456789abcdef");
    assert_text_equal(body.read(ClientRead::data), "ghijklmnopqrstuv");
    assert_int_equal(fakes().input.size(), 1);  // not asked again before it is used up
    assert_text_equal(body.read(ClientRead::data), "wxyzABCD");
    assert_text_equal(body.read(ClientRead::end), "");
}

void the_rest_is_the_end_no_sooner_than_it_is_used_up()
{
    Body body{{generous("0123456789abcdef0123456789abcdefX", true)}};
    assert_text_equal(body.fill(ClientRead::data), "0123456789abcdef");
    assert_text_equal(body.fill(ClientRead::data), "0123456789abcdef");
    assert_text_equal(body.fill(ClientRead::end), "X");
    assert_text_equal(body.fill(ClientRead::end), "");
}

void a_failure_waits_behind_the_rest()
{
    Body body{{generous("0123456789abcdefg"), {"", false, APR_EINVAL}}};
    ap_filter_t doubling{};
    body.request->input_filters = &doubling;
    assert_text_equal(body.read(ClientRead::data), "0123456789abcdef");
    assert_text_equal(body.read(ClientRead::data), "g");
    assert_text_equal(body.read(ClientRead::refused), "");
}

void httpd_sees_no_early_error_while_the_client_awaits_its_100()
{
    for (const unsigned awaits : {0U, 1U}) {
        Body body{{{"x", true}}};
        body.request->status = HTTP_NOT_FOUND;
        body.request->expecting_100 = awaits;
        int seen = 0;
        fakes().on_ask = [&] { seen = body.request->status; };
        assert_text_equal(body.read(ClientRead::data), "x");
        assert_int_equal(seen, awaits != 0 ? HTTP_OK : HTTP_NOT_FOUND);
        assert_int_equal(body.request->status, HTTP_NOT_FOUND);
    }
}

void the_status_of_httpds_own_answer_stays()
{
    Body body{{{"", false, AP_FILTER_ERROR}}};
    body.request->expecting_100 = 1;
    body.request->status = HTTP_NOT_FOUND;
    fakes().on_ask = [&] { body.request->status = HTTP_REQUEST_ENTITY_TOO_LARGE; };
    assert_text_equal(body.read(ClientRead::refused), "");
    assert_int_equal(body.request->status, HTTP_REQUEST_ENTITY_TOO_LARGE);
}

/// A body that its head says to be `length` long, behind a filter of the request's own.
struct Filtered {
    Site site;
    request_rec* request = nullptr;
    ap_filter_t filter{};
    std::vector<std::uint8_t> buffer = std::vector<std::uint8_t>(16);
    std::optional<ClientStream> stream;

    Filtered(std::uint64_t length, std::deque<Input> input)
    {
        site.finish();
        request = site.request("/x");
        set_header(request, "Content-Length", std::to_string(length).c_str());
        request->input_filters = &filter;
        fakes().input = std::move(input);
        stream.emplace(request, httpd::BodyLength{ajp::BodyKind::sized, length});
    }
    std::string read(ClientRead status, int http_status = 0)
    {
        const ClientResult result = stream->read(buffer);
        assert_int_equal(result.status, status);
        assert_int_equal(result.http_status, http_status);
        return {buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(result.count)};
    }
};

void a_filtered_body_keeps_its_length()
{
    for (const bool is_apart : {false, true}) {
        Filtered body{18, {generous("0123456789abcdefgh", !is_apart), {"", true}}};
        assert_false(body.stream->settle());
        assert_int_equal(body.stream->body().length, 18);
        assert_text_equal(body.read(ClientRead::data), "0123456789abcdef");
        assert_text_equal(body.read(ClientRead::data), "gh");
        assert_text_equal(body.read(ClientRead::end), "");
    }
}

void a_filter_that_changes_the_length_is_refused()
{
    const struct {
        std::uint64_t length;
        std::deque<Input> input;
        const char* how;
    } rows[] = {
        {2, {generous("xyz", true)}, "longer than its Content-Length of 2"},
        {2, {{"xy"}, {""}, {"z", true}}, "longer than its Content-Length of 2"},
        {9, {{"xy", true}}, "shorter than its Content-Length of 9"},
    };
    for (const auto& row : rows) {
        Filtered body{row.length, row.input};
        if (row.length > 2) {
            assert_text_equal(body.read(ClientRead::data), "xy");
        }
        assert_text_equal(body.read(ClientRead::refused, HTTP_INTERNAL_SERVER_ERROR), "");
        assert_text_equal(body.read(ClientRead::refused, HTTP_INTERNAL_SERVER_ERROR), "");
        assert_true(fakes().has_logged(APLOG_WARNING, row.how));
        assert_true(fakes().has_logged(APLOG_WARNING, "set JK_IGNORE_CL"));
    }
}

void what_fails_behind_the_last_byte_of_a_filtered_body_counts()
{
    Filtered body{2, {{"xy"}, {"", false, APR_EGENERAL}}};
    assert_text_equal(body.read(ClientRead::refused, HTTP_BAD_REQUEST), "");
}

void a_filter_that_decodes_makes_the_length_unknown()
{
    Filtered body{2, {generous("0123456789abcdefgh"), {"ij", true}}};
    fakes().on_ask = [&] { apr_table_unset(body.request->headers_in, "Content-Length"); };
    assert_true(body.stream->settle());
    assert_int_equal(body.stream->body().kind, ajp::BodyKind::unknown);
    assert_text_equal(body.read(ClientRead::data), "0123456789abcdef");
    assert_text_equal(body.read(ClientRead::data), "gh");
    assert_text_equal(body.read(ClientRead::data), "ij");
    assert_text_equal(body.read(ClientRead::end), "");
}

void what_fails_at_once_is_told_by_the_first_read()
{
    Filtered body{2, {{"", false, APR_EGENERAL}}};
    fakes().on_ask = [&] { apr_table_unset(body.request->headers_in, "Content-Length"); };
    assert_false(body.stream->settle());
    assert_text_equal(body.read(ClientRead::refused, HTTP_BAD_REQUEST), "");
}

void only_a_filtered_body_is_read_ahead()
{
    Filtered body{2, {{"xy", true}}};
    int asked = 0;
    fakes().on_ask = [&] { ++asked; };
    body.request->input_filters = body.request->proto_input_filters;
    ClientStream plain{body.request, {ajp::BodyKind::sized, 2}};
    assert_false(plain.settle());
    body.request->input_filters = &body.filter;
    ClientStream chunked{body.request, {ajp::BodyKind::unknown, 0}};
    assert_false(chunked.settle());
    assert_int_equal(asked, 0);
}

void the_limit_is_for_what_is_announced()
{
    Site site;
    request_rec* const request = site.request("/x");
    for (const auto& [limit, exceeds] : {std::pair{0, false}, {10, false}, {9, true}}) {
        fakes().limit_request_body = limit;
        assert_int_equal((ClientStream{request, {ajp::BodyKind::sized, 10}}.exceeds_limit()),
                         exceeds);
        assert_false((ClientStream{request, {ajp::BodyKind::unknown, 10}}.exceeds_limit()));
    }
}

void empty_pieces_are_not_the_end()
{
    Body body{{{""}, {""}, {"x"}, {"", true}}};
    assert_text_equal(body.read(ClientRead::data), "x");
    assert_text_equal(body.read(ClientRead::end), "");
}

void an_empty_body_ends_at_once()
{
    Body body{{{"", true}}};
    assert_text_equal(body.read(ClientRead::end), "");
}

void filling_joins_pieces()
{
    Body body{{{"0123456"}, {"789abcdefgh"}, {"ij", true}}};
    assert_text_equal(body.fill(ClientRead::data), "0123456789abcdef");
    assert_text_equal(body.fill(ClientRead::end), "ghij");
    assert_text_equal(body.fill(ClientRead::end), "");
}

void a_client_that_is_gone_is_gone()
{
    for (const apr_status_t status : {static_cast<apr_status_t>(APR_EOF), APR_ECONNRESET,
                                      APR_ECONNABORTED, EPIPE, APR_INCOMPLETE}) {
        Body body{{{"x"}, {"", false, status}}};
        assert_text_equal(body.read(ClientRead::data), "x");
        assert_text_equal(body.read(ClientRead::gone), "");
        assert_text_equal(body.read(ClientRead::gone), "");
    }
}

void a_failure_behind_good_bytes_ends_the_connection()
{
    Body body{{{"x"}, {"", false, APR_EINVAL}}};
    body.request->connection->keepalive = AP_CONN_KEEPALIVE;
    assert_text_equal(body.read(ClientRead::data), "x");
    assert_int_equal(body.request->connection->keepalive, AP_CONN_CLOSE);
}

void a_failure_that_waits_is_not_found_before_it_is_there()
{
    Body body{{{"x"}, {"", false, APR_EINVAL, later}}};
    body.request->connection->keepalive = AP_CONN_KEEPALIVE;
    assert_text_equal(body.read(ClientRead::data), "x");
    assert_int_equal(body.request->connection->keepalive, AP_CONN_KEEPALIVE);
    assert_text_equal(body.read(ClientRead::refused), "");
}

void what_httpd_has_answered_is_told_at_once()
{
    Body body{{{"x"}, {"", false, AP_FILTER_ERROR}}};
    const ClientResult result = body.stream.read(body.buffer);
    assert_int_equal(result.status, ClientRead::refused);
    assert_int_equal(result.http_status, AP_FILTER_ERROR);
}

void any_error_of_an_aborted_connection_is_gone()
{
    Body body{{{"", false, APR_EGENERAL}}};
    body.request->connection->aborted = 1;
    assert_text_equal(body.fill(ClientRead::gone), "");
}

void a_bad_body_is_refused_with_httpds_status()
{
    struct {
        apr_status_t failure;
        int status;
    } const rows[] = {{APR_EGENERAL, HTTP_BAD_REQUEST},
                      {APR_EINVAL, HTTP_BAD_REQUEST},
                      {APR_ENOSPC, HTTP_REQUEST_ENTITY_TOO_LARGE}};
    for (const auto& row : rows) {
        Body body{{{"x"}, {"", false, row.failure}}};
        const ClientResult result = body.stream.fill(body.buffer);
        assert_int_equal(result.status, ClientRead::refused);
        assert_int_equal(result.http_status, row.status);
    }
}

}  // namespace

Group request_client_stream_tests()
{
    return {"request/client_stream",
            {
                jk_test(pieces_at_hand_are_joined),
                jk_test(nothing_is_waited_for_behind_the_first_bytes),
                jk_test(filters_of_the_request_are_only_waited_for),
                jk_test(no_more_is_read_than_there_is_room_for),
                jk_test(what_there_is_no_room_for_is_given_next),
                jk_test(the_rest_is_the_end_no_sooner_than_it_is_used_up),
                jk_test(a_failure_waits_behind_the_rest),
                jk_test(httpd_sees_no_early_error_while_the_client_awaits_its_100),
                jk_test(the_status_of_httpds_own_answer_stays),
                jk_test(a_filtered_body_keeps_its_length),
                jk_test(a_filter_that_changes_the_length_is_refused),
                jk_test(what_fails_behind_the_last_byte_of_a_filtered_body_counts),
                jk_test(a_filter_that_decodes_makes_the_length_unknown),
                jk_test(what_fails_at_once_is_told_by_the_first_read),
                jk_test(only_a_filtered_body_is_read_ahead),
                jk_test(the_limit_is_for_what_is_announced),
                jk_test(empty_pieces_are_not_the_end),
                jk_test(an_empty_body_ends_at_once),
                jk_test(filling_joins_pieces),
                jk_test(a_client_that_is_gone_is_gone),
                jk_test(a_failure_behind_good_bytes_ends_the_connection),
                jk_test(a_failure_that_waits_is_not_found_before_it_is_there),
                jk_test(what_httpd_has_answered_is_told_at_once),
                jk_test(any_error_of_an_aborted_connection_is_gone),
                jk_test(a_bad_body_is_refused_with_httpds_status),
            }};
}

}  // namespace jk::test
