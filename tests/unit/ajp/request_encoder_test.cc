// Tests common/ajp/request_encoder: what is left out, added, cleaned and refused.
#include "ajp/request_encoder.h"

#include <array>

#include "ajp/support.h"
#include "support/check.h"

namespace {

using jk::Errc;
using jk::ajp::BodyKind;
using jk::ajp::Field;
using jk::ajp::Request;
using jk::test::Buffer;

Request get(std::string_view uri = "/")
{
    Request request;
    request.uri = uri;
    return request;
}

Buffer encoded(const Request& request, std::size_t size = 8192)
{
    Buffer packet(size);
    const auto used = jk::ajp::encode_request(request, packet);
    ck_assert_msg(used.has_value(), "the request was refused");
    packet.resize(*used);
    ck_assert_uint_eq(packet[2] * 256U + packet[3], packet.size() - 4);
    return packet;
}

bool has(const Buffer& packet, std::string_view text)
{
    return jk::as_text(packet).find(text) != std::string_view::npos;
}

// An empty line of addresses makes the places fixed: the count of headers stands at 30.
std::size_t header_count(const Buffer& packet)
{
    return packet[30] * 256U + packet[31];
}

void refuse(const Request& request, Errc code)
{
    Buffer packet(8192);
    const auto used = jk::ajp::encode_request(request, packet);
    ck_assert(!used.has_value());
    ck_assert_uint_eq(static_cast<unsigned>(used.error().code), static_cast<unsigned>(code));
    ck_assert(!used.error().text.empty());
}

START_TEST(the_smallest_request)
{
    const Buffer want = jk::test::bytes_of(
        "12 34 00 23 02 02 00 08 \"HTTP/1.1\" 00 00 01 \"/\" 00 ff ff ff ff ff ff 00 50 00"
        "00 01 a0 08 00 01 \"0\" 00 ff");
    ck_assert(encoded(get()) == want);
}
END_TEST

START_TEST(drops_six_headers_and_no_other)
{
    constexpr std::array headers{
        Field{"UPGRADE", "h2c"},
        Field{"http2-settings", "AAMAAABkAAQCAAAAAAIAAAAA"},
        Field{"Keep-Alive", "5"},
        Field{"Proxy-Connection", "close"},
        Field{"Proxy-Authorization", "Basic xyz"},
        Field{"Proxy", "http://evil/"},
        Field{"Connection", "close, X-Named"},
        Field{"X-Named", "stays"},
        Field{"TE", "trailers"},
        Field{"Trailer", "X-T"},
        Field{"Expect", "100-continue"},
    };
    Request request = get();
    request.headers = headers;
    const Buffer packet = encoded(request);
    ck_assert_uint_eq(header_count(packet), 6);
    for (const std::string_view gone : {"h2c", "AAMA", "Basic", "evil"}) {
        ck_assert(!has(packet, gone));
    }
    for (const std::string_view kept : {"close, X-Named", "stays", "trailers", "X-T", "100-"}) {
        ck_assert(has(packet, kept));
    }
}
END_TEST

START_TEST(a_request_without_body_has_length_0)
{
    constexpr std::array headers{Field{"Content-Length", "0"}, Field{"content-length", "7"},
                                 Field{"Transfer-Encoding", "chunked"}};
    Request request = get();
    request.headers = headers;
    const Buffer packet = encoded(request);
    ck_assert_uint_eq(header_count(packet), 1);
    ck_assert(!has(packet, "7"));
    ck_assert(!has(packet, "chunked"));
}
END_TEST

START_TEST(the_clients_own_length_0_stays_where_it_was)
{
    constexpr std::array headers{Field{"X-A", "a"}, Field{"Content-Length", "000"},
                                 Field{"X-B", "b"}};
    Request request = get();
    request.headers = headers;
    const Buffer packet = encoded(request);
    ck_assert_uint_eq(header_count(packet), 3);
    ck_assert(has(packet, "000"));
}
END_TEST

START_TEST(length_0_is_never_header_101)
{
    std::vector<Field> headers(99, Field{"x", "y"});
    Request request = get();
    request.headers = headers;
    ck_assert_uint_eq(header_count(encoded(request)), 100);
    headers.push_back(Field{"x", "y"});
    request.headers = headers;
    ck_assert_uint_eq(header_count(encoded(request)), 100);
    headers.resize(1000, Field{"x", "y"});
    request.headers = headers;
    ck_assert_uint_eq(header_count(encoded(request)), 1000);
}
END_TEST

START_TEST(an_unknown_length_has_no_content_length)
{
    constexpr std::array headers{Field{"Content-Length", "3"},
                                 Field{"Transfer-Encoding", "Chunked"}};
    Request request = get();
    request.body = BodyKind::unknown;
    request.headers = headers;
    const Buffer packet = encoded(request);
    ck_assert_uint_eq(header_count(packet), 1);
    ck_assert(has(packet, "chunked"));
    request.headers = std::span{headers}.first(1);
    ck_assert_uint_eq(header_count(encoded(request)), 0);
}
END_TEST

struct LengthCase {
    std::string_view name;
    std::string_view value;
};
constexpr std::array bad_lengths{
    LengthCase{"Content-Length", "+3"},
    LengthCase{"Content-Length", "-1"},
    LengthCase{"Content-Length", "3, 3"},
    LengthCase{"Content-Length", " 3"},
    LengthCase{"Content-Length", "0x3"},
    LengthCase{"Content-Length", ""},
    LengthCase{"Content-Length", "9223372036854775808"},
    LengthCase{"X-Content-Length", "3"},
    LengthCase{"Content_Length", "3"},
};

START_TEST(a_sized_body_needs_a_length)
{
    const LengthCase& row = bad_lengths.at(static_cast<std::size_t>(_i));
    const std::array headers{Field{row.name, row.value}};
    Request request = get();
    request.body = BodyKind::sized;
    request.headers = headers;
    refuse(request, Errc::bad_value);
}
END_TEST

START_TEST(a_sized_body_has_one_length_and_no_encoding)
{
    constexpr std::array twice{Field{"Content-Length", "3"}, Field{"content-length", "3"}};
    constexpr std::array both{Field{"Content-Length", "3"}, Field{"Transfer-Encoding", "chunked"}};
    constexpr std::array large{Field{"Content-Length", "9223372036854775807"}};
    Request request = get();
    request.body = BodyKind::sized;
    request.headers = twice;
    refuse(request, Errc::bad_value);
    request.headers = both;
    refuse(request, Errc::bad_value);
    request.headers = large;
    ck_assert(has(encoded(request), "9223372036854775807"));
}
END_TEST

START_TEST(only_chunked_is_an_encoding)
{
    constexpr std::array<std::string_view, 7> values{
        "gzip, chunked", "chunked, chunked", "identity", "xchunked", "chunked;q=1", "", " chunked"};
    for (const BodyKind kind : {BodyKind::none, BodyKind::sized, BodyKind::unknown}) {
        for (const std::string_view value : values) {
            const std::array headers{Field{"Transfer-Encoding", value},
                                     Field{"Content-Length", "3"}};
            Request request = get();
            request.body = kind;
            request.headers = headers;
            refuse(request, Errc::bad_value);
        }
    }
    constexpr std::array twice{Field{"Transfer-Encoding", "chunked"},
                               Field{"transfer-encoding", "chunked"}};
    Request request = get();
    request.body = BodyKind::unknown;
    request.headers = twice;
    refuse(request, Errc::bad_value);
    constexpr std::array other{Field{"Transfer_Encoding", "gzip"}};
    request.headers = other;
    ck_assert(has(encoded(request), "gzip"));
}
END_TEST

START_TEST(control_characters_become_blanks)
{
    constexpr std::array headers{Field{"X-A", "a\r\nb"}, Field{"X-B", {"c\0d", 3}},
                                 Field{"X-C", "e\tf\x7f\x80"}};
    constexpr std::array attributes{Field{"g\nh", "i\rj"}};
    Request request = get();
    request.headers = headers;
    request.attributes = attributes;
    request.remote_user = "k\nl";
    request.server_name = "m\x01n";
    const Buffer packet = encoded(request);
    for (const std::string_view text : {"a  b", "c d", "e\tf \x80", "g h", "i j", "k l", "m n"}) {
        ck_assert(has(packet, text));
    }
}
END_TEST

START_TEST(control_characters_in_the_path_are_refused)
{
    for (const std::string_view text : {"/a\nb", "/a\rb", "/\x7f", "/a\tb"}) {
        refuse(get(text), Errc::bad_path);
        Request request = get();
        request.query = text;
        refuse(request, Errc::bad_path);
    }
    refuse(get({"/a\0b", 4}), Errc::bad_path);
    ck_assert(has(encoded(get("/\xc3\xa9 %00?#")), "/\xc3\xa9 %00?#"));
}
END_TEST

START_TEST(the_path_is_in_origin_form)
{
    for (const std::string_view uri : {"", "x", "http://h/x", "*", "**", "?/"}) {
        refuse(get(uri), Errc::bad_path);
    }
}
END_TEST

START_TEST(the_method_is_a_token)
{
    for (const std::string_view method : {"", "GE T", "GET\r\n", "\xc3\xa9"}) {
        Request request = get();
        request.method = method;
        refuse(request, Errc::bad_value);
    }
    Request request = get();
    request.method = "get";
    const Buffer packet = encoded(request);
    ck_assert_uint_eq(packet[5], 0xff);
    ck_assert(has(packet, {"\x0d\0\x03get", 6}));
}
END_TEST

START_TEST(header_names_are_tokens_of_255_bytes)
{
    const std::string longest(255, 'x');
    const std::array good{Field{longest, "y"}};
    Request request = get();
    request.headers = good;
    ck_assert(has(encoded(request), longest));
    const std::string longer(256, 'x');
    for (const std::string_view name :
         {std::string_view{longer}, std::string_view{}, std::string_view{"a b"},
          std::string_view{"a:"}, std::string_view{"a\r\nb"}}) {
        const std::array bad{Field{name, "y"}};
        request.headers = bad;
        refuse(request, Errc::bad_name);
    }
}
END_TEST

START_TEST(tls_fields_only_over_tls)
{
    Request request = get();
    request.ssl_cert = "-----BEGIN\nEND-----\n";
    request.ssl_cipher = "cipher";
    request.ssl_session = "session";
    request.ssl_key_size = std::uint16_t{256};
    const Buffer without = encoded(request);
    ck_assert(without == encoded(get()));
    request.is_ssl = true;
    const Buffer with = encoded(request);
    ck_assert(has(with, "-----BEGIN\nEND-----\n"));
    ck_assert(has(with, {"\x0b\x01\x00", 3}));
}
END_TEST

// A request of exactly `size` bytes, by the length of one header value.
Request of_size(std::size_t size, std::string& value, std::array<Field, 1>& headers)
{
    Request request = get();
    headers = {Field{"x", ""}};
    request.headers = headers;
    value.assign(size - encoded(request, 65536).size(), 'v');
    headers[0].value = value;
    return request;
}

START_TEST(fills_the_packet_to_the_last_byte)
{
    for (const std::size_t size : {8192U, 9216U, 65535U, 65536U}) {
        std::string value;
        std::array<Field, 1> headers;
        const Request request = of_size(size, value, headers);
        ck_assert_uint_eq(encoded(request, size).size(), size);
        Buffer packet(size - 1);
        const auto used = jk::ajp::encode_request(request, packet);
        ck_assert(!used.has_value());
        ck_assert(used.error().code == Errc::overflow);
    }
}
END_TEST

START_TEST(never_cuts_a_length)
{
    for (const std::size_t size : {65534U, 65535U, 65536U, 65540U, 131072U}) {
        const std::string value(size, 'v');
        const std::array fields{Field{"x", value}};
        Buffer packet(300000);
        Request request = get();
        request.headers = fields;
        ck_assert(jk::ajp::encode_request(request, packet).error().code == Errc::overflow);
        request = get();
        request.attributes = fields;
        ck_assert(jk::ajp::encode_request(request, packet).error().code == Errc::overflow);
        request = get();
        request.query = value;
        ck_assert(jk::ajp::encode_request(request, packet).error().code == Errc::overflow);
    }
}
END_TEST

START_TEST(survives_every_size_of_packet)
{
    Request request = get("/path");
    request.query = "q";
    const std::size_t needed = encoded(request).size();
    for (std::size_t size = 0; size < needed; ++size) {
        Buffer packet(size);
        ck_assert(jk::ajp::encode_request(request, packet).error().code == Errc::overflow);
    }
}
END_TEST

}  // namespace

TCase* request_encoder_tests()
{
    TCase* tests = tcase_create("request_encoder");
    tcase_add_test(tests, the_smallest_request);
    tcase_add_test(tests, drops_six_headers_and_no_other);
    tcase_add_test(tests, a_request_without_body_has_length_0);
    tcase_add_test(tests, the_clients_own_length_0_stays_where_it_was);
    tcase_add_test(tests, length_0_is_never_header_101);
    tcase_add_test(tests, an_unknown_length_has_no_content_length);
    tcase_add_loop_test(tests, a_sized_body_needs_a_length, 0,
                        static_cast<int>(bad_lengths.size()));
    tcase_add_test(tests, a_sized_body_has_one_length_and_no_encoding);
    tcase_add_test(tests, only_chunked_is_an_encoding);
    tcase_add_test(tests, control_characters_become_blanks);
    tcase_add_test(tests, control_characters_in_the_path_are_refused);
    tcase_add_test(tests, the_path_is_in_origin_form);
    tcase_add_test(tests, the_method_is_a_token);
    tcase_add_test(tests, header_names_are_tokens_of_255_bytes);
    tcase_add_test(tests, tls_fields_only_over_tls);
    tcase_add_test(tests, fills_the_packet_to_the_last_byte);
    tcase_add_test(tests, never_cuts_a_length);
    tcase_add_test(tests, survives_every_size_of_packet);
    return tests;
}
