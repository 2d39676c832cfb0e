// Glob matching with one place to go back to: the last star. An earlier star need never be tried
// again, since the last one can take up whatever the earlier would have. What follows the last star
// has a fixed length, so it is compared with the end of the path at once.
// Tested by tests/unit/route/uri_pattern_test.cc.
#include "route/uri_pattern.h"

#include <algorithm>
#include <array>

namespace jk::route {

namespace {

/// Compares texts of equal length; `?` in the pattern stands for any character.
bool same(std::string_view pattern, std::string_view text) noexcept
{
    const auto equal = [](char want, char have) { return want == '?' || want == have; };
    return std::equal(pattern.begin(), pattern.end(), text.begin(), text.end(), equal);
}

/// Returns where `piece`, which holds no star, first stands in `text`, npos where it does not.
std::size_t find_piece(std::string_view text, std::string_view piece) noexcept
{
    if (piece.find('?') == std::string_view::npos) {
        return text.find(piece);
    }
    for (std::size_t at = 0; at + piece.size() <= text.size(); ++at) {
        if (same(piece, text.substr(at, piece.size()))) {
            return at;
        }
    }
    return std::string_view::npos;
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
    const std::size_t first_star = pattern.find('*');
    if (first_star == std::string_view::npos) {
        return same(pattern, path);
    }
    const std::size_t last_star = pattern.rfind('*');
    const std::string_view head = pattern.substr(0, first_star);
    const std::string_view tail = pattern.substr(last_star + 1);
    if (path.size() < head.size() + tail.size() || !same(head, path.substr(0, head.size())) ||
        !same(tail, path.substr(path.size() - tail.size()))) {
        return false;
    }
    path = path.substr(head.size(), path.size() - head.size() - tail.size());
    std::string_view rest = pattern.substr(first_star, last_star - first_star);
    while (!rest.empty()) {
        rest.remove_prefix(1);  // the star
        const std::string_view piece = rest.substr(0, rest.find('*'));
        rest.remove_prefix(piece.size());
        const std::size_t at = find_piece(path, piece);
        if (at == std::string_view::npos) {
            return false;
        }
        path.remove_prefix(at + piece.size());
    }
    return true;
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
