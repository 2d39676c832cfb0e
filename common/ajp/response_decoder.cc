// A SEND_HEADERS packet is read twice: decode_message() walks all headers once, checks every
// string, cleans the values and settles the length; then a HeaderCursor walks them again on behalf
// of the caller and cannot fail any more. Nothing is collected in between, whatever the count says.
// Tested by tests/unit/ajp/response_decoder_test.cc.
#include "ajp/response_decoder.h"

#include <array>
#include <limits>
#include <utility>

#include "ajp/codes.h"
#include "ajp/protocol.h"
#include "base/name_table.h"
#include "base/text.h"

namespace jk::ajp {

namespace {

// Belong to one connection, and ours is not the client's (ajp13.md 10).
constexpr NameTable connection_headers{std::array<std::string_view, 7>{
    "transfer-encoding",
    "connection",
    "keep-alive",
    "trailer",
    "upgrade",
    "proxy-connection",
    "te",
}};
constexpr std::uint64_t max_content_length = std::numeric_limits<std::int64_t>::max();
/// A longer one is no phrase; the standard has less than 40 bytes (security.md RS-2).
constexpr std::size_t max_reason = 255;

detail::unexpected<Error> underrun() noexcept
{
    return failure(Errc::underrun, "a message ends inside a field");
}

detail::unexpected<Error> passed_on(const Error& error) noexcept
{
    return failure(error.code, error.text);
}

// Reads `length` bytes and their NUL.
Result<Bytes> read_text(Reader& packet, std::uint16_t length) noexcept
{
    if (length >= packet.rest().size()) {
        return failure(Errc::bad_string, "a string is longer than its message");
    }
    const Bytes text = packet.take(length);
    if (packet.u8() != 0) {
        return failure(Errc::bad_string, "a string does not end with NUL");
    }
    return text;
}

// Reads a string that may not be null.
Result<Bytes> read_string(Reader& packet) noexcept
{
    const std::uint16_t length = packet.u16();
    if (packet.has_failed()) {
        return underrun();
    }
    if (length == null_string) {
        return failure(Errc::bad_string, "a string is null where none may be");
    }
    return read_text(packet, length);
}

// Reads a name, which is a code or a string.
Result<std::string_view> read_name(Reader& packet) noexcept
{
    const std::uint16_t code = packet.peek_u16();
    if ((code & code_page_mask) != code_page) {
        const auto text = read_string(packet);
        if (!text) {
            return passed_on(text.error());
        }
        return as_text(*text);
    }
    (void)packet.u16();
    if (const auto name = response_header_name(code)) {
        return *name;
    }
    return failure(Errc::bad_code, "a response header has an unknown code");
}

struct Header {
    std::string_view name;
    Bytes value;
};

Result<Header> read_header(Reader& packet) noexcept
{
    const auto name = read_name(packet);
    if (!name) {
        return passed_on(name.error());
    }
    const auto value = read_string(packet);
    if (!value) {
        return passed_on(value.error());
    }
    return Header{*name, *value};
}

// Replaces control characters by blanks: some begin a new line, and for any of them httpd would give
// the whole answer up. `text` is a view into `memory`.
void clean(MutableBytes memory, Bytes text) noexcept
{
    const auto offset = static_cast<std::size_t>(text.data() - memory.data());
    blank_controls(memory.subspan(offset, text.size()));
}

std::optional<Error> take_length(std::string_view value,
                                 std::optional<std::uint64_t>& length) noexcept
{
    const auto number = parse_digits(value);
    if (!number || *number > max_content_length) {
        return Error{Errc::bad_number, "a Content-Length is no number"};
    }
    if (length && *length != *number) {
        return Error{Errc::conflict, "two Content-Length headers contradict each other"};
    }
    length = number;
    return std::nullopt;
}

bool is_number(std::string_view text, std::uint16_t number) noexcept
{
    return parse_digits(text) == number;
}

Result<std::string_view> read_reason(Reader& packet, std::uint16_t status) noexcept
{
    if (packet.rest().size() >= 2 && packet.peek_u16() == null_string) {
        (void)packet.u16();
        return std::string_view{};
    }
    const auto bytes = read_string(packet);
    if (!bytes) {
        return passed_on(bytes.error());
    }
    const std::string_view text = as_text(*bytes);
    const bool is_useless =
        text.size() > max_reason || is_number(text, status) || has_control(text);
    return is_useless ? std::string_view{} : text;
}

// The part of a SEND_HEADERS packet behind the count.
Result<Message> read_headers(MutableBytes fields, std::uint16_t count, ResponseHead head) noexcept
{
    Reader packet{fields};
    auto length = HeaderCursor::Length::shown;
    for (std::uint16_t left = count; left != 0; --left) {
        const auto header = read_header(packet);
        if (!header) {
            return passed_on(header.error());
        }
        clean(fields, header->value);
        if (equals_caseless(header->name, "Content-Length")) {
            if (const auto error = take_length(as_text(header->value), head.content_length)) {
                return passed_on(*error);
            }
        } else if (equals_caseless(header->name, "Transfer-Encoding")) {
            length = HeaderCursor::Length::hidden;
        } else if (!is_token(header->name)) {
            ++head.dropped;
        }
    }
    if (length == HeaderCursor::Length::hidden) {
        head.content_length.reset();
    }
    head.headers = HeaderCursor{fields, count, length};
    head.has_trailing_bytes = !packet.is_at_end();
    return head;
}

Result<Message> decode_head(Reader packet, MutableBytes payload) noexcept
{
    ResponseHead head;
    head.status = packet.u16();
    if (packet.has_failed()) {
        return underrun();
    }
    if (head.status < min_status || head.status > max_status) {
        return failure(Errc::bad_status, "a status outside 200..999");
    }
    const auto reason = read_reason(packet, head.status);
    if (!reason) {
        return passed_on(reason.error());
    }
    head.reason = *reason;
    const std::uint16_t count = packet.u16();
    if (packet.has_failed()) {
        return underrun();
    }
    return read_headers(payload.last(packet.rest().size()), count, head);
}

// One NUL behind the data may be missing, as old containers have it (ajp13.md 8).
Result<Message> decode_chunk(Reader packet) noexcept
{
    const std::size_t length = packet.u16();
    if (packet.has_failed()) {
        return underrun();
    }
    const std::size_t present = packet.rest().size();
    if (present != length && present != length + 1) {
        return failure(Errc::bad_length, "a chunk's length contradicts its packet");
    }
    return BodyChunk{packet.take(length)};
}

Result<Message> decode_get_body(Reader packet) noexcept
{
    const std::uint16_t wanted = packet.u16();
    if (packet.has_failed()) {
        return underrun();
    }
    if (wanted == 0) {
        return failure(Errc::bad_length, "the container asked for no bytes of the request body");
    }
    return GetBody{wanted, !packet.is_at_end()};
}

Result<Message> decode_end(Reader packet) noexcept
{
    const bool is_flagged = packet.u8() == reuse;
    return EndResponse{is_flagged && packet.is_at_end()};
}

Result<Message> decode_pong(Reader packet) noexcept
{
    if (!packet.is_at_end()) {
        return failure(Errc::bad_length, "a CPONG with a content");
    }
    return Pong{};
}

}  // namespace

std::optional<Field> HeaderCursor::next() noexcept
{
    Reader packet{fields_};
    while (left_ != 0) {
        --left_;
        const auto header = read_header(packet);
        if (!header) {  // checked before; whoever changed the bytes since gets no more of them
            left_ = 0;
            break;
        }
        fields_ = fields_.last(packet.rest().size());
        if (is_handed_out(header->name)) {
            return Field{header->name, as_text(header->value)};
        }
    }
    return std::nullopt;
}

bool HeaderCursor::is_handed_out(std::string_view name) noexcept
{
    if (equals_caseless(name, "Content-Length")) {
        return std::exchange(length_, Length::hidden) ==
               Length::shown;  // a repetition says nothing
    }
    return is_token(name) && !connection_headers.find(name);
}

Result<Message> decode_message(MutableBytes payload) noexcept
{
    Reader packet{payload};
    const std::uint8_t type = packet.u8();
    if (packet.has_failed()) {
        return underrun();
    }
    switch (static_cast<MessageType>(type)) {
    case MessageType::send_headers: return decode_head(packet, payload);
    case MessageType::send_body_chunk: return decode_chunk(packet);
    case MessageType::get_body_chunk: return decode_get_body(packet);
    case MessageType::end_response: return decode_end(packet);
    case MessageType::cpong: return decode_pong(packet);
    case MessageType::forward_request:
    case MessageType::cping: break;
    }
    return failure(Errc::bad_type, "a message of a type that no container sends");
}

}  // namespace jk::ajp
