// The status worker's adapter: one snapshot per request, no lock, no change to anything.
// Tested by tests/adapter/status/handler_test.cc and tests/system/test_status.py.
#include "status/handler.h"

#include "config/mount_table.h"
#include "config/server_config.h"
#include "pool.h"
#include "product.h"
#include "runtime/child.h"
#include "status/answer.h"
#include "status/render.h"

namespace jk::httpd {

namespace {

/// "name:port" for the main server, "name [address:port]" for a virtual host (status.md 5.4).
std::string server_text(const request_rec* request, const server_rec* server)
{
    apr_pool_t* const pool = request->pool;
    const char* const name = server->server_hostname == nullptr ? "" : server->server_hostname;
    if (server->is_virtual == 0 || server->addrs == nullptr) {
        const int port = server->port != 0 ? server->port : request->connection->local_addr->port;
        return apr_psprintf(pool, "%s:%d", name, port);
    }
    return apr_psprintf(pool, "%s [%s:%d]", name, server->addrs->virthost,
                        static_cast<int>(server->addrs->host_port));
}

status::MapView view_of(const route::Rule& rule, const std::string& server)
{
    const route::RuleOptions& options = rule.target.options;
    status::MapView map;
    map.server = server;
    map.uri = rule.pattern;
    map.is_disabled = rule.is_disabled;
    map.is_exclusion = rule.is_exclusion;
    map.is_wildcard = rule.is_wildcard;
    map.source = route::to_text(rule.source);
    map.reply_timeout = options.reply_timeout.value_or(-1);
    map.sticky_ignore = options.sticky_ignore;
    map.stateless = options.stateless;
    map.fail_on_status = options.fail_on_status_text;
    map.active = options.active_text;
    map.disabled = options.disabled_text;
    map.stopped = options.stopped_text;
    map.use_server_errors = options.use_server_errors;
    return map;
}

/// The rules of all servers that name `worker` or any.
std::vector<status::MapView> maps_of(const request_rec* request, const std::string& worker)
{
    std::vector<status::MapView> maps;
    const server_rec* const main = ap_server_conf;
    for (const server_rec* server = main; server != nullptr; server = server->next) {
        const MountTable* const table = config_of(server).table;
        if (table == nullptr) {
            continue;
        }
        const std::string name = server_text(request, server);
        for (const route::Rule& rule : table->rules().all()) {
            if (rule.target.worker == worker || rule.target.worker == "*") {
                maps.push_back(view_of(rule, name));
            }
        }
    }
    return maps;
}

std::optional<TimePoint> time_of(std::int64_t micros)
{
    return micros == 0 ? std::nullopt : std::optional{from_micros(micros)};
}

status::WorkerView view_of(const Child& child, std::size_t index)
{
    const Backend& backend = child.runtime().backends()[index];
    const lb::WorkerAccount account = child.account(index);
    const lb::WorkerSlot& slot = *backend.slot;
    status::WorkerView worker;
    worker.name = backend.worker->name;
    worker.settings = &backend.settings();
    worker.address = backend.destination().address.text;
    worker.used = slot.used.load();
    worker.transferred = slot.transferred.load();
    worker.read = slot.read.load();
    worker.errors = slot.errors.load();
    worker.client_errors = slot.client_errors.load();
    worker.reply_timeouts = slot.reply_timeouts.load();
    worker.busy = account.busy();
    worker.max_busy = slot.max_busy.load();
    worker.connected = account.connections();
    worker.max_connected = slot.max_connected.load();
    worker.last_reset = from_micros(slot.last_reset.load());
    worker.error_time = time_of(slot.error_time.load());
    worker.state = lb::to_state(slot.state.load());
    return worker;
}

status::MemberView view_of(const Child& child, const BalancedSet& set, std::size_t index)
{
    const lb::Balancer& balancer = *set.balancer;
    const lb::MemberSlot& slot = *balancer.members()[index].slot;
    status::MemberView member;
    member.worker = view_of(child, set.backends[index]);
    member.activation = balancer.activation(index);
    member.state = balancer.state(index);
    member.lb_mult = balancer.unit(index);
    member.lb_value = balancer.load(index);
    member.sessions = slot.sessions.load();
    member.errors = slot.errors.load();
    member.first_error_time = time_of(slot.first_error_time.load());
    member.last_error_time = time_of(slot.last_error_time.load());
    return member;
}

status::BalancerView view_of(const request_rec* request, const Child& child, const BalancedSet& set)
{
    const lb::Balancer& balancer = *set.balancer;
    status::BalancerView view;
    view.name = set.worker->name;
    view.settings = &set.balancer->settings();
    for (std::size_t i = 0; i < set.backends.size(); ++i) {
        view.members.push_back(view_of(child, set, i));
    }
    view.maps = maps_of(request, view.name);
    view.busy = balancer.busy();
    view.max_busy = balancer.slot().max_busy.load();
    view.last_maintenance = from_micros(balancer.slot().last_maintenance.load());
    view.last_reset = from_micros(balancer.slot().last_reset.load());
    return view;
}

void add_workers(const request_rec* request, const Global& global, status::Snapshot& snapshot)
{
    Runtime& runtime = *global.runtime;
    for (const conf::ListedWorker& one : global.workers.listed) {
        switch (one.type) {
        case conf::WorkerType::lb:
            snapshot.balancers.push_back(
                view_of(request, *global.child, runtime.balanced()[one.index]));
            break;
        case conf::WorkerType::ajp13:
            snapshot.workers.push_back(view_of(*global.child, one.index));
            snapshot.workers.back().maps = maps_of(request, one.name);
            break;
        case conf::WorkerType::status: snapshot.others.push_back(one.name); break;
        }
    }
}

status::Snapshot take_snapshot(request_rec* request, const Global& global)
{
    status::Snapshot snapshot;
    const char* const name =
        apr_table_get(request->subprocess_env, config_of(request).local_name_indicator);
    snapshot.server_name = name == nullptr ? ap_get_server_name(request) : name;
    snapshot.server_port = ap_get_server_port(request);
    snapshot.web_server = ap_get_server_description();
    snapshot.jk_version = product_token;
    snapshot.uri = request->uri;
    snapshot.now = now();
    apr_time_exp_t local;
    apr_time_exp_lt(&local, to_micros(snapshot.now));
    snapshot.utc_offset = local.tm_gmtoff;
    snapshot.maintain = global.workers.maintain;
    add_workers(request, global, snapshot);
    return snapshot;
}

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

std::string_view user_of(request_rec* request)
{
    const char* const indicated =
        apr_table_get(request->subprocess_env, config_of(request).remote_user_indicator);
    return view(indicated == nullptr ? request->user : indicated);
}

}  // namespace

int serve_status(request_rec* request, const Global& global, std::size_t index)
{
    const conf::StatusSettings& settings = global.workers.status[index].settings;
    const status::Asker asker{user_of(request), request->header_only != 0};
    const status::Snapshot snapshot = take_snapshot(request, global);
    const status::Answer answer = status::answer(view(request->args), asker, settings, snapshot);
    if (!answer.refusal.empty()) {
        JK_LOG(log_context(request), Level::warn, "status worker %s: '%s' is refused: %.*s",
               global.workers.status[index].name.c_str(), request->args,
               static_cast<int>(answer.refusal.size()), answer.refusal.data());
    }
    set_headers(request, settings);
    ap_set_content_type(request, copy_in(request->pool, answer.content_type));
    request->status = answer.http_status;
    ap_set_content_length(request, static_cast<apr_off_t>(answer.body.size()));
    if (request->header_only == 0) {
        ap_rwrite(answer.body.data(), static_cast<int>(answer.body.size()), request);
    }
    return OK;
}

}  // namespace jk::httpd
