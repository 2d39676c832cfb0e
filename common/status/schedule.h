// When things happen next, as the status shows it (status.md 5.2, balancing.md 6.4).
#pragma once

#include <cstdint>

#include "status/snapshot.h"

namespace jk::status {

/// Seconds from now within which something happens.
struct Span {
    std::int64_t min = 0;
    std::int64_t max = 0;
};

/// Returns the whole seconds from `then` to now.
[[nodiscard]] std::int64_t age(TimePoint then, const Snapshot& snapshot) noexcept;
/// Returns when the balancer's next global maintenance is due.
[[nodiscard]] Span until_maintenance(const BalancerView& balancer,
                                     const Snapshot& snapshot) noexcept;
/// Returns when a member in error is tried again; 0 and 0 in every other state.
[[nodiscard]] Span until_recovery(const MemberView& member, const BalancerView& balancer,
                                  const Snapshot& snapshot) noexcept;

}  // namespace jk::status
