// The Host header as a container checks it.
#pragma once

#include <string_view>

#include "base/result.h"

namespace jk::ajp {

/// Succeeds for a Host that every container takes: labels of letters, digits and inner "-", an
/// address in brackets, a port of digits up to 65535 or none; also for an empty text, which
/// HTTP/1.1 allows. A single dot at the end is allowed. Fails with bad_name or bad_number, the text
/// says what is wrong (ajp13.md 9.4, security.md HD-9).
[[nodiscard]] Result<void> check_host(std::string_view host) noexcept;

}  // namespace jk::ajp
