// One packet from the container → what it says.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "ajp/request.h"
#include "base/bytes.h"
#include "base/result.h"

namespace jk::ajp {

/// The headers of a SEND_HEADERS packet, one after the other. The packet was checked as a whole
/// before, so reading cannot fail. Names are tokens, values hold no CR, LF or NUL; a header whose
/// name is no token is passed over, and so are those that belong to the framing of one connection
/// (ajp13.md 10).
class HeaderCursor {
public:
    /// Whether Content-Length is handed out: not beside a Transfer-Encoding, and never twice.
    enum class Length : std::uint8_t { shown, hidden };

    HeaderCursor() = default;
    HeaderCursor(Bytes fields, std::uint16_t count, Length length) noexcept
        : fields_(fields), left_(count), length_(length)
    {}
    /// Returns the next header, views into the packet; nullopt at the end.
    [[nodiscard]] std::optional<Field> next() noexcept;

private:
    [[nodiscard]] bool is_handed_out(std::string_view name) noexcept;

    Bytes fields_;
    std::uint16_t left_ = 0;
    Length length_ = Length::shown;
};

/// SEND_HEADERS. Views into the packet.
struct ResponseHead {
    std::uint16_t status = 0;  ///< 200..999
    /// Empty where the phrase is missing, equals the number or holds a control character: the
    /// server's own phrase serves then (ajp13.md 6).
    std::string_view reason;
    HeaderCursor headers;
    /// The one Content-Length, absent also where the container sent a Transfer-Encoding.
    std::optional<std::uint64_t> content_length;
    std::uint16_t dropped = 0;        ///< headers passed over because their name is no token
    bool has_trailing_bytes = false;  ///< then the connection must not be reused
};

/// SEND_BODY_CHUNK. Empty data is the container's flush.
struct BodyChunk {
    Bytes data;
};

/// GET_BODY_CHUNK. `wanted` is 1..65535, not yet clamped to the packet size.
struct GetBody {
    std::uint16_t wanted = 0;
    bool has_trailing_bytes = false;  ///< then the connection must not be reused
};

/// END_RESPONSE. `is_reusable` only where the flag is 1 and nothing follows it in the packet.
struct EndResponse {
    bool is_reusable = false;
};

/// CPONG.
struct Pong {};

using Message = std::variant<ResponseHead, BodyChunk, GetBody, EndResponse, Pong>;

/// Decodes one whole payload (what follows the four header bytes). Replaces CR, LF and NUL in
/// header values by blanks in place, hence the mutable bytes. Views stay valid as long as the
/// payload's memory does. Allocates nothing.
///
/// Fails with underrun, bad_type, bad_status (outside 200..999), bad_string (past the end, without
/// its NUL, null where none may be), bad_code (a header code outside 0xA001..0xA00B), bad_number
/// (a Content-Length that is not 1*DIGIT below 2^63), conflict (two different lengths), bad_length
/// (a chunk that does not fit its packet, GET_BODY_CHUNK of size 0, CPONG with a content).
[[nodiscard]] Result<Message> decode_message(MutableBytes payload) noexcept;

}  // namespace jk::ajp
