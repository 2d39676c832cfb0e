// Tests common/ajp/request_encoder with the captured requests of tests/wire/ajp13-vectors: the same
// fields must give the same bytes. Left out are the two that are not of our making: v07 (without
// a length) and v32 (a null query).
#include <array>

#include "ajp/request_encoder.h"
#include "ajp/support.h"
#include "support/check.h"

namespace {

using jk::ajp::BodyKind;
using jk::ajp::Field;
using jk::ajp::Request;
using jk::test::Buffer;

using Fields = std::span<const Field>;

constexpr Field user_agent{"User-Agent", "curl/7.88.1"};
constexpr Field accept_all{"Accept", "*/*"};
constexpr Field local{"AJP_LOCAL_ADDR", "127.0.0.1"};
constexpr Field active{"JK_LB_ACTIVATION", "ACT"};
constexpr Field tls{"AJP_SSL_PROTOCOL", "TLSv1.3"};
constexpr Field remote_port(std::string_view port)
{
    return {"AJP_REMOTE_PORT", port};
}

constexpr std::array plain{Field{"Host", "127.0.0.1:23020"}, user_agent, accept_all};
constexpr std::array secure{Field{"Host", "127.0.0.1:23022"}, user_agent, accept_all};
constexpr std::array http2{user_agent, accept_all, Field{"Host", "127.0.0.1:23022"}};
constexpr std::array form{plain[0], plain[1], plain[2], Field{"Content-Length", "11"},
                          Field{"Content-Type", "application/x-www-form-urlencoded"}};
constexpr std::array stream{plain[0], plain[1], plain[2], Field{"Transfer-Encoding", "chunked"},
                            Field{"Content-Type", "text/plain"}};
constexpr std::array example{Field{"Host", "h.example"}};
constexpr std::array ipv6{Field{"Host", "[2001:db8::2]:8443"}};
constexpr std::array odd{example[0], Field{"X-E", ""}, Field{"X_U", "u"}, Field{"X-L", "\xe9\xff"}};
constexpr std::array huge{example[0], Field{"Content-Length", "5000000000"}};

constexpr std::array a03{remote_port("56610"), local, active};
constexpr std::array a10{remote_port("56932"), local, active};
constexpr std::array a12{remote_port("56946"), local, active};
constexpr std::array a14{remote_port("56960"), local, active};
constexpr std::array a15{remote_port("56974"), local, active};
constexpr std::array a17{tls, remote_port("60000"), local, active};
constexpr std::array a18{tls, remote_port("60008"), local, active};
constexpr std::array a19{remote_port("56990"), local, active};
constexpr std::array a20{remote_port("56996"), local, active};
constexpr std::array a21{remote_port("57010"), local, active};
constexpr std::array a33{remote_port("54321"), Field{"AJP_LOCAL_ADDR", "2001:db8::2"}};

// What most of them have in common.
Request from_curl(std::string_view uri, Fields headers, Fields attributes)
{
    Request request;
    request.uri = uri;
    request.remote_addr = "127.0.0.1";
    request.server_name = "127.0.0.1";
    request.server_port = 23020;
    request.headers = headers;
    request.attributes = attributes;
    return request;
}

Request by_hand(std::string_view method, std::string_view uri, Fields headers)
{
    Request request;
    request.method = method;
    request.uri = uri;
    request.remote_addr = "192.0.2.7";
    request.server_name = "h.example";
    request.headers = headers;
    return request;
}

void expect(const Request& request, std::string_view name)
{
    const Buffer want = jk::test::vector_bytes(name);
    Buffer packet(8192);
    const auto size = jk::ajp::encode_request(request, packet);
    ck_assert(size.has_value());
    packet.resize(*size);
    ck_assert_uint_eq(packet.size(), want.size());
    ck_assert(packet == want);
}

START_TEST(plain_requests)
{
    Request request = from_curl("/t/x/noread", plain, a03);
    expect(request, "v03-forward-get-jk");
    request.method = "FOOBAR";
    request.attributes = a14;
    expect(request, "v14-forward-stored-method-jk");
    request = from_curl("/t/x/echo", plain, a21);
    request.method = "HEAD";
    expect(request, "v21-forward-head-jk");
}
END_TEST

START_TEST(bodies)
{
    Request request = from_curl("/t/x/echo", form, a10);
    request.method = "POST";
    request.body = BodyKind::sized;
    expect(request, "v10-forward-post-jk");
    request.headers = stream;
    request.attributes = a12;
    request.body = BodyKind::unknown;
    expect(request, "v12-forward-post-chunked-jk");
}
END_TEST

START_TEST(coded_attributes)
{
    Request request = from_curl("/sec/x/noread", plain, a15);
    request.secret = "s3cr3t";
    expect(request, "v15-forward-secret-jk");
    request = from_curl("/t/x/noread/user", plain, a19);
    request.remote_user = "joe";
    request.auth_type = "BASIC";
    expect(request, "v19-forward-remote-user-jk");
    request = from_curl("/lb/x", plain, a20);
    request.route = "r1";
    expect(request, "v20-forward-lb-route-jk");
}
END_TEST

START_TEST(tls_requests)
{
    Request request = from_curl("/t/x/noread", secure, a17);
    request.server_port = 23022;
    request.is_ssl = true;
    request.ssl_cipher = "TLS_AES_256_GCM_SHA384";
    request.ssl_key_size = std::uint16_t{256};
    request.ssl_session = "0b8fc774a590ef84b9e44a0c3a70802f34bd9db69ae92d00eb54a796ccec3a0a";
    const Buffer vector = jk::test::vector_bytes("v17-forward-tls-client-cert-jk");
    request.ssl_cert = jk::as_text(vector).substr(0x73, 0x45b);
    ck_assert(request.ssl_cert->ends_with("-----END CERTIFICATE-----\n"));
    expect(request, "v17-forward-tls-client-cert-jk");

    request.protocol = "HTTP/2.0";
    request.headers = http2;
    request.attributes = a18;
    request.ssl_session = "45568bea7ea0b436797f3dd544ad1f73e546409c35470f6dcad9a07b7b451c18";
    request.ssl_cert.reset();
    expect(request, "v18-forward-http2-jk");
}
END_TEST

START_TEST(constructed_requests)
{
    expect(by_hand("OPTIONS", "*", example), "v31-forward-options-star");
    Request request = by_hand("GET", "/t/x/echo", ipv6);
    request.remote_addr = "2001:db8::1";
    request.server_name = "[2001:db8::2]";
    request.server_port = 8443;
    request.is_ssl = true;
    request.attributes = a33;
    expect(request, "v33-forward-ipv6");
    expect(by_hand("GET", "/t/x/echo", odd), "v34-forward-latin1-empty-underscore");
    request = by_hand("PUT", "/t/x/echo", huge);
    request.body = BodyKind::sized;
    expect(request, "v35-forward-cl-gt-4gib");
}
END_TEST

}  // namespace

TCase* request_vectors_tests()
{
    TCase* tests = tcase_create("request_vectors");
    tcase_add_test(tests, plain_requests);
    tcase_add_test(tests, bodies);
    tcase_add_test(tests, coded_attributes);
    tcase_add_test(tests, tls_requests);
    tcase_add_test(tests, constructed_requests);
    return tests;
}
