// The client's body: its pieces, its end, and the ways in which it goes wrong.
#include "request/client_stream.h"

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

void pieces_come_as_they_are()
{
    Body body{{{"one"}, {"two", true}}};
    assert_text_equal(body.read(ClientRead::data), "one");
    assert_text_equal(body.read(ClientRead::data), "two");
    assert_text_equal(body.read(ClientRead::end), "");
    assert_text_equal(body.read(ClientRead::end), "");  // and httpd is not asked again
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
    for (const apr_status_t status :
         {static_cast<apr_status_t>(APR_EOF), static_cast<apr_status_t>(APR_TIMEUP), APR_ECONNRESET,
          APR_ECONNABORTED, EPIPE, APR_INCOMPLETE}) {
        Body body{{{"x"}, {"", false, status}}};
        assert_text_equal(body.read(ClientRead::data), "x");
        assert_text_equal(body.read(ClientRead::gone), "");
    }
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
                jk_test(pieces_come_as_they_are),
                jk_test(no_more_is_read_than_there_is_room_for),
                jk_test(empty_pieces_are_not_the_end),
                jk_test(an_empty_body_ends_at_once),
                jk_test(filling_joins_pieces),
                jk_test(a_client_that_is_gone_is_gone),
                jk_test(any_error_of_an_aborted_connection_is_gone),
                jk_test(a_bad_body_is_refused_with_httpds_status),
            }};
}

}  // namespace jk::test
