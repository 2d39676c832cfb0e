// The handler hook (directives.md 4.4).
// Tested by tests/adapter/request/handler_test.cc, tests/system/test_basic.py and
// tests/system/test_security_paths_local.py.
#include "request/handler.h"

#include <array>

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

/// What httpd makes of the canonical path with the method, the query and the headers of `request`.
/// It lives as long as that one.
request_rec* probe_canonical(request_rec* request, const char* path) noexcept
{
    apr_pool_t* const pool = request->pool;
    const char* target = apr_pescape_path(pool, path, 1);
    if (request->args != nullptr) {
        target = apr_pstrcat(pool, target, "?", request->args, nullptr);
    }
    // httpd skips access control where the settings are the same ones, by address: those that look
    // at the path (Require expr) are to see this one.
    ap_conf_vector_t* const settings = request->per_dir_config;
    request->per_dir_config =
        ap_merge_per_dir_configs(pool, settings, ap_create_request_config(pool));
    request_rec* const probe =
        ap_sub_req_method_uri(request->method, target, request, request->output_filters);
    request->per_dir_config = settings;
    return probe;
}

/// The headers with what the canonical path's settings made of them. A probe lacks those of a body.
void take_headers(request_rec* request, request_rec* probe) noexcept
{
    constexpr std::array of_body{"Content-Encoding", "Content-Language", "Content-Length",
                                 "Content-Location", "Content-MD5",      "Content-Range",
                                 "Last-Modified",    "Transfer-Encoding"};
    for (const char* const name : of_body) {
        if (const char* const value = apr_table_get(request->headers_in, name)) {
            apr_table_setn(probe->headers_in, name, value);
        }
    }
    request->headers_in = probe->headers_in;
}

int refuse_path(const request_rec* request, const char* path) noexcept
{
    JK_LOG(
        log_context(request), Level::info,
        "%s is answered with 404: without path parameters it is %s, which httpd does not forward "
        "as it is; where that is wanted, let JkMount, or SetHandler in a <Location>, take it",
        request->uri, path);
    return HTTP_NOT_FOUND;
}

/// Makes the request that of the canonical path; DECLINED, or the status to answer with.
int become_canonical(request_rec* request, RequestState& state) noexcept
{
    const char* const path = state.unseen_path;
    request_rec* const probe = probe_canonical(request, path);
    if (probe->status != HTTP_OK) {
        apr_table_overlap(request->err_headers_out, probe->err_headers_out, APR_OVERLAP_TABLES_SET);
        return ap_is_HTTP_ERROR(probe->status) ? probe->status : HTTP_FORBIDDEN;
    }
    const RequestState& found = state_of(probe);
    if (!is_ours(probe) || env(probe, "no-jk") != nullptr || found.target == nullptr ||
        view(probe->uri) != path) {
        return refuse_path(request, path);
    }
    take_headers(request, probe);
    ap_internal_fast_redirect(probe, request);
    request->user = probe->user;
    request->ap_auth_type = probe->ap_auth_type;
    state.target = found.target;
    state.unseen_path = nullptr;
    return DECLINED;
}

/// True for the probe of become_canonical().
bool is_probe(const request_rec* request) noexcept
{
    return request->main != nullptr && state_of(request->main).unseen_path != nullptr;
}

/// Finds the target and, where httpd has decided on another spelling, begins again with this one.
int decide(request_rec* request)
{
    RequestState& state = state_of(request);
    if (state.target == nullptr) {
        const int found = find_target(request, state);
        if (found != OK) {
            return found;
        }
    }
    if (state.unseen_path == nullptr) {
        return DECLINED;
    }
    return is_probe(request) ? refuse_path(request, state.unseen_path)  // rewritten, once more
                             : become_canonical(request, state);
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
    if (state.unseen_path != nullptr) {  // found too late for a fixup
        return refuse_path(request, state.unseen_path);
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

int decide_on_canonical_path(request_rec* request) noexcept
{
    const RequestState& state = state_of(request);
    const bool is_decided = state.target != nullptr && state.unseen_path == nullptr;  // by a mount
    if (is_decided || !is_ours(request) || env(request, "no-jk") != nullptr) {
        return DECLINED;
    }
    return guarded(request->server, HTTP_INTERNAL_SERVER_ERROR, [&] { return decide(request); });
}

int handle(request_rec* request) noexcept
{
    if (!is_ours(request) || env(request, "no-jk") != nullptr) {
        return DECLINED;
    }
    return guarded(request->server, HTTP_INTERNAL_SERVER_ERROR,
                   [&] { return handle_ours(request); });
}

}  // namespace jk::httpd
