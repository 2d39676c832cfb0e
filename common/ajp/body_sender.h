// The request body on its way to the container, one packet after the other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "ajp/request.h"
#include "base/bytes.h"

namespace jk::ajp {

/// Cuts a request body into packets: the bytes kept from before first, then the client's, which are
/// read straight into the packet. Copies nothing.
class BodySender {
public:
    enum class Supply : std::uint8_t {
        ready,   ///< bytes wait to be sent
        client,  ///< the client must give some first
        ended,   ///< all was sent
    };

    /// `length` and `kept` are those of a sized body and not looked at for others; `packet` is room
    /// for one packet. The views must outlive the sender.
    /// Requires: kept is not longer than length, and not empty where length is not 0.
    BodySender(BodyKind kind, std::uint64_t length, Bytes kept, MutableBytes packet) noexcept;

    [[nodiscard]] Supply supply() const noexcept;

    /// Returns the next packet, its header and its data, with at most `wanted` bytes of data and no
    /// more than a packet holds; without data, in the form of six bytes, where the body has ended.
    /// Valid until space() or the next packet. Requires: supply() is not `client`.
    [[nodiscard]] std::array<Bytes, 2> next_packet(std::size_t wanted) noexcept;

    /// Returns where to read the client's next bytes to: as many as the packet for `wanted` may
    /// carry. Never empty. Requires: supply() is `client`.
    [[nodiscard]] MutableBytes space(std::size_t wanted) noexcept;

    /// Says that `count` bytes of the client were put to the front of space().
    void client_data(std::size_t count) noexcept;
    /// Says that the client has no more. Returns false where it had announced more.
    [[nodiscard]] bool client_end() noexcept;

    /// True once the client was read: what it gave is not kept and cannot be sent again.
    [[nodiscard]] bool is_beyond_kept() const noexcept { return is_beyond_kept_; }

private:
    MutableBytes packet_;
    Bytes ready_;
    std::uint64_t left_;  ///< bytes not yet put into packets, those of ready_ included
    BodyKind kind_;
    bool is_beyond_kept_ = false;
};

}  // namespace jk::ajp
