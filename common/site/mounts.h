// Which mount rules a server has: its own lines, what JkMountCopy gives it, the workers' `mount`
// properties (uriworkermap.md 1 and 6, directives.md 3.4).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/complaint.h"
#include "conf/worker_set.h"
#include "route/rule_checks.h"
#include "route/uri_rules.h"

namespace jk::site {

/// JkMountCopy (directives.md 3.4).
enum class MountCopy : std::uint8_t { unset, off, on, all };

/// Returns what is in force in a virtual host: its own word, or `on` where the main server says
/// All and it says nothing.
[[nodiscard]] MountCopy inherited(MountCopy own, MountCopy main) noexcept;

/// What one server says about mounts: views.
struct ServerMounts {
    std::span<const route::Mount> lines;  ///< JkMount and JkUnMount in their order
    MountCopy copy = MountCopy::unset;    ///< in force, see inherited()
    std::string_view file;                ///< JkMountFile; empty: none
};

/// Complaints about mounts, by what they cost.
struct MountComplaints {
    Complaints of_workers;  ///< about `mount` properties: an error stops the start
    Complaints of_rules;    ///< about all other rules: an error costs that rule
};

/// What the rules of a server are made of.
struct Composition {
    route::UriRules fixed;  ///< all but those of the file; not finished yet
    std::string_view file;  ///< own or main server's, as given; empty: none
};

/// Composes the rules of a virtual host, or of the main server where `own` and `main` are the same
/// object.
[[nodiscard]] Composition compose(const ServerMounts& own, const ServerMounts& main,
                                  const conf::WorkerSet& workers, MountComplaints& complaints);

/// Returns what mount rules may name, for route::check_rules(): views into `workers`.
[[nodiscard]] route::TargetWorkers targets_of(const conf::WorkerSet& workers);

/// Says of every worker that `rules` name that it exists, with the members they name: for rules
/// whose workers are not known. The views are into `rules`.
void assume_targets(const route::UriRules& rules, route::TargetWorkers& targets);

}  // namespace jk::site
