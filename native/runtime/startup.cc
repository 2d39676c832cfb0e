// The start-up hooks, in the order in which httpd calls them. A configuration is built once, in
// check_config, so that `httpd -t` shows all that a start would complain about but for addresses.
// Tested by tests/adapter/runtime/startup_test.cc, tests/system/test_errors.py, test_restart.py.
#include "runtime/startup.h"

#include <algorithm>
#include <iterator>

#include "config/global.h"
#include "config/mentions.h"
#include "config/mount_table.h"
#include "config/server_config.h"
#include "config/worker_files.h"
#include "guard.h"
#include "pool.h"
#include "product.h"
#include "request/request_log.h"
#include "runtime/child.h"
#include "runtime/runtime.h"
#include "site/doctor.h"
#include "status/token.h"

namespace jk::httpd {

namespace {

constexpr const char* default_log_file = "logs/mod_jk.log";

/// To httpd's error log: all of it where nobody will look into the module's log, `httpd -t` or a
/// refused start, otherwise the errors.
void report(server_rec* main, const Complaints& complaints, Severity least)
{
    Complaints shown;
    std::copy_if(complaints.begin(), complaints.end(), std::back_inserter(shown),
                 [least](const Complaint& one) { return one.severity >= least; });
    log_complaints({nullptr, main, nullptr}, shown);
}

/// The servers' settings are complete and separate from here on.
void finish_servers(apr_pool_t* pconf, server_rec* main)
{
    separate_virtual_hosts(pconf, main);
    for (server_rec* server = main; server != nullptr; server = server->next) {
        finish_server_config(config_of(server));
    }
}

/// A format that is wrong costs the request log of its server, not the start; it was complained
/// about where it stands.
void compile_request_logs(apr_pool_t* pconf, server_rec* main)
{
    for (server_rec* server = main; server != nullptr; server = server->next) {
        ServerConfig& config = config_of(server);
        if (config.request_log_format == nullptr) {
            continue;
        }
        Result<RequestLog> compiled = RequestLog::compile(config.request_log_format);
        if (compiled.has_value()) {
            config.request_log = make_in<RequestLog>(pconf, std::move(*compiled));
        }
    }
}

/// What costs no more than itself: a directive's argument, a mount rule.
Complaints small_complaints(server_rec* main, const Complaints& of_rules)
{
    Complaints all;
    for (server_rec* server = main; server != nullptr; server = server->next) {
        append(all, config_of(server).complaints);
    }
    append(all, of_rules);
    return all;
}

int check(apr_pool_t* pconf, server_rec* main)
{
    finish_servers(pconf, main);
    Global& global = *config_of(main).global;
    load_workers(pconf, global, global.complaints);
    site::MountComplaints mounts;
    build_mount_tables(pconf, main, mounts);
    append(global.complaints, mounts.of_workers);
    const Complaints small = small_complaints(main, mounts.of_rules);
    const bool refused = site::is_refused(config_of(main).options, global.complaints, small);
    append(global.complaints, small);
    sort_by_place(global.complaints);
    compile_request_logs(pconf, main);
    global.names_balancer_notes = may_read_balancer_notes();
    const bool shows_all = refused || ap_state_query(AP_SQ_RUN_MODE) == AP_SQ_RM_CONFIG_TEST;
    report(main, global.complaints, shows_all ? Severity::warning : Severity::error);
    return refused ? HTTP_INTERNAL_SERVER_ERROR : OK;
}

/// One handle per distinct name, shared by the servers that name it.
apr_file_t* log_of(apr_pool_t* pconf, server_rec* main, server_rec* wanted, const char* name)
{
    for (server_rec* server = main; server != wanted; server = server->next) {
        if (view(config_of(server).log_file) == name && config_of(server).log.file != nullptr) {
            return config_of(server).log.file;
        }
    }
    return open_log(pconf, wanted, name);
}

/// The log's name; the default comes with a warning, once.
const char* log_name(const ServerConfig& config, server_rec* server)
{
    if (config.log_file != nullptr) {
        return config.log_file;
    }
    if (server->is_virtual == 0) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, server,
                     "mod_jk: JkLogFile is not set; %s is used", default_log_file);
    }
    return default_log_file;
}

bool open_logs(apr_pool_t* pconf, server_rec* main)
{
    for (server_rec* server = main; server != nullptr; server = server->next) {
        ServerConfig& config = config_of(server);
        config.log_file = log_name(config, server);
        config.log.file = log_of(pconf, main, server, config.log_file);
        if (config.log.file == nullptr) {
            return false;
        }
    }
    return true;
}

/// How many requests a child may serve at once. mod_http2 serves its streams by threads of its own,
/// one and a half times as many as the child's (H2MaxWorkers, by default).
std::size_t requests_per_child() noexcept
{
    int threads = 1;
    ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads);
    const auto count = static_cast<std::size_t>(threads < 1 ? 1 : threads);
    const bool has_http2 = ap_find_linked_module("mod_http2.c") != nullptr;
    return has_http2 ? count + (3 * count + 1) / 2 : count;
}

void note_shm_directives(const Global& global, const LogContext& log)
{
    if (global.shm_file != nullptr || global.shm_size != nullptr) {
        JK_LOG(log, Level::info,
               "JkShmFile and JkShmSize have no effect: shared memory needs no file and sizes "
               "itself");
    }
}

bool is_mounted(server_rec* main, const std::string& worker)
{
    for (const server_rec* server = main; server != nullptr; server = server->next) {
        const MountTable* const table = config_of(server).table;
        if (table == nullptr) {
            continue;
        }
        const auto& rules = table->rules().all();
        const bool names_it = std::any_of(rules.begin(), rules.end(), [&](const route::Rule& one) {
            return one.target.worker == worker && !one.is_exclusion;
        });
        if (names_it) {
            return true;
        }
    }
    return false;
}

/// Whoever reaches a status worker may change the workers, unless something is said (status.md S20).
void warn_of_open_status(server_rec* main, const Global& global, const LogContext& log)
{
    for (const conf::StatusWorker& one : global.workers.status) {
        if (one.settings.read_only || !one.settings.user.empty() || !is_mounted(main, one.name)) {
            continue;
        }
        JK_LOG(log, Level::warn,
               "everybody who reaches the status worker %s may change workers, as far as httpd "
               "lets them in; name its users in worker.%s.user, or set worker.%s.read_only=1",
               one.name.c_str(), one.name.c_str(), one.name.c_str());
    }
}

void warn_of_shared_column(const server_rec* main)
{
    JK_LOG(log_context(main, "CHILD_INIT"), Level::warn,
           "more children than expected: this one shares its column of in-flight counts, which are "
           "then only right while none of them dies");
}

int start(apr_pool_t* pconf, server_rec* main)
{
    if (!open_logs(pconf, main)) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    ap_add_version_component(pconf, product_token);
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        return OK;  // httpd reads everything once more before it serves
    }
    Global& global = *config_of(main).global;
    global.runtime =
        make_in<Runtime>(pconf, pconf, global.workers, requests_per_child(), global.complaints);
    const LogContext log = log_context(main, "JK_INIT");
    log_complaints(log, global.complaints);
    note_shm_directives(global, log);
    warn_of_open_status(main, global, log);
    if (!make_token_secret()) {
        JK_LOG(log, Level::warn,
               "the system gives no random bytes, so status workers take no "
               "changes from browsers; see to /dev/urandom");
    }
    JK_LOG(log, Level::info, "%s is ready: %d workers, %d of them balancers", product_token,
           static_cast<int>(global.workers.listed.size()),
           static_cast<int>(global.workers.lb.size()));
    return OK;
}

}  // namespace

int check_config(apr_pool_t* pconf, apr_pool_t*, apr_pool_t*, server_rec* main) noexcept
{
    return guarded(main, HTTP_INTERNAL_SERVER_ERROR, [&] { return check(pconf, main); });
}

int post_config(apr_pool_t* pconf, apr_pool_t*, apr_pool_t*, server_rec* main) noexcept
{
    return guarded(main, HTTP_INTERNAL_SERVER_ERROR, [&] { return start(pconf, main); });
}

void child_init(apr_pool_t* pchild, server_rec* main) noexcept
{
    guarded(main, 0, [&] {
        Global& global = *config_of(main).global;
        if (global.runtime == nullptr) {
            return 0;
        }
        global.child = make_in<Child>(pchild, *global.runtime, log_context(main, "JK_WATCHDOG"));
        global.child->begin_serving();
        global.child->start_watchdog(pchild, global.watchdog_interval);
        if (global.child->column().is_shared()) {
            warn_of_shared_column(main);
        }
        return 0;
    });
}

// NOLINTNEXTLINE(readability-function-size): the parameters are httpd's
void child_status(server_rec* main, pid_t pid, ap_generation_t, int,
                  mpm_child_status status) noexcept
{
    if (status != MPM_CHILD_EXITED) {
        return;
    }
    guarded(main, 0, [&] {
        const Global& global = *config_of(main).global;
        if (global.runtime != nullptr) {
            global.runtime->segment().release_column(static_cast<std::uint32_t>(pid));
        }
        return 0;
    });
}

}  // namespace jk::httpd
