// Forwards one request to an AJP worker or to the members of a balancer.
#pragma once

#include "conf/worker_set.h"
#include "httpd_api.h"
#include "request/mapper.h"
#include "runtime/child.h"

namespace jk::httpd {

/// Forwards `request` and returns what the handler returns: OK, or an HTTP status. Requires: the
/// worker is no status worker.
[[nodiscard]] int forward(request_rec* request, const RequestState& state,
                          const conf::ListedWorker& worker, Child& child);

}  // namespace jk::httpd
