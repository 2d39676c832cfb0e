// Escaping (status.md S2, S6): text is walked character by character, a byte that is no UTF-8 being
// a character of its own, and each place says what it does with one.
// Tested by tests/unit/status/escape_test.cc.
#include "status/escape.h"

#include <cstddef>

#include "base/text.h"

namespace jk::status {

namespace {

constexpr std::string_view replacement_character = "\xef\xbf\xbd";  // U+FFFD
constexpr char32_t no_character = 0xffffffff;

/// A piece of text: a character and the bytes it takes, or one byte that is none.
struct Piece {
    char32_t character = no_character;
    std::size_t size = 1;
};

/// Length and first payload bits of a sequence that begins with `lead`; size 1: not a beginning.
Piece lead_of(unsigned char lead) noexcept
{
    if (lead >= 0xc2 && lead <= 0xdf) {
        return {lead & 0x1fU, 2};
    }
    if (lead >= 0xe0 && lead <= 0xef) {
        return {lead & 0x0fU, 3};
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        return {lead & 0x07U, 4};
    }
    return {};
}

/// True for a scalar value in its shortest form.
bool is_sound(const Piece& piece) noexcept
{
    const char32_t c = piece.character;
    const bool is_overlong = (piece.size == 3 && c < 0x800) || (piece.size == 4 && c < 0x10000);
    return !is_overlong && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

/// Returns the first piece of `text`. Requires: text is not empty.
Piece first_piece(std::string_view text) noexcept
{
    const auto byte_at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte_at(0) < 0x80) {
        return {byte_at(0), 1};
    }
    Piece piece = lead_of(byte_at(0));
    if (piece.size == 1 || piece.size > text.size()) {
        return {};
    }
    for (std::size_t i = 1; i < piece.size; ++i) {
        if ((byte_at(i) & 0xc0U) != 0x80) {
            return {};
        }
        piece.character = (piece.character << 6U) | (byte_at(i) & 0x3fU);
    }
    return is_sound(piece) ? piece : Piece{};
}

/// Returns what stands for `c` in markup where it cannot stand for itself.
std::string_view reference_for(char32_t c) noexcept
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case 0xfffe:
    case 0xffff:
    case no_character: return replacement_character;
    default: return {};
    }
}

bool is_control_character(char32_t c) noexcept
{
    return c < 0x20 || c == 0x7f;
}

/// True for what some reader takes as a control character or the end of a line.
bool may_break_a_line(char32_t c) noexcept
{
    return is_control_character(c) || (c >= 0x80 && c <= 0x9f) || c == 0x2028 || c == 0x2029;
}

bool ends(Place place, char32_t c) noexcept
{
    switch (place) {
    case Place::property: return false;
    case Place::word: return c == ' ' || c == '"';
    case Place::quoted: return c == '"';
    case Place::key: return c == '=';
    }
    return false;
}

bool is_letter(char c) noexcept
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

bool is_unreserved(char c) noexcept
{
    return is_digit(c) || is_letter(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/// In two hexadecimal digits.
void append_byte(std::string& out, char c)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out += {digits[byte >> 4U], digits[byte & 0x0fU]};
}

}  // namespace

void append_markup(std::string& out, std::string_view text)
{
    while (!text.empty()) {
        const Piece piece = first_piece(text);
        const std::string_view reference = reference_for(piece.character);
        if (!reference.empty()) {
            out += reference;
        } else if (!is_control_character(piece.character)) {
            out += text.substr(0, piece.size);
        }
        text.remove_prefix(piece.size);
    }
}

void append_line(std::string& out, std::string_view text, Place place)
{
    while (!text.empty()) {
        const Piece piece = first_piece(text);
        if (may_break_a_line(piece.character) || ends(place, piece.character)) {
            out += '_';
        } else {
            out += text.substr(0, piece.size);
        }
        text.remove_prefix(piece.size);
    }
}

void append_property(std::string& out, std::string_view name, std::string_view value)
{
    append_line(out, name, Place::key);
    out += '=';
    append_line(out, value, Place::property);
    out += '\n';
}

void append_attribute_name(std::string& out, std::string_view text)
{
    const bool may_begin = !text.empty() && (is_letter(text.front()) || text.front() == '_');
    out += may_begin ? "" : "_";
    for (const char c : text) {
        const bool may_stand = is_letter(c) || is_digit(c) || c == '-' || c == '.';
        out += may_stand ? c : '_';
    }
}

void append_label(std::string& out, std::string_view text)
{
    while (!text.empty()) {
        const Piece piece = first_piece(text);
        switch (piece.character) {
        case '\\': out += "\\\\"; break;
        case '"': out += "\\\""; break;
        case '\n': out += "\\n"; break;
        case no_character: out += replacement_character; break;
        default:
            if (!is_control_character(piece.character)) {
                out += text.substr(0, piece.size);
            }
        }
        text.remove_prefix(piece.size);
    }
}

void append_json(std::string& out, std::string_view text)
{
    while (!text.empty()) {
        const Piece piece = first_piece(text);
        switch (piece.character) {
        case '\\': out += "\\\\"; break;
        case '"': out += "\\\""; break;
        case no_character: out += replacement_character; break;
        default:
            if (is_control_character(piece.character)) {
                out += "\\u00";
                append_byte(out, text.front());
            } else {
                out += text.substr(0, piece.size);
            }
        }
        text.remove_prefix(piece.size);
    }
}

void append_query_value(std::string& out, std::string_view text)
{
    for (const char c : text) {
        if (is_unreserved(c)) {
            out += c;
            continue;
        }
        out += '%';
        append_byte(out, c);
    }
}

}  // namespace jk::status
