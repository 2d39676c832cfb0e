// Fuzzes what is done to a path: canonical form, spelling, encoding, stripping of a session id; and
// the check of a Host. The first byte chooses, then comes a line with an identifier, then the path.
#include <optional>
#include <string>

#include "ajp/host_name.h"
#include "input.h"
#include "route/uri_text.h"
#include "status/resource.h"

namespace {

using jk::fuzz::require;
using jk::route::EncodedSlash;
using jk::route::Forward;

/// The canonical form by the book: segments on a stack. nullopt where there is none.
std::optional<std::string> canonical(std::string_view path)
{
    if (path == "*") {
        return std::string{path};
    }
    if (!path.starts_with('/')) {
        return std::nullopt;
    }
    std::vector<std::string_view> segments;
    bool ends_with_slash = true;
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::size_t end = std::min(path.find('/'), path.size());
        std::string_view segment = path.substr(0, end);
        segment = segment.substr(0, segment.find(';'));
        path.remove_prefix(end);
        const bool is_name = !segment.empty() && segment != "." && segment != "..";
        ends_with_slash = !is_name || !path.empty();
        if (is_name) {
            segments.push_back(segment);
        } else if (segment == "..") {
            if (segments.empty()) {
                return std::nullopt;
            }
            segments.pop_back();
        }
    }
    std::string text;
    for (const std::string_view segment : segments) {
        text += "/" + std::string{segment};
    }
    return ends_with_slash ? text + "/" : text;
}

std::optional<std::string> normalised(std::string path)
{
    const auto length = jk::route::normalise(path.data(), path.size());
    if (!length) {
        require(length.error().code == jk::Errc::bad_path, "a path is refused as such");
        return std::nullopt;
    }
    require(*length <= path.size(), "a canonical path is no longer");
    return path.substr(0, *length);
}

void check_canonical(std::string_view path)
{
    const auto form = normalised(std::string{path});
    require(form == canonical(path), "the canonical form is that of the book");
    require(!form || normalised(*form) == form, "the canonical form of one is itself");
}

void check_spelling(std::string_view path)
{
    const bool is_plain = path.find('\\') == std::string_view::npos;
    const bool has_nul = path.find('\0') != std::string_view::npos;
    const bool is_strict = jk::route::check_spelling(path, {}).has_value();
    const bool is_lax = jk::route::check_spelling(path, {true, true}).has_value();
    require(is_lax == !has_nul, "only a NUL is always refused");
    require(!is_strict || (is_plain && is_lax), "what is allowed by default is unambiguous");
    const bool is_ascii = std::all_of(path.begin(), path.end(), [](char c) { return c > 0; });
    require(!is_ascii || is_strict == is_plain, "plain ASCII is refused for a backslash only");
}

std::string decoded(std::string_view text)
{
    const auto digit = [](char c) { return jk::is_digit(c) ? c - '0' : jk::lower(c) - 'a' + 10; };
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            out += text[at];
            continue;
        }
        require(at + 2 < text.size(), "an escape has two digits");
        out += static_cast<char>(digit(text[at + 1]) * 16 + digit(text[at + 2]));
        at += 2;
    }
    return out;
}

void check_encoding(std::string_view path, Forward form, EncodedSlash slashes)
{
    std::vector<std::uint8_t> out(jk::route::encoded_size(path));
    const auto size = jk::route::encode_path(path, form, out, slashes);
    if (form == Forward::compat) {
        require(size.has_value() == !jk::fuzz::has_control(path), "control characters are refused");
        require(!size || jk::as_text(out).substr(0, *size) == path, "compat copies");
        return;
    }
    require(size.has_value(), "an encoded path has room in the size that was asked for");
    const std::string_view text = jk::as_text(out).substr(0, *size);
    constexpr std::string_view bad = " \"#<>?[\\]^`{|}\x7f";
    require(!jk::fuzz::has_control(text) && text.find_first_of(bad) == std::string_view::npos,
            "an encoded path can stand in a request line");
    require(slashes == EncodedSlash::kept || decoded(text) == path,
            "an encoded path decodes to what it was");
    std::vector<std::uint8_t> tight(*size);
    require(jk::route::encode_path(path, form, tight, slashes).has_value(),
            "the exact size is enough");
    require(tight.empty() || !jk::route::encode_path(
                                 path, form, jk::MutableBytes{tight}.first(*size - 1), slashes),
            "one byte less is not");
}

void check_stripping(std::string_view path, std::string_view identifier)
{
    std::string text{path};
    const std::size_t length = jk::route::strip_session(text.data(), text.size(), identifier);
    require(length <= path.size(), "stripping makes a path no longer");
    text.resize(length);
    const std::size_t at = path.find(identifier);
    const bool is_found = !identifier.empty() && at != std::string_view::npos;
    require(is_found || text == path, "without its identifier a path stays as it is");
    require(!is_found || (path.starts_with(text.substr(0, at)) && path.ends_with(text.substr(at))),
            "what is left stood before and behind the identifier");
}

void check_host(std::string_view host)
{
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:";
    if (!jk::ajp::check_host(host) || host.starts_with('[')) {
        return;
    }
    require(host.find_first_not_of(allowed) == std::string_view::npos, "a Host is plain");
    require(std::count(host.begin(), host.end(), ':') <= 1, "a Host has one port");
    require(host.find("..") == std::string_view::npos, "a Host has no empty label");
}

void check_api_path(std::string_view path)
{
    if (const auto split = jk::status::split_api_path(path, path.substr(0, path.size() / 2))) {
        require(jk::fuzz::is_within(split->base, path) &&
                    jk::fuzz::is_within(split->resource, path),
                "a split path is made of its parts");
        const auto location = jk::status::locate(split->resource);
        require(!location || location->row != nullptr, "a location has a row");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    jk::fuzz::Input input{data, size};
    const unsigned bits = input.u8();
    const std::string_view identifier = input.line();
    const std::string_view path = input.rest_text();
    check_canonical(path);
    check_spelling(path);
    check_encoding(path, static_cast<Forward>((bits & 3) % 3),
                   (bits & 4) != 0 ? EncodedSlash::kept : EncodedSlash::decoded);
    check_stripping(path, identifier);
    check_host(path);
    check_api_path(path);
    return 0;
}
