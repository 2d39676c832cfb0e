// Which child has how many connections.
#pragma once

#include <vector>

#include "config/global.h"
#include "status/findings.h"

namespace jk::httpd {

/// Returns those of all AJP workers, in the order of the configuration. Takes no lock.
[[nodiscard]] std::vector<status::WorkerConnections> connections_of(const Global& global);

}  // namespace jk::httpd
