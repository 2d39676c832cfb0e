// What mount rules of one server do to each other.
#pragma once

#include <span>

#include "base/complaint.h"
#include "route/rule_checks.h"
#include "route/uri_rules.h"

namespace jk::route {

/// Appends a warning for each rule of the `tables` of one configuration that is without effect,
/// because of other rules: another one takes all its paths, an exclusion takes them out, a later
/// line replaces it; an exclusion that excludes nothing, a rule switched off that another one has
/// in force. Only what is certain, and only where it is so in every table that holds the rule: a
/// line may be of use to one virtual host alone. Of very many rules that begin alike not all are
/// compared.
void check_conflicts(std::span<const UriRules* const> tables, const TargetWorkers& workers,
                     Complaints& complaints);

}  // namespace jk::route
