// Who may look at the status, and from whom and how a change is accepted (status.md 12.1, S1).
#pragma once

#include <cstdint>
#include <string_view>

#include "conf/settings.h"

namespace jk::status {

/// The method of a request, as far as the status tells them apart.
enum class Method : std::uint8_t { get, head, post, other };

/// Who asks, and what the request's headers tell of the program that sends it. Absent headers are
/// empty.
struct Asker {
    std::string_view user = {};  ///< authenticated user; empty = none
    Method method = Method::get;
    std::string_view host = {};  ///< the name and perhaps port that the client asked for
    std::string_view origin = {};
    std::string_view referer = {};
    std::string_view fetch_site = {};  ///< Sec-Fetch-Site
    bool has_cookie = false;
    bool has_fetch_metadata = false;  ///< any header Sec-Fetch-…
    std::string_view agent = {};
    std::string_view token = {};  ///< as sent, in X-JK-Token or as parameter `token`
};

/// True where the list of users is empty or names the asker.
[[nodiscard]] bool may_enter(const Asker& asker, const conf::StatusSettings& settings) noexcept;

/// True where nothing in the request looks like a browser: none of Origin, Referer, Cookie and
/// Sec-Fetch-…, and an agent without "Mozilla/", or with "PowerShell/", which calls itself so.
[[nodiscard]] bool is_plainly_no_browser(const Asker& asker) noexcept;

/// True where `url`, an Origin or a Referer, has the same host and port as `host`. The schemes may
/// differ: a proxy in front may speak TLS.
[[nodiscard]] bool is_same_site(std::string_view url, std::string_view host) noexcept;

/// Says why a change by this request is refused, a literal for the client and the log; empty where
/// it is accepted. `own_token` is the one that belongs to the asker. It is for the classic commands;
/// the JSON API asks refuse_request().
[[nodiscard]] std::string_view refuse_change(const Asker& asker, conf::GetEdit policy,
                                             std::string_view own_token) noexcept;

/// The same for a request that no form of another site can send, whatever its method: a program
/// that is plainly no browser needs no token.
[[nodiscard]] std::string_view refuse_request(const Asker& asker,
                                              std::string_view own_token) noexcept;

}  // namespace jk::status
