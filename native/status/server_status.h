// What httpd's own status page shows of the balancers, where mod_status is loaded.
#pragma once

#include "httpd_api.h"

namespace jk::httpd {

/// The optional hook status_hook of mod_status: writes a table per balancer into its page, lines
/// "JkBalancer[name]…: number" with AP_STATUS_SHORT (?auto), lists without tables with
/// AP_STATUS_NOTABLE. Returns OK, or DECLINED where there is no balancer.
int show_on_server_status(request_rec* request, int flags) noexcept;

}  // namespace jk::httpd
