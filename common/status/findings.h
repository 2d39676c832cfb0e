// What the JSON API shows besides the snapshot: made only for the resource that shows it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lb/columns.h"
#include "status/change.h"
#include "status/snapshot.h"

namespace jk::status {

/// The connections of one AJP worker.
struct WorkerConnections {
    std::string name;
    std::string address;
    std::uint32_t connected = 0, max_connected = 0;
    std::uint32_t busy = 0, max_busy = 0;
    std::size_t pool_size = 0;  ///< connections that each child may have
    std::vector<lb::WorkerShare> children{};
};

/// A mount rule and the worker that it names.
struct Mount {
    MapView map;
    std::string worker;
};

/// Where a URL leads to.
struct Route {
    std::string host;
    std::string path;             ///< as it is compared with the rules
    std::string server;           ///< the virtual host that answers
    std::optional<Mount> rule{};  ///< absent: httpd serves it itself
    std::size_t rule_id = 0;      ///< its place among all mounts, from 1
};

/// What the adapter found and did for one request to the API.
struct Findings {
    std::optional<Refusal> refusal;  ///< of the changes of the plan; none: all were made
    std::vector<WorkerConnections> connections;
    std::vector<Mount> mounts;
    std::optional<Route> route;  ///< absent: the URL is none that can be looked up
};

}  // namespace jk::status
