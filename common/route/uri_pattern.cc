// Glob matching with one place to go back to: the last star. An earlier star need never be tried
// again, since the last one can take up whatever the earlier would have. What follows the last star
// has a fixed length, so it is compared with the end of the path at once.
// Tested by tests/unit/route/uri_pattern_test.cc.
#include "route/uri_pattern.h"

#include <algorithm>
#include <array>

namespace jk::route {

namespace {

/// A character of a pattern against one of a path: `?` stands for any.
constexpr bool fits_character(char want, char have) noexcept
{
    return want == '?' || want == have;
}

/// A character of a pattern against one of another pattern, whose `*` may be several or none.
constexpr bool fits_pattern(char want, char have) noexcept
{
    return want == have || (want == '?' && have != '*');
}

using Fits = bool (*)(char want, char have) noexcept;

/// Compares texts of equal length.
template <Fits fits> bool same(std::string_view pattern, std::string_view text) noexcept
{
    return std::equal(pattern.begin(), pattern.end(), text.begin(), text.end(), fits);
}

/// Returns where `piece`, which holds no star, first stands in `text`, npos where it does not.
template <Fits fits> std::size_t find_piece(std::string_view text, std::string_view piece) noexcept
{
    if (piece.find('?') == std::string_view::npos) {
        return text.find(piece);
    }
    for (std::size_t at = 0; at + piece.size() <= text.size(); ++at) {
        if (same<fits>(piece, text.substr(at, piece.size()))) {
            return at;
        }
    }
    return std::string_view::npos;
}

template <Fits fits> bool matches_text(std::string_view pattern, std::string_view path) noexcept
{
    const std::size_t first_star = pattern.find('*');
    if (first_star == std::string_view::npos) {
        return same<fits>(pattern, path);
    }
    const std::size_t last_star = pattern.rfind('*');
    const std::string_view head = pattern.substr(0, first_star);
    const std::string_view tail = pattern.substr(last_star + 1);
    if (path.size() < head.size() + tail.size() || !same<fits>(head, path.substr(0, head.size())) ||
        !same<fits>(tail, path.substr(path.size() - tail.size()))) {
        return false;
    }
    path = path.substr(head.size(), path.size() - head.size() - tail.size());
    std::string_view rest = pattern.substr(first_star, last_star - first_star);
    while (!rest.empty()) {
        rest.remove_prefix(1);  // the star
        const std::string_view piece = rest.substr(0, rest.find('*'));
        rest.remove_prefix(piece.size());
        const std::size_t at = find_piece<fits>(path, piece);
        if (at == std::string_view::npos) {
            return false;
        }
        path.remove_prefix(at + piece.size());
    }
    return true;
}

/// Returns what stands behind the last wildcard.
std::string_view literal_ending(std::string_view pattern) noexcept
{
    return pattern.substr(pattern.find_last_of("*?") + 1);
}

}  // namespace

bool has_wildcard(std::string_view pattern) noexcept
{
    return pattern.find_first_of("*?") != std::string_view::npos;
}

std::string_view literal_beginning(std::string_view pattern) noexcept
{
    return pattern.substr(0, pattern.find_first_of("*?"));
}

bool matches(std::string_view pattern, std::string_view path) noexcept
{
    return matches_text<fits_character>(pattern, path);
}

/// Matched as if it were a path: each of its wildcards then stands where `outer` has one as wide.
bool covers(std::string_view outer, std::string_view inner) noexcept
{
    return matches_text<fits_pattern>(outer, inner);
}

bool may_overlap(std::string_view a, std::string_view b) noexcept
{
    if (!has_wildcard(a)) {
        return matches(b, a);
    }
    if (!has_wildcard(b)) {
        return matches(a, b);
    }
    const std::string_view begin = literal_beginning(a);
    const std::string_view other = literal_beginning(b);
    const std::string_view end = literal_ending(a);
    const std::string_view other_end = literal_ending(b);
    return (begin.starts_with(other) || other.starts_with(begin)) &&
           (end.ends_with(other_end) || other_end.ends_with(end));
}

std::string_view why_it_never_matches(std::string_view pattern) noexcept
{
    struct Trap {
        std::string_view text;
        std::string_view reason;
    };
    constexpr std::array traps{
        Trap{"//", "it holds \"//\", and slashes in a request path are collapsed"},
        Trap{"/./", "it holds \"/./\", which is resolved in a request path"},
        Trap{"/../", "it holds \"/../\", which is resolved in a request path"},
        Trap{";", "it holds \";\", and path parameters are removed from a request path"},
    };
    for (const Trap& trap : traps) {
        if (pattern.find(trap.text) != std::string_view::npos) {
            return trap.reason;
        }
    }
    if (pattern.ends_with("/.") || pattern.ends_with("/..")) {
        return "it ends with a dot segment, which is resolved in a request path";
    }
    return {};
}

}  // namespace jk::route
