// First every question that can refuse the request, then one pass that writes it front to back;
// only the payload's length and the number of headers, known at the end, are patched in. A Writer
// that ran out of room stays failed, so room is asked for once.
// Tested by tests/unit/ajp/request_encoder_test.cc.
#include "ajp/request_encoder.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>

#include "ajp/codes.h"
#include "ajp/protocol.h"
#include "base/text.h"

namespace jk::ajp {

namespace {

// Never sent (ajp13.md 10). What Connection names is sent nevertheless: a client could otherwise
// take away headers that the server has set.
constexpr std::array<std::string_view, 6> dropped_headers{
    "Upgrade", "HTTP2-Settings", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Proxy",
};
constexpr std::uint64_t max_content_length = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view chunked = "chunked";
constexpr std::string_view content_length = "content-length";
constexpr std::string_view transfer_encoding = "transfer-encoding";

using Refusal = std::optional<Error>;

bool is_named(std::string_view name, std::string_view wanted) noexcept
{
    return name.size() == wanted.size() && equals_caseless(name, wanted);
}

bool is_dropped(std::string_view name) noexcept
{
    return std::any_of(dropped_headers.begin(), dropped_headers.end(),
                       [&](std::string_view row) { return is_named(name, row); });
}

bool has_control(std::string_view text) noexcept
{
    return std::any_of(text.begin(), text.end(), is_control);
}

bool is_content_length(std::string_view value) noexcept
{
    const auto number = parse_digits(value);
    return number && *number <= max_content_length;
}

// ---- what refuses a request

Refusal check_line(const Request& request) noexcept
{
    if (!is_token(request.method)) {
        return Error{Errc::bad_value, "the method is no token"};
    }
    const bool is_asterisk = request.uri == "*" && request.method == "OPTIONS";
    if (!is_asterisk && !request.uri.starts_with('/')) {
        return Error{Errc::bad_path, "the path does not begin with a slash"};
    }
    if (has_control(request.uri) || has_control(request.query.value_or(""))) {
        return Error{Errc::bad_path, "a control character in the path or the query"};
    }
    return std::nullopt;
}

Refusal check_name(std::string_view name) noexcept
{
    if (name.size() > max_header_name) {
        return Error{Errc::bad_name, "a header name longer than 255 bytes"};
    }
    if (!is_token(name)) {
        return Error{Errc::bad_name, "a header name that is no token"};
    }
    return std::nullopt;
}

// Exactly one statement about the body's length, and one that no container can misread.
Refusal check_framing(const Request& request) noexcept
{
    std::size_t lengths = 0;
    std::size_t encodings = 0;
    for (const Field& field : request.headers) {
        if (is_named(field.name, transfer_encoding)) {
            ++encodings;
            if (!is_named(field.value, chunked)) {
                return Error{Errc::bad_value, "a Transfer-Encoding other than chunked"};
            }
        }
        if (is_named(field.name, content_length) && request.body == BodyKind::sized) {
            ++lengths;
            if (!is_content_length(field.value)) {
                return Error{Errc::bad_value, "a Content-Length that is no number"};
            }
        }
    }
    if (encodings > 1) {
        return Error{Errc::bad_value, "more than one Transfer-Encoding"};
    }
    if (request.body == BodyKind::sized && (lengths != 1 || encodings != 0)) {
        return Error{Errc::bad_value, "not exactly one Content-Length"};
    }
    return std::nullopt;
}

Refusal check(const Request& request) noexcept
{
    if (const Refusal refusal = check_line(request)) {
        return refusal;
    }
    for (const Field& field : request.headers) {
        if (const Refusal refusal = check_name(field.name)) {
            return refusal;
        }
    }
    return check_framing(request);
}

// ---- what writes it

enum class Controls : std::uint8_t { blanked, kept };

void blank_controls(MutableBytes text) noexcept
{
    for (std::uint8_t& byte : text) {
        if (byte != '\t' && is_control(static_cast<char>(byte))) {
            byte = ' ';
        }
    }
}

void put_text(Writer& out, std::string_view text, Controls controls = Controls::blanked) noexcept
{
    if (text.size() > out.room()) {
        out.bytes(as_bytes(text));  // fails, and with it the packet
        return;
    }
    assert(text.size() < null_string);  // for the packet is no larger, and its header is written
    out.u16(static_cast<std::uint16_t>(text.size()));
    const std::size_t begin = out.size();
    out.bytes(as_bytes(text));
    if (controls == Controls::blanked) {
        blank_controls(out.written().subspan(begin));
    }
    out.u8(0);
}

void put_text(Writer& out, const std::optional<std::string_view>& text) noexcept
{
    if (text) {
        put_text(out, *text);
    } else {
        out.u16(null_string);
    }
}

void put_code(Writer& out, Attribute code) noexcept
{
    out.u8(static_cast<std::uint8_t>(code));
}

void put_attribute(Writer& out, Attribute code, const std::optional<std::string_view>& value,
                   Controls controls = Controls::blanked) noexcept
{
    if (value) {
        put_code(out, code);
        put_text(out, *value, controls);
    }
}

void put_line(Writer& out, const Request& request) noexcept
{
    out.u8(static_cast<std::uint8_t>(MessageType::forward_request));
    out.u8(method_code(request.method).value_or(method_by_name));
    put_text(out, request.protocol);
    put_text(out, request.uri);
    put_text(out, request.remote_addr);
    put_text(out, request.remote_host);
    put_text(out, request.server_name);
    out.u16(request.server_port);
    out.u8(request.is_ssl ? 1 : 0);
}

void put_header(Writer& out, std::string_view name, std::string_view value) noexcept
{
    if (const auto code = request_header_code(name)) {
        out.u16(*code);
    } else {
        put_text(out, name);
    }
    put_text(out, value);
}

/// Of a request without body the client's own length, as long as it says so.
bool is_length_sent(const Request& request, std::string_view value) noexcept
{
    return request.body == BodyKind::sized ||
           (request.body == BodyKind::none && !value.empty() &&
            value.find_first_not_of('0') == std::string_view::npos);
}

bool is_sent(const Request& request, const Field& field) noexcept
{
    const std::string_view name = field.name;
    if (is_named(name, content_length)) {
        return is_length_sent(request, field.value);
    }
    if (is_named(name, transfer_encoding)) {
        return request.body == BodyKind::unknown;
    }
    return !is_dropped(name);
}

void put_headers(Writer& out, const Request& request) noexcept
{
    const std::size_t place_of_count = out.size();
    std::size_t count = 0;
    out.u16(0);
    bool has_length = false;
    for (const Field& field : request.headers) {
        if (is_sent(request, field)) {
            const bool is_encoding = is_named(field.name, transfer_encoding);
            put_header(out, field.name, is_encoding ? chunked : field.value);
            has_length |= is_named(field.name, content_length);
            ++count;
        }
    }
    if (request.body == BodyKind::none && !has_length && count < container_max_headers) {
        put_header(out, content_length, "0");
        ++count;
    }
    if (!out.has_failed()) {  // each header took three bytes or more, so the count fits
        out.patch_u16(place_of_count, static_cast<std::uint16_t>(count));
    }
}

void put_ssl(Writer& out, const Request& request) noexcept
{
    // PEM is text of many lines, made by the server itself
    put_attribute(out, Attribute::ssl_cert, request.ssl_cert, Controls::kept);
    put_attribute(out, Attribute::ssl_cipher, request.ssl_cipher);
    put_attribute(out, Attribute::ssl_session, request.ssl_session);
    if (request.ssl_key_size) {
        put_code(out, Attribute::ssl_key_size);
        out.u16(*request.ssl_key_size);
    }
}

// In the order of mod_jk (ajp13.md 5.3).
void put_attributes(Writer& out, const Request& request) noexcept
{
    put_attribute(out, Attribute::secret, request.secret);
    put_attribute(out, Attribute::remote_user, request.remote_user);
    put_attribute(out, Attribute::auth_type, request.auth_type);
    put_attribute(out, Attribute::query_string, request.query);
    put_attribute(out, Attribute::jvm_route, request.route);
    if (request.is_ssl) {
        put_ssl(out, request);
    }
    if (!method_code(request.method)) {
        put_attribute(out, Attribute::stored_method, request.method);
    }
    for (const Field& field : request.attributes) {
        put_code(out, Attribute::req_attribute);
        put_text(out, field.name);
        put_text(out, field.value);
    }
    put_code(out, Attribute::are_done);
}

}  // namespace

Result<std::size_t> encode_request(const Request& request, MutableBytes packet) noexcept
{
    if (const Refusal refusal = check(request)) {
        return failure(refusal->code, refusal->text);
    }
    Writer out{packet.first(std::min(packet.size(), max_packet_size))};
    out.u16(request_magic);
    out.u16(0);
    put_line(out, request);
    put_headers(out, request);
    put_attributes(out, request);
    if (out.has_failed()) {
        return failure(Errc::overflow, "the request head is larger than max_packet_size");
    }
    out.patch_u16(2, static_cast<std::uint16_t>(out.size() - packet_header_size));
    return out.size();
}

}  // namespace jk::ajp
