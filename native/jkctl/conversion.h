// workers.properties ↔ JkWorkerProperty lines: text to text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/complaint.h"

namespace jk::ctl {

/// Returns the lines for httpd.conf that say the same as the text of a workers file; comments and
/// empty lines stay. Returns nullopt with an error for each line that httpd would change on its way
/// to the module: one with a `${…}`, with a NUL, or with `$(ServerRoot)`, which is not known that
/// early.
[[nodiscard]] std::optional<std::string>
to_directives(std::string_view text, const std::string& file, Complaints& complaints);

/// Returns the workers file that says the same as the JkWorkerProperty lines in the text of an httpd
/// configuration, whatever section they stand in; of its comments those right above such a line.
/// Returns nullopt with an error for each line that a workers file cannot hold: one with a `#`, with
/// a `${…}`, or too long; and where there is no such line at all.
[[nodiscard]] std::optional<std::string>
to_properties(std::string_view text, const std::string& file, Complaints& complaints);

}  // namespace jk::ctl
