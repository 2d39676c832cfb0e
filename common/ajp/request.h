// The request as AJP sees it: views only, owned by whoever describes the request.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace jk::ajp {

/// A name and its value: a header, or an attribute of code 0x0A.
struct Field {
    std::string_view name;
    std::string_view value;
};

/// How the length of the request body is known.
enum class BodyKind : std::uint8_t {
    none,     ///< there is no body: exactly one `content-length: 0` is sent
    sized,    ///< Content-Length says it: the first packet is sent unasked (ajp13.md 7.2)
    unknown,  ///< chunked, or HTTP/2 without a length: everything is pulled (ajp13.md 7.4)
};

/// Everything a FORWARD_REQUEST says (ajp13.md 5). All views stay the caller's and must stay valid
/// while the request is encoded. An absent optional is a field that is not sent, or a null string.
struct Request {
    std::string_view method = "GET";
    std::string_view protocol = "HTTP/1.1";
    std::string_view uri;  ///< origin form, still percent-encoded, without query; or "*"
    std::optional<std::string_view> remote_addr;
    std::optional<std::string_view> remote_host;
    std::optional<std::string_view> server_name;
    std::uint16_t server_port = 80;
    bool is_ssl = false;

    std::span<const Field> headers;
    BodyKind body = BodyKind::none;

    std::optional<std::string_view> secret;
    std::optional<std::string_view> remote_user;
    std::optional<std::string_view> auth_type;
    std::optional<std::string_view> query;
    std::optional<std::string_view> route;
    std::optional<std::string_view> ssl_cert;
    std::optional<std::string_view> ssl_cipher;
    std::optional<std::string_view> ssl_session;
    std::optional<std::uint16_t> ssl_key_size;
    /// Attributes of code 0x0A in the order in which they are sent (directives.md 5.2).
    std::span<const Field> attributes;
};

}  // namespace jk::ajp
