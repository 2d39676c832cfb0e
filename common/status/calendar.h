// Points in time as the status writes them, by our own arithmetic: no locale, no time zone files.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace jk::status {

/// Returns the whole seconds since 1970, rounded down.
[[nodiscard]] std::int64_t unix_seconds(TimePoint time) noexcept;

/// Returns the local time as YYYYMMDDhhmmss; `utc_offset` are seconds east of UTC.
[[nodiscard]] std::string compact_time(TimePoint time, int utc_offset);
/// Returns the local time as "YYYY-MM-DD hh:mm:ss +hhmm".
[[nodiscard]] std::string readable_time(TimePoint time, int utc_offset);
/// Returns an offset as +hhmm.
[[nodiscard]] std::string zone(int utc_offset);

}  // namespace jk::status
