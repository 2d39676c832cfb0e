// Closing politely. A place is taken by one compare-and-swap, as the pool's slots are; who holds it
// alone reads from its socket. The limits are those of workers.md 4.2.
// Tested by tests/adapter/backend/closing_test.cc and tests/system/test_pool.py.
#include "backend/closing.h"

#include <algorithm>
#include <utility>

namespace jk::httpd {

namespace {

constexpr std::size_t most_bytes = 32768;
constexpr std::chrono::milliseconds most_silence{100};
constexpr std::chrono::milliseconds most_time{2000};

}  // namespace

bool ClosingSockets::Cell::is_over(Clock::time_point now) noexcept
{
    std::array<std::uint8_t, 8192> dropped;  // NOLINT: what is in it is never looked at
    for (;;) {
        const IoResult got = socket.read_now({dropped.data(), std::min(dropped.size(), left)});
        if (got.status == Io::timed_out) {
            return now - last_heard >= most_silence || now - begun >= most_time;
        }
        left -= got.count;
        if (got.status != Io::done || left == 0) {
            return true;
        }
        last_heard = now;
    }
}

void ClosingSockets::add(Socket socket, Clock::time_point now) noexcept
{
    socket.half_close();
    Cell cell{std::move(socket), most_bytes, now, now};
    if (cell.is_over(now) || !lingers_.load(std::memory_order_relaxed)) {
        return;
    }
    for (Place& place : places_) {
        std::uint32_t seen = place.state.load(std::memory_order_relaxed);
        if (seen == free && place.state.compare_exchange_strong(seen, held)) {
            place.cell = std::move(cell);
            count_.fetch_add(1, std::memory_order_relaxed);
            place.state.store(waiting, std::memory_order_release);
            return;
        }
    }
}

void ClosingSockets::drain(Clock::time_point now) noexcept
{
    for (Place& place : places_) {
        std::uint32_t seen = place.state.load(std::memory_order_relaxed);
        if (seen != waiting || !place.state.compare_exchange_strong(seen, held)) {
            continue;
        }
        const bool is_over = place.cell.is_over(now);
        if (is_over) {
            place.cell.socket.close();
            count_.fetch_sub(1, std::memory_order_relaxed);
        }
        place.state.store(is_over ? free : waiting, std::memory_order_release);
    }
}

}  // namespace jk::httpd
