// Which workers a request names (status.md 3).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "status/query.h"
#include "status/snapshot.h"

namespace jk::status {

/// The workers that `w` and `sw` name. All null where `w` is a worker that has nothing to show.
struct Target {
    const BalancerView* balancer = nullptr;
    std::vector<const MemberView*> members;  ///< of `balancer`, in list order; empty without `sw`
    const WorkerView* worker = nullptr;      ///< a direct one
};

/// What may stand in `sw`.
enum class SubWorker : std::uint8_t { name, pattern };

[[nodiscard]] bool is_pattern(std::string_view name) noexcept;

/// Returns the workers that `page` names. Fails with bad_name, bad_value or unknown_name, the text
/// being the message for the client (status.md 3.1).
[[nodiscard]] Result<Target> select(const Page& page, SubWorker form, const Snapshot& snapshot);

}  // namespace jk::status
