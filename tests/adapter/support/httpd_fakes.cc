// httpd's functions: configuration, server and log.
#include "support/httpd_fakes.h"

#include <algorithm>
#include <cstring>

namespace jk::test {

Fakes& fakes() noexcept
{
    static Fakes instance;
    return instance;
}

void reset_fakes()
{
    fakes() = Fakes{};
    ap_server_conf = nullptr;
    ap_server_root = "/";
}

std::string Fakes::all_passed() const
{
    std::string all;
    for (const std::string& one : passed) {
        all += (all.empty() ? "" : "|") + one;
    }
    return all;
}

bool Fakes::has_logged(int level, std::string_view part) const
{
    for (const LogLine& line : log) {
        if (line.level == level && line.text.find(part) != std::string::npos) {
            return true;
        }
    }
    return false;
}

}  // namespace jk::test

using jk::test::fakes;

extern "C" {

const char* ap_server_root = "/";
server_rec* ap_server_conf = nullptr;
ap_directive_t* ap_conftree = nullptr;

// --- log -----------------------------------------------------------------------------------------

void ap_log_error_(const char*, int, int, int level, apr_status_t, const server_rec*,
                   const char* format, ...)
{
    std::string text(16384, '\0');
    va_list arguments;
    va_start(arguments, format);
    const int size = apr_vsnprintf(text.data(), text.size(), format, arguments);
    va_end(arguments);
    text.resize(static_cast<std::size_t>(size));
    fakes().log.push_back({level & APLOG_LEVELMASK, text});
}

piped_log* ap_open_piped_log(apr_pool_t*, const char* program)
{
    fakes().piped_command = program;
    return fakes().pipe == nullptr ? nullptr : reinterpret_cast<piped_log*>(&fakes());
}

apr_file_t* ap_piped_log_write_fd(piped_log*)
{
    return fakes().pipe;
}

// --- configuration -------------------------------------------------------------------------------

const char* ap_check_cmd_context(cmd_parms* cmd, unsigned forbidden)
{
    const char* section = nullptr;
    if ((forbidden & NOT_IN_VIRTUALHOST) != 0 && cmd->server->is_virtual != 0) {
        section = "<VirtualHost>";
    }
    if ((forbidden & NOT_IN_LOCATION) != 0 && cmd->path != nullptr) {
        section = "<Location>";
    }
    return section == nullptr
               ? nullptr
               : apr_pstrcat(cmd->pool, cmd->cmd->name, " cannot occur within ", section, nullptr);
}

char* ap_server_root_relative(apr_pool_t* pool, const char* name)
{
    char* path = nullptr;
    return apr_filepath_merge(&path, ap_server_root, name, APR_FILEPATH_TRUENAME, pool) ==
                   APR_SUCCESS
               ? path
               : nullptr;
}

char* ap_getword_conf(apr_pool_t* pool, const char** line)
{
    const char* begin = *line;
    while (*begin == ' ' || *begin == '\t') {
        ++begin;
    }
    const std::size_t size = std::strcspn(begin, " \t");
    const char* rest = begin + size;
    while (*rest == ' ' || *rest == '\t') {
        ++rest;
    }
    *line = rest;
    return apr_pstrmemdup(pool, begin, size);
}

// --- server --------------------------------------------------------------------------------------

apr_status_t ap_mpm_query(int code, int* result)
{
    *result = code == AP_MPMQ_MAX_THREADS ? fakes().threads : fakes().daemons;
    return APR_SUCCESS;
}

apr_off_t ap_get_limit_req_body(const request_rec*)
{
    return fakes().limit_request_body;
}

int ap_state_query(int code)
{
    return code == AP_SQ_RUN_MODE ? fakes().run_mode : fakes().main_state;
}

module* ap_find_linked_module(const char* name)
{
    const auto& all = fakes().linked_modules;
    return std::find(all.begin(), all.end(), name) == all.end() ? nullptr : &jk_module;
}

void* ap_retained_data_create(const char* key, apr_size_t size)
{
    return fakes().retained.insert_or_assign(key, std::vector<char>(size)).first->second.data();
}

void* ap_retained_data_get(const char* key)
{
    const auto found = fakes().retained.find(key);
    return found == fakes().retained.end() ? nullptr : found->second.data();
}

void ap_add_version_component(apr_pool_t*, const char* component)
{
    fakes().components.emplace_back(component);
}

const char* ap_get_server_description()
{
    return "Apache/2.4 (test)";
}

apr_port_t ap_run_default_port(const request_rec*)
{
    return DEFAULT_HTTP_PORT;
}

const char* ap_get_server_name(request_rec*)
{
    return fakes().server_name;
}

const char* ap_get_server_name_for_url(request_rec*)
{
    return fakes().server_name;
}

apr_port_t ap_get_server_port(const request_rec*)
{
    return fakes().server_port;
}

const char* ap_get_remote_host(conn_rec*, void*, int, int*)
{
    return fakes().remote_host;
}

void ap_add_common_vars(request_rec*)
{
    ++fakes().common_vars_made;
}

request_rec* ap_sub_req_method_uri(const char* method, const char* target, const request_rec* main,
                                   ap_filter_t*)
{
    fakes().looked_up.push_back(std::string{method} + " " + target);
    auto* const request =
        static_cast<request_rec*>(apr_pmemdup(main->pool, main, sizeof(request_rec)));
    request->main = const_cast<request_rec*>(main);
    request->subprocess_env = apr_table_copy(main->pool, main->subprocess_env);
    request->err_headers_out = apr_table_make(main->pool, 1);
    request->notes = apr_table_make(main->pool, 1);
    request->notes = apr_table_make(main->pool, 1);
    request->request_config = ap_create_request_config(main->pool);
    const std::string_view all{target};
    const char* const path =
        apr_pstrmemdup(main->pool, target, std::min(all.find('?'), all.size()));
    request->uri =
        const_cast<char*>(apr_punescape_url(main->pool, path, nullptr, nullptr, /*plus=*/0));
    request->status = HTTP_OK;
    if (fakes().on_look_up) {
        fakes().on_look_up(request);
    }
    return request;
}

ap_conf_vector_t* ap_create_request_config(apr_pool_t* pool)
{
    return static_cast<ap_conf_vector_t*>(
        apr_pcalloc(pool, jk::test::module_slots * sizeof(void*)));
}

ap_conf_vector_t* ap_merge_per_dir_configs(apr_pool_t* pool, ap_conf_vector_t* base,
                                           ap_conf_vector_t*)
{
    return static_cast<ap_conf_vector_t*>(
        apr_pmemdup(pool, base, jk::test::module_slots * sizeof(void*)));
}

void ap_internal_fast_redirect(request_rec* from, request_rec* to)
{
    fakes().taken_over.emplace_back(from->uri);
    to->uri = from->uri;
    to->per_dir_config = from->per_dir_config;
}

const char* ap_expr_str_exec(request_rec*, const ap_expr_info_t*, const char**)
{
    return fakes().location_handler;
}

// --- hooks ---------------------------------------------------------------------------------------

#define JK_FAKE_HOOK(name)                                                                         \
    void ap_hook_##name(ap_HOOK_##name##_t*, const char* const*, const char* const*, int)          \
    {                                                                                              \
        fakes().hooks.emplace_back(#name);                                                         \
    }

JK_FAKE_HOOK(check_config)
JK_FAKE_HOOK(post_config)
JK_FAKE_HOOK(child_init)
JK_FAKE_HOOK(child_status)
JK_FAKE_HOOK(translate_name)
JK_FAKE_HOOK(log_transaction)
JK_FAKE_HOOK(map_to_storage)
JK_FAKE_HOOK(fixups)
JK_FAKE_HOOK(handler)

// APR-util's own looks into tables that only a server makes.
void apr_optional_hook_add(const char* name, void (*)(), const char* const*, const char* const*,
                           int)
{
    fakes().hooks.emplace_back(name);
}
}
