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

}  // namespace

std::string to_text(const Json& json)
{
    constexpr int indentation = 2;
    return converted(json).dump(indentation, ' ', false, Library::error_handler_t::replace) + "\n";
}

}  // namespace jk::ctl
