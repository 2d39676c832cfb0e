// JSON, as jkctl writes it and a server answers it. json.cc alone knows the library behind it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace jk::ctl {

/// A value: null, true or false, a number, a text, an array, or an object, whose members stay in the
/// order they were added in.
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
    Json(double number) : value_(number) {}
    Json(const char* text) : value_(std::string{text}) {}
    Json(std::string_view text) : value_(std::string{text}) {}
    Json(std::string text) : value_(std::move(text)) {}
    Json(Array items) : value_(std::move(items)) {}
    Json(Object members) : value_(std::move(members)) {}

    using Value =
        std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object>;
    [[nodiscard]] const Value& value() const noexcept { return value_; }

    /// The member of this name; a null that lives for ever where there is none, or this is no
    /// object. Names of objects in each other, one after the other: `json["latency"]["total"]`.
    [[nodiscard]] const Json& operator[](std::string_view name) const noexcept;
    /// The items of an array; none where this is none.
    [[nodiscard]] const Array& items() const noexcept;
    /// The members of an object; none where this is none.
    [[nodiscard]] const Object& members() const noexcept;
    /// The text; empty where this is none.
    [[nodiscard]] std::string_view text() const noexcept;
    /// The number, also of a fraction; 0 where this is none.
    [[nodiscard]] double number() const noexcept;
    [[nodiscard]] bool is_null() const noexcept { return value_.index() == 0; }

private:
    Value value_;
};

/// Returns the text, indented by two, with a line break at its end. Bytes that are no UTF-8 become
/// U+FFFD.
[[nodiscard]] std::string to_text(const Json& json);

/// Reads a text that somebody else wrote; nullopt where it is no JSON, or nested deeper than 32.
[[nodiscard]] std::optional<Json> parse_json(std::string_view text);

}  // namespace jk::ctl
