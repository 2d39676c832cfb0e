// No exception gets past a function that httpd calls: one that did would end the child and every
// request in it.
#pragma once

#include <exception>

#include "httpd_api.h"

namespace jk::httpd {

/// Runs `body` and returns what it returns; after an exception logs it and returns `on_failure`.
template <class Body, class Value>
Value guarded(const server_rec* server, Value on_failure, Body&& body) noexcept
{
    try {
        return body();
    } catch (const std::exception& error) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, server, "mod_jk: %s", error.what());
    } catch (...) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, server, "mod_jk: an exception of unknown type");
    }
    return on_failure;
}

}  // namespace jk::httpd
