// What is doubtful about one pattern, whatever the other rules are.
#pragma once

#include "base/complaint.h"
#include "route/uri_rules.h"

namespace jk::route {

/// Appends at most one warning: the pattern of `rule` can never match, or stands for something else
/// than it was probably meant to.
void check_pattern(const Rule& rule, Complaints& complaints);

}  // namespace jk::route
