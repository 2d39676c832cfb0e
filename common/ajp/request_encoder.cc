// One pass from front to back that asks every question about a field where it writes it: a request
// that is refused leaves half a packet behind, which nobody sends. Only the payload's length and the
// number of headers, known at the end, are patched in. A Writer that ran out of room stays failed,
// so room is asked for once.
// Tested by tests/unit/ajp/request_encoder_test.cc.
#include "ajp/request_encoder.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>

#include "ajp/codes.h"
#include "ajp/protocol.h"
#include "base/name_table.h"
#include "base/text.h"

namespace jk::ajp {

namespace {

// Never sent (ajp13.md 10). What Connection names is sent nevertheless: a client could otherwise
// take away headers that the server has set.
constexpr NameTable dropped_headers{std::array<std::string_view, 6>{
    "upgrade",
    "http2-settings",
    "keep-alive",
    "proxy-connection",
    "proxy-authorization",
    "proxy",
}};
constexpr std::uint64_t max_content_length = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view chunked = "chunked";
constexpr std::string_view transfer_encoding = "transfer-encoding";

using Refusal = std::optional<Error>;

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

// ---- what writes it

enum class Controls : std::uint8_t { blanked, kept };

void put_text(Writer& out, std::string_view text, Controls controls = Controls::blanked) noexcept
{
    constexpr std::size_t around = 3;  // the length before it, the NUL behind it
    const MutableBytes field = out.claim(text.size() + around);
    if (field.empty()) {
        return;
    }
    assert(text.size() < null_string);  // for the packet is no larger, and its header is written
    Writer string{field};
    string.u16(static_cast<std::uint16_t>(text.size()));
    string.bytes(as_bytes(text));
    string.u8(0);
    if (controls == Controls::blanked) {
        blank_controls(field.subspan(2, text.size()));
    }
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

// ---- the headers

bool is_zero(std::string_view value) noexcept
{
    return !value.empty() && value.find_first_not_of('0') == std::string_view::npos;
}

/// Writes the headers that are sent, so that they make exactly one statement about the body's
/// length, and one that no container can misread.
class Headers {
public:
    Headers(Writer& out, BodyKind body) noexcept : out_(out), body_(body), place_(out.size())
    {
        out_.u16(0);
    }
    [[nodiscard]] Refusal put(const Field& field) noexcept;
    [[nodiscard]] Refusal end() noexcept;

private:
    [[nodiscard]] Refusal put_length(std::string_view value) noexcept;
    [[nodiscard]] Refusal put_encoding(const Field& field) noexcept;
    void put_coded(std::uint16_t code, std::string_view value) noexcept;
    void put_named(std::string_view name, std::string_view value) noexcept;

    Writer& out_;
    BodyKind body_;
    std::size_t place_;  ///< of the number of headers
    std::size_t count_ = 0;
    std::size_t lengths_ = 0;
    std::size_t encodings_ = 0;
};

Refusal Headers::put(const Field& field) noexcept
{
    if (const auto code = request_header_code(field.name)) {
        if (*code == content_length_code) {
            return put_length(field.value);
        }
        put_coded(*code, field.value);
        return std::nullopt;
    }
    if (equals_caseless(field.name, transfer_encoding)) {
        return put_encoding(field);
    }
    if (const Refusal refusal = check_name(field.name)) {
        return refusal;
    }
    if (!dropped_headers.find(field.name)) {
        put_named(field.name, field.value);
    }
    return std::nullopt;
}

/// Of a request without body the client's own length is sent as long as it says so.
Refusal Headers::put_length(std::string_view value) noexcept
{
    const bool is_sized = body_ == BodyKind::sized;
    if (is_sized && !is_content_length(value)) {
        return Error{Errc::bad_value, "a Content-Length that is no number"};
    }
    if (is_sized || (body_ == BodyKind::none && is_zero(value))) {
        ++lengths_;
        put_coded(content_length_code, value);
    }
    return std::nullopt;
}

Refusal Headers::put_encoding(const Field& field) noexcept
{
    if (!equals_caseless(field.value, chunked)) {
        return Error{Errc::bad_value, "a Transfer-Encoding other than chunked"};
    }
    ++encodings_;
    if (body_ == BodyKind::unknown) {
        put_named(field.name, chunked);
    }
    return std::nullopt;
}

void Headers::put_coded(std::uint16_t code, std::string_view value) noexcept
{
    out_.u16(code);
    put_text(out_, value);
    ++count_;
}

void Headers::put_named(std::string_view name, std::string_view value) noexcept
{
    put_text(out_, name);
    put_text(out_, value);
    ++count_;
}

Refusal Headers::end() noexcept
{
    if (encodings_ > 1) {
        return Error{Errc::bad_value, "more than one Transfer-Encoding"};
    }
    if (body_ == BodyKind::sized && (lengths_ != 1 || encodings_ != 0)) {
        return Error{Errc::bad_value, "not exactly one Content-Length"};
    }
    if (body_ == BodyKind::none && lengths_ == 0 && count_ < container_max_headers) {
        put_coded(content_length_code, "0");
    }
    if (!out_.has_failed()) {  // each header took three bytes or more, so the count fits
        out_.patch_u16(place_, static_cast<std::uint16_t>(count_));
    }
    return std::nullopt;
}

Refusal put_headers(Writer& out, const Request& request) noexcept
{
    Headers headers{out, request.body};
    for (const Field& field : request.headers) {
        if (const Refusal refusal = headers.put(field)) {
            return refusal;
        }
    }
    return headers.end();
}

// ---- the attributes

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
    if (const Refusal refusal = check_line(request)) {
        return failure(refusal->code, refusal->text);
    }
    Writer out{packet.first(std::min(packet.size(), max_packet_size))};
    out.u16(request_magic);
    out.u16(0);
    put_line(out, request);
    if (const Refusal refusal = put_headers(out, request)) {
        return failure(refusal->code, refusal->text);
    }
    put_attributes(out, request);
    if (out.has_failed()) {
        return failure(Errc::overflow, "the request head is larger than max_packet_size");
    }
    out.patch_u16(2, static_cast<std::uint16_t>(out.size() - packet_header_size));
    return out.size();
}

}  // namespace jk::ajp
