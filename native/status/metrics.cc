// Metrics: who may see the classic page may see them, and nothing can be changed by them.
// Tested by tests/adapter/status/metrics_test.cc and tests/system/test_metrics.py.
#include "status/metrics.h"

#include <string>

#include "base/wording.h"
#include "config/server_config.h"
#include "pool.h"
#include "status/access.h"
#include "status/asking.h"
#include "status/openmetrics.h"
#include "status/survey.h"

namespace jk::httpd {

namespace {

void send(request_rec* request, int http_status, std::string_view type, const std::string& body)
{
    apr_table_t* const headers = request->headers_out;
    apr_table_setn(headers, "Cache-Control", "no-store");
    apr_table_setn(headers, "X-Content-Type-Options", "nosniff");
    ap_set_content_type(request, copy_in(request->pool, type));
    request->status = http_status;
    ap_set_content_length(request, static_cast<apr_off_t>(body.size()));
    if (request->header_only == 0) {
        ap_rwrite(body.data(), static_cast<int>(body.size()), request);
    }
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
        const std::string user = escaped(user_of(request));
        JK_LOG(log_context(request), Level::warn,
               "status worker %s: user %s at %s is refused the metrics", worker.name.c_str(),
               user.empty() ? "-" : user.c_str(), request->useragent_ip);
        send(request, HTTP_FORBIDDEN, "text/plain", "Access denied.\n");
        return OK;
    }
    send(request, HTTP_OK, status::openmetrics_type,
         status::openmetrics(take_snapshot(request, global)));
    return OK;
}

}  // namespace jk::httpd
