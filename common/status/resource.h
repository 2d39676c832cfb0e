// What the paths of the JSON API name, and what may be done there: a table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lb/edits.h"
#include "status/change.h"

namespace jk::status {

/// What stands behind a path.
enum class Resource : std::uint8_t {
    service,  ///< the API itself
    balancers,
    balancer,
    members,
    member,
    workers,
    worker,
    connections,
    mounts,
    failures,
};

/// What a path accepts.
enum class Access : std::uint8_t {
    read,      ///< GET and HEAD
    settings,  ///< and PATCH
    action,    ///< POST
};

/// A row. `*` in the pattern is a name: of a balancer, of its member, of a direct worker.
struct ResourceRow {
    std::string_view pattern;
    Resource resource;
    Access access;
    Action action = Action::edit;  ///< of an action
};

/// A path that was understood.
struct Location {
    const ResourceRow* row = nullptr;  ///< never null, static
    std::string balancer{};
    std::string worker{};  ///< the member, or the direct worker
};

/// Splits `path` at the last segments "/api/v1": what stands before, and what follows, without a
/// slash at its begin. nullopt: the path is none of the API. `mount` is what all paths of the mount
/// begin with, as far as it is known: where that goes on behind such segments, with what is no
/// resource, they are the mount's own and do not count.
struct ApiPath {
    std::string_view base;
    std::string_view resource;
};
[[nodiscard]] std::optional<ApiPath> split_api_path(std::string_view path, std::string_view mount);

/// Returns what `path` names, as ApiPath::resource has it: decoded; a slash at its end does not
/// count. nullopt: there is no such path. Whether its names exist is not asked.
[[nodiscard]] std::optional<Location> locate(std::string_view path);

/// The value of the Allow header of what accepts this.
[[nodiscard]] std::string_view allowed_methods(Access access) noexcept;

}  // namespace jk::status
