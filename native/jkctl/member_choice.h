// Which member of a balancer a request is given, on a server that has just started: every member
// is fine and none has any load.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "conf/worker_set.h"
#include "route/rule_options.h"

namespace jk::ctl {

/// How a request comes to its member.
enum class Way : std::uint8_t {
    nobody,         ///< no member may have it: 503
    only_member,    ///< there is no other
    session_route,  ///< the session names it
    redirect,       ///< it stands in for the one that the session names
    domain,         ///< it is in the domain that the session names
    load,           ///< the least loaded of the nearest
    last_resort,    ///< all others are disabled or stopped: the first redirect of any member
};

[[nodiscard]] std::string_view to_text(Way way) noexcept;

struct MemberChoice {
    Way way = Way::nobody;
    /// The members that it may be: several only where the load decides, which nobody knows here.
    std::vector<std::string> members;
    std::string session;           ///< the session id that was found; empty: none
    std::string route;             ///< that is forwarded; empty where several members may be it
    std::vector<std::string> why;  ///< a clause each
};

/// What a request brings along.
struct SessionPlaces {
    std::string_view uri;                  ///< as it is forwarded
    std::span<const std::string> cookies;  ///< values of Cookie headers
};

[[nodiscard]] MemberChoice choose_member(const conf::WorkerSet& workers, const conf::LbWorker& lb,
                                         const route::RuleOptions& rule,
                                         const SessionPlaces& places);

}  // namespace jk::ctl
