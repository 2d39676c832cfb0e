// Files of the configuration. Tested by tests/adapter/config/worker_files_test.cc.
#include "config/worker_files.h"

#include <cstdlib>

#include <sys/stat.h>

#include "site/doctor.h"

namespace jk::httpd {

std::optional<std::string> process_environment(std::string_view name)
{
    const char* const value = std::getenv(std::string{name}.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>{value};
}

std::optional<unsigned> permissions_of(const std::string& path)
{
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? std::optional{status.st_mode & 07777U}
                                              : std::nullopt;
}

std::optional<std::string> read_file(apr_pool_t* pool, const char* path, Complaints& complaints)
{
    apr_pool_t* scratch = nullptr;
    apr_pool_create(&scratch, pool);
    apr_file_t* file = nullptr;
    apr_finfo_t info{};
    apr_status_t status = apr_file_open(&file, path, APR_FOPEN_READ, APR_FPROT_OS_DEFAULT, scratch);
    if (status == APR_SUCCESS) {
        status = apr_file_info_get(&info, APR_FINFO_SIZE, file);
    }
    std::string text;
    if (status == APR_SUCCESS) {
        text.resize(static_cast<std::size_t>(info.size));
        apr_size_t size = 0;
        status = apr_file_read_full(file, text.data(), text.size(), &size);
        text.resize(size);
    }
    apr_pool_destroy(scratch);
    if (status != APR_SUCCESS && status != APR_EOF) {
        char reason[128];
        apr_strerror(status, reason, sizeof reason);
        complaints.push_back(
            {Severity::error, {path, 0}, std::string{"the file cannot be read: "} + reason});
        return std::nullopt;
    }
    return text;
}

void load_workers(apr_pool_t* pool, Global& global, Complaints& complaints)
{
    conf::Properties& properties = global.properties;
    properties.define("ServerRoot", ap_server_root);
    if (global.workers_file != nullptr) {
        if (const auto text = read_file(pool, global.workers_file, complaints)) {
            properties.add_file(*text, global.workers_file);
        }
    }
    global.workers = site::build_workers(properties, complaints, permissions_of);
    global.shown = conf::shown_properties(properties);
}

}  // namespace jk::httpd
