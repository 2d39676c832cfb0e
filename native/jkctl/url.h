// The URL that a person asks about, taken apart as a browser and httpd do.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace jk::ctl {

struct Url {
    std::string scheme;  ///< "http" or "https"
    std::string host;    ///< lower case, without brackets and a dot at its end
    unsigned port = 0;   ///< as given, or the scheme's
    std::string path;    ///< encoded, as given; "/" where there is none
    std::string query;   ///< without the "?"
};

/// Reads "http[s]://host[:port][/path][?query]"; a user before the host and a fragment are passed
/// over. Fails with bad_value (no http URL, no host), bad_number (the port), bad_path (a blank or
/// control character).
[[nodiscard]] Result<Url> parse_url(std::string_view text);

}  // namespace jk::ctl
