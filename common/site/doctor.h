// The checks of a whole configuration in their order, so that every program that reads one
// complains of the same things in the same words.
#pragma once

#include <span>

#include "base/complaint.h"
#include "conf/exposure_checks.h"
#include "conf/properties.h"
#include "conf/worker_set.h"
#include "route/rule_checks.h"
#include "route/uri_rules.h"
#include "site/options.h"

namespace jk::site {

/// Builds the workers once all properties were added: resolves references, and appends everything
/// that is to be said of them, what reading complained about first. The complaints of `properties`
/// are taken out of it. Without `permissions_of` nothing is said of who can read the files. Call
/// once.
[[nodiscard]] conf::WorkerSet build_workers(conf::Properties& properties, Complaints& complaints,
                                            const conf::PermissionsOf& permissions_of = {});

/// Appends what is to be said of the rule tables of one configuration, in the order of its servers.
/// What building them complained about stands in `complaints` already; what is said of a line
/// twice is taken out of them.
void check_mounts(std::span<const route::UriRules* const> tables,
                  const route::TargetWorkers& workers, Complaints& complaints);

/// Returns whether the server must not start. What is wrong with workers stops it; a wrong mount
/// rule costs that rule only, unless JkOptions +StrictConfig of the main server makes every warning
/// stop it.
[[nodiscard]] bool is_refused(Options main, const Complaints& of_workers,
                              const Complaints& of_rules) noexcept;

}  // namespace jk::site
