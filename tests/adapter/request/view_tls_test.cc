// The description of a request: TLS, attributes of JkEnvVar, and the length of the body.
#include <string>

#include "request/view.h"
#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ajp::BodyKind;
using httpd::BodyLength;
using httpd::Description;

constexpr std::string_view absent = "(absent)";

std::string_view text(const std::optional<std::string_view>& field)
{
    return field.value_or(absent);
}

Description describe(request_rec* request)
{
    httpd::RequestState state;
    state.forward_path = request->uri;
    Result<Description> got = httpd::describe(request, state, {});
    assert_true(got.has_value());
    return *got;
}

std::string attributes(const Description& of)
{
    std::string all;
    for (const ajp::Field& one : of.ajp.attributes) {
        all += std::string{one.name} + "=" + std::string{one.value} + " ";
    }
    return all;
}

request_rec* tls_request(Site& site)
{
    request_rec* const request = site.request("/app/x");
    set_env(request, "HTTPS", "oN");
    set_env(request, "SSL_CIPHER", "AES");
    set_env(request, "SSL_SESSION_ID", "5e55");
    set_env(request, "SSL_PROTOCOL", "TLSv1.3");
    set_env(request, "SSL_CIPHER_USEKEYSIZE", "256 bits");
    set_env(request, "SSL_CLIENT_CERT", "CERT");
    set_env(request, "SSL_CLIENT_CERT_CHAIN_0", "-C0");
    set_env(request, "ssl_client_cert_chain_1", "-C1");
    return request;
}

void tls_fields_come_from_the_environment()
{
    Site site;
    site.finish();
    const Description got = describe(tls_request(site));
    assert_true(got.ajp.is_ssl);
    assert_text_equal(text(got.ajp.ssl_cert), "CERT");
    assert_text_equal(text(got.ajp.ssl_cipher), "AES");
    assert_text_equal(text(got.ajp.ssl_session), "5e55");
    assert_int_equal(got.ajp.ssl_key_size.value_or(0), 256);
    assert_text_equal(attributes(got),
                      "AJP_SSL_PROTOCOL=TLSv1.3 AJP_REMOTE_PORT=40007 AJP_LOCAL_ADDR=198.51.100.1 "
                      "JK_LB_ACTIVATION=ACT ");
}

void without_tls_none_of_it_is_sent()
{
    Site site;
    site.finish();
    for (const char* const word : {"off", "", "1"}) {
        request_rec* const request = tls_request(site);
        set_env(request, "HTTPS", word);
        const Description got = describe(request);
        assert_false(got.ajp.is_ssl);
        assert_text_equal(text(got.ajp.ssl_cert), absent);
        assert_text_equal(text(got.ajp.ssl_cipher), absent);
        assert_text_equal(text(got.ajp.ssl_session), absent);
        assert_false(got.ajp.ssl_key_size.has_value());
        assert_true(attributes(got).find("AJP_SSL_PROTOCOL") == std::string::npos);
    }
}

void extract_ssl_off_sends_nothing()  // D36
{
    Site site;
    assert_text_equal(site.set("JkExtractSSL", {"Off"}), "");
    site.finish();
    const Description got = describe(tls_request(site));
    assert_false(got.ajp.is_ssl);
    assert_text_equal(text(got.ajp.ssl_cipher), absent);
}

void the_chain_follows_the_certificate()  // D35
{
    Site site;
    (void)site.set("JkOptions", {"+ForwardSSLCertChain"});
    site.finish();
    assert_text_equal(text(describe(tls_request(site)).ajp.ssl_cert), "CERT-C0-C1");
}

void a_certificate_needs_a_value_a_cipher_only_its_variable()
{
    Site site;
    (void)site.set("JkOptions", {"+ForwardSSLCertChain"});
    site.finish();
    request_rec* const request = tls_request(site);
    set_env(request, "SSL_CLIENT_CERT", "");
    set_env(request, "SSL_CIPHER", "");
    set_env(request, "SSL_SESSION_ID", "");
    set_env(request, "SSL_PROTOCOL", "");
    const Description got = describe(request);
    assert_text_equal(text(got.ajp.ssl_cert), absent);
    assert_text_equal(text(got.ajp.ssl_cipher), "");
    assert_text_equal(text(got.ajp.ssl_session), "");
    assert_true(attributes(got).find("AJP_SSL_PROTOCOL") == std::string::npos);
}

void the_key_size_can_be_left_out()
{
    Site site;
    (void)site.set("JkOptions", {"-ForwardKeySize"});
    site.finish();
    assert_false(describe(tls_request(site)).ajp.ssl_key_size.has_value());
}

void tls_indicators_rename_their_variables()
{
    Site site;
    for (const auto& [directive, variable] : {std::pair{"JkHTTPSIndicator", "MY_HTTPS"},
                                              {"JkSSLPROTOCOLIndicator", "MY_PROTOCOL"},
                                              {"JkCERTSIndicator", "MY_CERT"},
                                              {"JkCIPHERIndicator", "MY_CIPHER"},
                                              {"JkSESSIONIndicator", "MY_SESSION"},
                                              {"JkKEYSIZEIndicator", "MY_SIZE"},
                                              {"JkCERTCHAINPrefix", "MY_CHAIN_"}}) {
        assert_text_equal(site.set(directive, {variable}), "");
    }
    (void)site.set("JkOptions", {"+ForwardSSLCertChain"});
    site.finish();
    request_rec* const request = site.request("/app/x");
    set_env(request, "MY_HTTPS", "on");
    set_env(request, "MY_PROTOCOL", "p");
    set_env(request, "MY_CERT", "c");
    set_env(request, "MY_CIPHER", "ci");
    set_env(request, "MY_SESSION", "s");
    set_env(request, "MY_SIZE", "40");
    set_env(request, "MY_CHAIN_9", "h");
    const Description got = describe(request);
    assert_text_equal(text(got.ajp.ssl_cert), "ch");
    assert_text_equal(text(got.ajp.ssl_cipher), "ci");
    assert_text_equal(text(got.ajp.ssl_session), "s");
    assert_int_equal(got.ajp.ssl_key_size.value_or(0), 40);
    assert_text_holds(attributes(got), "AJP_SSL_PROTOCOL=p ");
}

void variables_are_sent_in_the_order_of_their_lines()  // D32
{
    Site site;
    (void)site.set("JkEnvVar", {"A", "d"});
    (void)site.set("JkEnvVar", {"B"});
    (void)site.set("JkEnvVar", {"C", "e"});
    (void)site.set("JkEnvVar", {"D"});
    site.finish();
    request_rec* const request = site.request("/app/x");
    set_env(request, "C", "");
    set_env(request, "D", "4");
    assert_text_holds(attributes(describe(request)), "JK_LB_ACTIVATION=ACT A=d C= D=4 ");
}

void common_variables_are_made_only_for_who_reads_them()
{
    Site site;
    site.finish();
    (void)describe(site.request("/app/x"));
    assert_int_equal(fakes().common_vars_made, 0);
    Site other;
    (void)other.set("JkEnvVar", {"REMOTE_ADDR"});
    other.finish();
    (void)describe(other.request("/app/x"));
    assert_int_equal(fakes().common_vars_made, 1);
    Site third;
    (void)third.set("JkRemoteUserIndicator", {"HTTP_X_USER"});
    third.finish();
    (void)describe(third.request("/app/x"));
    assert_int_equal(fakes().common_vars_made, 1);
}

void the_activation_can_be_said_for_each_attempt()
{
    Site site;
    site.finish();
    Description got = describe(site.request("/app/x"));
    got.set_activation("DIS");
    assert_text_holds(attributes(got), "JK_LB_ACTIVATION=DIS ");
}

BodyLength length_of(request_rec* request)
{
    const Result<BodyLength> got = httpd::body_length(request);
    assert_true(got.has_value());
    return *got;
}

void a_body_is_sized_chunked_or_none()
{
    Site site;
    site.finish();
    assert_int_equal(length_of(site.request("/x")).kind, BodyKind::none);
    request_rec* request = site.request("/x");
    set_header(request, "Content-Length", "0");
    assert_int_equal(length_of(request).kind, BodyKind::none);
    request = site.request("/x");
    set_header(request, "Content-Length", "9223372036854775807");
    assert_int_equal(length_of(request).kind, BodyKind::sized);
    assert_true(length_of(request).length == 9223372036854775807U);
    request = site.request("/x");
    set_header(request, "Transfer-Encoding", "Chunked");
    assert_int_equal(length_of(request).kind, BodyKind::unknown);
}

void a_length_that_is_none_is_refused()
{
    Site site;
    site.finish();
    for (const char* const value : {"", "-1", "+1", "1x", "1,1", " 1", "0x10",
                                    "9223372036854775808", "18446744073709551616"}) {
        request_rec* const request = site.request("/x");
        set_header(request, "Content-Length", value);
        const Result<BodyLength> got = httpd::body_length(request);
        assert_false(got.has_value());
        assert_int_equal(got.error().code, Errc::bad_number);
    }
}

void another_encoding_is_refused()
{
    Site site;
    site.finish();
    for (const char* const value : {"gzip", "gzip, chunked", "chunked, chunked", ""}) {
        request_rec* const request = site.request("/x");
        set_header(request, "Transfer-Encoding", value);
        const Result<BodyLength> got = httpd::body_length(request);
        assert_false(got.has_value());
        assert_int_equal(got.error().code, Errc::bad_value);
    }
}

void ignore_cl_makes_the_length_unknown()  // D18
{
    Site site;
    site.finish();
    for (const char* const value : {"1", ""}) {
        request_rec* const request = site.request("/x");
        set_header(request, "Content-Length", "10");
        set_env(request, "JK_IGNORE_CL", value);
        assert_int_equal(length_of(request).kind, BodyKind::unknown);
        apr_table_set(request->headers_in, "Content-Length", "0");
        assert_int_equal(length_of(request).kind, BodyKind::none);
    }
}

void an_error_page_has_no_body()
{
    Site site;
    site.finish();
    request_rec* const page = site.request("/error");
    set_header(page, "Content-Length", "5");
    page->prev = site.request("/missing");
    assert_int_equal(length_of(page).kind, BodyKind::sized);  // rewritten: still to be read
    page->prev->status = HTTP_NOT_FOUND;
    assert_int_equal(length_of(page).kind, BodyKind::none);
}

void a_negative_key_size_is_not_sent()
{
    Site site;
    site.finish();
    request_rec* const request = site.request("/x");
    set_env(request, "HTTPS", "on");
    set_env(request, "SSL_CIPHER_USEKEYSIZE", "-1");
    assert_false(describe(request).ajp.ssl_key_size.has_value());
}

void a_sub_request_has_no_body()
{
    Site site;
    site.finish();
    request_rec* const request = site.request("/x");
    set_header(request, "Content-Length", "garbage");
    request->main = site.request("/main");
    assert_int_equal(length_of(request).kind, BodyKind::none);
}

}  // namespace

Group request_view_tls_tests()
{
    return {"request/view",
            {
                jk_test(tls_fields_come_from_the_environment),
                jk_test(without_tls_none_of_it_is_sent),
                jk_test(extract_ssl_off_sends_nothing),
                jk_test(the_chain_follows_the_certificate),
                jk_test(a_certificate_needs_a_value_a_cipher_only_its_variable),
                jk_test(the_key_size_can_be_left_out),
                jk_test(tls_indicators_rename_their_variables),
                jk_test(variables_are_sent_in_the_order_of_their_lines),
                jk_test(common_variables_are_made_only_for_who_reads_them),
                jk_test(the_activation_can_be_said_for_each_attempt),
                jk_test(a_body_is_sized_chunked_or_none),
                jk_test(a_length_that_is_none_is_refused),
                jk_test(another_encoding_is_refused),
                jk_test(ignore_cl_makes_the_length_unknown),
                jk_test(an_error_page_has_no_body),
                jk_test(a_negative_key_size_is_not_sent),
                jk_test(a_sub_request_has_no_body),
            }};
}

}  // namespace jk::test
