// Secrets in files that every user of the machine can read (security.md D.7).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/complaint.h"
#include "conf/properties.h"

namespace jk::conf {

/// Returns the permissions of a file or folder as chmod takes them (0644); nullopt where it is not
/// there, or nobody can tell.
using PermissionsOf = std::function<std::optional<unsigned>(const std::string& path)>;

/// Appends a warning for each file that spells out a secret and that every user can read: the file
/// itself, and all folders above it that its path names. A secret that a file takes from the
/// environment is not in it. An empty `permissions_of` knows of no file. Call after
/// Properties::resolve_references().
void check_exposure(const Properties& properties, const PermissionsOf& permissions_of,
                    Complaints& complaints);

}  // namespace jk::conf
