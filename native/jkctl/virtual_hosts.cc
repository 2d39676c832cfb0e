// The choice of a virtual host: https://httpd.apache.org/docs/2.4/vhosts/details.html. Virtual
// hosts with the same address and port make a set; the set is found by the connection, the host in
// it by name, and the first one is the default.
// Tested by tests/adapter/jkctl/virtual_hosts_test.cc and tests/system/test_jkctl_explain.py.
#include "jkctl/virtual_hosts.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "base/wording.h"
#include "route/uri_pattern.h"

namespace jk::ctl {

namespace {

/// One spelling for each IP address; other text stays as it is.
std::string normal_address(const std::string& text)
{
    std::array<unsigned char, sizeof(in6_addr)> binary{};
    std::array<char, INET6_ADDRSTRLEN> printed{};
    for (const int family : {AF_INET, AF_INET6}) {
        if (::inet_pton(family, text.c_str(), binary.data()) == 1 &&
            ::inet_ntop(family, binary.data(), printed.data(), printed.size()) != nullptr) {
            return printed.data();
        }
    }
    return text;
}

bool is_ip(const std::string& text)
{
    std::array<unsigned char, sizeof(in6_addr)> binary{};
    return ::inet_pton(AF_INET, text.c_str(), binary.data()) == 1 ||
           ::inet_pton(AF_INET6, text.c_str(), binary.data()) == 1;
}

bool is_any(const std::string& host)
{
    return host == "*" || host == "_default_" || host == "0.0.0.0" || normal_address(host) == "::";
}

/// The virtual hosts of one address and port, in their order.
struct Set {
    Address address;
    std::vector<std::size_t> servers;
};
using Sets = std::vector<Set>;

/// All sets; those for any address are one kind, those of one IP address another.
Sets sets_of(const Site& site)
{
    Sets sets;
    for (std::size_t i = 1; i < site.servers.size(); ++i) {
        for (const Address& one : site.servers[i].addresses) {
            const Address address{is_any(one.host) ? "*" : normal_address(one.host), one.port};
            const auto same = std::find_if(sets.begin(), sets.end(), [&](const Set& set) {
                return set.address.host == address.host && set.address.port == address.port;
            });
            (same == sets.end() ? sets.emplace_back(Set{address, {}}) : *same).servers.push_back(i);
        }
    }
    return sets;
}

/// The set for an address: an exact port ranks before any.
const Set* find_set(const Sets& sets, const Address& wanted) noexcept
{
    const Set* found = nullptr;
    for (const Set& set : sets) {
        const bool is_exact = set.address.port == wanted.port;
        if (set.address.host == wanted.host && (is_exact || set.address.port == 0)) {
            found = is_exact || found == nullptr ? &set : found;
        }
    }
    return found;
}

std::string_view name_of(const Server& server, const Site& site) noexcept
{
    return server.name.empty() ? site.servers.front().name : server.name;
}

/// What makes the server answer to this name; nullopt: nothing does.
std::optional<std::string> match_of(const Server& server, const Site& site, const std::string& host)
{
    if (name_of(server, site) == host) {
        return concat({"its ServerName is ", host});
    }
    for (const std::string& alias : server.aliases) {
        if (route::matches(alias, host)) {
            return concat({"its ServerAlias ", alias, " matches ", host});
        }
    }
    return std::nullopt;
}

std::string to_text(const Address& address)
{
    return concat({address.host, ":", address.port == 0 ? "*" : decimal(address.port)});
}

ServerChoice choose_in(const Set& set, const Site& site, const Url& url)
{
    const std::string shown = to_text(set.address);
    for (const std::size_t index : set.servers) {
        if (const auto match = match_of(site.servers[index], site, url.host)) {
            return {index, concat({*match, ", among the virtual hosts of ", shown})};
        }
    }
    const std::string_view text = set.servers.size() == 1
                                      ? "it is the only virtual host of "
                                      : "no name matches, and it is the first virtual host of ";
    return {set.servers.front(), concat({text, shown})};
}

/// The address of a virtual host of its own that has this name, for requests that may come to it.
std::string likely_address(const Sets& sets, const Site& site, const Url& url)
{
    for (const Set& set : sets) {
        const bool takes_port = set.address.port == 0 || set.address.port == url.port;
        for (const std::size_t index : set.servers) {
            if (set.address.host != "*" && takes_port &&
                match_of(site.servers[index], site, url.host)) {
                return set.address.host;
            }
        }
    }
    return {};
}

}  // namespace

ServerChoice choose_server(const Site& site, const Url& url, const std::string& address)
{
    const Sets sets = sets_of(site);
    std::string came_to = normal_address(address);
    if (came_to.empty()) {
        came_to = is_ip(url.host) ? normal_address(url.host) : likely_address(sets, site, url);
    }
    const Set* set = came_to.empty() ? nullptr : find_set(sets, {came_to, url.port});
    set = set == nullptr ? find_set(sets, {"*", url.port}) : set;
    if (set != nullptr) {
        return choose_in(*set, site, url);
    }
    return {0, site.servers.size() == 1 ? std::string{"there are no virtual hosts"}
                                        : concat({"no virtual host takes port ", decimal(url.port),
                                                  came_to.empty() ? "" : " at ", came_to})};
}

bool is_listened_to(const Site& site, unsigned port) noexcept
{
    return site.listens.empty() ||
           std::any_of(site.listens.begin(), site.listens.end(),
                       [port](const Address& one) { return one.port == port; });
}

}  // namespace jk::ctl
