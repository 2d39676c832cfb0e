// Answers for a status worker: takes a snapshot and lets common/status make the page of it.
#pragma once

#include <cstddef>

#include "config/global.h"
#include "httpd_api.h"

namespace jk::httpd {

/// Answers `request` for the status worker number `index` of the worker set. Returns OK or an HTTP
/// status.
[[nodiscard]] int serve_status(request_rec* request, const Global& global, std::size_t index);

}  // namespace jk::httpd
