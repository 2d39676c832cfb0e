// What was measured of workers and which requests failed, from shared memory for the status.
#pragma once

#include <vector>

#include "httpd_api.h"
#include "lb/segment.h"
#include "status/snapshot.h"

namespace jk::httpd {

/// Puts times, attempts and verdicts into `worker`.
void add_measures(const lb::WorkerMeasures& measures, status::WorkerView& worker);

/// Returns the last requests that failed, newest first.
[[nodiscard]] std::vector<status::FailureView> failures_of(const lb::Segment& segment);

}  // namespace jk::httpd
