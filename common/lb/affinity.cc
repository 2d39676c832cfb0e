// Looks for the session ids of a request: JK_ROUTE, else the path parameter, else the cookies
// (balancing.md 7.1, 7.2). The first source that holds anything wins, even with an empty value.
//
// The path is searched as text for the parameter's name, which includes its semicolon; a cookie's
// name must begin a word of the header. Both are case-sensitive. Cookie syntax is that of the
// original, wider than RFC 6265: a comma separates too, blanks may stand before the equals sign,
// and one pair of quotes is removed. Blanks around a value are trimmed (B20).
// Tested by tests/unit/lb/affinity_test.cc.
#include "lb/affinity.h"

#include "base/text.h"

namespace jk::lb {

namespace {

constexpr auto npos = std::string_view::npos;

/// The part of `text` before the first character of `ends`.
std::string_view until(std::string_view text, std::string_view ends) noexcept
{
    return text.substr(0, text.find_first_of(ends));
}

std::string_view without_blanks_in_front(std::string_view text) noexcept
{
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    return text;
}

std::string_view without_quotes(std::string_view text) noexcept
{
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
        return trim(text.substr(1, text.size() - 2));
    }
    return text;
}

bool begins_word(std::string_view header, std::size_t at) noexcept
{
    return at == 0 || header[at - 1] == ';' || header[at - 1] == ',' || is_blank(header[at - 1]);
}

/// Splits what follows a name: true when it is "=" and at least one character, moved behind the
/// equals sign.
bool skip_equals(std::string_view& rest) noexcept
{
    if (rest.size() < 2 || rest.front() != '=') {
        return false;
    }
    rest.remove_prefix(1);
    return true;
}

}  // namespace

SessionRoute route_of(std::string_view id) noexcept
{
    const std::size_t first = id.find('.');
    if (first == npos) {
        return {};
    }
    const std::size_t last = id.rfind('.');
    return {id.substr(first + 1), last == first ? std::string_view{} : id.substr(last + 1)};
}

std::string_view domain_of(std::string_view route) noexcept
{
    return until(route, ".");
}

Affinity::Affinity(const SessionSources& sources) noexcept : forced_route_(sources.forced_route)
{
    if (!forced_route_.empty()) {
        take(forced_route_);
        return;
    }
    if (take_path(sources) || sources.session_cookie.empty()) {
        return;
    }
    for (const std::string_view header : sources.cookies) {
        take_cookies(header, sources.session_cookie);
    }
}

SessionRoute Affinity::route(std::size_t index) const noexcept
{
    if (forced_route_.empty()) {
        return route_of(ids_[index]);
    }
    const SessionRoute inner = route_of(forced_route_);
    return {forced_route_, inner.last.empty() ? inner.first : inner.last};
}

/// Returns whether the path holds the parameter, be it empty.
bool Affinity::take_path(const SessionSources& sources) noexcept
{
    const std::string_view name = sources.session_path;
    const std::size_t query = sources.uri.find('?');
    if (name.empty()) {
        return false;
    }
    for (std::size_t at = sources.uri.find(name); at < query; at = sources.uri.find(name, at + 1)) {
        std::string_view rest = sources.uri.substr(at + name.size());
        if (skip_equals(rest)) {
            take(until(rest, "?;/"));
            return true;
        }
    }
    return false;
}

void Affinity::take_cookies(std::string_view header, std::string_view name) noexcept
{
    for (std::size_t at = header.find(name); at != npos && count_ < max_ids;
         at = header.find(name, at + 1)) {
        std::string_view rest = without_blanks_in_front(header.substr(at + name.size()));
        if (begins_word(header, at) && skip_equals(rest)) {
            take(without_quotes(trim(until(rest, ";,"))));
        }
    }
}

void Affinity::take(std::string_view value) noexcept
{
    if (value.empty()) {
        is_empty_ = true;
    } else if (count_ < max_ids) {
        ids_[count_++] = value;
    }
}

}  // namespace jk::lb
