// One configuration of one httpd: a main server, virtual hosts, and requests to them.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/complaint.h"
#include "config/server_config.h"
#include "httpd_api.h"
#include "support/httpd_fakes.h"

namespace jk::test {

/// Made per test; everything it gives lives as long as it does. Resets fakes().
class Site {
public:
    Site();
    ~Site();
    Site(const Site&) = delete;
    Site& operator=(const Site&) = delete;

    [[nodiscard]] apr_pool_t* pool() const noexcept { return pool_; }
    [[nodiscard]] server_rec* main() const noexcept { return main_; }
    /// A virtual host: it has settings of its own from its first directive on, as in httpd.
    server_rec* add_host();

    /// Gives a directive, in a <Location> where `section` is not nullptr. Returns what httpd would
    /// complain about, empty for nothing.
    std::string set(server_rec* server, const char* name,
                    std::initializer_list<const char*> arguments, const char* section = nullptr);
    /// … to the main server.
    std::string set(const char* name, std::initializer_list<const char*> arguments)
    {
        return set(main_, name, arguments);
    }
    /// A row of worker properties.
    void set_property(const char* line) { (void)set("JkWorkerProperty", {line}); }

    /// What httpd does once all directives are read.
    void merge();
    /// As merge(), and what check_config does with the settings.
    void finish();
    /// As finish(), and builds workers and mount tables.
    Complaints build();

    [[nodiscard]] httpd::ServerConfig& config() const noexcept { return httpd::config_of(main_); }

    /// A request as it is before any hook: `target` may have a query.
    request_rec* request(const char* target, server_rec* server = nullptr);
    /// A new file of this test with this text; its path.
    const char* file(const char* name, std::string_view text);
    [[nodiscard]] std::string read(const char* path) const;

private:
    void merge(server_rec* host) const;

    apr_pool_t* pool_ = nullptr;
    server_rec* main_ = nullptr;
    const char* folder_ = nullptr;
};

/// Sets a request header, or a variable of its environment.
void set_header(request_rec* request, const char* name, const char* value);
void set_env(request_rec* request, const char* name, const char* value);
/// A header of the answer; empty where there is none.
[[nodiscard]] std::string_view answer_header(const request_rec* request, const char* name);
[[nodiscard]] std::string_view note(const request_rec* request, const char* name);
/// All complaints, a line each.
[[nodiscard]] std::string text_of(const Complaints& complaints);

}  // namespace jk::test
