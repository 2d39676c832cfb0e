// Metrics: who may see the classic page may see them, and nothing can be changed by them.
// Tested by tests/adapter/status/metrics_test.cc and tests/system/test_metrics.py.
#include "status/metrics.h"

#include <string>

#include "config/server_config.h"
#include "pool.h"
#include "status/access.h"
#include "status/asking.h"
#include "status/openmetrics.h"
#include "status/survey.h"

namespace jk::httpd {

namespace {

void send_fresh(request_rec* request, const Sent& answer)
{
    apr_table_t* const headers = request->headers_out;
    apr_table_setn(headers, "Cache-Control", "no-cache, no-store");
    apr_table_setn(headers, "Pragma", "no-cache");
    apr_table_setn(headers, "X-Content-Type-Options", "nosniff");
    send_answer(request, answer);
}

}  // namespace

bool is_metrics_path(std::string_view path) noexcept
{
    return path.ends_with("/metrics");
}

int serve_metrics(request_rec* request, const Global& global, const conf::StatusWorker& worker)
{
    if (request->method_number != M_GET) {  // HEAD counts as GET there
        request->allowed |= AP_METHOD_BIT << M_GET;
        return HTTP_METHOD_NOT_ALLOWED;
    }
    if (!status::may_enter(asker_of(request), worker.settings)) {
        JK_LOG(log_context(request), Level::warn, "status worker %s: %s is refused the metrics",
               worker.name.c_str(), asker_in_log(request).c_str());
        send_fresh(request, {HTTP_FORBIDDEN, "text/plain", "Access denied.\n"});
        return OK;
    }
    const std::string metrics = status::openmetrics(take_snapshot(request, global, Mounts::none));
    send_fresh(request, {HTTP_OK, status::openmetrics_type, metrics});
    return OK;
}

}  // namespace jk::httpd
