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
    int socket_timeout = 0;                   ///< s, its own or its members' shortest; 0 = none
    std::string_view least_patient = {};      ///< the worker or member that has it
};
using TargetWorkers = std::map<std::string_view, TargetWorker>;

/// Appends a warning for each rule in force that names an unknown worker (requests that hit it get
/// 500), has extensions that its worker does not understand, names unknown members in them, or has
/// values in them that cannot be meant or have no effect with its worker.
void check_rules(const UriRules& rules, const TargetWorkers& workers, Complaints& complaints);

}  // namespace jk::route
