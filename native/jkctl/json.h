// JSON, as far as jkctl writes it. json.cc alone knows the library behind it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace jk::ctl {

/// A value: null, true or false, a whole number, a text, an array, or an object, whose members stay
/// in the order they were added in.
class Json {
public:
    using Array = std::vector<Json>;
    using Object = std::vector<std::pair<std::string, Json>>;

    Json() = default;
    /// A template, so that no pointer turns into true.
    template <class T>
    requires std::is_same_v<T, bool> Json(T flag) : value_(flag) {}
    Json(std::int64_t number) : value_(number) {}
    Json(int number) : value_(std::int64_t{number}) {}
    Json(unsigned number) : value_(std::int64_t{number}) {}
    Json(std::size_t number) : value_(static_cast<std::int64_t>(number)) {}
    Json(const char* text) : value_(std::string{text}) {}
    Json(std::string_view text) : value_(std::string{text}) {}
    Json(std::string text) : value_(std::move(text)) {}
    Json(Array items) : value_(std::move(items)) {}
    Json(Object members) : value_(std::move(members)) {}

    using Value = std::variant<std::monostate, bool, std::int64_t, std::string, Array, Object>;
    [[nodiscard]] const Value& value() const noexcept { return value_; }

private:
    Value value_;
};

/// Returns the text, indented by two, with a line break at its end. Bytes that are no UTF-8 become
/// U+FFFD.
[[nodiscard]] std::string to_text(const Json& json);

}  // namespace jk::ctl
