// Mapping. One canonical path serves the mount rules and httpd's own access control: a match
// replaces the request's URI by the normalised one, and httpd evaluates <Location> on that.
// Tested by tests/adapter/request/mapper_test.cc and tests/system/test_mapping.py.
#include "request/mapper.h"

#include <cstring>
#include <string>
#include <vector>

#include "base/text.h"
#include "config/global.h"
#include "config/mount_table.h"
#include "config/server_config.h"
#include "guard.h"
#include "pool.h"
#include "request/auto_alias.h"
#include "request/environment.h"
#include "request/indicator.h"
#include "route/uri_text.h"

namespace jk::httpd {

namespace {

route::PathRules path_rules(const ServerConfig& config) noexcept
{
    return {config.has(Option::allow_backslash), config.has(Option::allow_overlong_utf8)};
}

int refuse(const request_rec* request, const Error& why) noexcept
{
    JK_LOG(log_context(request), Level::warn, "the path '%s' is refused with 400: %.*s",
           request->uri, static_cast<int>(why.text.size()), why.text.data());
    return HTTP_BAD_REQUEST;
}

/// A normalised copy of the request's path; nullptr with `status` set where there is none.
const char* canonical_path(const request_rec* request, const ServerConfig& config,
                           int& status) noexcept
{
    const std::string_view path = request->uri;
    const Result<void> spelling = route::check_spelling(path, path_rules(config));
    if (!spelling.has_value()) {
        status = refuse(request, spelling.error());
        return nullptr;
    }
    char* const copy = copy_in(request->pool, path);
    const Result<std::size_t> length = route::normalise(copy, path.size());
    if (!length.has_value()) {
        status = refuse(request, length.error());
        return nullptr;
    }
    copy[*length] = '\0';
    return copy;
}

/// Fails where the container gets the target as it was received and would take it for another path
/// than the one that rules and access control see.
Result<void> check_received(const request_rec* request, const ServerConfig& config) noexcept
{
    return config.has(Option::forward_uri_compat_unparsed)
               ? route::check_received(view(request->unparsed_uri), path_rules(config))
               : Result<void>{};
}

/// True when the path holds what +RejectUnsafeURI keeps from the backend: in what rules have seen,
/// and in all that is sent where the backend decodes it a second time.
bool is_unsafe(const ServerConfig& config, std::string_view decoded,
               std::string_view canonical) noexcept
{
    const std::string_view path = config.has(Option::forward_uri_compat) ? decoded : canonical;
    return config.has(Option::reject_unsafe_uri) &&
           path.find_first_of("%\\") != std::string_view::npos;
}

/// OK, or the status of a path that the container may take for another one. `decoded` is the path as
/// httpd decoded it.
int check_sent(const request_rec* request, const ServerConfig& config, const char* decoded,
               std::string_view canonical) noexcept
{
    if (is_unsafe(config, decoded, canonical)) {
        JK_LOG(log_context(request), Level::info,
               "the path '%s' is refused with 404 by JkOptions +RejectUnsafeURI", decoded);
        return HTTP_NOT_FOUND;
    }
    const Result<void> received = check_received(request, config);
    return received.has_value() ? OK : refuse(request, received.error());
}

/// Keeps that httpd has decided on another spelling than the canonical one.
void note_unseen(RequestState& state, std::string_view seen, const char* canonical) noexcept
{
    state.unseen_path = seen == canonical ? nullptr : canonical;
}

bool is_ours_already(const request_rec* request) noexcept
{
    return view(request->handler) == handler_name || env(request, "no-jk") != nullptr;
}

void claim(request_rec* request, RequestState& state, const route::Rule& rule,
           const char* canonical) noexcept
{
    state.target = &rule.target;
    state.forward_path = request->uri;
    request->uri = const_cast<char*>(canonical);
    request->handler = handler_name;
    apr_table_setn(request->notes, "JK_WORKER_NAME", rule.target.worker.c_str());
}

bool is_index_probe(const request_rec* request) noexcept
{
    const request_rec* const main = request->main;
    return main != nullptr && main->handler != nullptr && view(main->handler) == DIR_MAGIC_TYPE;
}

/// A DirectoryIndex probe that is mapped names the worker of the directory request, too; whether
/// that becomes ours is for translate_name or ForwardDirectories to say (directives.md 4.3). An
/// exclusion stands: a mount that takes the names of index pages does not put a directory back
/// (security.md PT-15). Returns OK, or the status of a directory whose own path is refused.
int name_worker_of_directory(request_rec* directory, const ServerConfig& config,
                             const route::RuleTarget& target) noexcept
{
    int status = DECLINED;
    const char* const canonical = canonical_path(directory, config, status);
    if (canonical == nullptr ||
        config.table->rules_for(directory->pool).is_excluded(canonical, target.worker)) {
        return OK;
    }
    status = check_sent(directory, config, directory->uri, canonical);
    if (status != OK) {
        return status;
    }
    RequestState& state = state_of(directory);
    state.target = &target;
    state.forward_path = directory->uri;
    note_unseen(state, directory->uri, canonical);
    apr_table_setn(directory->notes, "JK_WORKER_NAME", target.worker.c_str());
    return OK;
}

/// Tells mod_dir whether a file stands behind its probe: the file's own path is asked for then, and
/// not the directory's, for which the probe stood so far (directives.md 4.3).
void find_index_file(request_rec* request, const RequestState& found) noexcept
{
    request_rec* const main = request->main;
    if (main == nullptr || main->finfo.filetype != APR_DIR || main->filename == nullptr) {
        return;
    }
    const char* const file =
        apr_pstrcat(request->pool, main->filename, "/", request->filename, nullptr);
    const apr_status_t status = apr_stat(&request->finfo, file, APR_FINFO_MIN, request->pool);
    if (status != APR_SUCCESS && status != APR_INCOMPLETE) {
        request->finfo.filetype = APR_NOFILE;
    } else if (request->finfo.filetype == APR_REG) {
        state_of(main).forward_path = found.forward_path;
    }
}

/// True for a DirectoryIndex probe that a static file must back before it may be mapped.
bool is_probe_without_file(request_rec* request, const ServerConfig& config) noexcept
{
    return config.auto_alias != nullptr && is_index_probe(request) &&
           !is_file_below(request, config.auto_alias, request->uri);
}

/// Looks the path up; OK when it is ours now, DECLINED, or an HTTP status.
int map(request_rec* request) noexcept
{
    ServerConfig& config = config_of(request);
    if (config.table == nullptr || request->proxyreq != PROXYREQ_NONE || *request->uri == '\0') {
        return DECLINED;
    }
    int status = DECLINED;
    const char* const canonical = canonical_path(request, config, status);
    if (canonical == nullptr) {
        return status;
    }
    if (config.table->may_change()) {  // else nobody asks for the time
        config.table->reload_when_changed(request, apr_time_now());
    }
    apr_pool_t* const pool = is_index_probe(request) ? request->main->pool : request->pool;
    const route::Rule* const rule = config.table->rules_for(pool).match(canonical);
    if (rule == nullptr) {
        return DECLINED;
    }
    status = check_sent(request, config, request->uri, canonical);
    if (status == OK && is_index_probe(request)) {
        status = name_worker_of_directory(request->main, config, rule->target);
    }
    if (status == OK) {
        claim(request, state_of(request), *rule, canonical);
    }
    return status;
}

/// What JkAutoAlias makes of a path that no mount took. httpd is to see the path of the file that it
/// serves, as with a mount.
int alias(request_rec* request, const ServerConfig& config) noexcept
{
    int status = DECLINED;
    const char* const canonical = canonical_path(request, config, status);
    if (canonical == nullptr) {
        return status;
    }
    status = auto_alias(request, config.auto_alias, canonical);
    if (status == OK) {
        request->uri = const_cast<char*>(canonical);
    }
    return status;
}

/// Mounts, and behind them JkAutoAlias.
int map_or_alias(request_rec* request, const ServerConfig& config) noexcept
{
    const int mapped = map(request);
    const bool is_free = mapped == DECLINED && request->proxyreq == PROXYREQ_NONE;
    return is_free && config.auto_alias != nullptr ? alias(request, config) : mapped;
}

/// True where a <Location> has SetHandler with our name, as far as that is known this early.
bool is_named(request_rec* request) noexcept
{
    const auto* const core =
        static_cast<const core_dir_config*>(ap_get_core_module_config(request->per_dir_config));
    const char* error = nullptr;
    return core->expr_handler != nullptr && request->proxyreq == PROXYREQ_NONE &&
           view(ap_expr_str_exec(request, core->expr_handler, &error)) == handler_name;
}

/// What our handler's name takes is decided on the canonical path, as what a mount takes is. DECLINED
/// as a file may stand behind it yet, or the status of a path that is refused.
int canonise(request_rec* request) noexcept
{
    int status = DECLINED;
    const char* const canonical = canonical_path(request, config_of(request), status);
    if (canonical == nullptr || view(request->uri) == canonical ||
        route::has_hidden_dots(request->uri)) {  // which the handler refuses
        return status;
    }
    RequestState& state = state_of(request);
    state.forward_path = request->uri;
    state.decided_path = canonical;
    request->uri = const_cast<char*>(canonical);
    return DECLINED;
}

/// Cuts the session id out of a copy of `text`; nullptr where it holds none.
char* without_session(const request_rec* request, std::string_view text, const char* id) noexcept
{
    char* const copy = copy_in(request->pool, text);
    const std::size_t length = route::strip_session(copy, text.size(), id);
    copy[length] = '\0';
    return length == text.size() ? nullptr : copy;
}

/// The file name without what was cut out of the path's end, which begins with the session id: where
/// the name ends with the same, exactly there, as the folders before may hold the text, too.
const char* file_without_session(const request_rec* request, std::string_view end,
                                 const char* id) noexcept
{
    const std::string_view file = request->filename;
    const std::size_t kept = file.ends_with(end) ? file.size() - end.size() : 0;
    const char* const rest = without_session(request, file.substr(kept), id);
    return rest == nullptr
               ? request->filename
               : apr_pstrcat(request->pool, copy_in(request->pool, file.substr(0, kept)), rest,
                             nullptr);
}

/// JkStripSession, for a request that httpd serves itself (directives.md 4.6): OK where something
/// was cut, else DECLINED. httpd has resolved the dots before, so a cut that leaves some is 400.
int strip_session(request_rec* request, const char* id) noexcept
{
    const std::string_view received = request->uri;
    char* const path = without_session(request, received, id);
    if (path == nullptr) {
        return DECLINED;
    }
    const std::size_t cut = received.find(id);
    const char* const file = request->filename == nullptr
                                 ? nullptr
                                 : file_without_session(request, received.substr(cut), id);
    if (*path != '/' || route::has_hidden_dots(path) || route::has_hidden_dots(view(file))) {
        return refuse(request, {Errc::bad_path, "without the text that JkStripSession cuts out, "
                                                "it climbs or is not absolute"});
    }
    if (cut > 0 && path[cut - 1] == '/' && path[cut] == '/') {
        std::memmove(path + cut, path + cut + 1, std::strlen(path + cut));
    }
    request->uri = path;
    request->filename = const_cast<char*>(file);
    return OK;
}

/// What translate_name could not see yet: DECLINED, OK, or an HTTP status.
int map_late(request_rec* request) noexcept
{
    const ServerConfig& config = config_of(request);
    const bool is_free = !is_ours_already(request);
    const int mapped = is_free ? map(request) : DECLINED;
    const StripSession strip = config.strip_session.value_or(StripSession{});
    if (mapped != DECLINED || !strip.is_on) {
        return mapped;
    }
    const int stripped = strip_session(request, strip.identifier);
    // A text that is no path parameter kept rules from seeing the path that is served now.
    return stripped == OK && is_free && *strip.identifier != ';' ? map_or_alias(request, config)
                                                                 : stripped;
}

/// The worker that a note or the indicator variable names. OK, or the status of a path that is refused.
int take_indicated(request_rec* request, RequestState& state, const char* indicator)
{
    const ServerConfig& config = config_of(request);
    int status = HTTP_BAD_REQUEST;
    const char* const canonical = canonical_path(request, config, status);
    if (canonical == nullptr) {
        return status;
    }
    if (route::has_hidden_dots(request->uri)) {
        return refuse(request, {Errc::bad_path, "a segment is . or .. behind its parameters"});
    }
    const bool is_decided = view(state.decided_path) == request->uri;
    const char* const decoded = is_decided ? state.forward_path : request->uri;
    status = check_sent(request, config, decoded, canonical);
    if (status != OK) {
        return status;
    }
    std::vector<std::string> warnings;
    auto* const target =
        make_in<route::RuleTarget>(request->pool, route::parse_target(indicator, warnings));
    for (const std::string& warning : warnings) {
        JK_LOG(log_context(request), Level::warn, "the worker '%s' of a variable or note: %s",
               indicator, warning.c_str());
    }
    state.target = target;
    state.forward_path = decoded;
    note_unseen(state, request->uri, canonical);
    apr_table_setn(request->notes, "JK_WORKER_NAME", target->worker.c_str());
    return OK;
}

}  // namespace

RequestState& state_of(request_rec* request) noexcept
{
    void* state = ap_get_module_config(request->request_config, &jk_module);
    if (state == nullptr) {
        state = make_in<RequestState>(request->pool);
        ap_set_module_config(request->request_config, &jk_module, state);
    }
    return *static_cast<RequestState*>(state);
}

int translate_name(request_rec* request) noexcept
{
    const ServerConfig& config = config_of(request);
    if (is_ours_already(request) || is_probe_without_file(request, config)) {
        return DECLINED;
    }
    const int mapped = map_or_alias(request, config);
    if (mapped == OK && is_index_probe(request) && state_of(request).target != nullptr &&
        state_of(request->main).target != nullptr) {
        request->main->handler = handler_name;
    }
    return mapped == DECLINED && *request->uri == '/' && is_named(request) ? canonise(request)
                                                                           : mapped;
}

int map_to_storage(request_rec* request) noexcept
{
    RequestState& state = state_of(request);
    const int mapped = state.target == nullptr ? map_late(request) : OK;
    if (state.target == nullptr) {
        return mapped == OK ? DECLINED : mapped;
    }
    const std::string_view path = request->uri;  // no directory or file walk for forwarded paths
    request->filename = copy_in(request->pool, path.substr(path.rfind('/') + 1));
    find_index_file(request, state);
    return OK;
}

int find_target(request_rec* request, RequestState& state)
{
    if (const char* const worker = indicated_worker(request)) {
        return take_indicated(request, state, worker);
    }
    const char* const seen = request->uri;
    const int mapped = map(request);
    if (mapped == OK) {
        note_unseen(state, seen, request->uri);
    }
    return mapped;
}

}  // namespace jk::httpd
