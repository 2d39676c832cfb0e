// One URI pattern of a mount rule (uriworkermap.md 2.2): `*` any characters, `?` one character, of
// any kind; everything else stands for itself.
#pragma once

#include <string_view>

namespace jk::route {

/// True when `pattern` holds a wildcard: the status calls it Wildchar, any other Exact.
[[nodiscard]] bool has_wildcard(std::string_view pattern) noexcept;

/// Returns what stands before the first wildcard: every path that matches begins with it.
[[nodiscard]] std::string_view literal_beginning(std::string_view pattern) noexcept;

/// True when the whole of `path` matches. Does not recurse; its time is linear in the path for
/// patterns as they are written, and never more than the product of the two lengths.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view path) noexcept;

/// True when `outer` surely matches every path that `inner` matches. False where it does not, or
/// where the texts do not tell.
[[nodiscard]] bool covers(std::string_view outer, std::string_view inner) noexcept;

/// False when surely no path matches both. True where one does, or where the texts do not tell.
[[nodiscard]] bool may_overlap(std::string_view a, std::string_view b) noexcept;

/// Returns why no normalised path can ever match ("holds \"//\""), empty when one can.
[[nodiscard]] std::string_view why_it_never_matches(std::string_view pattern) noexcept;

}  // namespace jk::route
