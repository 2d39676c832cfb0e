// Servers and requests of a test. Directives go through the table, by httpd's rules for their
// arguments; virtual hosts share the main server's settings until they have some of their own.
#include "support/site.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "config/directives.h"
#include "config/global.h"
#include "config/mount_table.h"
#include "config/worker_files.h"
#include "pool.h"

namespace jk::test {

namespace {

server_rec* make_server(apr_pool_t* pool, bool is_virtual)
{
    auto* const server = static_cast<server_rec*>(apr_pcalloc(pool, sizeof(server_rec)));
    server->is_virtual = is_virtual ? 1 : 0;
    server->server_hostname = is_virtual ? apr_pstrdup(pool, "vhost") : apr_pstrdup(pool, "main");
    server->port = 80;
    server->log.level = APLOG_DEBUG;
    server->module_config =
        static_cast<ap_conf_vector_t*>(apr_pcalloc(pool, module_slots * sizeof(void*)));
    return server;
}

const command_rec* find_row(std::string_view name) noexcept
{
    for (const command_rec& row : httpd::directive_table) {
        if (row.name != nullptr && name == row.name) {
            return &row;
        }
    }
    return nullptr;
}

const char* call_flag(const command_rec& row, cmd_parms& cmd, const char* word)
{
    if (std::string_view{word} != "On" && std::string_view{word} != "Off") {
        return "must be On or Off";
    }
    return row.func.flag(&cmd, nullptr, std::string_view{word} == "On" ? 1 : 0);
}

const char* call(const command_rec& row, cmd_parms& cmd,
                 std::initializer_list<const char*> arguments)
{
    const std::size_t count = arguments.size();
    const char* const* const given = arguments.begin();
    switch (row.args_how) {
    case RAW_ARGS: return row.func.raw_args(&cmd, nullptr, count == 0 ? "" : given[0]);
    case TAKE1:
        return count == 1 && *given[0] != '\0' ? row.func.take1(&cmd, nullptr, given[0])
                                               : "takes one argument";
    case TAKE12:
        return count == 1 || count == 2
                   ? row.func.take2(&cmd, nullptr, given[0], count == 2 ? given[1] : nullptr)
                   : "takes 1-2 arguments";
    case FLAG: return count == 1 ? call_flag(row, cmd, given[0]) : "takes one argument";
    default: return "unknown kind of directive";
    }
}

apr_sockaddr_t* make_address(apr_pool_t* pool, const char* ip, apr_port_t port)
{
    apr_sockaddr_t* address = nullptr;
    apr_sockaddr_info_get(&address, ip, APR_INET, port, 0, pool);
    return address;
}

conn_rec* make_connection(apr_pool_t* pool, server_rec* server)
{
    auto* const connection = static_cast<conn_rec*>(apr_pcalloc(pool, sizeof(conn_rec)));
    connection->pool = pool;
    connection->base_server = server;
    connection->bucket_alloc = apr_bucket_alloc_create(pool);
    connection->client_addr = make_address(pool, "192.0.2.7", 40007);
    connection->client_ip = apr_pstrdup(pool, "192.0.2.7");
    connection->local_addr = make_address(pool, "198.51.100.1", 80);
    connection->local_ip = apr_pstrdup(pool, "198.51.100.1");
    connection->keepalive = AP_CONN_KEEPALIVE;
    return connection;
}

}  // namespace

Site::Site()
{
    reset_fakes();
    apr_pool_create(&pool_, nullptr);
    jk_module.module_index = 1;  // 0 is the core's
    main_ = make_server(pool_, false);
    ap_set_module_config(main_->module_config, &jk_module,
                         httpd::create_server_config(pool_, main_));
    ap_server_conf = main_;
    std::string pattern = (std::filesystem::temp_directory_path() / "adapter-XXXXXX").string();
    folder_ = apr_pstrdup(pool_, ::mkdtemp(pattern.data()));
    ap_server_root = folder_;
}

Site::~Site()
{
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
    apr_pool_destroy(pool_);
    fakes().pipe = nullptr;
}

server_rec* Site::add_host()
{
    server_rec* const host = make_server(pool_, true);
    server_rec* last = main_;
    while (last->next != nullptr) {
        last = last->next;
    }
    last->next = host;
    return host;
}

std::string Site::set(server_rec* server, const char* name,
                      std::initializer_list<const char*> arguments, const char* section)
{
    const command_rec* const row = find_row(name);
    if (row == nullptr) {
        return "unknown directive";
    }
    if (section != nullptr && (row->req_override & ACCESS_CONF) == 0) {
        return "not allowed in <Location> context";
    }
    if (ap_get_module_config(server->module_config, &jk_module) == nullptr) {
        ap_set_module_config(server->module_config, &jk_module,
                             httpd::create_server_config(pool_, server));
    }
    // Of a virtual host httpd knows the process-wide settings only after merging; the directives
    // that write to them ask first where they stand.
    ap_directive_t directive{};
    directive.filename = "httpd.conf";
    directive.line_num = 7;
    cmd_parms cmd{};
    cmd.info = row->cmd_data;
    cmd.pool = pool_;
    cmd.temp_pool = pool_;
    cmd.server = server;
    cmd.path = section == nullptr ? nullptr : apr_pstrdup(pool_, section);
    cmd.directive = &directive;
    cmd.cmd = row;
    const char* const failure = call(*row, cmd, arguments);
    return failure == nullptr ? "" : failure;
}

void Site::merge(server_rec* host) const
{
    void* const base = ap_get_module_config(main_->module_config, &jk_module);
    void* const own = ap_get_module_config(host->module_config, &jk_module);
    ap_set_module_config(host->module_config, &jk_module,
                         own == nullptr ? base : httpd::merge_server_config(pool_, base, own));
}

void Site::merge()
{
    for (server_rec* host = main_->next; host != nullptr; host = host->next) {
        merge(host);
    }
}

void Site::finish()
{
    merge();
    httpd::separate_virtual_hosts(pool_, main_);
    for (server_rec* server = main_; server != nullptr; server = server->next) {
        httpd::finish_server_config(httpd::config_of(server));
    }
}

Complaints Site::build()
{
    finish();
    Complaints complaints;
    httpd::load_workers(pool_, *config().global, complaints);
    site::MountComplaints mounts;
    httpd::build_mount_tables(pool_, main_, mounts);
    complaints.insert(complaints.end(), mounts.of_workers.begin(), mounts.of_workers.end());
    complaints.insert(complaints.end(), mounts.of_rules.begin(), mounts.of_rules.end());
    return complaints;
}

request_rec* Site::request(const char* target, server_rec* server)
{
    apr_pool_t* pool = nullptr;
    apr_pool_create(&pool, pool_);
    auto* const request = static_cast<request_rec*>(apr_pcalloc(pool, sizeof(request_rec)));
    request->pool = pool;
    request->server = server == nullptr ? main_ : server;
    request->connection = make_connection(pool, request->server);
    request->request_config =
        static_cast<ap_conf_vector_t*>(apr_pcalloc(pool, module_slots * sizeof(void*)));
    auto* const of_directory = static_cast<void**>(apr_pcalloc(pool, module_slots * sizeof(void*)));
    of_directory[AP_CORE_MODULE_INDEX] = apr_pcalloc(pool, sizeof(core_dir_config));
    request->per_dir_config = reinterpret_cast<ap_conf_vector_t*>(of_directory);
    request->headers_in = apr_table_make(pool, 8);
    request->headers_out = apr_table_make(pool, 8);
    request->err_headers_out = apr_table_make(pool, 4);
    request->subprocess_env = apr_table_make(pool, 8);
    request->notes = apr_table_make(pool, 8);
    request->method = "GET";
    request->protocol = apr_pstrdup(pool, "HTTP/1.1");
    request->unparsed_uri = apr_pstrdup(pool, target);
    const std::string_view all{target};
    const std::size_t mark = all.find('?');
    request->uri = httpd::copy_in(pool, all.substr(0, mark));
    if (mark != std::string_view::npos) {
        request->args = httpd::copy_in(pool, all.substr(mark + 1));
    }
    request->status = HTTP_OK;
    request->useragent_addr = request->connection->client_addr;
    request->useragent_ip = request->connection->client_ip;
    request->request_time = apr_time_now();
    return request;
}

const char* Site::file(const char* name, std::string_view text)
{
    const char* const path = apr_pstrcat(pool_, folder_, "/", name, nullptr);
    apr_file_t* file = nullptr;
    apr_file_open(&file, path, APR_FOPEN_WRITE | APR_FOPEN_CREATE | APR_FOPEN_TRUNCATE,
                  APR_FPROT_OS_DEFAULT, pool_);
    apr_file_write_full(file, text.data(), text.size(), nullptr);
    apr_file_close(file);
    return path;
}

std::string Site::read(const char* path) const
{
    Complaints ignored;
    return httpd::read_file(pool_, path, ignored).value_or("");
}

void set_header(request_rec* request, const char* name, const char* value)
{
    apr_table_add(request->headers_in, name, value);
}

void set_env(request_rec* request, const char* name, const char* value)
{
    apr_table_set(request->subprocess_env, name, value);
}

std::string_view answer_header(const request_rec* request, const char* name)
{
    return httpd::view(apr_table_get(request->headers_out, name));
}

std::string_view note(const request_rec* request, const char* name)
{
    return httpd::view(apr_table_get(request->notes, name));
}

std::string text_of(const Complaints& complaints)
{
    std::string all;
    for (const Complaint& one : complaints) {
        all += to_text(one) + "\n";
    }
    return all;
}

}  // namespace jk::test
