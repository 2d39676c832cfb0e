// How long one attempt may wait for its backend.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include "backend/socket.h"

namespace jk::httpd {

/// Of the worker's two limits the one that ends first; 0 is none. The socket's holds for one call.
/// The reply's holds for a message that is awaited, however it trickles in, and for a write that the
/// backend does not take.
class WaitLimits {
public:
    WaitLimits(std::chrono::milliseconds reply, std::chrono::seconds socket) noexcept
        : reply_(reply), socket_(socket)
    {}

    struct Limit {
        std::chrono::milliseconds time{0};
        bool is_reply = false;  ///< the reply timeout ends then
        bool is_over = false;   ///< it has ended
    };

    [[nodiscard]] Limit of_write() const noexcept
    {
        return reply_.count() == 0 ? Limit{socket_} : sooner(reply_);
    }

    /// Of a read while the message of this number is awaited. Behind the end one read takes what is
    /// there, lest a client that is slow to take a flush costs the container.
    [[nodiscard]] Limit of_read(std::uint64_t message) noexcept
    {
        if (reply_.count() == 0) {
            return {socket_};
        }
        const Clock::time_point now = Clock::now();
        if (message != awaited_message_) {
            awaited_message_ = message;
            deadline_ = now + reply_;
            is_late_ = false;
        }
        const std::chrono::milliseconds left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline_ - now);
        Limit limit = sooner(std::max(std::chrono::milliseconds{1}, left));
        limit.is_over = std::exchange(is_late_, now >= deadline_);
        return limit;
    }

    /// True when the message of the last of_read() is late. The kernel's clock is the coarser one, so
    /// that a read may end a little before.
    [[nodiscard]] bool is_late() const noexcept { return Clock::now() >= deadline_; }

private:
    [[nodiscard]] Limit sooner(std::chrono::milliseconds left) const noexcept
    {
        const bool is_reply = socket_.count() == 0 || left <= socket_;
        return {is_reply ? left : socket_, is_reply};
    }

    std::chrono::milliseconds reply_;
    std::chrono::milliseconds socket_;
    Clock::time_point deadline_{};
    std::uint64_t awaited_message_ = UINT64_MAX;
    bool is_late_ = false;  ///< a read of that message began behind the deadline
};

}  // namespace jk::httpd
