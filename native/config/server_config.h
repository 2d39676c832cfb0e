// The settings of one server, main or virtual host, and the state that all servers share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/complaint.h"
#include "httpd_api.h"
#include "route/uri_rules.h"
#include "runtime/log.h"
#include "site/mounts.h"
#include "site/options.h"

namespace jk::httpd {

class Runtime;
class MountTable;
class RequestLog;
struct Global;

using site::MountCopy;
using site::Option;
using site::Options;

/// JkStripSession: flag and identifier are inherited together.
struct StripSession {
    bool is_on = false;
    const char* identifier = ";jsessionid";
};

/// A JkEnvVar line.
struct EnvVar {
    const char* name = nullptr;
    const char* fallback = nullptr;  ///< nullptr: nothing is sent where the variable is unset
};

/// One server's Jk* directives. Made in the configuration's pool, by httpd's configuration thread;
/// only read once the children run. An unset text is nullptr until finish() gives it its default.
struct ServerConfig {
    Global* global = nullptr;  ///< one for all servers
    bool is_merged = false;    ///< a virtual host's: the main server's settings are in

    // Rows of directives.cc: each text is inherited by virtual hosts.
    const char* log_file = nullptr;
    const char* log_stamp_format = nullptr;
    const char* request_log_format = nullptr;
    const char* worker_indicator = nullptr;
    const char* request_id_indicator = nullptr;
    const char* remote_addr_indicator = nullptr;
    const char* remote_port_indicator = nullptr;
    const char* remote_host_indicator = nullptr;
    const char* remote_user_indicator = nullptr;
    const char* auth_type_indicator = nullptr;
    const char* local_name_indicator = nullptr;
    const char* local_addr_indicator = nullptr;
    const char* local_port_indicator = nullptr;
    const char* ignore_cl_indicator = nullptr;
    const char* https_indicator = nullptr;
    const char* ssl_protocol_indicator = nullptr;
    const char* certs_indicator = nullptr;
    const char* cipher_indicator = nullptr;
    const char* session_indicator = nullptr;
    const char* key_size_indicator = nullptr;
    const char* cert_chain_prefix = nullptr;

    std::optional<Level> log_level;
    std::optional<bool> extract_ssl;
    std::optional<StripSession> strip_session;
    std::optional<int> mount_file_reload;  ///< s
    Options options;
    std::vector<EnvVar> env_vars;

    // Not inherited, but by JkMountCopy.
    MountCopy mount_copy = MountCopy::unset;
    std::vector<route::Mount> mounts;  ///< as written; made rules after all lines were read
    const char* mount_file = nullptr;
    const char* auto_alias = nullptr;  ///< folder of JkAutoAlias

    Complaints complaints;  ///< about this scope's own directives

    // Made after all configuration was read.
    LogFile log;
    const RequestLog* request_log = nullptr;  ///< nullptr: no request log
    MountTable* table = nullptr;              ///< nullptr: this server mounts nothing
    bool needs_common_vars = false;           ///< a variable that httpd makes on demand is read

    [[nodiscard]] bool has(Option option) const noexcept { return options.has(option); }
};

/// The settings of `server`, or of the server of `request`.
[[nodiscard]] ServerConfig& config_of(const server_rec* server) noexcept;
[[nodiscard]] ServerConfig& config_of(const request_rec* request) noexcept;

/// For lines about `server` outside requests; `word` is one of the fixed words of directives.md 3.5.
[[nodiscard]] LogContext log_context(const server_rec* server, const char* word) noexcept;
/// For lines about a request.
[[nodiscard]] LogContext log_context(const request_rec* request) noexcept;

/// httpd's create and merge functions.
void* create_server_config(apr_pool_t* pool, server_rec* server) noexcept;
void* merge_server_config(apr_pool_t* pool, void* base, void* own) noexcept;

/// httpd lets a virtual host without any Jk* directive share the main server's settings, mounts
/// and all: gives each of them its own. Call once, after httpd merged.
void separate_virtual_hosts(apr_pool_t* pool, server_rec* main);

/// Gives what is still unset its default. Call once for each server after merging.
void finish_server_config(ServerConfig& config);

}  // namespace jk::httpd
