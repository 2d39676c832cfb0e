// The handler: finds the worker, and forwards the request or answers for a status worker.
#pragma once

#include "httpd_api.h"

namespace jk::httpd {

/// httpd's handler hook.
int handle(request_rec* request) noexcept;

}  // namespace jk::httpd
