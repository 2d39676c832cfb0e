// What the status shows, taken from everything that runs: one moment, for one answer.
#pragma once

#include <cstdint>

#include "config/global.h"
#include "httpd_api.h"
#include "status/snapshot.h"

namespace jk::httpd {

/// Whether a snapshot has the rules of all servers: many, and a copy of each.
enum class Mounts : std::uint8_t { none, all };

/// Returns all workers with their numbers, as `request` may see them. Takes no lock, changes
/// nothing. Points to settings that are valid as long as the runtime. Requires: the process is a
/// child.
[[nodiscard]] status::Snapshot take_snapshot(request_rec* request, const Global& global,
                                             Mounts mounts = Mounts::all);

}  // namespace jk::httpd
