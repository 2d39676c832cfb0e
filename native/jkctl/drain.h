// jkctl drain: no new work for a member, and waiting until it has none.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "jkctl/console.h"
#include "jkctl/service.h"

namespace jk::ctl {

struct DrainOptions {
    std::string balancer{};
    std::string member{};
    std::string activation = "disabled";          ///< or "stopped"
    std::optional<std::chrono::seconds> limit{};  ///< of the wait; nullopt: there is none
    Format format = Format::text;
};

/// The time, as far as a drain needs it.
struct Stopwatch {
    std::function<std::chrono::milliseconds()> now;  ///< since some moment
    std::function<void(std::chrono::milliseconds)> sleep;
};

/// Sets the activation; waits where a limit is given. Nothing is in flight where two looks, half a
/// second apart, say so: a request that had chosen the member before it heard of the change counts
/// from when it got a connection. Returns fine; refused where the server does not do it, or
/// somebody else sets another activation meanwhile; too_late at the limit. The member stays as it
/// was set in each case.
[[nodiscard]] Exit drain(const Service& service, const DrainOptions& options,
                         const Stopwatch& stopwatch, Console& console);

}  // namespace jk::ctl
