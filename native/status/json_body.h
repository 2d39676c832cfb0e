// A request body of JSON.
#pragma once

#include <string_view>

#include "status/patch.h"

namespace jk::httpd {

/// Reads a body of the API: an object, each name once, no more of them and nested no deeper than
/// allowed. Nothing but blanks is an empty one. Takes time in proportion to the text.
[[nodiscard]] status::Body read_json(std::string_view text);

}  // namespace jk::httpd
