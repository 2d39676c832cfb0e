// The only includer of httpd and APR: what must be set before their headers is set here, once.
#pragma once

// In C++ httpd does not set this itself: without it ap_log_* evaluates its arguments even when the
// level is off, and AP_INIT_* needs casts.
#define AP_HAVE_C99 1

#include <httpd.h>

#include <ap_mpm.h>
#include <ap_release.h>
#include <apr_atomic.h>
#include <apr_buckets.h>
#include <apr_date.h>
#include <apr_escape.h>
#include <apr_file_io.h>
#include <apr_fnmatch.h>
#include <apr_lib.h>
#include <apr_network_io.h>
#include <apr_optional_hooks.h>
#include <apr_portable.h>
#include <apr_siphash.h>
#include <apr_strings.h>
#include <apr_tables.h>
#include <apr_thread_proc.h>
#include <apr_time.h>
#include <http_config.h>
#include <http_connection.h>
#include <http_core.h>
#include <http_log.h>
#include <http_main.h>
#include <http_protocol.h>
#include <http_request.h>
#include <http_vhost.h>
#include <mod_status.h>
#include <mpm_common.h>
#include <scoreboard.h>
#include <util_filter.h>
#include <util_script.h>

extern "C" {
// Its definition in mod_jk.cc spells out the record: a line that begins with the word `module` is
// a module declaration in C++20.
extern module_struct jk_module;  // NOLINT(*-avoid-non-const-global-variables): httpd writes to it
APLOG_USE_MODULE(jk);
}
