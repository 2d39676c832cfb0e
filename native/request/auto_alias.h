// JkAutoAlias: paths that no mount takes are served from the folder of Tomcat's web applications.
#pragma once

#include "httpd_api.h"

namespace jk::httpd {

/// Looks `path` up below `folder`, for a request that no mount took (directives.md 4.5). Requires:
/// `path` is normalised. Returns OK with the request's file name set where its first segment is a
/// directory there, HTTP_NOT_FOUND for WEB-INF and META-INF of a context, HTTP_FORBIDDEN for an
/// archive, DECLINED for all else. httpd's directory walk and access rules apply to what is found.
[[nodiscard]] int auto_alias(request_rec* request, const char* folder, const char* path) noexcept;

/// True when `path` is a regular file below `folder`.
[[nodiscard]] bool is_file_below(request_rec* request, const char* folder,
                                 const char* path) noexcept;

}  // namespace jk::httpd
