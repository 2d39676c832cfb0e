// What httpd makes of a URL's path before any module sees it.
#pragma once

#include <string>
#include <string_view>

#include "jkctl/site.h"

namespace jk::ctl {

struct HttpdPath {
    int status = 0;          ///< 0: goes on; otherwise httpd answers with it
    std::string_view why{};  ///< it is refused
    std::string path{};      ///< decoded, dot segments resolved
};

/// Decodes `path`, resolves dot segments, merges slashes, as `server` is set to.
[[nodiscard]] HttpdPath httpd_path(std::string_view path, const Server& server);

}  // namespace jk::ctl
