// Paths: the canonical form that mounts and access control see, and the form that is forwarded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace jk::route {

/// Brings a decoded path into canonical form, in place, and returns its new length
/// (directives.md 4.2): path parameters removed from every segment, slashes collapsed, "." and
/// ".." resolved. "*" passes. Parameters go first, so "/foo/..;x/app" becomes "/app".
/// Fails with bad_path: not absolute, or above the root.
[[nodiscard]] Result<std::size_t> normalise(char* path, std::size_t length) noexcept;

/// Cuts the first `identifier` out of a path, with all that follows it up to the next ";", "/" or
/// the end (JkStripSession, directives.md 4.6), in place, and returns the new length.
[[nodiscard]] std::size_t strip_session(char* path, std::size_t length,
                                        std::string_view identifier) noexcept;

/// Spellings that containers read differently (security.md C.1).
struct PathRules {
    bool allow_backslash = false;      ///< JkOptions +AllowBackslash
    bool allow_overlong_utf8 = false;  ///< JkOptions +AllowOverlongUTF8
};

/// Succeeds when the decoded `path` is unambiguous. Fails with bad_path: a backslash, an overlong
/// UTF-8 form, or a NUL. The text says which.
[[nodiscard]] Result<void> check_spelling(std::string_view path, PathRules rules) noexcept;

/// Whether a segment of the decoded `path` is "." or ".." once its parameters are removed: the
/// container resolves it, but httpd did not.
[[nodiscard]] bool has_hidden_dots(std::string_view path) noexcept;

/// Succeeds when a container that gets `target` as the client wrote it, up to a query, resolves it
/// as httpd and normalise() do. Fails with bad_path: dots beside parameters that hide others or
/// nothing (httpd resolves dots before, a container after parameters are gone, and to it an encoded
/// semicolon is no delimiter); ".." behind an empty segment (httpd with MergeSlashes Off lets it
/// take the ".." away) or beside an encoded slash (httpd decodes it behind the dots, a container
/// before); an encoded slash within a parameter; a backslash that the rules do not allow.
[[nodiscard]] Result<void> check_received(std::string_view target, PathRules rules) noexcept;

/// Which form of the path is sent (directives.md 5.1).
enum class Forward : std::uint8_t { proxy, escaped, compat };

/// What a "%2F" in the decoded path is.
enum class EncodedSlash : std::uint8_t {
    decoded,  ///< the text that "%252F" was decoded to: sent as "%252F" again
    kept,     ///< what httpd left as it was (AllowEncodedSlashes NoDecode): sent as "%2F", once
};

/// Returns how many bytes encode_path() will write at most.
[[nodiscard]] std::size_t encoded_size(std::string_view path) noexcept;

/// Writes the decoded `path` in the form to be forwarded and returns its length: proxy escapes
/// everything but letters, digits, "/" and ~$-_.+!*'(),;:@&= with upper-case hex; escaped the same
/// with lower-case hex; compat copies. Say `kept` only where the server has NoDecode and the
/// request holds no "%252F": otherwise the container would decode twice what was encoded twice.
/// Fails with overflow; bad_path for a control character with compat.
[[nodiscard]] Result<std::size_t>
encode_path(std::string_view path, Forward form, MutableBytes out,
            EncodedSlash slashes = EncodedSlash::decoded) noexcept;

}  // namespace jk::route
