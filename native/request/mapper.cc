// Mapping. One canonical path serves the mount rules and httpd's own access control: a match
// replaces the request's URI by the normalised one, and httpd evaluates <Location> on that.
// Tested by tests/adapter/request/mapper_test.cc and tests/system/test_mapping.py.
#include "request/mapper.h"

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
bool is_unsafe(const ServerConfig& config, const request_rec* request,
               std::string_view canonical) noexcept
{
    const std::string_view path =
        config.has(Option::forward_uri_compat) ? view(request->uri) : canonical;
    return config.has(Option::reject_unsafe_uri) &&
           path.find_first_of("%\\") != std::string_view::npos;
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

/// True when an exclusion keeps a directory from the worker: a mount that takes the names of its
/// index pages does not put it back (security.md PT-15).
bool is_excluded(const request_rec* directory, const ServerConfig& config,
                 const std::string& worker) noexcept
{
    int status = DECLINED;
    const char* const canonical = canonical_path(directory, config, status);
    return canonical == nullptr || config.table->rules().is_excluded(canonical, worker);
}

/// A DirectoryIndex probe that is mapped names the worker of the directory request, too; whether
/// that becomes ours is for translate_name or ForwardDirectories to say (directives.md 4.3).
void name_worker_of_directory(request_rec* request, const ServerConfig& config,
                              const RequestState& found) noexcept
{
    if (!is_index_probe(request) || is_excluded(request->main, config, found.target->worker)) {
        return;
    }
    request_rec* const main = request->main;
    RequestState& state = state_of(main);
    state.target = found.target;
    state.forward_path = main->uri;
    apr_table_setn(main->notes, "JK_WORKER_NAME", found.target->worker.c_str());
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
    config.table->reload_when_changed(request);
    const route::Rule* const rule = config.table->rules().match(canonical);
    if (rule == nullptr) {
        return DECLINED;
    }
    if (is_unsafe(config, request, canonical)) {
        JK_LOG(log_context(request), Level::info,
               "the path '%s' is refused with 404 by JkOptions +RejectUnsafeURI", request->uri);
        return HTTP_NOT_FOUND;
    }
    if (const Result<void> received = check_received(request, config); !received.has_value()) {
        return refuse(request, received.error());
    }
    RequestState& state = state_of(request);
    claim(request, state, *rule, canonical);
    name_worker_of_directory(request, config, state);
    return OK;
}

/// What JkAutoAlias makes of a path that no mount took.
int alias(request_rec* request, const ServerConfig& config) noexcept
{
    int status = DECLINED;
    const char* const canonical = canonical_path(request, config, status);
    return canonical == nullptr ? status : auto_alias(request, config.auto_alias, canonical);
}

/// Cuts the session id out of one of the request's own texts.
char* without_session(const request_rec* request, const char* text, const char* id) noexcept
{
    char* const copy = apr_pstrdup(request->pool, text);
    copy[route::strip_session(copy, view(copy).size(), id)] = '\0';
    return copy;
}

/// JkStripSession, for a request that httpd serves itself (directives.md 4.6).
void strip_session(request_rec* request, const StripSession& strip) noexcept
{
    request->uri = without_session(request, request->uri, strip.identifier);
    if (request->filename != nullptr) {
        request->filename = without_session(request, request->filename, strip.identifier);
    }
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
    const int mapped = map(request);
    if (mapped == OK && is_index_probe(request) && state_of(request->main).target != nullptr) {
        request->main->handler = handler_name;
    }
    const bool is_free = mapped == DECLINED && request->proxyreq == PROXYREQ_NONE;
    return is_free && config.auto_alias != nullptr ? alias(request, config) : mapped;
}

int map_to_storage(request_rec* request) noexcept
{
    RequestState& state = state_of(request);
    if (state.target == nullptr && !is_ours_already(request)) {
        const int mapped = map(request);
        if (mapped != OK && mapped != DECLINED) {
            return mapped;
        }
    }
    if (state.target == nullptr) {
        const StripSession strip = config_of(request).strip_session.value_or(StripSession{});
        if (strip.is_on) {
            strip_session(request, strip);
        }
        return DECLINED;
    }
    const std::string_view path = request->uri;  // no directory or file walk for forwarded paths
    request->filename = copy_in(request->pool, path.substr(path.rfind('/') + 1));
    find_index_file(request, state);
    return OK;
}

int find_target(request_rec* request, RequestState& state)
{
    const ServerConfig& config = config_of(request);
    const char* const indicator = env(request, config.worker_indicator);
    if (indicator == nullptr) {
        const int mapped = map(request);
        return mapped == OK || mapped > 0 ? mapped : DECLINED;
    }
    int status = HTTP_BAD_REQUEST;
    if (canonical_path(request, config, status) == nullptr) {
        return status;
    }
    if (route::has_hidden_dots(request->uri)) {
        return refuse(request, {Errc::bad_path, "a segment is . or .. behind its parameters"});
    }
    std::vector<std::string> warnings;
    auto* const target =
        make_in<route::RuleTarget>(request->pool, route::parse_target(indicator, warnings));
    for (const std::string& warning : warnings) {
        JK_LOG(log_context(request), Level::warn, "%s=%s: %s", config.worker_indicator, indicator,
               warning.c_str());
    }
    state.target = target;
    state.forward_path = request->uri;
    apr_table_setn(request->notes, "JK_WORKER_NAME", target->worker.c_str());
    return OK;
}

}  // namespace jk::httpd
