// One server's settings: made, merged, finished. What is inherited follows from the rows of
// directives.cc; the rest is written out here.
// Tested by tests/adapter/config/server_config_test.cc.
#include "config/server_config.h"

#include <algorithm>

#include "base/text.h"
#include "config/directives.h"
#include "config/global.h"
#include "config/mentions.h"
#include "config/worker_files.h"
#include "guard.h"
#include "pool.h"

namespace jk::httpd {

namespace {

struct Pair {
    ServerConfig* own;
    const ServerConfig* base;
};

void inherit_texts(ServerConfig& own, const ServerConfig& base) noexcept
{
    Pair pair{&own, &base};
    for_each_text(
        [](const TextRow& row, void* data) {
            const auto& [to, from] = *static_cast<Pair*>(data);
            if (to->*(row.field) == nullptr) {
                to->*(row.field) = from->*(row.field);
            }
        },
        &pair);
}

/// A virtual host's own entries first, then those of the main server that it did not redefine.
void inherit_env_vars(std::vector<EnvVar>& own, const std::vector<EnvVar>& base)
{
    for (const EnvVar& one : base) {
        const auto same = [&](const EnvVar& mine) {
            return equals_caseless(view(mine.name), view(one.name));
        };
        if (std::none_of(own.begin(), own.end(), same)) {
            own.push_back(one);
        }
    }
}

template <class T> void inherit(std::optional<T>& own, const std::optional<T>& base) noexcept
{
    if (!own.has_value()) {
        own = base;
    }
}

/// Looks at httpd's configuration once for all servers.
bool reads_common_vars(Global& global) noexcept
{
    if (!global.names_common_vars.has_value()) {
        global.names_common_vars = may_read_common_vars();
    }
    return *global.names_common_vars;
}

}  // namespace

ServerConfig& config_of(const server_rec* server) noexcept
{
    return *static_cast<ServerConfig*>(ap_get_module_config(server->module_config, &jk_module));
}

ServerConfig& config_of(const request_rec* request) noexcept
{
    return config_of(request->server);
}

LogContext log_context(const server_rec* server, const char* word) noexcept
{
    const LogFile& log = config_of(server).log;
    return {log.file == nullptr ? nullptr : &log, server, word};
}

LogContext log_context(const request_rec* request) noexcept
{
    const ServerConfig& config = config_of(request);
    LogContext context = log_context(request->server, nullptr);
    const char* id = apr_table_get(request->subprocess_env, config.request_id_indicator);
    if (id == nullptr || *id == '\0') {
        id = apr_table_get(request->subprocess_env, "UNIQUE_ID");
    }
    context.request_id = id;
    return context;
}

void* create_server_config(apr_pool_t* pool, server_rec* server) noexcept
{
    return guarded(server, static_cast<void*>(nullptr), [&]() -> void* {
        auto* const config = make_in<ServerConfig>(pool);
        if (server->is_virtual == 0) {
            config->global = make_in<Global>(pool, process_environment);
        }
        return config;
    });
}

void* merge_server_config(apr_pool_t* pool, void* base_config, void* own_config) noexcept
{
    const auto& base = *static_cast<const ServerConfig*>(base_config);
    const auto& own = *static_cast<const ServerConfig*>(own_config);
    return guarded(nullptr, own_config, [&]() -> void* {
        auto* const merged = make_in<ServerConfig>(pool, own);
        merged->global = base.global;
        merged->is_merged = true;
        inherit_texts(*merged, base);
        inherit(merged->log_level, base.log_level);
        inherit(merged->extract_ssl, base.extract_ssl);
        inherit(merged->strip_session, base.strip_session);
        inherit(merged->mount_file_reload, base.mount_file_reload);
        inherit_env_vars(merged->env_vars, base.env_vars);
        merged->options = own.options.over(base.options.with_defaults());
        merged->mount_copy = site::inherited(own.mount_copy, base.mount_copy);
        return merged;
    });
}

void finish_server_config(ServerConfig& config)
{
    for_each_text(
        [](const TextRow& row, void* data) {
            auto& own = *static_cast<ServerConfig*>(data);
            if (own.*(row.field) == nullptr) {
                own.*(row.field) = row.fallback;
            }
            if (is_common_var(view(own.*(row.field)))) {
                own.needs_common_vars = true;
            }
        },
        &config);
    if (!config.is_merged) {  // otherwise the main server's set, defaults included, is in already
        config.options = config.options.with_defaults();
    }
    config.needs_common_vars |= !config.env_vars.empty() || (config.extract_ssl.value_or(true) &&
                                                             reads_common_vars(*config.global));
    config.log.level = config.log_level.value_or(Level::info);
    config.log.stamp_format = config.log_stamp_format;
}

void separate_virtual_hosts(apr_pool_t* pool, server_rec* main)
{
    for (server_rec* server = main->next; server != nullptr; server = server->next) {
        if (&config_of(server) == &config_of(main)) {
            const ServerConfig empty;
            ap_set_module_config(
                server->module_config, &jk_module,
                merge_server_config(pool, &config_of(main), make_in<ServerConfig>(pool, empty)));
        }
    }
}

}  // namespace jk::httpd
