// What can only be said of mount rules when the workers are known.
#pragma once

#include <map>
#include <set>
#include <string_view>

#include "base/complaint.h"
#include "route/uri_rules.h"

namespace jk::route {

/// A worker that rules may name, i.e. one of worker.list.
struct TargetWorker {
    bool is_balancer = false;
    std::set<std::string_view> members = {};  ///< of a balancer
};
using TargetWorkers = std::map<std::string_view, TargetWorker>;

/// Appends a warning for each rule in force that names an unknown worker (requests that hit it get
/// 500), has extensions that its worker does not understand, or names unknown members in them.
void check_rules(const UriRules& rules, const TargetWorkers& workers, Complaints& complaints);

}  // namespace jk::route
