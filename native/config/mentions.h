// Whether anything in httpd's configuration asks for what costs time to make.
#pragma once

#include <string_view>

#include "httpd_api.h"

namespace jk::httpd {

/// True when an argument of a directive of `tree`, at any depth, holds `text`, whatever module the
/// directive belongs to.
[[nodiscard]] bool mentions(const ap_directive_t* tree, std::string_view text) noexcept;

/// True for a variable that httpd makes on demand (ap_add_common_vars), which costs a request
/// dearly.
[[nodiscard]] bool is_common_var(std::string_view name) noexcept;

/// True when somebody may read such a variable of a forwarded request, as access logs, headers,
/// expressions and scripts can.
[[nodiscard]] bool may_read_common_vars() noexcept;

/// True when somebody may read the balancer notes (directives.md 8.2): a directive names one, or a
/// module is loaded whose scripts can read any note.
[[nodiscard]] bool may_read_balancer_notes() noexcept;

}  // namespace jk::httpd
