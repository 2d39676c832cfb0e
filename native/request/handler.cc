// The handler hook (directives.md 4.4).
// Tested by tests/adapter/request/handler_test.cc and tests/system/test_basic.py.
#include "request/handler.h"

#include "config/global.h"
#include "config/server_config.h"
#include "guard.h"
#include "pool.h"
#include "request/environment.h"
#include "request/forwarder.h"
#include "request/mapper.h"
#include "request/verdict.h"
#include "status/handler.h"

namespace jk::httpd {

namespace {

bool is_ours(const request_rec* request) noexcept
{
    const std::string_view handler = view(request->handler);
    return handler == handler_name ||
           (handler == DIR_MAGIC_TYPE && config_of(request).has(Option::forward_directories));
}

/// Lets httpd rule on the canonical path, of which its access control has seen another spelling: OK
/// where it would give us that, too, else the status to answer with. The user that it demands there
/// is the one of this request. What the probe leaves behind is used, so it lives as long.
int check_access(request_rec* request, const char* path) noexcept
{
    const request_rec* const probe = ap_sub_req_method_uri(
        request->method, apr_pescape_path(request->pool, path, 1), request, nullptr);
    if (probe->status != HTTP_OK) {
        apr_table_overlap(request->err_headers_out, probe->err_headers_out, APR_OVERLAP_TABLES_SET);
        return ap_is_HTTP_ERROR(probe->status) ? probe->status : HTTP_FORBIDDEN;
    }
    if (!is_ours(probe) || env(probe, "no-jk") != nullptr) {
        JK_LOG(log_context(request), Level::info,
               "%s is answered with 404: without path parameters it is %s, which is not forwarded",
               request->uri, path);
        return HTTP_NOT_FOUND;
    }
    if (probe->user != nullptr) {
        request->user = probe->user;
        request->ap_auth_type = probe->ap_auth_type;
    }
    return OK;
}

void set_duration(const request_rec* request, apr_time_t begin) noexcept
{
    const apr_time_t took = apr_time_now() - begin;
    apr_table_setn(request->notes, "JK_REQUEST_DURATION",
                   apr_psprintf(request->pool, "%" APR_TIME_T_FMT ".%06d", apr_time_sec(took),
                                static_cast<int>(apr_time_usec(took))));
}

int refuse_unknown(const request_rec* request, const std::string& name)
{
    const VerdictRow& row = row_of(Verdict::no_worker);
    note_verdict(request, row.verdict);
    JK_LOG(log_context(request), Level::error,
           "no worker '%s' is in worker.list, so %s is answered with %d [%s]; %s", name.c_str(),
           request->uri, row.http_status, row.code.data(), row.advice);
    return row.http_status;
}

int serve(request_rec* request, const RequestState& state, Global& global)
{
    const std::string& name = state.target->worker;
    const conf::ListedWorker* const worker = global.workers.find(name);
    if (worker == nullptr) {
        return refuse_unknown(request, name);
    }
    if (request->connection->aborted != 0) {
        note_verdict(request, Verdict::client_gone);
        return OK;
    }
    global.child->take_edits();
    if (global.watchdog_interval == 0) {
        global.child->maintain(now());
    }
    apr_table_setn(request->notes, "JK_WORKER_TYPE", conf::to_text(worker->type).data());
    return worker->type == conf::WorkerType::status
               ? serve_status(request, global, worker->index)
               : forward(request, state, *worker, *global.child);
}

int handle_ours(request_rec* request)
{
    Global& global = *config_of(request).global;
    RequestState& state = state_of(request);
    if (state.target == nullptr) {
        const int found = find_target(request, state);
        if (found != OK) {
            return found;
        }
    }
    if (state.unseen_path != nullptr) {
        const int allowed = check_access(request, state.unseen_path);
        if (allowed != OK) {
            return allowed;
        }
    }
    if (request->proxyreq != PROXYREQ_NONE || global.child == nullptr) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    state.was_handled = true;
    const apr_time_t begin = apr_time_now();
    const int status = serve(request, state, global);
    set_duration(request, begin);
    return status;
}

}  // namespace

int handle(request_rec* request) noexcept
{
    if (!is_ours(request) || env(request, "no-jk") != nullptr) {
        return DECLINED;
    }
    return guarded(request->server, HTTP_INTERNAL_SERVER_ERROR,
                   [&] { return handle_ours(request); });
}

}  // namespace jk::httpd
