// The path as httpd 2.4 treats it: first what RFC 3986 calls unreserved is decoded while dot
// segments are resolved and slashes merged, then everything else is decoded. With encoded slashes
// decoded, dot segments are resolved once more.
// Tested by tests/adapter/jkctl/httpd_path_test.cc and tests/system/test_jkctl_explain.py.
#include "jkctl/httpd_path.h"

#include <optional>

#include "base/text.h"

namespace jk::ctl {

namespace {

constexpr std::string_view above_root = "the path climbs above the root";
constexpr std::string_view bad_escape = "a % is not followed by two hexadecimal digits";
constexpr std::string_view encoded_slash = "it holds %2F, and AllowEncodedSlashes is Off";
constexpr std::string_view encoded_nul = "it holds %00";

std::optional<unsigned> hex_digit(char c) noexcept
{
    if (is_digit(c)) {
        return static_cast<unsigned>(c - '0');
    }
    const char l = lower(c);
    return l >= 'a' && l <= 'f' ? std::optional{static_cast<unsigned>(l - 'a' + 10)} : std::nullopt;
}

/// The byte that `text`, which begins with "%", encodes; nullopt where it is no escape.
std::optional<char> escape_at(std::string_view text) noexcept
{
    if (text.size() < 3) {
        return std::nullopt;
    }
    const auto high = hex_digit(text[1]);
    const auto low = hex_digit(text[2]);
    return high && low ? std::optional{static_cast<char>(*high * 16 + *low)} : std::nullopt;
}

bool is_unreserved(char c) noexcept
{
    const char l = lower(c);
    return is_digit(c) || (l >= 'a' && l <= 'z') || c == '-' || c == '.' || c == '_' || c == '~';
}

/// Decodes each escape that `wants` says yes to; false where one is no escape.
template <class Wants> bool decode(std::string& path, Wants wants)
{
    std::string result;
    bool is_sound = true;
    for (std::size_t i = 0; i < path.size(); ++i) {
        const auto byte = path[i] == '%' ? escape_at(std::string_view{path}.substr(i)) : path[i];
        is_sound = is_sound && byte.has_value();
        const bool is_taken = byte.has_value() && path[i] == '%' && wants(*byte);
        result += is_taken ? *byte : path[i];
        i += is_taken ? 2 : 0;
    }
    path = std::move(result);
    return is_sound;
}

/// Resolves "." and ".."; false where that climbs above the root.
bool resolve(std::string& path, Slashes slashes)
{
    std::string result = "/";
    bool is_sound = true;
    std::string_view rest = std::string_view{path}.substr(1);
    for (bool is_last = false; !is_last;) {
        const std::size_t end = rest.find('/');
        is_last = end == std::string_view::npos;
        const std::string_view segment = rest.substr(0, end);
        rest.remove_prefix(is_last ? rest.size() : end + 1);
        if (segment == "..") {
            is_sound = is_sound && result.size() > 1;
            result.resize(result.size() > 1 ? result.rfind('/', result.size() - 2) + 1 : 1);
        } else if (segment != "." && !(segment.empty() && slashes == Slashes::merged)) {
            result += segment;
            result += is_last ? "" : "/";
        }
    }
    path = std::move(result);
    return is_sound;
}

}  // namespace

HttpdPath httpd_path(std::string_view given, const Server& server)
{
    HttpdPath result{0, {}, std::string{given}};
    std::string& path = result.path;
    if (!decode(path, is_unreserved)) {
        return {400, bad_escape, path};
    }
    if (!resolve(path, server.slashes)) {
        return {400, above_root, path};
    }
    bool has_slash = false;
    bool has_nul = false;
    (void)decode(path, [&](char c) {
        has_nul = has_nul || c == '\0';
        has_slash = has_slash || c == '/';
        return c != '/' || server.encoded_slashes != EncodedSlashes::kept;
    });
    if (has_nul) {
        return {404, encoded_nul, path};
    }
    if (has_slash && server.encoded_slashes == EncodedSlashes::refused) {
        return {404, encoded_slash, path};
    }
    if (server.encoded_slashes == EncodedSlashes::decoded) {
        (void)resolve(path, server.slashes);  // at the root ".." is passed over this time
    }
    return result;
}

}  // namespace jk::ctl
