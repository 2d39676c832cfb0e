// Sentences for the log: pieces put together, foreign text made harmless.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace jk {

/// Returns the pieces, one behind the other.
[[nodiscard]] std::string concat(std::initializer_list<std::string_view> pieces);

/// Returns `foreign` on one line whatever it holds: a quote, a backslash and every byte outside
/// printable ASCII become `\xHH`, and what is longer than 200 bytes is cut.
[[nodiscard]] std::string escaped(std::string_view foreign);
/// The same in double quotes.
[[nodiscard]] std::string quoted(std::string_view foreign);

/// The number in decimal.
[[nodiscard]] std::string decimal(std::int64_t number);

}  // namespace jk
