// Reads the configuration's files and builds the workers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/complaint.h"
#include "config/global.h"
#include "httpd_api.h"

namespace jk::httpd {

/// Answers $(NAME) in files from the environment of httpd's process.
[[nodiscard]] std::optional<std::string> process_environment(std::string_view name);

/// Returns the permissions of a file as chmod takes them; nullopt where there is none.
[[nodiscard]] std::optional<unsigned> permissions_of(const std::string& path);

/// Returns the whole text of a file; nullopt with a complaint where it cannot be read.
[[nodiscard]] std::optional<std::string> read_file(apr_pool_t* pool, const char* path,
                                                   Complaints& complaints);

/// Reads the workers file, resolves the properties and builds `global.workers`. Every complaint,
/// those of the JkWorkerProperty lines included, is appended. Call once, after all directives.
void load_workers(apr_pool_t* pool, Global& global, Complaints& complaints);

}  // namespace jk::httpd
