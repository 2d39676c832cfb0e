// Connections that are being closed politely: our side has ended, and what the container still
// sends is read and dropped for a moment, so that it meets an orderly end and no reset.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "backend/socket.h"

namespace jk::httpd {

/// How an exchange that is not complete leaves its connection.
enum class Farewell : std::uint8_t {
    polite,  ///< end our side, then read and drop what comes, within limits
    abrupt,  ///< close at once: the container sees a reset with the next byte that it sends
};

/// The connections of one child that are being closed. Any thread, no lock, nothing here waits:
/// add() ends our side and returns, and drain(), called now and then, reads what has come. So it
/// takes no request's time, and needs no thread of its own.
class ClosingSockets {
public:
    static constexpr std::size_t capacity = 32;

    /// Says that drain() is called at short intervals from now on, whether requests come or not.
    void begin_lingering() noexcept { lingers_.store(true, std::memory_order_relaxed); }

    /// Ends our side of an open connection. It is closed at once where the other side has ended
    /// too, where `capacity` others are being closed, and before begin_lingering(): a container
    /// that writes would else be stuck in it until the next request comes.
    void add(Socket socket, Clock::time_point now) noexcept;
    /// Drops what has come, and closes the connections of which nothing more is to be expected:
    /// those that ended, sent 32 KiB, were silent for 100 ms, or were added 2 s ago.
    void drain(Clock::time_point now) noexcept;

    [[nodiscard]] bool is_empty() const noexcept
    {
        return count_.load(std::memory_order_relaxed) == 0;
    }

private:
    enum State : std::uint32_t { free, waiting, held };
    struct Cell {
        Socket socket;
        std::size_t left = 0;
        Clock::time_point begun{};
        Clock::time_point last_heard{};

        [[nodiscard]] bool is_over(Clock::time_point now) noexcept;
    };
    struct Place {
        std::atomic<std::uint32_t> state{free};
        Cell cell;
    };

    std::array<Place, capacity> places_;
    std::atomic<std::size_t> count_{0};  ///< of the places that wait
    std::atomic<bool> lingers_{false};
};

}  // namespace jk::httpd
