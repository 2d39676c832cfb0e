// The names that AJP13 writes as numbers: methods and headers; and what methods and statuses say of a
// body.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace jk::ajp {

/// Returns the code of a method (ajp13.md 5.1), nullopt where it has none and must be sent by name.
/// Upper and lower case are different methods.
[[nodiscard]] std::optional<std::uint8_t> method_code(std::string_view method) noexcept;

/// Returns the code 0xA001..0xA00E of a request header (ajp13.md 5.2), nullopt where it has none.
/// Case does not matter.
[[nodiscard]] std::optional<std::uint16_t> request_header_code(std::string_view name) noexcept;

/// Returns the name that a response header code 0xA001..0xA00B stands for (ajp13.md 6), nullopt for
/// every other number. The name is a literal.
[[nodiscard]] std::optional<std::string_view> response_header_name(std::uint16_t code) noexcept;

/// True for a response without a body, whatever its Content-Length says (RFC 9110, 6.4.1; 15.3.6
/// adds 205).
[[nodiscard]] bool is_bodyless(std::string_view method, std::uint16_t status) noexcept;

}  // namespace jk::ajp
