// Text helpers. Tested by tests/unit/base/text_test.cc.
#include "base/text.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace jk {

namespace {

constexpr std::array<bool, 256> make_token_chars()
{
    std::array<bool, 256> is_in{};
    for (const char mark : std::string_view{"!#$%&'*+-.^_`|~"}) {
        is_in[static_cast<unsigned char>(mark)] = true;
    }
    for (std::size_t c = 0; c < is_in.size(); ++c) {
        const char l = lower(static_cast<char>(c));
        is_in[c] = is_in[c] || is_digit(l) || (l >= 'a' && l <= 'z');
    }
    return is_in;
}
constexpr std::array<bool, 256> token_chars = make_token_chars();

/// Eight characters, each of them `c`.
constexpr std::uint64_t eight(unsigned char c) noexcept
{
    return 0x0101010101010101U * c;
}

/// True when a byte of `word` is below `limit`; `limit` is at most 128.
constexpr bool has_below(std::uint64_t word, unsigned char limit) noexcept
{
    return ((word - eight(limit)) & ~word & eight(0x80)) != 0;
}

bool has_control_in(const char* eight_characters) noexcept
{
    std::uint64_t word = 0;
    std::memcpy(&word, eight_characters, sizeof word);
    return has_below(word, 0x20) || has_below(word ^ eight(0x7f), 1);
}

}  // namespace

// Eight at a time, since every header and attribute of a request goes through here; the last eight
// may overlap those before.
bool has_control(std::string_view text) noexcept
{
    constexpr std::size_t step = sizeof(std::uint64_t);
    if (text.size() < step) {
        return std::any_of(text.begin(), text.end(), is_control);
    }
    const std::size_t last = text.size() - step;
    for (std::size_t i = 0; i < last; i += step) {
        if (has_control_in(text.data() + i)) {
            return true;
        }
    }
    return has_control_in(text.data() + last);
}

void blank_controls(MutableBytes text) noexcept
{
    if (!has_control(as_text(text))) {
        return;
    }
    for (std::uint8_t& byte : text) {
        if (byte != '\t' && is_control(static_cast<char>(byte))) {
            byte = ' ';
        }
    }
}

bool is_token_char(char c) noexcept
{
    return token_chars[static_cast<unsigned char>(c)];
}

bool is_token(std::string_view text) noexcept
{
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
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
