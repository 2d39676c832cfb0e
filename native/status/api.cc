// One request to the API: the body is read where nothing else stands against the request, the core
// plans, changes and look-ups are done here, and the core writes the answer from a snapshot of after
// the changes.
// Tested by tests/adapter/status/api_test.cc, tests/system/test_api.py and test_api_changes.py.
#include "status/api.h"

#include <string>

#include "base/wording.h"
#include "config/server_config.h"
#include "pool.h"
#include "runtime/child.h"
#include "status/asking.h"
#include "status/connections.h"
#include "status/execution.h"
#include "status/json_body.h"
#include "status/mounts.h"
#include "status/plan.h"
#include "status/survey.h"
#include "status/token.h"

namespace jk::httpd {

namespace {

constexpr int most_tries = 10;

std::string_view header(const request_rec* request, const char* name) noexcept
{
    return view(apr_table_get(request->headers_in, name));
}

status::ApiRequest describe(request_rec* request, const status::ApiPath& path)
{
    status::ApiRequest described;
    described.method = request->header_only != 0 ? "HEAD" : view(request->method);
    described.path = path;
    described.query = view(request->args);
    described.content_type = header(request, "Content-Type");
    described.if_match = header(request, "If-Match");
    described.asker = asker_of(request);
    return described;
}

/// Who may not ask, gets no work done by what is sent along: it is left to httpd, which drops it.
status::Body body_of(request_rec* request, const Global& global, const conf::StatusWorker& worker,
                     const status::ApiRequest& described)
{
    if (!status::may_have_body(described.method) ||
        status::refuse_unread(described, worker.settings,
                              take_snapshot(request, global, Mounts::none))) {
        return {};
    }
    const Body read = read_body(request);
    switch (read.http_status) {
    case HTTP_OK: return read_json(read.text);
    case HTTP_REQUEST_ENTITY_TOO_LARGE: return {.state = status::Body::State::too_large};
    default: return {.state = status::Body::State::cut_off};
    }
}

bool is_outdated(const status::Findings& findings) noexcept
{
    return findings.refusal && findings.refusal->reason == status::Reason::outdated;
}

/// Does what is planned.
status::Findings carry_out(request_rec* request, const Global& global, std::string_view worker,
                           const status::ApiPlan& plan)
{
    status::Findings findings;
    if (plan.problem) {
        return findings;
    }
    if (!plan.changes.empty()) {
        findings.refusal = execute({request, worker}, global, plan.changes, plan.generation);
    }
    switch (plan.location.row->resource) {
    case status::Resource::connections: findings.connections = connections_of(global); break;
    case status::Resource::mounts:
        if (plan.url) {
            findings.route = find_route(request, *plan.url);
        } else {
            findings.mounts = all_mounts(request);
        }
        break;
    default: break;
    }
    return findings;
}

void log_refusal(request_rec* request, const std::string& worker, const std::string& refusal)
{
    JK_LOG(log_context(request), Level::warn, "status worker %s: %s is refused: %s", worker.c_str(),
           asker_in_log(request).c_str(), escaped(refusal).c_str());
}

void send(request_rec* request, const status::ApiAnswer& answer)
{
    apr_table_t* const headers = request->headers_out;
    apr_table_setn(headers, "Cache-Control", "no-cache, no-store");
    apr_table_setn(headers, "Pragma", "no-cache");
    apr_table_setn(headers, "X-Content-Type-Options", "nosniff");
    apr_table_setn(headers, "Content-Security-Policy",
                   "default-src 'none'; frame-ancestors 'none'");
    if (!answer.entity_tag.empty()) {
        apr_table_setn(headers, "ETag", copy_in(request->pool, answer.entity_tag));
    }
    if (!answer.allow.empty()) {
        apr_table_setn(headers, "Allow", copy_in(request->pool, answer.allow));
    }
    send_answer(request, {answer.http_status, answer.content_type, answer.body});
}

}  // namespace

int serve_api(request_rec* request, const Global& global, const conf::StatusWorker& worker,
              const status::ApiPath& path)
{
    status::ApiRequest described = describe(request, path);
    const std::string token = token_of(worker.name, described.asker.user);
    described.token = token;
    const status::Body body = body_of(request, global, worker, described);
    status::Snapshot snapshot;
    status::ApiPlan plan;
    status::Findings findings;
    // An edit of anything since the snapshot calls for a look at the entity tag again.
    for (int tries = 0; tries == 0 || (is_outdated(findings) && tries < most_tries); ++tries) {
        snapshot = take_snapshot(request, global);
        plan = status::plan(described, body, worker.settings, snapshot);
        findings = carry_out(request, global, worker.name, plan);
    }
    if (!plan.changes.empty()) {
        snapshot = take_snapshot(request, global);
    }
    const status::Document document{.snapshot = &snapshot,
                                    .settings = &worker.settings,
                                    .rating = status::Rating{worker.settings},
                                    .page = {}};
    const status::ApiAnswer answer = status::answer(described, plan, findings, document);
    if (!answer.refusal.empty()) {
        log_refusal(request, worker.name, answer.refusal);
    }
    send(request, answer);
    return OK;
}

}  // namespace jk::httpd
