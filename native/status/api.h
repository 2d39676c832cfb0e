// The JSON API of a status worker.
#pragma once

#include "conf/worker_set.h"
#include "config/global.h"
#include "httpd_api.h"
#include "status/resource.h"

namespace jk::httpd {

/// Answers `request` for a resource of the API. Returns OK: also problems are answers of its own,
/// and not httpd's error pages.
[[nodiscard]] int serve_api(request_rec* request, const Global& global,
                            const conf::StatusWorker& worker, const status::ApiPath& path);

}  // namespace jk::httpd
