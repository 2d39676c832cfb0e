// The status worker's adapter: one snapshot per request, and what it is answered with.
// Tested by tests/adapter/status/handler_test.cc and tests/system/test_status.py.
#include "status/handler.h"

#include <optional>
#include <string>

#include "config/mount_table.h"
#include "config/server_config.h"
#include "pool.h"
#include "route/uri_pattern.h"
#include "runtime/child.h"
#include "status/answer.h"
#include "status/api.h"
#include "status/asking.h"
#include "status/assets.h"
#include "status/execution.h"
#include "status/metrics.h"
#include "status/query.h"
#include "status/render.h"
#include "status/survey.h"
#include "status/token.h"

namespace jk::httpd {

namespace {

void set_headers(request_rec* request, const conf::StatusSettings& settings)
{
    apr_table_t* const headers = request->headers_out;
    apr_table_setn(headers, "Cache-Control", "no-cache, no-store");
    apr_table_setn(headers, "Pragma", "no-cache");
    apr_table_setn(headers, "X-Content-Type-Options", "nosniff");
    apr_table_setn(headers, "X-Frame-Options", "DENY");
    apr_table_setn(headers, "Content-Security-Policy",
                   copy_in(request->pool, status::security_policy(settings)));
}

/// Refusals and failures, and what a client should do in another way. Not the query, which may hold
/// a token.
void log_answer(request_rec* request, const std::string& worker, const status::Answer& answer)
{
    if (!answer.refusal.empty()) {
        JK_LOG(log_context(request), Level::warn, "status worker %s: %s is refused: %s",
               worker.c_str(), asker_in_log(request).c_str(), answer.refusal.c_str());
    }
    if (!answer.warning.empty()) {
        JK_LOG(log_context(request), Level::warn, "status worker %s: %s: %.*s", worker.c_str(),
               asker_in_log(request).c_str(), static_cast<int>(answer.warning.size()),
               answer.warning.data());
    }
}

/// What the paths of the mount begin with that led to the status worker; empty where there is none,
/// as with SetHandler.
std::string_view mount_of(const request_rec* request, const std::string& worker)
{
    const MountTable* const table = config_of(request).table;
    const route::Rule* const rule =
        table == nullptr ? nullptr : table->rules_for(request->pool).match(view(request->uri));
    return rule != nullptr && rule->target.worker == worker
               ? route::literal_beginning(rule->pattern)
               : std::string_view{};
}

int serve_classic(request_rec* request, const Global& global, const conf::StatusWorker& worker)
{
    const Body form = read_form(request);
    if (form.http_status != HTTP_OK) {
        return form.http_status;
    }
    const status::Asker asker = asker_of(request);
    const std::string token = token_of(worker.name, asker.user);
    const status::Snapshot snapshot = take_snapshot(request, global);
    status::Inquiry inquiry{
        {view(request->args), form.text, asker, token}, worker.settings, snapshot};
    std::optional<status::Refusal> refusal;
    if (!inquiry.changes().empty()) {
        refusal = execute({request, worker.name}, global, inquiry.changes());
    }
    const status::Answer answer = inquiry.answer(refusal);
    log_answer(request, worker.name, answer);
    set_headers(request, worker.settings);
    send_answer(request, {answer.http_status, answer.content_type, answer.body});
    return OK;
}

}  // namespace

int serve_status(request_rec* request, const Global& global, std::size_t index)
{
    const conf::StatusWorker& worker = global.workers.status[index];
    global.child->await_edits();  // what is shown, or compared, is no older than the request
    const status::Query query{view(request->args)};
    if (!status::page_of(query).is_bare) {
        return serve_classic(request, global, worker);  // whatever the path
    }
    const std::string_view mount = mount_of(request, worker.name);
    if (const auto path = status::split_api_path(view(request->uri), mount)) {
        return serve_api(request, global, worker, *path);
    }
    if (is_metrics_path(view(request->uri))) {
        return serve_metrics(request, global, worker);
    }
    if (const Asset* const asset = asset_at(view(request->uri))) {
        return serve_asset(request, *asset);
    }
    return serve_classic(request, global, worker);
}

}  // namespace jk::httpd
