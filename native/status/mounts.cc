// Rules as the tables of the servers have them; a URL is taken apart and compared as a request is.
// Tested by tests/adapter/status/mounts_test.cc.
#include "status/mounts.h"

#include <string>

#include "base/text.h"
#include "config/mount_table.h"
#include "config/server_config.h"
#include "pool.h"
#include "route/uri_text.h"

namespace jk::httpd {

namespace {

/// "name:port" for the main server, its name alone where ServerName has no port;
/// "name [address:port]" for a virtual host (status.md 5.4).
std::string name_of(const request_rec* request, const server_rec* server)
{
    apr_pool_t* const pool = request->pool;
    const char* const name = server->server_hostname == nullptr ? "" : server->server_hostname;
    if (server->is_virtual == 0 || server->addrs == nullptr) {
        return server->port != 0 ? apr_psprintf(pool, "%s:%d", name, server->port) : name;
    }
    return apr_psprintf(pool, "%s [%s:%d]", name, server->addrs->virthost,
                        static_cast<int>(server->addrs->host_port));
}

status::Mount mount_of(const route::Rule& rule, const std::string& server)
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
    return {std::move(map), rule.target.worker};
}

/// Calls use(server, rule, number) for each rule of each server, until it returns false. The rules
/// stay as long as `pool`.
template <class Use> void for_each_rule(apr_pool_t* pool, Use use)
{
    std::size_t number = 0;
    const server_rec* const main = ap_server_conf;
    for (const server_rec* server = main; server != nullptr; server = server->next) {
        const MountTable* const table = config_of(server).table;
        if (table == nullptr) {
            continue;
        }
        for (const route::Rule& rule : table->rules_for(pool).all()) {
            if (!use(server, rule, ++number)) {
                return;
            }
        }
    }
}

// --- Which server answers ------------------------------------------------------------------------

bool is_among(const apr_array_header_t* names, const char* host) noexcept
{
    for (int i = 0; names != nullptr && i < names->nelts; ++i) {
        const char* const name = reinterpret_cast<char* const*>(names->elts)[i];
        if (name != nullptr && apr_fnmatch(name, host, APR_FNM_CASE_BLIND) == APR_SUCCESS) {
            return true;
        }
    }
    return false;
}

bool has_port(const server_rec* server, apr_port_t port) noexcept
{
    for (const server_addr_rec* one = server->addrs; one != nullptr; one = one->next) {
        if (one->host_port == 0 || one->host_port == port) {
            return true;
        }
    }
    return false;
}

/// The first virtual host of that name on that port, the main server where there is none.
const server_rec* server_of(const char* host, apr_port_t port) noexcept
{
    const server_rec* const main = ap_server_conf;
    for (const server_rec* server = main->next; server != nullptr; server = server->next) {
        const bool is_named = equals_caseless(view(server->server_hostname), host) ||
                              is_among(server->names, host) || is_among(server->wild_names, host);
        if (is_named && has_port(server, port)) {
            return server;
        }
    }
    return main;
}

apr_port_t port_of(const apr_uri_t& url) noexcept
{
    return url.port_str != nullptr ? url.port : apr_uri_port_of_scheme(url.scheme);
}

/// True for a path, and for a URL of http or https with a host.
bool is_looked_up(const apr_uri_t& url) noexcept
{
    const std::string_view scheme = view(url.scheme);
    return scheme.empty() ? url.hostname == nullptr && url.path != nullptr
                          : (scheme == "http" || scheme == "https") && !view(url.hostname).empty();
}

// --- Which path is meant -------------------------------------------------------------------------

/// The path of a URL as rules are compared with it; nullptr where a request for it is refused.
const char* canonical(request_rec* request, const server_rec* server, const char* escaped) noexcept
{
    char* const path = apr_pstrdup(request->pool, escaped);
    apr_size_t size = 0;
    if (apr_unescape_url(path, escaped, APR_ESCAPE_STRING, "/", nullptr, 0, &size) != APR_SUCCESS &&
        view(escaped).find('%') != std::string_view::npos) {
        return nullptr;
    }
    const ServerConfig& config = config_of(server);
    const route::PathRules rules{config.has(Option::allow_backslash),
                                 config.has(Option::allow_overlong_utf8)};
    const Result<std::size_t> length = route::normalise(path, view(path).size());
    if (!length.has_value() || !route::check_spelling({path, *length}, rules).has_value()) {
        return nullptr;
    }
    path[*length] = '\0';
    return path;
}

}  // namespace

std::vector<status::Mount> all_mounts(const request_rec* request)
{
    std::vector<status::Mount> mounts;
    const server_rec* last = nullptr;
    std::string name;
    for_each_rule(request->pool,
                  [&](const server_rec* server, const route::Rule& rule, std::size_t /*number*/) {
                      if (server != last) {
                          last = server;
                          name = name_of(request, server);
                      }
                      mounts.push_back(mount_of(rule, name));
                      return true;
                  });
    return mounts;
}

std::optional<status::Route> find_route(request_rec* request, std::string_view url)
{
    apr_uri_t parts;
    if (apr_uri_parse(request->pool, copy_in(request->pool, url), &parts) != APR_SUCCESS ||
        !is_looked_up(parts)) {
        return std::nullopt;
    }
    const server_rec* const server =
        parts.hostname == nullptr ? request->server : server_of(parts.hostname, port_of(parts));
    const char* const path = canonical(request, server, parts.path == nullptr ? "/" : parts.path);
    if (path == nullptr) {
        return std::nullopt;
    }
    status::Route route;
    route.host = view(parts.hostname == nullptr ? server->server_hostname : parts.hostname);
    route.path = path;
    route.server = name_of(request, server);
    const MountTable* const table = config_of(server).table;
    const route::Rule* const found =
        table == nullptr ? nullptr : table->rules_for(request->pool).match(path);
    for_each_rule(request->pool,
                  [&](const server_rec* of, const route::Rule& rule, std::size_t number) {
                      if (&rule == found) {
                          route.rule = mount_of(rule, name_of(request, of));
                          route.rule_id = number;
                      }
                      return &rule != found;
                  });
    return route;
}

}  // namespace jk::httpd
