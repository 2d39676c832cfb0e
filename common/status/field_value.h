// How a text or a number becomes the value of a field.
#pragma once

#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <type_traits>

#include "status/fields.h"

namespace jk::status {

[[nodiscard]] inline Value text_value(std::string_view text)
{
    return {Value::Type::text, std::string{text}};
}

/// Requires: T is an integer type.
template <class T> [[nodiscard]] Value number_value(T number)
{
    std::array<char, 24> digits{};
    char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return {Value::Type::number, {digits.data(), end}};
}

/// A flag counts as 0 or 1 here.
template <class T> [[nodiscard]] Value make_value(const T& value)
{
    if constexpr (std::is_same_v<T, bool>) {
        return number_value(value ? 1 : 0);
    } else if constexpr (std::is_integral_v<T>) {
        return number_value(value);
    } else {
        return text_value(value);
    }
}

}  // namespace jk::status
