// Which server of a configuration a request comes to, as httpd chooses it.
#pragma once

#include <cstddef>
#include <string>

#include "jkctl/site.h"
#include "jkctl/url.h"

namespace jk::ctl {

struct ServerChoice {
    std::size_t server = 0;  ///< index into Site::servers
    std::string why;         ///< what decided it, for people
};

/// Chooses by the address and port that the request comes to, then by its host name. `address` is
/// that IP address; where it is empty, it is the URL's host if that is an IP address, and otherwise
/// not known: then an address of a virtual host with this name is taken, or else those of none.
/// Requires: `site` has a main server.
[[nodiscard]] ServerChoice choose_server(const Site& site, const Url& url,
                                         const std::string& address);

/// Returns whether any Listen takes requests to this port; true where there is no Listen.
[[nodiscard]] bool is_listened_to(const Site& site, unsigned port) noexcept;

}  // namespace jk::ctl
