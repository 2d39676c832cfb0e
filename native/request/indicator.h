// Who a request is for that came to our handler without a mount (directives.md 4.4).
#pragma once

#include "httpd_api.h"

namespace jk::httpd {

/// Returns the worker that another module's note JK_WORKER_NAME names, else the one of the variable
/// of JkWorkerIndicator, with the extensions that stand behind it; nullptr: a rule decides. A note
/// of our own is none of another module. Valid as long as the request; nothing is checked.
[[nodiscard]] const char* indicated_worker(request_rec* request) noexcept;

}  // namespace jk::httpd
