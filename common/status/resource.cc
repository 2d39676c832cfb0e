// Paths are compared segment by segment. Names are whatever stands in their place, so that a worker
// may be called "members"; only one that holds a slash cannot be named.
// Tested by tests/unit/status/resource_test.cc.
#include "status/resource.h"

#include <algorithm>
#include <array>

namespace jk::status {

namespace {

// clang-format off
// pattern, resource, access, action
constexpr std::array rows{
    ResourceRow{"", Resource::service, Access::read},
    ResourceRow{"balancers", Resource::balancers, Access::read},
    ResourceRow{"balancers/*", Resource::balancer, Access::settings},
    ResourceRow{"balancers/*/reset", Resource::balancer, Access::action, Action::reset},
    ResourceRow{"balancers/*/members", Resource::members, Access::read},
    ResourceRow{"balancers/*/members/*", Resource::member, Access::settings},
    ResourceRow{"balancers/*/members/*/reset", Resource::member, Access::action, Action::reset},
    ResourceRow{"balancers/*/members/*/recover", Resource::member, Access::action, Action::recover},
    ResourceRow{"workers", Resource::workers, Access::read},
    ResourceRow{"workers/*", Resource::worker, Access::settings},
    ResourceRow{"workers/*/reset", Resource::worker, Access::action, Action::reset},
    ResourceRow{"connections", Resource::connections, Access::read},
    ResourceRow{"mounts", Resource::mounts, Access::read},
    ResourceRow{"failures", Resource::failures, Access::read},
};
// clang-format on

/// Takes the first segment off `path`.
std::string_view take_segment(std::string_view& path) noexcept
{
    const std::size_t end = path.find('/');
    const std::string_view segment = path.substr(0, end);
    path = end == std::string_view::npos ? std::string_view{} : path.substr(end + 1);
    return segment;
}

/// Fills in the names of `found` where `path` is one of the row's pattern.
bool matches(const ResourceRow& row, std::string_view path, Location& found)
{
    std::string_view pattern = row.pattern;
    bool has_balancer = pattern.starts_with("workers");
    while (!pattern.empty() && !path.empty()) {
        const std::string_view wanted = take_segment(pattern);
        const std::string_view segment = take_segment(path);
        if (wanted == "*" && !segment.empty()) {
            (has_balancer ? found.worker : found.balancer) = segment;
            has_balancer = true;
        } else if (wanted != segment) {
            return false;
        }
    }
    found.row = &row;
    return pattern.empty() && path.empty();
}

}  // namespace

std::optional<ApiPath> split_api_path(std::string_view path, std::string_view mount)
{
    constexpr std::string_view mark = "/api/v1";
    const std::string_view own = path.starts_with(mount) ? mount : std::string_view{};
    for (std::size_t at = path.rfind(mark); at != std::string_view::npos;
         at = at == 0 ? std::string_view::npos : path.rfind(mark, at - 1)) {
        const std::size_t end = at + mark.size();
        const bool is_segments = end == path.size() || path[end] == '/';
        if (is_segments && locate(own.substr(std::min(end + 1, own.size())))) {
            return ApiPath{path.substr(0, at), path.substr(std::min(end + 1, path.size()))};
        }
    }
    return std::nullopt;
}

std::optional<Location> locate(std::string_view path)
{
    if (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    if (path.ends_with('/')) {
        return std::nullopt;  // an empty name
    }
    for (const ResourceRow& row : rows) {
        if (Location found; matches(row, path, found)) {
            return found;
        }
    }
    return std::nullopt;
}

std::string_view allowed_methods(Access access) noexcept
{
    switch (access) {
    case Access::read: return "GET, HEAD";
    case Access::settings: return "GET, HEAD, PATCH";
    case Access::action: break;
    }
    return "POST";
}

}  // namespace jk::status
