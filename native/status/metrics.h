// The metrics of a status worker.
#pragma once

#include <string_view>

#include "conf/worker_set.h"
#include "config/global.h"
#include "httpd_api.h"

namespace jk::httpd {

/// True where the path ends with "/metrics".
[[nodiscard]] bool is_metrics_path(std::string_view path) noexcept;

/// Answers with OpenMetrics whom the worker's list of users admits; others get 403. Returns OK, or
/// 405 for a method that is neither GET nor HEAD.
[[nodiscard]] int serve_metrics(request_rec* request, const Global& global,
                                const conf::StatusWorker& worker);

}  // namespace jk::httpd
