// Points in time. Nothing in common/ asks for the time: it is passed in.
#pragma once

#include <chrono>
#include <cstdint>

namespace jk {

/// Wall-clock time, microseconds since 1970, UTC. Wall clock, since the status shows it.
using TimePoint = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

/// The form in which shared memory holds a time; 0 means none.
[[nodiscard]] constexpr std::int64_t to_micros(TimePoint time) noexcept
{
    return time.time_since_epoch().count();
}
[[nodiscard]] constexpr TimePoint from_micros(std::int64_t micros) noexcept
{
    return TimePoint{std::chrono::microseconds{micros}};
}

}  // namespace jk
