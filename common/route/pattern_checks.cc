// Patterns that look like an encoded path, a query, or a regular expression: a row each.
// Tested by tests/unit/route/pattern_checks_test.cc.
#include "route/pattern_checks.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "base/text.h"
#include "base/wording.h"
#include "route/uri_pattern.h"

namespace jk::route {

namespace {

std::optional<unsigned> hex_value(char c) noexcept
{
    const std::size_t at = std::string_view{"0123456789abcdef"}.find(lower(c));
    return at == std::string_view::npos ? std::nullopt : std::optional{static_cast<unsigned>(at)};
}

/// Returns the character that an escape at the beginning of `text` stands for. Not for "%2F", which
/// stays as it is with AllowEncodedSlashes NoDecode.
std::optional<char> escaped_character(std::string_view text) noexcept
{
    if (text.size() < 3 || text[0] != '%') {
        return std::nullopt;
    }
    const std::optional<unsigned> high = hex_value(text[1]);
    const std::optional<unsigned> low = hex_value(text[2]);
    if (!high || !low || *high * 16 + *low == '/') {
        return std::nullopt;
    }
    return static_cast<char>(*high * 16 + *low);
}

/// Returns the pattern with its escapes decoded.
std::string decoded(std::string_view pattern)
{
    std::string text;
    while (!pattern.empty()) {
        const std::optional<char> c = escaped_character(pattern);
        text += c.value_or(pattern.front());
        pattern.remove_prefix(c ? 3 : 1);
    }
    return text;
}

bool has_control(const Rule& rule) noexcept
{
    return jk::has_control(rule.pattern);
}

bool has_backslash(const Rule& rule) noexcept
{
    return rule.pattern.find('\\') != std::string::npos;
}

/// "/app?name=value" and "/app?a=1&b=2".
bool has_query(const Rule& rule) noexcept
{
    const std::size_t mark = rule.pattern.find('?');
    return mark != std::string::npos && rule.pattern.find('=', mark) != std::string::npos;
}

/// An exclusion may well mean the files that begin with a dot.
bool is_expression(const Rule& rule) noexcept
{
    const std::string_view pattern = rule.pattern;
    return !rule.is_exclusion &&
           (pattern.ends_with('$') || pattern.find("/.*") != std::string_view::npos ||
            pattern.find("(.*)") != std::string_view::npos);
}

/// Takes the last segment off `path`; a path above the root is the root.
void go_up(std::string& path)
{
    const std::size_t slash = path.rfind('/');
    path.resize(slash == std::string::npos ? 0 : slash);
}

/// Returns what remains of a pattern when it is cleaned as request paths are: without parameters,
/// empty segments and dot segments. What would lead above the root stays below it.
std::string cleaned(std::string_view pattern)
{
    std::string path;
    std::string_view last;
    while (!pattern.empty()) {
        pattern.remove_prefix(1);  // the slash
        const std::string_view segment = pattern.substr(0, pattern.find('/'));
        pattern.remove_prefix(segment.size());
        last = segment.substr(0, segment.find(';'));
        if (last == "..") {
            go_up(path);
        } else if (!last.empty() && last != ".") {
            path += concat({"/", last});
        }
    }
    const bool is_folder = last.empty() || last == "." || last == "..";
    return is_folder ? path + "/" : path;
}

/// What to do about a pattern that no request path can match. Its parameters come with requests
/// for the path before them, which mostly has a rule of its own.
std::string advice_on_clean_path(std::string_view pattern)
{
    const std::string clean = quoted(cleaned(pattern));
    return pattern.find(';') == std::string_view::npos
               ? concat({"write ", clean})
               : concat({"remove the rule if another one has ", clean,
                         ", which takes these requests, else write that"});
}

struct Row {
    bool (*is_wrong)(const Rule&) noexcept;
    std::string_view text;
};
// when, sentence behind the pattern
constexpr std::array rows{
    Row{has_control, "holds a control character; remove it"},
    Row{has_backslash, "holds a backslash, which stands for itself, and requests with one are "
                       "refused; write a slash, or leave it out"},
    Row{has_query, "seems to hold a query, which is not compared: \"?\" stands for any one "
                   "character; write the path alone"},
    Row{is_expression, "looks like a regular expression, but only \"*\" and \"?\" have a "
                       "meaning; write \"*\" for any characters"},
};

}  // namespace

void check_pattern(const Rule& rule, Complaints& complaints)
{
    const auto complain = [&](std::string text) {
        complaints.push_back({Severity::warning, rule.place, std::move(text)});
    };
    const std::string subject = concat({"the pattern ", quoted(rule.pattern), " "});
    if (const std::string_view why = why_it_never_matches(rule.pattern); !why.empty()) {
        complain(
            concat({subject, "can never match: ", why, "; ", advice_on_clean_path(rule.pattern)}));
        return;
    }
    if (const std::string plain = decoded(rule.pattern); plain != rule.pattern) {
        complain(concat({subject, "is compared with the decoded path; write ", quoted(plain)}));
        return;
    }
    const auto row =
        std::find_if(rows.begin(), rows.end(), [&](const Row& one) { return one.is_wrong(rule); });
    if (row != rows.end()) {
        complain(concat({subject, row->text}));
    }
}

}  // namespace jk::route
