// Bytes as they arrive → whole packets. One large buffer, filled by the caller, framed in place.
#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"

namespace jk::ajp {

/// Cuts the payloads of container packets (magic "AB") out of a buffer that the caller fills.
/// Never copies but for the part of a packet that stands at the buffer's end when more is wanted.
class Framer {
public:
    /// `packet_size` is S, header included. Requires: `buffer` holds at least one packet of it.
    Framer(MutableBytes buffer, std::size_t packet_size) noexcept
        : buffer_(buffer), limit_(packet_size)
    {}

    /// Returns the next whole payload, nullopt when more bytes are needed. The view stays valid
    /// until space() is called. Fails with bad_magic, or bad_length (the payload is empty or
    /// longer than S-4: judged on the four header bytes alone); then the stream is lost.
    [[nodiscard]] Result<std::optional<MutableBytes>> next() noexcept;

    /// Returns where to put the next bytes; never empty. Ends the life of all payload views.
    [[nodiscard]] MutableBytes space() noexcept;

    /// Says that `count` bytes were put to the front of space(). Requires: count fits it.
    void commit(std::size_t count) noexcept;

    /// True when no byte is left over that next() did not hand out.
    [[nodiscard]] bool is_empty() const noexcept { return begin_ == end_; }

private:
    MutableBytes buffer_;
    std::size_t limit_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace jk::ajp
