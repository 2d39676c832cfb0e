// The only file that includes nlohmann/json.hpp: it takes longer to compile than all the rest.
// Tested by tests/adapter/jkctl/json_test.cc.
#include "jkctl/json.h"

#include <type_traits>

#include <nlohmann/json.hpp>

namespace jk::ctl {

namespace {

using Library = nlohmann::ordered_json;

Library converted(const Json& json)
{
    return std::visit(
        [](const auto& value) -> Library {
            using Type = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<Type, std::monostate>) {
                return nullptr;
            } else if constexpr (std::is_same_v<Type, Json::Array>) {
                Library array = Library::array();
                for (const Json& item : value) {
                    array.push_back(converted(item));
                }
                return array;
            } else if constexpr (std::is_same_v<Type, Json::Object>) {
                Library object = Library::object();
                for (const auto& [name, member] : value) {
                    object[name] = converted(member);
                }
                return object;
            } else {
                return value;
            }
        },
        json.value());
}

constexpr int deepest = 32;

std::optional<Json> converted(const Library& library, int depth);

std::optional<Json> converted_array(const Library& library, int depth)
{
    Json::Array items;
    for (const Library& item : library) {
        std::optional<Json> one = converted(item, depth);
        if (!one) {
            return std::nullopt;
        }
        items.push_back(std::move(*one));
    }
    return Json{std::move(items)};
}

std::optional<Json> converted_object(const Library& library, int depth)
{
    Json::Object members;
    for (const auto& [name, member] : library.items()) {
        std::optional<Json> one = converted(member, depth);
        if (!one) {
            return std::nullopt;
        }
        members.emplace_back(name, std::move(*one));
    }
    return Json{std::move(members)};
}

/// nullopt: nested too deep.
std::optional<Json> converted(const Library& library, int depth)
{
    if (library.is_structured() && depth == deepest) {
        return std::nullopt;
    }
    switch (library.type()) {
    case Library::value_t::array: return converted_array(library, depth + 1);
    case Library::value_t::object: return converted_object(library, depth + 1);
    case Library::value_t::boolean: return Json{library.get<bool>()};
    case Library::value_t::number_integer: return Json{library.get<std::int64_t>()};
    case Library::value_t::number_unsigned:
        return library.get<std::uint64_t>() <= INT64_MAX ? Json{library.get<std::int64_t>()}
                                                         : Json{library.get<double>()};
    case Library::value_t::number_float: return Json{library.get<double>()};
    case Library::value_t::string: return Json{library.get<std::string>()};
    default: return Json{};
    }
}

}  // namespace

const Json& Json::operator[](std::string_view name) const noexcept
{
    for (const auto& [own, member] : members()) {
        if (own == name) {
            return member;
        }
    }
    static const Json nothing;
    return nothing;
}

const Json::Array& Json::items() const noexcept
{
    static const Array none;
    const auto* const items = std::get_if<Array>(&value_);
    return items == nullptr ? none : *items;
}

const Json::Object& Json::members() const noexcept
{
    static const Object none;
    const auto* const members = std::get_if<Object>(&value_);
    return members == nullptr ? none : *members;
}

std::string_view Json::text() const noexcept
{
    const auto* const text = std::get_if<std::string>(&value_);
    return text == nullptr ? std::string_view{} : std::string_view{*text};
}

double Json::number() const noexcept
{
    if (const auto* const whole = std::get_if<std::int64_t>(&value_)) {
        return static_cast<double>(*whole);
    }
    const auto* const fraction = std::get_if<double>(&value_);
    return fraction == nullptr ? 0 : *fraction;
}

std::string to_text(const Json& json)
{
    constexpr int indentation = 2;
    return converted(json).dump(indentation, ' ', false, Library::error_handler_t::replace) + "\n";
}

std::optional<Json> parse_json(std::string_view text)
{
    const Library library = Library::parse(text, nullptr, false);
    return library.is_discarded() ? std::nullopt : converted(library, 0);
}

}  // namespace jk::ctl
