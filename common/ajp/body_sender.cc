// The packet's room begins with six bytes for the header; the client's bytes are read behind them.
// Data and header go out as two pieces, so what one packet left over of them stays where it is.
//
// No packet may carry 512..767 or 2560..2815 bytes: a container that has given up on the request
// reads a stray packet as a new message, and the high byte of the chunk's length as the type of it,
// 2 a forged FORWARD_REQUEST, 10 a CPING (ajp13.md 9.4). Such a packet is cut to 511 or 2559 bytes;
// the container asks for the rest as it would for any.
// Tested by tests/unit/ajp/body_sender_test.cc.
#include "ajp/body_sender.h"

#include <algorithm>
#include <cassert>
#include <limits>

#include "ajp/protocol.h"

namespace jk::ajp {

namespace {

constexpr std::size_t harmless(std::size_t count) noexcept
{
    const std::size_t type = count >> 8;
    const bool is_message = type == static_cast<std::size_t>(MessageType::forward_request) ||
                            type == static_cast<std::size_t>(MessageType::cping);
    return is_message ? (type << 8) - 1 : count;
}
static_assert(harmless(511) == 511 && harmless(512) == 511 && harmless(767) == 511);
static_assert(harmless(768) == 768 && harmless(2559) == 2559 && harmless(2560) == 2559);
static_assert(harmless(2815) == 2559 && harmless(2816) == 2816 && harmless(0) == 0);

std::uint64_t length_of(BodyKind kind, std::uint64_t length) noexcept
{
    switch (kind) {
    case BodyKind::none: return 0;
    case BodyKind::sized: return length;
    case BodyKind::unknown: break;
    }
    return std::numeric_limits<std::uint64_t>::max();  // until the client says that it has no more
}

}  // namespace

BodySender::BodySender(BodyKind kind, std::uint64_t length, Bytes kept,
                       MutableBytes packet) noexcept
    : packet_(packet), left_(length_of(kind, length)), kind_(kind)
{
    if (kind == BodyKind::sized) {
        assert(kept.size() <= length && (length == 0 || !kept.empty()));
        ready_ = kept;
    }
}

BodySender::Supply BodySender::supply() const noexcept
{
    if (!ready_.empty()) {
        return Supply::ready;
    }
    return left_ == 0 ? Supply::ended : Supply::client;
}

std::array<Bytes, 2> BodySender::next_packet(std::size_t wanted) noexcept
{
    assert(supply() != Supply::client);
    const std::size_t room = packet_.size() - body_header_size;
    const std::size_t count = harmless(std::min({wanted, room, ready_.size()}));
    const Bytes data = ready_.first(count);
    ready_ = ready_.subspan(count);
    left_ -= count;
    Writer header{packet_.first(body_header_size)};
    header.u16(request_magic);
    header.u16(static_cast<std::uint16_t>(count + 2));
    header.u16(static_cast<std::uint16_t>(count));
    return {header.written(), data};
}

MutableBytes BodySender::space(std::size_t wanted) noexcept
{
    assert(supply() == Supply::client);
    const MutableBytes room = packet_.subspan(body_header_size);
    const std::uint64_t most = std::min<std::uint64_t>({wanted, room.size(), left_});
    return room.first(harmless(static_cast<std::size_t>(most)));
}

void BodySender::client_data(std::size_t count) noexcept
{
    assert(ready_.empty() && count <= left_);
    ready_ = packet_.subspan(body_header_size, count);
    is_beyond_kept_ = true;
}

bool BodySender::client_end() noexcept
{
    is_beyond_kept_ = true;
    if (kind_ == BodyKind::sized && left_ != 0) {
        return false;
    }
    left_ = 0;
    return true;
}

}  // namespace jk::ajp
