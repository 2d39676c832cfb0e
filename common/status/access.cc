// The rules of status.md S1. What a browser sends by itself is no proof that its user wants it: so a
// browser shows a token that only a page of this server can know, and a page of another origin is
// refused even with it. Tested by tests/unit/status/access_test.cc.
#include "status/access.h"

#include <algorithm>

#include "base/text.h"

namespace jk::status {

namespace {

constexpr std::string_view head_changes_nothing = "HEAD changes nothing.";
constexpr std::string_view other_method = "A change needs GET or POST.";
constexpr std::string_view foreign =
    "The request comes from a page of another site, so nothing is changed.";
constexpr std::string_view get_by_browser =
    "A change by GET is accepted from scripts only, not from a browser. Use the forms of the "
    "status page, or set allow_get_edit=on for this status worker.";
constexpr std::string_view get_is_off =
    "A change needs POST with the token of the status page, since allow_get_edit=off is set for "
    "this status worker.";
constexpr std::string_view no_token =
    "The token is missing. Use the forms of the status page, or send its token.";
constexpr std::string_view wrong_token =
    "The token is not valid. Load the status page again and repeat the change.";

/// Takes the same time for every `sent` of the right length.
bool is_same_token(std::string_view sent, std::string_view own) noexcept
{
    if (own.empty() || sent.size() != own.size()) {
        return false;
    }
    unsigned char difference = 0;
    for (std::size_t i = 0; i < own.size(); ++i) {
        difference = static_cast<unsigned char>(difference | (static_cast<unsigned char>(sent[i]) ^
                                                              static_cast<unsigned char>(own[i])));
    }
    return difference == 0;
}

/// Returns `authority` without the port that http or https have anyway.
std::string_view without_usual_port(std::string_view authority) noexcept
{
    for (const std::string_view port : {":80", ":443"}) {
        if (authority.ends_with(port)) {
            authority.remove_suffix(port.size());
            break;
        }
    }
    return authority;
}

bool is_foreign(const Asker& asker) noexcept
{
    const bool is_other_origin = !asker.origin.empty() && !is_same_site(asker.origin, asker.host);
    const bool is_other_page = !asker.referer.empty() && !is_same_site(asker.referer, asker.host);
    const bool is_other_site = !asker.fetch_site.empty() && asker.fetch_site != "same-origin" &&
                               asker.fetch_site != "none";
    return is_other_origin || is_other_page || is_other_site;
}

std::string_view refuse_token(const Asker& asker, std::string_view own_token) noexcept
{
    if (!asker.origin.empty() && !is_same_site(asker.origin, asker.host)) {
        return foreign;
    }
    if (asker.token.empty()) {
        return no_token;
    }
    return is_same_token(asker.token, own_token) ? std::string_view{} : wrong_token;
}

}  // namespace

bool may_enter(const Asker& asker, const conf::StatusSettings& settings) noexcept
{
    const auto is_asker = [&](const std::string& name) {
        return settings.user_case_insensitive ? equals_caseless(name, asker.user)
                                              : name == asker.user;
    };
    const auto& users = settings.user;
    return users.empty() ||
           (!asker.user.empty() && std::any_of(users.begin(), users.end(), is_asker));
}

bool is_plainly_no_browser(const Asker& asker) noexcept
{
    constexpr std::size_t none = std::string_view::npos;
    return asker.origin.empty() && asker.referer.empty() && !asker.has_cookie &&
           !asker.has_fetch_metadata &&
           (asker.agent.find("Mozilla/") == none || asker.agent.find("PowerShell/") != none);
}

bool is_same_site(std::string_view url, std::string_view host) noexcept
{
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (starts_with_caseless(url, scheme)) {
            const std::string_view rest = url.substr(scheme.size());
            const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
            return !host.empty() &&
                   equals_caseless(without_usual_port(authority), without_usual_port(host));
        }
    }
    return false;
}

std::string_view refuse_change(const Asker& asker, conf::GetEdit policy,
                               std::string_view own_token) noexcept
{
    if (asker.method == Method::head) {
        return head_changes_nothing;
    }
    if (asker.method == Method::other) {
        return other_method;
    }
    if (is_plainly_no_browser(asker) && policy != conf::GetEdit::off) {
        return {};
    }
    if (asker.method == Method::post) {
        return refuse_token(asker, own_token);
    }
    if (is_foreign(asker)) {
        return foreign;
    }
    switch (policy) {
    case conf::GetEdit::on: return {};
    case conf::GetEdit::scripts: return get_by_browser;
    case conf::GetEdit::off: break;
    }
    return get_is_off;
}

std::string_view refuse_request(const Asker& asker, std::string_view own_token) noexcept
{
    return is_plainly_no_browser(asker) ? std::string_view{} : refuse_token(asker, own_token);
}

}  // namespace jk::status
