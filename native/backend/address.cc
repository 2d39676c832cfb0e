// Resolving a worker's address. Tested by tests/adapter/backend/address_test.cc.
#include "backend/address.h"

#include <arpa/inet.h>

#include <cstddef>
#include <cstring>

namespace jk::httpd {

namespace {

constexpr std::string_view unix_prefix = "unix:";

void use_unix(Address& address, const std::string& path)
{
    auto* const to = reinterpret_cast<sockaddr_un*>(&address.storage);
    to->sun_family = AF_UNIX;
    std::memcpy(to->sun_path, path.c_str(), path.size() + 1);
    address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
    address.text = std::string{unix_prefix} + path;
}

/// The first address, or the first IPv6 one where that is preferred and there is one.
const apr_sockaddr_t* choose(const apr_sockaddr_t* all, bool prefer_ipv6) noexcept
{
    for (const apr_sockaddr_t* one = all; prefer_ipv6 && one != nullptr; one = one->next) {
        if (one->family == APR_INET6) {
            return one;
        }
    }
    return all;
}

const apr_sockaddr_t* look_up(apr_pool_t* pool, const std::string& host, int port,
                              bool prefer_ipv6) noexcept
{
    apr_sockaddr_t* all = nullptr;
    const apr_status_t status = apr_sockaddr_info_get(&all, host.c_str(), APR_UNSPEC,
                                                      static_cast<apr_port_t>(port), 0, pool);
    return status == APR_SUCCESS ? choose(all, prefer_ipv6) : nullptr;
}

/// RFC 6761 6.3: "localhost" is the loopback address, also where no hosts file says so, as in many
/// a container. There a name server was asked, which may take seconds: once for each pool, so that
/// a thousand workers start as fast as one.
const apr_sockaddr_t* look_up_localhost(apr_pool_t* pool, int port, bool prefer_ipv6) noexcept
{
    constexpr const char* unknown_key = "yoke-localhost-is-unknown";
    void* is_unknown = nullptr;
    apr_pool_userdata_get(&is_unknown, unknown_key, pool);
    if (is_unknown == nullptr) {
        if (const apr_sockaddr_t* const found = look_up(pool, "localhost", port, prefer_ipv6)) {
            return found;
        }
        apr_pool_userdata_setn(unknown_key, unknown_key, nullptr, pool);
    }
    return look_up(pool, prefer_ipv6 ? "::1" : "127.0.0.1", port, false);
}

const apr_sockaddr_t* look_up_host(apr_pool_t* pool, const conf::AjpSettings& settings) noexcept
{
    return settings.host == "localhost"
               ? look_up_localhost(pool, settings.port, settings.prefer_ipv6)
               : look_up(pool, settings.host, settings.port, settings.prefer_ipv6);
}

void copy(const apr_sockaddr_t& from, sockaddr_storage& to, socklen_t& size) noexcept
{
    std::memcpy(&to, &from.sa, static_cast<std::size_t>(from.salen));
    size = from.salen;
}

bool is_numeric(const std::string& host) noexcept
{
    in6_addr any{};
    return ::inet_pton(AF_INET, host.c_str(), &any) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), &any) == 1;
}

}  // namespace

bool is_at_hand(const conf::AjpSettings& settings) noexcept
{
    return settings.host.starts_with(unix_prefix) || settings.port == 0 ||
           (is_numeric(settings.host) && (settings.source.empty() || is_numeric(settings.source)));
}

Address resolve(apr_pool_t* pool, const conf::AjpSettings& settings, std::string& why)
{
    Address address;
    if (settings.host.starts_with(unix_prefix)) {
        const std::string path = settings.host.substr(unix_prefix.size());
        if (path.size() >= sizeof(sockaddr_un::sun_path)) {
            why = "the path of its socket is too long";
            return address;
        }
        use_unix(address, path);
        return address;
    }
    if (settings.port == 0) {
        why = "its port is 0";
        return address;
    }
    const apr_sockaddr_t* const found = look_up_host(pool, settings);
    if (found == nullptr) {
        why = "its host '" + settings.host + "' cannot be resolved";
        return address;
    }
    copy(*found, address.storage, address.size);
    char* text = nullptr;
    apr_sockaddr_ip_get(&text, const_cast<apr_sockaddr_t*>(found));
    address.text = apr_psprintf(pool, "%s:%d", text, settings.port);
    if (!settings.source.empty()) {
        const apr_sockaddr_t* const source = look_up(pool, settings.source, 0, false);
        if (source != nullptr) {
            copy(*source, address.source, address.source_size);
        }
    }
    return address;
}

}  // namespace jk::httpd
