// The mount rules of all servers, and which of them a URL meets.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "httpd_api.h"
#include "status/findings.h"

namespace jk::httpd {

/// Returns the rules of all servers, exclusions and disabled ones too, each server's in the order
/// in which they are tried.
[[nodiscard]] std::vector<status::Mount> all_mounts(const request_rec* request);

/// Returns where `url`, a path or http://host/path, leads to: the virtual host that answers to this
/// name and port (the main server where none does), that of `request` for a path alone, and the
/// rule that maps the path there. Looks at rules only: what comes before them in httpd, like a
/// rewrite, is not asked. nullopt where it is no URL, or a request for its path would be refused.
[[nodiscard]] std::optional<status::Route> find_route(request_rec* request, std::string_view url);

}  // namespace jk::httpd
