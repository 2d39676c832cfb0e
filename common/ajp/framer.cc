// The bytes between begin_ and end_ of the buffer were received and not yet handed out. What is
// left of them when more are wanted, always less than one packet, is moved to the buffer's front:
// that is the only copy, and it makes the next read as large as can be.
// Tested by tests/unit/ajp/framer_test.cc.
#include "ajp/framer.h"

#include <cassert>
#include <cstring>

#include "ajp/protocol.h"

namespace jk::ajp {

Result<std::optional<MutableBytes>> Framer::next() noexcept
{
    const MutableBytes unread = buffer_.subspan(begin_, end_ - begin_);
    if (unread.size() < packet_header_size) {
        return std::nullopt;
    }
    Reader header{unread};
    if (header.u16() != response_magic) {
        return failure(Errc::bad_magic, "a packet does not begin with AB: not an AJP13 container?");
    }
    const std::size_t length = header.u16();
    if (length == 0) {
        return failure(Errc::bad_length, "a packet is empty");
    }
    if (length > limit_ - packet_header_size) {
        return failure(Errc::bad_length, "a packet is larger than max_packet_size");
    }
    if (unread.size() < packet_header_size + length) {
        return std::nullopt;
    }
    begin_ += packet_header_size + length;
    return unread.subspan(packet_header_size, length);
}

MutableBytes Framer::space() noexcept
{
    if (begin_ != 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    assert(end_ < buffer_.size());
    return buffer_.subspan(end_);
}

void Framer::commit(std::size_t count) noexcept
{
    assert(count <= buffer_.size() - end_);
    end_ += count;
}

}  // namespace jk::ajp
