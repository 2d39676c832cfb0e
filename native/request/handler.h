// The handler: finds the worker, and forwards the request or answers for a status worker. And for
// requests that come to it by its name: httpd decides on the path that the container will see.
#pragma once

#include "httpd_api.h"

namespace jk::httpd {

/// Hook, of all fixups the last. httpd has decided with the parameters of the path in it where
/// something else than a <Location> names the handler: here the request becomes the one that httpd
/// makes of the canonical path, with the worker, the user, the settings, the variables and the
/// request headers that it has there. What is forwarded is the path as it was. Returns DECLINED, or
/// the status to answer with: the one that httpd has there, or 404 where that is not for us.
int decide_on_canonical_path(request_rec* request) noexcept;

/// httpd's handler hook.
int handle(request_rec* request) noexcept;

}  // namespace jk::httpd
