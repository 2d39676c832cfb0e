// The status for programs that watch: OpenMetrics 1.0 text.
#pragma once

#include <string>
#include <string_view>

#include "status/snapshot.h"

namespace jk::status {

inline constexpr std::string_view openmetrics_type =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Returns all balancers, members and direct workers with their numbers, down to "# EOF". Every
/// name is in UTF-8, whatever the configuration holds.
[[nodiscard]] std::string openmetrics(const Snapshot& snapshot);

}  // namespace jk::status
