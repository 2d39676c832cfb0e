// Small questions about text that belongs to somebody else. ASCII rules, no locale, no allocation.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace jk {

[[nodiscard]] constexpr char lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] constexpr bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}
/// Blank as in C's isspace: space, \t, \n, \v, \f, \r.
[[nodiscard]] constexpr bool is_blank(char c) noexcept
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}
/// Control characters that may never stand in a header, a path or a log line: C0 and DEL.
[[nodiscard]] constexpr bool is_control(char c) noexcept
{
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}
/// True when is_control() is for one of the characters.
[[nodiscard]] bool has_control(std::string_view text) noexcept;
/// Puts a blank in the place of each of them but TAB.
void blank_controls(MutableBytes text) noexcept;
/// A character of an RFC 9110 token (5.6.2).
[[nodiscard]] bool is_token_char(char c) noexcept;
/// True for a non-empty RFC 9110 token.
[[nodiscard]] bool is_token(std::string_view text) noexcept;

[[nodiscard]] constexpr bool starts_with_caseless(std::string_view text,
                                                  std::string_view prefix) noexcept
{
    const auto same = [](char x, char y) { return x == y || lower(x) == lower(y); };
    return prefix.size() <= text.size() &&
           std::equal(prefix.begin(), prefix.end(), text.begin(), same);
}
/// Inline: mostly the lengths differ, and nothing needs to be called.
[[nodiscard]] constexpr bool equals_caseless(std::string_view a, std::string_view b) noexcept
{
    return a.size() == b.size() && starts_with_caseless(a, b);
}

/// Returns `text` without blanks at both ends.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

/// Returns the next piece of `rest` between any run of characters of `separators`, and moves `rest`
/// behind it; nullopt when only separators are left. Never returns an empty piece.
[[nodiscard]] std::optional<std::string_view> next_piece(std::string_view& rest,
                                                         std::string_view separators) noexcept;

/// Reads text that is one unsigned number and nothing else (1*DIGIT); nullopt otherwise or where it
/// does not fit 64 bits.
[[nodiscard]] std::optional<std::uint64_t> parse_digits(std::string_view text) noexcept;

/// Reads the leading integer of `text` as C's strtol does (blanks, sign, digits; the rest is
/// ignored); nullopt when there is no digit or the value does not fit 64 bits.
[[nodiscard]] std::optional<std::int64_t> parse_leading_integer(std::string_view text) noexcept;

}  // namespace jk
