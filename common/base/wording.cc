// Sentences for the log. decimal() is written out because std::to_string and std::to_chars carry a
// table that becomes a unique symbol of the module. Tested by tests/unit/base/wording_test.cc.
#include "base/wording.h"

#include <algorithm>

namespace jk {

namespace {

constexpr std::size_t longest_quote = 200;

void append_escaped(std::string& out, char c)
{
    constexpr std::string_view digits = "0123456789abcdef";
    if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
        out += c;
        return;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += "\\x";
    out += digits[byte >> 4];
    out += digits[byte & 0x0f];
}

}  // namespace

std::string concat(std::initializer_list<std::string_view> pieces)
{
    std::string text;
    for (const std::string_view piece : pieces) {
        text += piece;
    }
    return text;
}

std::string escaped(std::string_view foreign)
{
    std::string text;
    for (const char c : foreign.substr(0, longest_quote)) {
        append_escaped(text, c);
    }
    text += foreign.size() > longest_quote ? "..." : "";
    return text;
}

std::string quoted(std::string_view foreign)
{
    return concat({"\"", escaped(foreign), "\""});
}

std::string decimal(std::int64_t number)
{
    const bool is_negative = number < 0;
    auto rest = static_cast<std::uint64_t>(number);
    if (is_negative) {
        rest = 0 - rest;
    }
    std::string text;
    do {
        text += static_cast<char>('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (is_negative) {
        text += '-';
    }
    std::reverse(text.begin(), text.end());
    return text;
}

}  // namespace jk
