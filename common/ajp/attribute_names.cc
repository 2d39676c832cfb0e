// Reserved attribute names: whole names and beginnings.
// Tested by tests/unit/ajp/attribute_names_test.cc.
#include "ajp/attribute_names.h"

#include <algorithm>
#include <array>

namespace jk::ajp {

namespace {

using namespace std::string_view_literals;

constexpr std::array names{
    "remote_user"sv, "auth_type"sv,    "stored_method"sv, "query_string"sv,  "secret"sv,
    "context"sv,     "servlet_path"sv, "route"sv,         "req_attribute"sv,
};

constexpr std::array beginnings{
    "ssl_"sv, "AJP_"sv, "javax.servlet."sv, "jakarta.servlet."sv, "org.apache."sv,
};

}  // namespace

bool is_reserved_attribute(std::string_view name) noexcept
{
    return std::find(names.begin(), names.end(), name) != names.end() ||
           std::any_of(beginnings.begin(), beginnings.end(),
                       [name](std::string_view one) { return name.starts_with(one); });
}

}  // namespace jk::ajp
