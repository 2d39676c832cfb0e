// What one server's directives say, before the main server's settings and the workers are known.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/complaint.h"
#include "jkctl/site.h"
#include "route/uri_rules.h"
#include "site/mounts.h"
#include "site/options.h"

namespace jk::ctl {

struct ServerDraft {
    Server server;        ///< as far as its own directives say
    site::Options words;  ///< its own JkOptions
    site::MountCopy copy = site::MountCopy::unset;
    std::vector<route::Mount> lines;
    std::string mount_file;  ///< absolute; empty: none
    std::optional<EncodedSlashes> encoded_slashes;
    std::optional<Slashes> slashes;
    Complaints doubts;  ///< about arguments that are taken nevertheless
};

}  // namespace jk::ctl
