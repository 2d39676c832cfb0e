// URLs. Tested by tests/adapter/jkctl/url_test.cc.
#include "jkctl/url.h"

#include <algorithm>

#include "base/text.h"

namespace jk::ctl {

namespace {

/// Takes the scheme and its "://" off `text`; empty for anything but http and https.
std::string_view take_scheme(std::string_view& text) noexcept
{
    for (const std::string_view scheme : {"http", "https"}) {
        if (starts_with_caseless(text, scheme) && text.substr(scheme.size()).starts_with("://")) {
            text.remove_prefix(scheme.size() + 3);
            return scheme;
        }
    }
    return {};
}

/// Where the port's colon is; the end where there is none. Colons in brackets are the host's.
std::size_t end_of_host(std::string_view authority) noexcept
{
    const std::size_t bracket = authority.rfind(']');
    const std::size_t colon = authority.rfind(':');
    const bool is_port =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    return is_port ? colon : authority.size();
}

std::string host_of(std::string_view text)
{
    if (text.starts_with('[') && text.ends_with(']')) {
        text = text.substr(1, text.size() - 2);
    }
    if (text.ends_with('.')) {
        text.remove_suffix(1);
    }
    std::string host{text};
    std::transform(host.begin(), host.end(), host.begin(), lower);
    return host;
}

}  // namespace

Result<Url> parse_url(std::string_view text)
{
    Url url;
    url.scheme = take_scheme(text);
    if (url.scheme.empty()) {
        return failure(Errc::bad_value, "does not begin with http:// or https://");
    }
    if (std::any_of(text.begin(), text.end(), [](char c) { return c == ' ' || is_control(c); })) {
        return failure(Errc::bad_path, "holds a blank or a control character; write it as %XX");
    }
    text = text.substr(0, text.find('#'));
    std::string_view authority = text.substr(0, text.find_first_of("/?"));
    text.remove_prefix(authority.size());
    authority.remove_prefix(authority.find('@') + 1);  // npos + 1 is 0
    const std::size_t end = end_of_host(authority);
    url.host = host_of(authority.substr(0, end));
    if (url.host.empty()) {
        return failure(Errc::bad_value, "names no host");
    }
    url.port = url.scheme == "https" ? 443 : 80;
    if (end + 1 < authority.size()) {
        const auto port = parse_digits(authority.substr(end + 1));
        if (!port || *port == 0 || *port > 65535) {
            return failure(Errc::bad_number, "has a port that is none of 1 to 65535");
        }
        url.port = static_cast<unsigned>(*port);
    }
    const std::size_t mark = std::min(text.find('?'), text.size());
    url.path = mark == 0 ? "/" : std::string{text.substr(0, mark)};
    url.query = text.substr(std::min(mark + 1, text.size()));
    return url;
}

}  // namespace jk::ctl
