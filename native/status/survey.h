// What the status shows, taken from everything that runs: one moment, for one answer.
#pragma once

#include "config/global.h"
#include "httpd_api.h"
#include "status/snapshot.h"

namespace jk::httpd {

/// Returns all workers with their numbers, as `request` may see them. Takes no lock, changes
/// nothing. Points to settings that are valid as long as the runtime. Requires: the process is a
/// child.
[[nodiscard]] status::Snapshot take_snapshot(request_rec* request, const Global& global);

}  // namespace jk::httpd
