// The product token, from one place: the version of configure.ac, which
// the Makefile hands over (config.h would clash with httpd's own).
#pragma once

namespace jk::httpd {

/// As it stands in the Server header and in the status.
inline constexpr const char* product_token = "mod_jk/" YOKE_VERSION;

}  // namespace jk::httpd
