// What the tests see of httpd's side: its functions that native/ calls are in no library, so
// httpd_fakes.cc and httpd_streams.cc define them, small but working, and note here what they did.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "httpd_api.h"

namespace jk::test {

/// The modules that a vector of settings has room for.
inline constexpr std::size_t module_slots = 4;

/// What one ap_get_brigade() gives: a failure, or bytes, perhaps the last ones.
struct Input {
    std::string data{};
    bool is_last = false;
    apr_status_t status = APR_SUCCESS;
    /// What a read that does not wait gets before it: nothing yet, with this status.
    std::optional<apr_status_t> pause{};
    /// All is given however little was asked for, in memory that the next call overwrites.
    bool is_generous = false;
};

struct LogLine {
    int level;  ///< APLOG_…
    std::string text;
};

struct Fakes {
    std::vector<LogLine> log;  ///< of the error log

    std::deque<Input> input;          ///< the client's body
    std::function<void()> on_ask;     ///< called before a piece of it is given
    std::vector<std::string> passed;  ///< each brigade: its bytes, <flush>, <error 502>, <eos>
    apr_status_t pass_status = APR_SUCCESS;
    std::function<void()> on_pass;  ///< called before a brigade is taken
    std::string written;            ///< by ap_rwrite()
    apr_socket_t* client_socket = nullptr;

    apr_off_t limit_request_body = 0;  ///< bytes, 0: none
    const char* remote_host = nullptr;
    const char* server_name = "www.example.com";
    apr_port_t server_port = 80;
    int common_vars_made = 0;
    std::vector<std::string> looked_up;  ///< sub-requests: method and target
    /// What httpd makes of a sub-request: without, it gets 200 and the handler of its request.
    std::function<void(request_rec*)> on_look_up;

    std::vector<std::string> taken_over;  ///< paths of sub-requests that replaced their requests
    const char* location_handler = "";    ///< what SetHandler gives where there is one

    int threads = 4;
    int daemons = 4;
    int main_state = AP_SQ_MS_CREATE_CONFIG;
    int run_mode = AP_SQ_RM_NORMAL;
    std::vector<std::string> linked_modules;
    std::vector<std::string> hooks;
    std::vector<std::string> components;  ///< of the Server header
    std::map<std::string, std::vector<char>> retained;
    std::string piped_command;
    apr_file_t* pipe = nullptr;  ///< what a piped log writes to; nullptr: it does not start

    /// All brigades in a row, "|" between them.
    [[nodiscard]] std::string all_passed() const;
    /// True when a line of the error log at `level` holds `part`.
    [[nodiscard]] bool has_logged(int level, std::string_view part) const;
};

/// The one httpd of this process.
[[nodiscard]] Fakes& fakes() noexcept;
/// As after a start of the program.
void reset_fakes();

}  // namespace jk::test
