// The configuration as it may be shown: every property as read, but for secrets.
#pragma once

#include <string>
#include <vector>

#include "conf/properties.h"

namespace jk::conf {

struct ShownProperty {
    std::string name;
    std::string value;

    bool operator==(const ShownProperty&) const = default;
};

/// Returns the properties in the order of the list: variables and lists as they came out, those that
/// a reference copied at the end. Left out is what is a secret by its name (worker.X.secret,
/// secretkey, any name that ends in "secret") and whatever shares its value with one.
[[nodiscard]] std::vector<ShownProperty> shown_properties(const Properties& properties);

}  // namespace jk::conf
