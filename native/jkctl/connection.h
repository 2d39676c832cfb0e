// From what the command line says about a server to the service there.
#pragma once

#include <optional>
#include <string>

#include "jkctl/console.h"
#include "jkctl/service.h"

namespace jk::ctl {

struct ConnectionOptions {
    std::string
        url{};  ///< of the status worker; empty: JKCTL_URL of the environment, or `usual_url`
    std::string user{};
    std::string password_file{};  ///< its first line is the password; "-": standard input
    std::string socket{};         ///< of the httpd, where it listens on a unix socket
    std::string authorities{};    ///< certificates to trust, a file
    int timeout_seconds = 10;
};

inline constexpr const char* usual_url = "http://localhost/jkmanager";

/// Returns the service; nullopt after it said on `console` what is wrong with the options. Nobody
/// is asked yet.
[[nodiscard]] std::optional<Service> connect(const ConnectionOptions& options, Console& console);

}  // namespace jk::ctl
