// From a configuration that was read to children that serve.
#pragma once

#include "httpd_api.h"

namespace jk::httpd {

/// Builds the workers and mount tables, and reports every complaint: `httpd -t` gets this far.
int check_config(apr_pool_t* pconf, apr_pool_t* plog, apr_pool_t* ptemp, server_rec* main) noexcept;

/// Opens the logs, resolves addresses, finds the shared segment. HTTP_INTERNAL_SERVER_ERROR stops
/// the start.
int post_config(apr_pool_t* pconf, apr_pool_t* plog, apr_pool_t* ptemp, server_rec* main) noexcept;

/// Makes what a child has of its own.
void child_init(apr_pool_t* pchild, server_rec* main) noexcept;

/// A child ended, however: its in-flight counts go with it.
void child_status(server_rec* main, pid_t pid, ap_generation_t generation, int slot,
                  mpm_child_status status) noexcept;

}  // namespace jk::httpd
