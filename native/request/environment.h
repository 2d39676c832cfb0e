// The environment of a request: httpd's variables, set by SetEnvIf, mod_rewrite, mod_ssl and others.
#pragma once

#include "httpd_api.h"

namespace jk::httpd {

/// Returns the variable's value, nullptr where it is unset. Valid as long as the request.
[[nodiscard]] inline const char* env(const request_rec* request, const char* name) noexcept
{
    return apr_table_get(request->subprocess_env, name);
}

}  // namespace jk::httpd
