// The Jk* directives: one table of text settings, which differ in nothing but name, field and
// default, and one of the directives that do something of their own.
// Tested by tests/adapter/config/directives_test.cc and tests/system/test_errors.py.
#include "config/directives.h"

#include "ajp/attribute_names.h"
#include "base/text.h"
#include "config/global.h"
#include "guard.h"
#include "pool.h"
#include "site/arguments.h"
#include "site/directives.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace jk::httpd {

namespace {

constexpr std::array texts{
    TextRow{"JkLogFile", &ServerConfig::log_file, nullptr},
    TextRow{"JkLogStampFormat", &ServerConfig::log_stamp_format, nullptr},
    TextRow{"JkRequestLogFormat", &ServerConfig::request_log_format, nullptr},
    TextRow{"JkWorkerIndicator", &ServerConfig::worker_indicator, "JK_WORKER_NAME"},
    TextRow{"JkRequestIdIndicator", &ServerConfig::request_id_indicator, "UNIQUE_ID"},
    TextRow{"JkRemoteAddrIndicator", &ServerConfig::remote_addr_indicator, "JK_REMOTE_ADDR"},
    TextRow{"JkRemotePortIndicator", &ServerConfig::remote_port_indicator, "JK_REMOTE_PORT"},
    TextRow{"JkRemoteHostIndicator", &ServerConfig::remote_host_indicator, "JK_REMOTE_HOST"},
    TextRow{"JkRemoteUserIndicator", &ServerConfig::remote_user_indicator, "JK_REMOTE_USER"},
    TextRow{"JkAuthTypeIndicator", &ServerConfig::auth_type_indicator, "JK_AUTH_TYPE"},
    TextRow{"JkLocalNameIndicator", &ServerConfig::local_name_indicator, "JK_LOCAL_NAME"},
    TextRow{"JkLocalAddrIndicator", &ServerConfig::local_addr_indicator, "JK_LOCAL_ADDR"},
    TextRow{"JkLocalPortIndicator", &ServerConfig::local_port_indicator, "JK_LOCAL_PORT"},
    TextRow{"JkIgnoreCLIndicator", &ServerConfig::ignore_cl_indicator, "JK_IGNORE_CL"},
    TextRow{"JkHTTPSIndicator", &ServerConfig::https_indicator, "HTTPS"},
    TextRow{"JkSSLPROTOCOLIndicator", &ServerConfig::ssl_protocol_indicator, "SSL_PROTOCOL"},
    TextRow{"JkCERTSIndicator", &ServerConfig::certs_indicator, "SSL_CLIENT_CERT"},
    TextRow{"JkCIPHERIndicator", &ServerConfig::cipher_indicator, "SSL_CIPHER"},
    TextRow{"JkSESSIONIndicator", &ServerConfig::session_indicator, "SSL_SESSION_ID"},
    TextRow{"JkKEYSIZEIndicator", &ServerConfig::key_size_indicator, "SSL_CIPHER_USEKEYSIZE"},
    TextRow{"JkCERTCHAINPrefix", &ServerConfig::cert_chain_prefix, "SSL_CLIENT_CERT_CHAIN_"},
};

ServerConfig& own(cmd_parms* cmd) noexcept
{
    return config_of(cmd->server);
}

Place place_of(const cmd_parms* cmd)
{
    return {cmd->directive->filename == nullptr ? "" : cmd->directive->filename,
            static_cast<unsigned>(cmd->directive->line_num)};
}

/// Keeps what is doubtful about an argument until everything was read.
void check_argument(cmd_parms* cmd, const char* argument) noexcept
{
    guarded(cmd->server, 0, [&] {
        site::check_argument(cmd->cmd->name, argument, place_of(cmd), own(cmd).complaints);
        return 0;
    });
}

/// nullptr, or what stands in the wrong place: these have one value for the whole process.
const char* global_only(cmd_parms* cmd) noexcept
{
    return ap_check_cmd_context(cmd, GLOBAL_ONLY);
}

/// A path below ServerRoot that is a regular file; `failure` says why not.
const char* regular_file(cmd_parms* cmd, const char* name, const char*& failure) noexcept
{
    const char* const path = ap_server_root_relative(cmd->pool, name);
    apr_finfo_t info;
    if (path == nullptr || apr_stat(&info, path, APR_FINFO_TYPE, cmd->temp_pool) != APR_SUCCESS ||
        info.filetype != APR_REG) {
        failure = apr_psprintf(cmd->pool,
                               "%s: '%s' is not an existing file; give its path, absolute or from "
                               "ServerRoot",
                               cmd->cmd->name, path == nullptr ? name : path);
        return nullptr;
    }
    return path;
}

const char* set_text(cmd_parms* cmd, void*, const char* value) noexcept
{
    const auto* const row = static_cast<const TextRow*>(cmd->info);
    own(cmd).*(row->field) = value;
    check_argument(cmd, value);
    return nullptr;
}

const char* set_workers_file(cmd_parms* cmd, void*, const char* name) noexcept
{
    if (const char* const wrong = global_only(cmd)) {
        return wrong;
    }
    Global& global = *own(cmd).global;
    if (global.workers_file != nullptr) {
        return apr_psprintf(cmd->pool, "JkWorkersFile is allowed only once; '%s' is already named",
                            global.workers_file);
    }
    const char* failure = nullptr;
    global.workers_file = regular_file(cmd, name, failure);
    return failure;
}

/// What is wrong with the line is reported when all lines were read: an error returned here would
/// end the reading at the first one.
const char* add_worker_property(cmd_parms* cmd, void*, const char* line) noexcept
{
    if (const char* const wrong = global_only(cmd)) {
        return wrong;
    }
    return guarded(cmd->server, "out of memory", [&]() -> const char* {
        own(cmd).global->properties.add_line(line, place_of(cmd));
        return nullptr;
    });
}

const char* set_shm_file(cmd_parms* cmd, void*, const char* name) noexcept
{
    const char* const wrong = global_only(cmd);
    if (wrong == nullptr) {
        own(cmd).global->shm_file = name;
    }
    return wrong;
}

const char* set_shm_size(cmd_parms* cmd, void*, const char* size) noexcept
{
    const char* const wrong = global_only(cmd);
    if (wrong == nullptr) {
        own(cmd).global->shm_size = size;
        check_argument(cmd, size);
    }
    return wrong;
}

const char* set_watchdog_interval(cmd_parms* cmd, void*, const char* seconds) noexcept
{
    const char* const wrong = global_only(cmd);
    if (wrong == nullptr) {
        own(cmd).global->watchdog_interval = site::seconds_of(seconds);
        check_argument(cmd, seconds);
    }
    return wrong;
}

/// JkMount and JkUnMount: two arguments at server level, one inside <Location>.
const char* add_mount_line(cmd_parms* cmd, const char* first, const char* second) noexcept
{
    const bool is_exclusion = cmd->info != nullptr;
    const bool in_section = cmd->path != nullptr;
    if (!in_section && second == nullptr) {
        return apr_psprintf(cmd->pool, "%s needs a path and a worker here: %s /path/* worker",
                            cmd->cmd->name, cmd->cmd->name);
    }
    if (in_section && second != nullptr) {
        return apr_psprintf(cmd->pool,
                            "%s cannot have a path inside <Location %s>: the section gives it",
                            cmd->cmd->name, cmd->path);
    }
    const char* const pattern = in_section ? cmd->path : first;
    if (*pattern != '/') {
        return apr_psprintf(cmd->pool, "%s: the path '%s' must begin with a slash", cmd->cmd->name,
                            pattern);
    }
    return guarded(cmd->server, "out of memory", [&]() -> const char* {
        own(cmd).mounts.push_back({pattern, in_section ? first : second, route::Source::jk_mount,
                                   place_of(cmd), is_exclusion});
        return nullptr;
    });
}

const char* add_mount(cmd_parms* cmd, void*, const char* first, const char* second) noexcept
{
    return add_mount_line(cmd, first, second);
}

const char* set_mount_file(cmd_parms* cmd, void*, const char* name) noexcept
{
    const char* failure = nullptr;
    own(cmd).mount_file = regular_file(cmd, name, failure);
    return failure;
}

const char* set_mount_file_reload(cmd_parms* cmd, void*, const char* seconds) noexcept
{
    own(cmd).mount_file_reload = site::seconds_of(seconds);
    check_argument(cmd, seconds);
    return nullptr;
}

const char* set_mount_copy(cmd_parms* cmd, void*, const char* word) noexcept
{
    MountCopy& copy = own(cmd).mount_copy;
    if (equals_caseless(word, "on")) {
        copy = MountCopy::on;
    } else if (equals_caseless(word, "off")) {
        copy = MountCopy::off;
    } else if (equals_caseless(word, "all")) {
        if (cmd->server->is_virtual != 0) {
            return "JkMountCopy All is for the main server; inside <VirtualHost> use On or Off";
        }
        copy = MountCopy::all;
    } else {
        return apr_psprintf(cmd->pool, "JkMountCopy: '%s' is none of On, Off, All", word);
    }
    return nullptr;
}

const char* set_auto_alias(cmd_parms* cmd, void*, const char* folder) noexcept
{
    own(cmd).auto_alias = folder;
    return nullptr;
}

const char* set_strip_session(cmd_parms* cmd, void*, const char* word, const char* id) noexcept
{
    const bool is_on = equals_caseless(word, "on");
    if (!is_on && !equals_caseless(word, "off")) {
        return apr_psprintf(cmd->pool, "JkStripSession: '%s' is neither On nor Off", word);
    }
    StripSession strip;
    strip.is_on = is_on;
    strip.identifier = id == nullptr ? strip.identifier : id;
    own(cmd).strip_session = strip;
    return nullptr;
}

const char* set_log_level(cmd_parms* cmd, void*, const char* word) noexcept
{
    own(cmd).log_level = parse_level(word).value_or(Level::info);
    check_argument(cmd, word);
    return nullptr;
}

const char* set_extract_ssl(cmd_parms* cmd, void*, int on) noexcept
{
    own(cmd).extract_ssl = on != 0;
    return nullptr;
}

const char* refuse_option(cmd_parms* cmd, const char* word, const Error& why) noexcept
{
    const std::string_view nearest =
        why.code == Errc::unknown_name ? site::nearest_option(word) : std::string_view{};
    return apr_psprintf(cmd->pool, "JkOptions: '%s' %.*s%s%.*s%s", word,
                        static_cast<int>(why.text.size()), why.text.data(),
                        nearest.empty() ? "" : "; did you mean ", static_cast<int>(nearest.size()),
                        nearest.empty() ? "" : nearest.data(), nearest.empty() ? "" : "?");
}

const char* add_options(cmd_parms* cmd, void*, const char* line) noexcept
{
    for (const char* rest = line; *rest != '\0';) {
        const char* const word = ap_getword_conf(cmd->pool, &rest);
        const Result<void> added = own(cmd).options.add(word);
        if (!added.has_value()) {
            return refuse_option(cmd, word, added.error());
        }
        check_argument(cmd, word);
    }
    return nullptr;
}

const char* add_env_var(cmd_parms* cmd, void*, const char* name, const char* fallback) noexcept
{
    if (fallback != nullptr && *fallback == '\0') {
        fallback = nullptr;  // an empty default is no default (directives.md 3.9)
    }
    check_argument(cmd, name);
    return guarded(cmd->server, "out of memory", [&]() -> const char* {
        if (ajp::is_reserved_attribute(name)) {
            return nullptr;
        }
        for (EnvVar& one : own(cmd).env_vars) {
            if (equals_caseless(view(one.name), name)) {  // as httpd compares variables
                one.fallback = fallback;
                return nullptr;
            }
        }
        own(cmd).env_vars.push_back({name, fallback});
        return nullptr;
    });
}

constexpr int in_server = RSRC_CONF;
constexpr int in_section_too = RSRC_CONF | ACCESS_CONF;
/// JkUnMount shares JkMount's function; its info is not null.
constexpr char exclusion_mark = '!';

// Their help is taken from site/directives.h.
constexpr std::array own_rows{
    command_rec AP_INIT_TAKE1("JkWorkersFile", set_workers_file, nullptr, in_server, nullptr),
    command_rec AP_INIT_RAW_ARGS("JkWorkerProperty", add_worker_property, nullptr, in_server,
                                 nullptr),
    command_rec AP_INIT_TAKE1("JkShmFile", set_shm_file, nullptr, in_server, nullptr),
    command_rec AP_INIT_TAKE1("JkShmSize", set_shm_size, nullptr, in_server, nullptr),
    command_rec AP_INIT_TAKE1("JkWatchdogInterval", set_watchdog_interval, nullptr, in_server,
                              nullptr),
    command_rec AP_INIT_TAKE12("JkMount", add_mount, nullptr, in_section_too, nullptr),
    command_rec AP_INIT_TAKE12("JkUnMount", add_mount, const_cast<char*>(&exclusion_mark),
                               in_section_too, nullptr),
    command_rec AP_INIT_TAKE1("JkMountFile", set_mount_file, nullptr, in_server, nullptr),
    command_rec AP_INIT_TAKE1("JkMountFileReload", set_mount_file_reload, nullptr, in_server,
                              nullptr),
    command_rec AP_INIT_TAKE1("JkMountCopy", set_mount_copy, nullptr, in_server, nullptr),
    command_rec AP_INIT_TAKE1("JkAutoAlias", set_auto_alias, nullptr, in_server, nullptr),
    command_rec AP_INIT_TAKE12("JkStripSession", set_strip_session, nullptr, in_server, nullptr),
    command_rec AP_INIT_TAKE1("JkLogLevel", set_log_level, nullptr, in_server, nullptr),
    command_rec AP_INIT_FLAG("JkExtractSSL", set_extract_ssl, nullptr, in_server, nullptr),
    command_rec AP_INIT_RAW_ARGS("JkOptions", add_options, nullptr, in_server, nullptr),
    command_rec AP_INIT_TAKE12("JkEnvVar", add_env_var, nullptr, in_server, nullptr),
};

static_assert(own_rows.size() + texts.size() == directive_count);

/// Not found would not compile.
constexpr const char* help_of(std::string_view name)
{
    return std::find_if(site::directives.begin(), site::directives.end(),
                        [name](const site::Directive& one) { return one.name == name; })
        ->help;
}

constexpr auto make_table()
{
    std::array<command_rec, directive_count + 1> table{};
    std::size_t next = 0;
    for (const command_rec& row : own_rows) {
        table[next++] = row;
    }
    for (const TextRow& row : texts) {
        table[next++] =
            AP_INIT_TAKE1(row.directive, set_text, const_cast<TextRow*>(&row), in_server, nullptr);
    }
    for (command_rec& row : std::span{table}.first(directive_count)) {
        row.errmsg = help_of(row.name);
    }
    return table;
}

}  // namespace

constexpr std::array<command_rec, directive_count + 1> directive_table = make_table();

void for_each_text(void (*visit)(const TextRow& row, void* data), void* data) noexcept
{
    for (const TextRow& row : texts) {
        visit(row, data);
    }
}

}  // namespace jk::httpd
