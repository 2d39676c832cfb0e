// Maintenance and recovery times, in whole seconds: ages are differences of the seconds shown, so
// that a time and its age always add up. Tested by tests/unit/status/schedule_test.cc.
#include "status/schedule.h"

#include <algorithm>

#include "status/calendar.h"

namespace jk::status {

std::int64_t age(TimePoint then, const Snapshot& snapshot) noexcept
{
    return unix_seconds(snapshot.now) - unix_seconds(then);
}

Span until_maintenance(const BalancerView& balancer, const Snapshot& snapshot) noexcept
{
    const std::int64_t unclipped = snapshot.maintain - age(balancer.last_maintenance, snapshot);
    return {std::max<std::int64_t>(0, unclipped),
            std::max<std::int64_t>(0, unclipped + snapshot.maintain)};
}

Span until_recovery(const MemberView& member, const BalancerView& balancer,
                    const Snapshot& snapshot) noexcept
{
    if (member.state != lb::State::error) {
        return {};
    }
    const auto last_error =
        member.last_error_time ? member.last_error_time : member.first_error_time;
    const std::int64_t waited = age(last_error.value_or(snapshot.now), snapshot);
    const std::int64_t rest = std::max<std::int64_t>(0, balancer.settings->recover_time - waited);
    return {std::max(rest, until_maintenance(balancer, snapshot).min), rest + snapshot.maintain};
}

}  // namespace jk::status
