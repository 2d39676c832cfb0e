// Describing a request. Everything is a view into httpd's own memory, or into one array of the
// request's pool.
// Tested by tests/adapter/request/view_test.cc, view_tls_test.cc and tests/system/test_basic.py.
#include "request/view.h"

#include <cstdlib>

#include "ajp/host_name.h"
#include "base/text.h"
#include "config/server_config.h"
#include "pool.h"
#include "request/environment.h"
#include "request/identity.h"
#include "route/uri_text.h"

namespace jk::httpd {

namespace {

using OptionalText = std::optional<std::string_view>;

OptionalText optional_view(const char* text) noexcept
{
    return text == nullptr ? OptionalText{} : OptionalText{text};
}

/// The variable's value where it exists (an empty one makes the field absent), else `normal`.
OptionalText overridden(const request_rec* request, const char* variable, const char* normal)
{
    const char* const value = env(request, variable);
    if (value == nullptr) {
        return optional_view(normal);
    }
    return *value == '\0' ? OptionalText{} : OptionalText{value};
}

/// As above, but an empty value is sent as empty (directives.md 3.6).
OptionalText replaced(const request_rec* request, const char* variable, const char* normal)
{
    const char* const value = env(request, variable);
    return optional_view(value == nullptr ? normal : value);
}

route::Forward forward_form(const ServerConfig& config) noexcept
{
    if (config.has(Option::forward_uri_escaped)) {
        return route::Forward::escaped;
    }
    return config.has(Option::forward_uri_compat) ? route::Forward::compat : route::Forward::proxy;
}

/// With AllowEncodedSlashes NoDecode a "%2F" of the decoded path is what the client sent, unless it
/// sent "%252F" somewhere.
route::EncodedSlash encoded_slash(const request_rec* request) noexcept
{
    const auto* const core =
        static_cast<const core_dir_config*>(ap_get_core_module_config(request->per_dir_config));
    const bool is_kept = core->allow_encoded_slashes != 0 && core->decode_encoded_slashes == 0;
    return is_kept && ap_strcasestr(request->unparsed_uri, "%252f") == nullptr
               ? route::EncodedSlash::kept
               : route::EncodedSlash::decoded;
}

/// The target as the client sent it, up to the query; httpd's own text stays whole. Of the absolute
/// form only the path: a container would take the rest for the Host (ajp13.md 5.1).
std::string_view unparsed_path(const request_rec* request) noexcept
{
    std::string_view target = view(request->unparsed_uri);
    target = target.substr(0, target.find('?'));
    const std::size_t authority =
        target.starts_with('/') ? std::string_view::npos : target.find("://");
    if (authority == std::string_view::npos) {
        return target;
    }
    const std::size_t path = target.find('/', authority + 3);
    return path == std::string_view::npos ? "/" : target.substr(path);
}

Result<std::string_view> forwarded_uri(request_rec* request, const RequestState& state,
                                       const ServerConfig& config)
{
    if (config.has(Option::forward_uri_compat_unparsed)) {
        return unparsed_path(request);
    }
    const std::string_view path = view(state.forward_path);
    const std::size_t room = route::encoded_size(path);
    auto* const buffer = static_cast<std::uint8_t*>(apr_palloc(request->pool, room + 1));
    const Result<std::size_t> size = route::encode_path(
        path, forward_form(config), MutableBytes{buffer, room}, encoded_slash(request));
    if (!size.has_value()) {
        return detail::unexpected<Error>(size.error());
    }
    return as_text(Bytes{buffer, *size});
}

/// The address that the backend is told (directives.md 5.2), and the port that belongs to it.
struct Peer {
    const char* address;
    int port;
};
Peer peer_of(const request_rec* request, const ServerConfig& config) noexcept
{
    const conn_rec* const connection = request->connection;
    if (config.has(Option::forward_local_address)) {
        return {connection->local_ip, 0};
    }
    if (config.has(Option::forward_physical_address)) {
        return {connection->client_ip, connection->client_addr->port};
    }
    return {request->useragent_ip, request->useragent_addr->port};
}

void describe_connection(request_rec* request, const ServerConfig& config, ajp::Request& to)
{
    to.remote_addr =
        overridden(request, config.remote_addr_indicator, peer_of(request, config).address);
    const char* const host =
        ap_get_remote_host(request->connection, request->per_dir_config, REMOTE_HOST, nullptr);
    to.remote_host = overridden(request, config.remote_host_indicator, host);
    to.server_name =
        replaced(request, config.local_name_indicator, ap_get_server_name_for_url(request));
    const char* const port = env(request, config.local_port_indicator);
    to.server_port = static_cast<std::uint16_t>(port == nullptr ? ap_get_server_port(request)
                                                                : std::strtol(port, nullptr, 10));
    const bool has_user = is_user_admitted(request);
    to.remote_user =
        overridden(request, config.remote_user_indicator, has_user ? request->user : nullptr);
    to.auth_type =
        overridden(request, config.auth_type_indicator, has_user ? request->ap_auth_type : nullptr);
    to.query = optional_view(request->args);
}

/// The client's certificate, with the rest of its chain behind it where that is asked for.
OptionalText certificate(request_rec* request, const ServerConfig& config)
{
    const char* const own = env(request, config.certs_indicator);
    if (own == nullptr || *own == '\0') {
        return {};
    }
    if (!config.has(Option::forward_ssl_cert_chain)) {
        return own;
    }
    const char* all = own;
    const apr_array_header_t* const variables = apr_table_elts(request->subprocess_env);
    const auto* const entries = reinterpret_cast<const apr_table_entry_t*>(variables->elts);
    for (int i = 0; i < variables->nelts; ++i) {
        if (starts_with_caseless(view(entries[i].key), config.cert_chain_prefix)) {
            all = apr_pstrcat(request->pool, all, entries[i].val, nullptr);
        }
    }
    return all;
}

void describe_tls(request_rec* request, const ServerConfig& config, ajp::Request& to)
{
    to.is_ssl = config.extract_ssl.value_or(true) &&
                equals_caseless(view(env(request, config.https_indicator)), "on");
    if (!to.is_ssl) {
        return;
    }
    to.ssl_cert = certificate(request, config);
    to.ssl_cipher = optional_view(env(request, config.cipher_indicator));
    to.ssl_session = optional_view(env(request, config.session_indicator));
    const char* const size = env(request, config.key_size_indicator);
    if (size != nullptr && config.has(Option::forward_key_size)) {
        const std::optional<std::int64_t> bits = parse_leading_integer(size);
        if (bits.value_or(0) >= 0) {
            to.ssl_key_size = static_cast<std::uint16_t>(bits.value_or(0));
        }
    }
}

std::span<const ajp::Field> headers_of(request_rec* request)
{
    const apr_array_header_t* const all = apr_table_elts(request->headers_in);
    const auto* const entries = reinterpret_cast<const apr_table_entry_t*>(all->elts);
    const auto count = static_cast<std::size_t>(all->nelts);
    auto* const fields =
        static_cast<ajp::Field*>(apr_palloc(request->pool, (count + 1) * sizeof(ajp::Field)));
    for (std::size_t i = 0; i < count; ++i) {
        fields[i] = {entries[i].key, entries[i].val};
    }
    return {fields, count};
}

/// The attributes of code 0x0A, in mod_jk's order, filled from the front of one array.
class Attributes {
public:
    Attributes(apr_pool_t* pool, std::size_t room)
        : fields_(static_cast<ajp::Field*>(apr_palloc(pool, room * sizeof(ajp::Field))))
    {}
    ajp::Field* add(std::string_view name, std::string_view value) noexcept
    {
        fields_[count_] = {name, value};
        return &fields_[count_++];
    }
    [[nodiscard]] std::span<const ajp::Field> all() const noexcept { return {fields_, count_}; }

private:
    ajp::Field* fields_;
    std::size_t count_ = 0;
};

/// httpd's variables, but for a user whom it has not let in.
void add_common_vars(request_rec* request) noexcept
{
    ap_add_common_vars(request);
    if (!is_user_admitted(request)) {
        apr_table_unset(request->subprocess_env, "REMOTE_USER");
        apr_table_unset(request->subprocess_env, "AUTH_TYPE");
    }
}

void add_env_vars(const request_rec* request, const ServerConfig& config, Attributes& to)
{
    for (const EnvVar& one : config.env_vars) {
        const char* value = env(request, one.name);
        value = value == nullptr ? one.fallback : value;
        if (value != nullptr) {
            to.add(one.name, value);
        }
    }
}

/// JkOptions +StrictHost: what a container would refuse never reaches it.
Result<void> strict_host(const request_rec* request, const ServerConfig& config) noexcept
{
    return config.has(Option::strict_host)
               ? ajp::check_host(view(apr_table_get(request->headers_in, "Host")))
               : Result<void>{};
}

void describe_attributes(request_rec* request, const ServerConfig& config, Description& to)
{
    Attributes attributes{request->pool, 4 + config.env_vars.size()};
    const char* const protocol = env(request, config.ssl_protocol_indicator);
    if (to.ajp.is_ssl && protocol != nullptr && *protocol != '\0') {
        attributes.add("AJP_SSL_PROTOCOL", protocol);
    }
    const char* const port = apr_itoa(request->pool, peer_of(request, config).port);
    if (const OptionalText value = overridden(request, config.remote_port_indicator, port)) {
        attributes.add("AJP_REMOTE_PORT", *value);
    }
    const char* const local = request->connection->local_ip;
    if (const OptionalText value = replaced(request, config.local_addr_indicator, local)) {
        attributes.add("AJP_LOCAL_ADDR", *value);
    }
    to.activation = attributes.add("JK_LB_ACTIVATION", "ACT");
    add_env_vars(request, config, attributes);
    to.ajp.attributes = attributes.all();
}

/// httpd reads what is left of a body before it looks for the ErrorDocument.
bool is_error_page(const request_rec* request) noexcept
{
    return request->prev != nullptr && ap_is_HTTP_ERROR(request->prev->status);
}

}  // namespace

Result<BodyLength> body_length(const request_rec* request) noexcept
{
    if (request->main != nullptr || is_error_page(request)) {
        return BodyLength{};
    }
    const char* const encoding = apr_table_get(request->headers_in, "Transfer-Encoding");
    if (encoding != nullptr) {
        if (!equals_caseless(encoding, "chunked")) {
            return failure(Errc::bad_value, "a Transfer-Encoding other than chunked");
        }
        return BodyLength{ajp::BodyKind::unknown, 0};
    }
    const char* const text = apr_table_get(request->headers_in, "Content-Length");
    if (text == nullptr) {
        return BodyLength{};
    }
    const std::optional<std::uint64_t> length = parse_digits(text);
    if (!length.has_value() || *length > INT64_MAX) {
        return failure(Errc::bad_number, "a Content-Length that is no number below 2^63");
    }
    const bool ignored = env(request, config_of(request).ignore_cl_indicator) != nullptr;
    if (*length > 0 && ignored) {
        return BodyLength{ajp::BodyKind::unknown, 0};
    }
    return *length == 0 ? BodyLength{} : BodyLength{ajp::BodyKind::sized, *length};
}

Result<Description> describe(request_rec* request, const RequestState& state,
                             const BodyLength& body)
{
    const ServerConfig& config = config_of(request);
    if (config.needs_common_vars) {
        add_common_vars(request);
    }
    if (const Result<void> host = strict_host(request, config); !host.has_value()) {
        return detail::unexpected<Error>(host.error());
    }
    Description to;
    const Result<std::string_view> uri = forwarded_uri(request, state, config);
    if (!uri.has_value()) {
        return detail::unexpected<Error>(uri.error());
    }
    to.ajp.uri = *uri;
    to.ajp.method = request->method;
    to.ajp.protocol = request->protocol;
    to.ajp.headers = headers_of(request);
    to.ajp.body = body.kind;
    describe_connection(request, config, to.ajp);
    describe_tls(request, config, to.ajp);
    describe_attributes(request, config, to);
    return to;
}

}  // namespace jk::httpd
