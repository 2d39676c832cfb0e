// The formats of the status, by the names of the parameter `mime`.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "status/document.h"

namespace jk::status {

struct Format {
    std::string_view name;   ///< value of `mime`
    std::string_view title;  ///< for people
    std::string_view content_type;
    std::string (*render)(const Document& document);
};

[[nodiscard]] std::span<const Format> formats() noexcept;
/// Returns the format of that name, nullptr where there is none.
[[nodiscard]] const Format* find_format(std::string_view name) noexcept;
/// Returns the format in which a request for an unknown one is answered.
[[nodiscard]] const Format& fallback_format() noexcept;

}  // namespace jk::status
