// The shared segment's memory: anonymous, inherited by fork, kept while the parent lives.
#pragma once

#include <optional>

#include "httpd_api.h"
#include "lb/segment.h"

namespace jk::httpd {

/// Returns the segment for this configuration: the one kept from before where it has room for
/// `shape` and every name that is new to it (`fits` decides), else a new one that takes over the
/// old one's state. Call in the parent only, in post_config. Does not return where the system has
/// no memory: httpd cannot start then (std::bad_alloc).
[[nodiscard]] lb::Segment
shared_segment(const lb::Shape& shape, bool (*fits)(lb::Segment& segment, void* data), void* data);

}  // namespace jk::httpd
