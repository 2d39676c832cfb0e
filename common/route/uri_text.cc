// Path text. normalise() walks segment by segment and writes what remains over what was read: the
// written part always ends with a slash while segments follow, and never overtakes the reading.
// Tested by tests/unit/route/uri_text_test.cc.
#include "route/uri_text.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/text.h"

namespace jk::route {

namespace {

/// Returns the length of `path` without its last segment, 0 where it is the root. Requires: it ends
/// with a slash.
std::size_t without_last(const char* path, std::size_t length) noexcept
{
    --length;
    while (length > 0 && path[length - 1] != '/') {
        --length;
    }
    return length;
}

/// Appends `segment`, which stands further on in `path`, and returns the new length.
std::size_t append(char* path, std::size_t length, std::string_view segment) noexcept
{
    std::memmove(path + length, segment.data(), segment.size());
    return length + segment.size();
}

bool is_between(char c, unsigned char first, unsigned char last) noexcept
{
    const auto byte = static_cast<unsigned char>(c);
    return byte >= first && byte <= last;
}

/// A character in more bytes than it needs: a decoder may take it for an ASCII one.
bool is_overlong(char lead, char next) noexcept
{
    return (is_between(lead, 0xc0, 0xc1) && is_between(next, 0x80, 0xbf)) ||
           (is_between(lead, 0xe0, 0xe0) && is_between(next, 0x80, 0x9f)) ||
           (is_between(lead, 0xf0, 0xf0) && is_between(next, 0x80, 0x8f));
}

bool stays(char c) noexcept
{
    constexpr std::string_view marks = "/~$-_.+!*'(),;:@&=";
    const char l = lower(c);
    return is_digit(c) || (l >= 'a' && l <= 'z') || marks.find(c) != std::string_view::npos;
}

bool is_encoded_slash(std::string_view text) noexcept
{
    return starts_with_caseless(text, "%2f");
}

Result<std::size_t> copy_path(std::string_view path, MutableBytes out) noexcept
{
    if (std::any_of(path.begin(), path.end(), is_control)) {
        return failure(Errc::bad_path, "a control character cannot be forwarded unencoded");
    }
    Writer writer{out};
    writer.bytes(as_bytes(path));
    if (writer.has_failed()) {
        return failure(Errc::overflow, "the path does not fit its buffer");
    }
    return writer.size();
}

void write_escape(Writer& writer, char c, std::string_view digits) noexcept
{
    const auto byte = static_cast<unsigned char>(c);
    writer.u8('%');
    writer.u8(static_cast<std::uint8_t>(digits[byte >> 4]));
    writer.u8(static_cast<std::uint8_t>(digits[byte & 0x0f]));
}

/// Whether an encoded `text` holds an escape, in either case.
bool holds(std::string_view text, std::string_view escape) noexcept
{
    while (!text.empty() && !starts_with_caseless(text, escape)) {
        text.remove_prefix(1);
    }
    return !text.empty();
}

/// Removes the dots that an encoded segment begins with, and returns how many they were.
std::size_t take_dots(std::string_view& segment) noexcept
{
    std::size_t dots = 0;
    while (segment.starts_with('.') || starts_with_caseless(segment, "%2e")) {
        segment.remove_prefix(segment.front() == '.' ? 1 : 3);
        ++dots;
    }
    return dots;
}

/// Where the first slash of `text` stands, encoded or not; its size where there is none.
std::size_t first_slash(std::string_view text) noexcept
{
    std::size_t at = 0;
    while (at < text.size() && text[at] != '/' && !is_encoded_slash(text.substr(at))) {
        ++at;
    }
    return at;
}

/// Whether httpd, which resolves dots before parameters are gone, slashes decoded and (MergeSlashes
/// Off) empty segments dropped, or an encoded semicolon, which is none to a container, makes
/// another path of `target` than a container does. Whether httpd merges slashes is not asked:
/// clients resolve dots before they send them, so that no page is lost.
bool is_resolved_otherwise(std::string_view target) noexcept
{
    const bool is_coded = holds(target, "%3b");
    bool has_blank = holds(target, "%2f");
    bool climbs = false;
    bool is_odd = false;  // has a segment that is none, or dots, without its parameters
    target.remove_prefix(target.starts_with('/') ? 1 : 0);
    while (!target.empty()) {
        const std::size_t end = first_slash(target);
        std::string_view rest = target.substr(0, end);
        const std::size_t slash = is_encoded_slash(target.substr(end)) ? 3 : 1;
        target.remove_prefix(std::min(end + slash, target.size()));
        if (slash > 1 && rest.find(';') != rest.npos) {
            return true;  // to a container the parameter goes on behind the encoded slash
        }
        has_blank = has_blank || rest.empty();
        const std::size_t dots = take_dots(rest);
        const bool is_climb = dots == 2 && rest.empty();
        const bool ends_coded = dots > 0 && dots <= 2 && starts_with_caseless(rest, "%3b");
        if (ends_coded || (is_climb && has_blank)) {
            return true;
        }
        climbs = climbs || is_climb;
        is_odd = is_odd || (dots <= 2 && rest.starts_with(';'));
    }
    return is_odd && (climbs || is_coded);
}

}  // namespace

Result<std::size_t> normalise(char* path, std::size_t length) noexcept
{
    if (length == 1 && path[0] == '*') {
        return length;
    }
    if (length == 0 || path[0] != '/') {
        return failure(Errc::bad_path, "the path does not begin with a slash");
    }
    std::size_t written = 1;
    for (std::size_t at = 1; at < length && written > 0;) {
        const std::string_view rest{path + at, length - at};
        const std::size_t end = std::min(rest.find('/'), rest.size());
        const std::size_t parameters = std::min(rest.find(';'), end);
        const std::string_view segment = rest.substr(0, parameters);
        const std::string_view slash = rest.substr(end, 1);
        at += end + 1;
        if (segment == "..") {
            written = without_last(path, written);
        } else if (!segment.empty() && segment != ".") {
            written = append(path, written, segment);
            written = append(path, written, slash);
        }
    }
    if (written == 0) {
        return failure(Errc::bad_path, "the path climbs above the root");
    }
    return written;
}

Result<void> check_spelling(std::string_view path, PathRules rules) noexcept
{
    for (std::size_t at = 0; at < path.size(); ++at) {
        if (path[at] == '\0') {
            return failure(Errc::bad_path, "the path holds a NUL");
        }
        if (path[at] == '\\' && !rules.allow_backslash) {
            return failure(Errc::bad_path,
                           "the path holds a backslash (JkOptions +AllowBackslash allows it)");
        }
        if (at + 1 < path.size() && is_overlong(path[at], path[at + 1]) &&
            !rules.allow_overlong_utf8) {
            return failure(Errc::bad_path, "the path holds an overlong UTF-8 form (JkOptions "
                                           "+AllowOverlongUTF8 allows it)");
        }
    }
    return {};
}

bool has_hidden_dots(std::string_view path) noexcept
{
    while (const std::optional<std::string_view> segment = next_piece(path, "/")) {
        const std::string_view name = segment->substr(0, segment->find(';'));
        if (name == "." || name == "..") {
            return true;
        }
    }
    return false;
}

Result<void> check_received(std::string_view target, PathRules rules) noexcept
{
    target = target.substr(0, target.find('?'));
    const std::size_t scheme = target.starts_with('/') ? target.npos : target.find("://");
    if (scheme != target.npos) {
        target.remove_prefix(scheme + 3);  // its slashes are none of the path's
    }
    if (!rules.allow_backslash && (target.find('\\') != target.npos || holds(target, "%5c"))) {
        return failure(Errc::bad_path, "the target as received holds a backslash "
                                       "(JkOptions +AllowBackslash allows it)");
    }
    if (is_resolved_otherwise(target)) {
        return failure(Errc::bad_path, "the target, sent as received, holds dots, parameters or "
                                       "slashes that a container resolves otherwise");
    }
    return {};
}

std::size_t encoded_size(std::string_view path) noexcept
{
    return path.size() * 3;
}

Result<std::size_t> encode_path(std::string_view path, Forward form, MutableBytes out,
                                EncodedSlash slashes) noexcept
{
    if (form == Forward::compat) {
        return copy_path(path, out);
    }
    const std::string_view digits =
        form == Forward::proxy ? "0123456789ABCDEF" : "0123456789abcdef";
    Writer writer{out};
    for (std::size_t at = 0; at < path.size(); ++at) {
        const bool is_kept = slashes == EncodedSlash::kept && is_encoded_slash(path.substr(at, 3));
        if (stays(path[at]) || is_kept) {
            writer.u8(static_cast<std::uint8_t>(path[at]));
        } else {
            write_escape(writer, path[at], digits);
        }
    }
    if (writer.has_failed()) {
        return failure(Errc::overflow, "the path does not fit its buffer");
    }
    return writer.size();
}

std::size_t strip_session(char* path, std::size_t length, std::string_view identifier) noexcept
{
    const std::string_view text{path, length};
    const std::size_t begin = identifier.empty() ? std::string_view::npos : text.find(identifier);
    if (begin == std::string_view::npos) {
        return length;
    }
    const std::size_t end = std::min(text.find_first_of(";/", begin + identifier.size()), length);
    std::copy(path + end, path + length, path + begin);
    return length - (end - begin);
}

}  // namespace jk::route
