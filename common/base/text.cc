// Text helpers. Tested by tests/unit/base/text_test.cc.
#include "base/text.h"

#include <algorithm>
#include <limits>

namespace jk {

bool is_token_char(char c) noexcept
{
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    const char l = lower(c);
    return is_digit(c) || (l >= 'a' && l <= 'z') || marks.find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) noexcept
{
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool equals_caseless(std::string_view a, std::string_view b) noexcept
{
    return a.size() == b.size() && starts_with_caseless(a, b);
}

bool starts_with_caseless(std::string_view text, std::string_view prefix) noexcept
{
    if (prefix.size() > text.size()) {
        return false;
    }
    const auto same = [](char x, char y) { return lower(x) == lower(y); };
    return std::equal(prefix.begin(), prefix.end(), text.begin(), same);
}

std::string_view trim(std::string_view text) noexcept
{
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::optional<std::string_view> next_piece(std::string_view& rest,
                                           std::string_view separators) noexcept
{
    const std::size_t begin = rest.find_first_not_of(separators);
    if (begin == std::string_view::npos) {
        rest = {};
        return std::nullopt;
    }
    const std::size_t end = std::min(rest.find_first_of(separators, begin), rest.size());
    const std::string_view piece = rest.substr(begin, end - begin);
    rest.remove_prefix(end);
    return piece;
}

// By hand and not by from_chars: its integer version brings a static table that the dynamic linker
// makes unique, and such a symbol keeps a module from being unloaded.
std::optional<std::uint64_t> parse_digits(std::string_view text) noexcept
{
    constexpr std::uint64_t greatest = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t value = 0;
    for (const char c : text) {
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (!is_digit(c) || value > (greatest - digit) / 10) {
            return std::nullopt;
        }
        value = value * 10 + digit;
    }
    return text.empty() ? std::nullopt : std::optional{value};
}

std::optional<std::int64_t> parse_leading_integer(std::string_view text) noexcept
{
    const std::size_t begin = text.find_first_not_of(" \t\n\v\f\r");
    text.remove_prefix(std::min(begin, text.size()));
    const bool is_negative = text.starts_with('-');
    if (is_negative || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
    const auto count = static_cast<std::size_t>(end - text.begin());
    const std::optional<std::uint64_t> magnitude = parse_digits(text.substr(0, count));
    constexpr auto greatest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!magnitude.has_value() || *magnitude > greatest + (is_negative ? 1 : 0)) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(is_negative ? 0 - *magnitude : *magnitude);
}

}  // namespace jk
