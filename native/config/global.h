// What all servers of one configuration share: the worker properties and what came of them.
#pragma once

#include <optional>

#include "conf/properties.h"
#include "conf/shown_properties.h"
#include "conf/worker_set.h"
#include "httpd_api.h"

namespace jk::httpd {

class Runtime;
class Child;

/// Lives in the configuration's pool; `child` is set in each child only.
struct Global {
    explicit Global(conf::Environment environment) : properties(std::move(environment)) {}

    conf::Properties properties;
    const char* workers_file = nullptr;
    const char* shm_file = nullptr;
    const char* shm_size = nullptr;
    int watchdog_interval = 0;  ///< s, 0 = no thread

    /// The configuration names a JK_LB_FIRST_ or JK_LB_LAST_ note: only then they are made.
    bool names_balancer_notes = false;

    /// The configuration reads one of httpd's common variables: only then, or where a directive of
    /// ours names one, they are made. Unset: nobody has looked yet.
    std::optional<bool> names_common_vars;

    conf::WorkerSet workers;
    std::vector<conf::ShownProperty> shown;  ///< the properties, for the status
    Complaints complaints;  ///< of all configuration, for the module's log once it is open
    Runtime* runtime = nullptr;
    Child* child = nullptr;
};

}  // namespace jk::httpd
