// The types of values in workers.properties: text → value (workers.md 1.7), and what to say where
// the text is not plainly one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conf/settings.h"

namespace jk::conf {

/// What a text was read as. No value: it is unreadable, the default counts. `remark` is a literal
/// that goes on from the text ("is no number"); empty when all is well.
template <class T> struct Reading {
    std::optional<T> value;
    std::string_view remark;
};

/// Leading decimal integer, with k or m behind it times 1024 or 1048576; the rest is ignored. A k or
/// m with another letter or digit behind it, but for the B of bytes, does not count: "500ms" is 500.
[[nodiscard]] Reading<std::int64_t> read_integer(std::string_view text) noexcept;
/// `off`, F, N or 0 for false, `on`, T, Y or 1 for true, by the first letter in any case.
[[nodiscard]] Reading<bool> read_boolean(std::string_view text) noexcept;
/// Pieces between runs of blank, tab and comma.
[[nodiscard]] std::vector<std::string> read_list(std::string_view text);
/// A list of plain integers; a piece without digits is 0.
[[nodiscard]] Reading<std::vector<int>> read_integer_list(std::string_view text);

/// By first letter or by number, in any case.
[[nodiscard]] Reading<Activation> read_activation(std::string_view text) noexcept;
[[nodiscard]] Reading<Method> read_method(std::string_view text) noexcept;
[[nodiscard]] Reading<Lock> read_lock(std::string_view text) noexcept;
/// One of the three words.
[[nodiscard]] Reading<GetEdit> read_get_edit(std::string_view text) noexcept;

/// The words of the status pages: "ACT" "DIS" "STP", "Request"…, "Optimistic"…, "scripts"….
[[nodiscard]] std::string_view to_text(Activation activation) noexcept;
[[nodiscard]] std::string_view to_text(Method method) noexcept;
[[nodiscard]] std::string_view to_text(Lock lock) noexcept;
[[nodiscard]] std::string_view to_text(GetEdit get_edit) noexcept;

}  // namespace jk::conf
