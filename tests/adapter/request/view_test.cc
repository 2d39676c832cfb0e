// The description of a request: every field, its overrides, and how its body comes.
#include "request/view.h"

#include <string>

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

std::string_view attribute(const Description& of, std::string_view name)
{
    for (const ajp::Field& one : of.ajp.attributes) {
        if (one.name == name) {
            return one.value;
        }
    }
    return absent;
}

std::string attribute_names(const Description& of)
{
    std::string all;
    for (const ajp::Field& one : of.ajp.attributes) {
        all += (all.empty() ? "" : " ") + std::string{one.name};
    }
    return all;
}

void fields_come_from_httpd()
{
    Site site;
    site.finish();
    request_rec* const request = site.request("/app/x?a=1&b");
    fakes().remote_host = "client.example.com";
    fakes().server_port = 8080;
    request->user = apr_pstrdup(request->pool, "bob");
    request->ap_auth_type = apr_pstrdup(request->pool, "Basic");
    request->method = "PUT";
    const Description got = describe(request);
    assert_text_equal(got.ajp.method, "PUT");
    assert_text_equal(got.ajp.protocol, "HTTP/1.1");
    assert_text_equal(got.ajp.uri, "/app/x");
    assert_text_equal(text(got.ajp.remote_addr), "192.0.2.7");
    assert_text_equal(text(got.ajp.remote_host), "client.example.com");
    assert_text_equal(text(got.ajp.server_name), "www.example.com");
    assert_int_equal(got.ajp.server_port, 8080);
    assert_text_equal(text(got.ajp.remote_user), "bob");
    assert_text_equal(text(got.ajp.auth_type), "Basic");
    assert_text_equal(text(got.ajp.query), "a=1&b");
    assert_text_equal(text(got.ajp.route), absent);
    assert_text_equal(text(got.ajp.secret), absent);
    assert_false(got.ajp.is_ssl);
    assert_text_equal(attribute(got, "AJP_REMOTE_PORT"), "40007");
    assert_text_equal(attribute(got, "AJP_LOCAL_ADDR"), "198.51.100.1");
    assert_text_equal(attribute(got, "JK_LB_ACTIVATION"), "ACT");
}

void what_httpd_does_not_know_is_absent()
{
    Site site;
    site.finish();
    const Description got = describe(site.request("/app/x"));
    assert_text_equal(text(got.ajp.remote_host), absent);
    assert_text_equal(text(got.ajp.remote_user), absent);
    assert_text_equal(text(got.ajp.auth_type), absent);
    assert_text_equal(text(got.ajp.query), absent);
    assert_text_equal(attribute_names(got), "AJP_REMOTE_PORT AJP_LOCAL_ADDR JK_LB_ACTIVATION");
}

void an_empty_query_is_a_query()
{
    Site site;
    site.finish();
    assert_text_equal(text(describe(site.request("/app/x?")).ajp.query), "");
}

void headers_keep_their_order_and_spelling()
{
    Site site;
    site.finish();
    request_rec* const request = site.request("/app/x");
    set_header(request, "host", "h");
    set_header(request, "X-One", "1");
    set_header(request, "X-One", "2");
    const Description got = describe(request);
    assert_int_equal(got.ajp.headers.size(), 3);
    assert_text_equal(got.ajp.headers[0].name, "host");
    assert_text_equal(got.ajp.headers[1].value, "1");
    assert_text_equal(got.ajp.headers[2].value, "2");
}

/// Every field that a variable replaces, as name and text; the port as decimal text.
struct Override {
    const char* variable;
    const char* directive;
    std::string_view with_empty;  ///< what an empty value makes of the field
};

constexpr Override overrides[] = {
    {"JK_REMOTE_ADDR", "JkRemoteAddrIndicator", absent},
    {"JK_REMOTE_PORT", "JkRemotePortIndicator", absent},
    {"JK_REMOTE_HOST", "JkRemoteHostIndicator", absent},
    {"JK_REMOTE_USER", "JkRemoteUserIndicator", absent},
    {"JK_AUTH_TYPE", "JkAuthTypeIndicator", absent},
    {"JK_LOCAL_NAME", "JkLocalNameIndicator", ""},
    {"JK_LOCAL_ADDR", "JkLocalAddrIndicator", ""},
    {"JK_LOCAL_PORT", "JkLocalPortIndicator", "0"},
};

std::string field_of(const Description& of, std::size_t index)
{
    switch (index) {
    case 0: return std::string{text(of.ajp.remote_addr)};
    case 1: return std::string{attribute(of, "AJP_REMOTE_PORT")};
    case 2: return std::string{text(of.ajp.remote_host)};
    case 3: return std::string{text(of.ajp.remote_user)};
    case 4: return std::string{text(of.ajp.auth_type)};
    case 5: return std::string{text(of.ajp.server_name)};
    case 6: return std::string{attribute(of, "AJP_LOCAL_ADDR")};
    default: return std::to_string(of.ajp.server_port);
    }
}

request_rec* full_request(Site& site)
{
    request_rec* const request = site.request("/app/x");
    fakes().remote_host = "client.example.com";
    request->user = apr_pstrdup(request->pool, "bob");
    request->ap_auth_type = apr_pstrdup(request->pool, "Basic");
    return request;
}

void a_variable_replaces_its_field_only()
{
    for (std::size_t i = 0; i < std::size(overrides); ++i) {
        Site site;
        site.finish();
        const Description before = describe(full_request(site));
        request_rec* const request = full_request(site);
        set_env(request, overrides[i].variable, "4711");
        const Description got = describe(request);
        for (std::size_t other = 0; other < std::size(overrides); ++other) {
            const std::string want = other == i ? "4711" : field_of(before, other);
            assert_text_equal(field_of(got, other), want);
        }
    }
}

void an_empty_variable_is_absent_or_empty()
{
    for (std::size_t i = 0; i < std::size(overrides); ++i) {
        Site site;
        site.finish();
        request_rec* const request = full_request(site);
        set_env(request, overrides[i].variable, "");
        assert_text_equal(field_of(describe(request), i), overrides[i].with_empty);
    }
}

void an_indicator_renames_its_variable()
{
    for (std::size_t i = 0; i < std::size(overrides); ++i) {
        Site site;
        assert_text_equal(site.set(overrides[i].directive, {"MINE"}), "");
        site.finish();
        request_rec* const request = full_request(site);
        set_env(request, overrides[i].variable, "1");
        set_env(request, "MINE", "4711");
        assert_text_equal(field_of(describe(request), i), "4711");
    }
}

void a_port_is_its_leading_digits()
{
    Site site;
    site.finish();
    request_rec* const request = site.request("/app/x");
    set_env(request, "JK_LOCAL_PORT", "8443x");
    assert_int_equal(describe(request).ajp.server_port, 8443);
}

void a_virtual_host_has_the_indicators_too()  // D33
{
    Site site;
    server_rec* const silent = site.add_host();
    server_rec* const other = site.add_host();
    (void)site.set(other, "JkLogLevel", {"debug"});
    site.finish();
    for (server_rec* const host : {silent, other}) {
        request_rec* const request = site.request("/app/x", host);
        set_env(request, "JK_LOCAL_ADDR", "8.8.8.8");
        assert_text_equal(attribute(describe(request), "AJP_LOCAL_ADDR"), "8.8.8.8");
    }
}

/// A request whose client address mod_remoteip replaced.
request_rec* behind_proxy(Site& site)
{
    request_rec* const request = site.request("/app/x");
    apr_sockaddr_info_get(&request->useragent_addr, "203.0.113.5", APR_INET, 0, 0, request->pool);
    request->useragent_ip = apr_pstrdup(request->pool, "203.0.113.5");
    return request;
}

void the_address_is_that_of_the_option()
{
    struct {
        const char* option;
        const char* address;
        const char* port;
    } const rows[] = {
        {"", "203.0.113.5", "0"},
        {"ForwardLocalAddress", "198.51.100.1", "0"},
        {"ForwardPhysicalAddress", "192.0.2.7", "40007"},
    };
    for (const auto& row : rows) {
        Site site;
        (void)site.set("JkOptions", {row.option});
        site.finish();
        request_rec* const request = behind_proxy(site);
        const Description got = describe(request);
        assert_text_equal(text(got.ajp.remote_addr), row.address);
        assert_text_equal(attribute(got, "AJP_REMOTE_PORT"), row.port);
        set_env(request, "JK_REMOTE_ADDR", "1.2.3.4");  // beats the option
        assert_text_equal(text(describe(request).ajp.remote_addr), "1.2.3.4");
    }
}

void the_uri_has_the_form_of_the_option()
{
    struct {
        const char* option;
        const char* uri;
    } const rows[] = {
        {"", "/app/%C3%A9a%20b;c=1"},
        {"ForwardURIProxy", "/app/%C3%A9a%20b;c=1"},
        {"ForwardURIEscaped", "/app/%c3%a9a%20b;c=1"},
        {"ForwardURICompat", "/app/\xc3\xa9"
                             "a b;c=1"},
        {"ForwardURICompatUnparsed", "/app/./%c3%a9a%20b;c=1"},
    };
    for (const auto& row : rows) {
        Site site;
        (void)site.set("JkOptions", {row.option});
        site.finish();
        request_rec* const request = site.request("/app/./%c3%a9a%20b;c=1?q=1");
        httpd::RequestState state;
        state.forward_path = "/app/\xc3\xa9"
                             "a b;c=1";
        const Result<Description> got = httpd::describe(request, state, {});
        assert_true(got.has_value());
        assert_text_equal(got->ajp.uri, row.uri);
        assert_string_equal(request->unparsed_uri, "/app/./%c3%a9a%20b;c=1?q=1");
    }
}

void of_the_absolute_form_only_the_path_is_sent()
{
    constexpr const char* rows[][2] = {
        {"http://h:8080/app/./a?q", "/app/./a"},
        {"HTTPS://h/app//x;y=1", "/app//x;y=1"},
        {"http://h?q", "/"},
        {"/app/http://h/x", "/app/http://h/x"},
    };
    for (const auto& [target, uri] : rows) {
        Site site;
        (void)site.set("JkOptions", {"ForwardURICompatUnparsed"});
        site.finish();
        request_rec* const request = site.request("/app/x");
        request->unparsed_uri = apr_pstrdup(request->pool, target);
        httpd::RequestState state;
        state.forward_path = request->uri;
        const Result<Description> got = httpd::describe(request, state, {});
        assert_text_equal(got->ajp.uri, uri);
    }
}

void an_encoded_slash_is_sent_as_it_came()
{
    struct {
        bool allows;
        bool decodes;
        const char* target;
        const char* uri;
    } const rows[] = {
        {true, false, "/app/a%2Fb", "/app/a%2Fb"},      // NoDecode: the client sent it
        {true, false, "/app/a%252Fb", "/app/a%252Fb"},  // it was encoded twice
        {true, true, "/app/a%252Fb", "/app/a%252Fb"},
        {false, false, "/app/a%252Fb", "/app/a%252Fb"},
    };
    for (const auto& row : rows) {
        Site site;
        site.finish();
        request_rec* const request = site.request(row.target);
        auto* const core =
            static_cast<core_dir_config*>(ap_get_core_module_config(request->per_dir_config));
        core->allow_encoded_slashes = row.allows ? 1 : 0;
        core->decode_encoded_slashes = row.decodes ? 1 : 0;
        httpd::RequestState state;
        state.forward_path = "/app/a%2Fb";
        const Result<Description> got = httpd::describe(request, state, {});
        assert_true(got.has_value());
        assert_text_equal(got->ajp.uri, row.uri);
    }
}

void a_path_that_cannot_be_forwarded_is_refused()
{
    Site site;
    (void)site.set("JkOptions", {"ForwardURICompat"});
    site.finish();
    request_rec* const request = site.request("/app/x");
    httpd::RequestState state;
    state.forward_path = "/app/a\nb";
    const Result<Description> got = httpd::describe(request, state, {});
    assert_false(got.has_value());
    assert_int_equal(got.error().code, Errc::bad_path);
}

void a_host_that_containers_refuse_is_refused_where_asked_for()
{
    for (const bool is_strict : {false, true}) {
        Site site;
        if (is_strict) {
            (void)site.set("JkOptions", {"StrictHost"});
        }
        site.finish();
        request_rec* const request = site.request("/app/x");
        httpd::RequestState state;
        state.forward_path = request->uri;
        apr_table_setn(request->headers_in, "Host", "my_host");
        assert_int_equal(httpd::describe(request, state, {}).has_value(), !is_strict);
        apr_table_setn(request->headers_in, "Host", "my-host:8080");
        assert_true(httpd::describe(request, state, {}).has_value());
        apr_table_unset(request->headers_in, "Host");  // HTTP/1.0
        assert_true(httpd::describe(request, state, {}).has_value());
    }
}

}  // namespace

Group request_view_tests()
{
    return {"request/view",
            {
                jk_test(fields_come_from_httpd),
                jk_test(what_httpd_does_not_know_is_absent),
                jk_test(an_empty_query_is_a_query),
                jk_test(headers_keep_their_order_and_spelling),
                jk_test(a_variable_replaces_its_field_only),
                jk_test(an_empty_variable_is_absent_or_empty),
                jk_test(an_indicator_renames_its_variable),
                jk_test(a_port_is_its_leading_digits),
                jk_test(a_virtual_host_has_the_indicators_too),
                jk_test(the_address_is_that_of_the_option),
                jk_test(the_uri_has_the_form_of_the_option),
                jk_test(of_the_absolute_form_only_the_path_is_sent),
                jk_test(an_encoded_slash_is_sent_as_it_came),
                jk_test(a_path_that_cannot_be_forwarded_is_refused),
                jk_test(a_host_that_containers_refuse_is_refused_where_asked_for),
            }};
}

}  // namespace jk::test
