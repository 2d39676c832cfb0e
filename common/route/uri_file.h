// A mount file's text → its statements (uriworkermap.md 2.4).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/complaint.h"
#include "base/variables.h"

namespace jk::route {

/// One line that counts: pattern with its marks and bars, and target.
struct FileRule {
    std::string key;
    std::string value;  ///< its $(variables) replaced
    Place place;
};

/// Reads the lines. One key counts once: a later line replaces the earlier one's value, with a
/// warning. A line that is refused (too long, a worker property) is left out with an error.
[[nodiscard]] std::vector<FileRule> read_uri_file(std::string_view text, const std::string& file,
                                                  const VariableLookup& environment,
                                                  Complaints& complaints);

}  // namespace jk::route
