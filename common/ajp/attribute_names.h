// Names that a request attribute of code 0x0A must not have.
#pragma once

#include <string_view>

namespace jk::ajp {

/// True for a name that containers give a meaning of their own: those that act like the coded
/// attributes, the connector's private ones and the servlet API's. An administrator's variable is
/// never sent under such a name, or it could pass for an authenticated user (ajp13.md 5.4,
/// security.md AT-4). Compared byte for byte: REMOTE_USER and SSL_CIPHER are ordinary names.
[[nodiscard]] bool is_reserved_attribute(std::string_view name) noexcept;

}  // namespace jk::ajp
