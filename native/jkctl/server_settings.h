// What httpd's own directives say of a server, as far as it decides which requests come to it and
// with which path.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jkctl/httpd_reader.h"
#include "jkctl/server_draft.h"
#include "jkctl/site.h"

namespace jk::ctl {

/// Reads "host:port", "[::1]:port", "host", "port" (a number alone), "host:*".
[[nodiscard]] Address parse_address(std::string_view text);

/// Reads the addresses of <VirtualHost …>. One without a port has that of the main server's
/// ServerName as far as it was read, as in httpd; 0 where there is none.
[[nodiscard]] std::vector<Address> host_addresses(std::string_view arguments, unsigned main_port);

/// Takes ServerName, ServerAlias, Listen, AllowEncodedSlashes, MergeSlashes; passes over all
/// others, and over what is wrong with them.
void set_server(std::string_view name, std::string_view arguments, ServerDraft& draft,
                std::vector<Address>& listens);

/// Returns the path that a directive here gets from the sections around it, as httpd makes it;
/// nullopt where none of them is one for paths.
[[nodiscard]] std::optional<std::string> path_of(const std::vector<Section>& sections);

}  // namespace jk::ctl
