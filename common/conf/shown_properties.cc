// Which properties may be shown. A name alone can make a secret, of a variable that nobody used too;
// what a secret was made of, and what was made of it, the properties know themselves.
// Tested by tests/unit/conf/shown_properties_test.cc.
#include "conf/shown_properties.h"

#include <array>
#include <string_view>

#include "base/text.h"

namespace jk::conf {

namespace {

constexpr std::array<std::string_view, 2> secret_endings{"secret", "secretkey"};

bool ends_caseless(std::string_view name, std::string_view ending) noexcept
{
    return name.size() >= ending.size() &&
           equals_caseless(name.substr(name.size() - ending.size()), ending);
}

bool is_secret_by_name(std::string_view name) noexcept
{
    for (const std::string_view ending : secret_endings) {
        if (ends_caseless(name, ending)) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::vector<ShownProperty> shown_properties(const Properties& properties)
{
    std::vector<ShownProperty> shown;
    for (const Property& property : properties.all()) {
        if (!property.holds_secret && !is_secret_by_name(property.name)) {
            shown.push_back({property.name, property.value});
        }
    }
    return shown;
}

}  // namespace jk::conf
