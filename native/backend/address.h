// Where a worker's container listens: resolved once at start.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cstdint>
#include <string>

#include "conf/settings.h"
#include "httpd_api.h"

namespace jk::httpd {

/// A resolved address. Trivially copyable but for its text; `size` 0 means that there is none.
struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
    sockaddr_storage source{};  ///< to bind before connecting; size 0: not bound
    socklen_t source_size = 0;
    std::string text = "invalid";  ///< "ip:port", "unix:/path", or "invalid" for the status

    [[nodiscard]] bool is_valid() const noexcept { return size != 0; }
};

/// True where resolve() asks nobody: a Unix socket, an IP address, port 0.
[[nodiscard]] bool is_at_hand(const conf::AjpSettings& settings) noexcept;

/// Resolves what `settings` name, once, by the system's resolver: the first address, or the first
/// IPv6 one with prefer_ipv6. "unix:/path" is taken as it is. Returns an invalid address where the
/// port is 0, the path too long or the host not to be resolved; `why` then says so, otherwise it
/// stays empty. May block: for start-up and for edits at run time.
[[nodiscard]] Address resolve(apr_pool_t* pool, const conf::AjpSettings& settings,
                              std::string& why);

}  // namespace jk::httpd
