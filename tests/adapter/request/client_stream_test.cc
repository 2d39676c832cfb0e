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
