// What an httpd configuration makes of mod_jk: the servers with their mount rules in force, the
// workers, and everything that is wrong with them. Read without httpd.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/complaint.h"
#include "conf/worker_set.h"
#include "route/uri_rules.h"
#include "site/options.h"

namespace jk::ctl {

enum class Strictness : std::uint8_t {
    as_configured,  ///< by JkOptions StrictConfig of the main server
    strict,         ///< as if +StrictConfig stood there
};

/// Returns the options that `strictness` makes of these.
[[nodiscard]] site::Options strict_options(site::Options options, Strictness strictness);

/// What a person says about the configuration beside the configuration itself.
struct SiteOptions {
    std::string file;                  ///< the main file, e.g. /etc/apache2/apache2.conf
    std::string root;                  ///< ServerRoot where the file names none; empty: its folder
    std::string env_file;              ///< `export NAME=value` lines; empty: `envvars` beside
                                       ///< `file`, where there is one
    std::vector<std::string> defines;  ///< as httpd's -D: NAME or NAME=value
    Strictness strictness = Strictness::as_configured;
};

/// An address of Listen or <VirtualHost>.
struct Address {
    std::string host;   ///< an IP address without brackets, a host name, "*" or "_default_"
    unsigned port = 0;  ///< 0: any
};

/// What httpd does to "%2F" in a path (AllowEncodedSlashes).
enum class EncodedSlashes : std::uint8_t { refused, decoded, kept };
/// MergeSlashes.
enum class Slashes : std::uint8_t { merged, left };

/// The main server, or one <VirtualHost>.
struct Server {
    Place place;                       ///< of <VirtualHost …>; of the main server the file alone
    std::string name;                  ///< of ServerName, lower case; empty: none
    unsigned port = 0;                 ///< of ServerName; 0: none
    std::vector<std::string> aliases;  ///< of ServerAlias; may hold * and ?
    std::vector<Address> addresses;    ///< of <VirtualHost …>; none for the main server
    site::Options options;             ///< in force: defaults and the main server's words are in
    EncodedSlashes encoded_slashes = EncodedSlashes::refused;
    Slashes slashes = Slashes::merged;
    route::UriRules rules;     ///< in force, in evaluation order; empty: nothing is mounted here
    std::string mount_file;    ///< in force, also where it is the main server's; empty: none
    bool copies_main = false;  ///< JkMountCopy gives it the main server's rules
};

/// The whole configuration.
struct Site {
    bool is_readable = true;  ///< false: the main file cannot be read; nothing else is filled in
    bool is_refused = false;  ///< httpd with the module would not start
    std::string server_root;
    std::vector<std::string> files;  ///< all that were read, each once, in order of first use
    std::vector<Address> listens;
    std::vector<Server> servers;  ///< the main server, then the virtual hosts in their order
    conf::WorkerSet workers;
};

/// Reads the configuration with everything it includes. Goes on behind what is wrong, so that all
/// of it is told at once, where httpd stops at the first: first what httpd would refuse while it
/// reads, in the order of reading (of what is not ours only what cannot be read: files, sections),
/// then what the module's doctor says, in its order. Does not judge other modules' directives.
[[nodiscard]] Site read_site(const SiteOptions& options, Complaints& complaints);

}  // namespace jk::ctl
