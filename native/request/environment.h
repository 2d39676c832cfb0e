// The environment of a request: httpd's variables, set by SetEnvIf, mod_rewrite, mod_ssl and others.
#pragma once

#include "base/text.h"
#include "httpd_api.h"

namespace jk::httpd {

/// Returns the variable's value, nullptr where it is unset. Valid as long as the request.
[[nodiscard]] inline const char* env(const request_rec* request, const char* name) noexcept
{
    return apr_table_get(request->subprocess_env, name);
}

/// For JK_STICKY_IGNORE and JK_STATELESS: an unset variable leaves `otherwise`, an empty one or a
/// number but 0 is on.
[[nodiscard]] inline bool switched(const request_rec* request, const char* name,
                                   bool otherwise) noexcept
{
    const char* const value = env(request, name);
    if (value == nullptr) {
        return otherwise;
    }
    return *value == '\0' || parse_leading_integer(value).value_or(0) != 0;
}

}  // namespace jk::httpd
