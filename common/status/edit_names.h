// The names under which a request changes settings (status.md 10): short, and other than those of
// workers.properties.
#pragma once

#include <span>
#include <string_view>

#include "lb/edits.h"

namespace jk::status {

/// A row. `name` is a parameter of the query, and for all but balancers a value of `att`.
struct EditName {
    std::string_view name;
    lb::EditKind kind;          ///< a worker's is one in all its balancers
    std::string_view property;  ///< the same in workers.properties
    std::string_view old_name;  ///< the parameter up to release 1.2.26; empty where there was none
};

/// In the order of the forms: balancer, member, worker. Static.
[[nodiscard]] std::span<const EditName> edit_names() noexcept;
/// Returns the row of that name, nullptr where there is none.
[[nodiscard]] const EditName* find_edit_name(std::string_view name) noexcept;
/// True where one request may set it for all members of a balancer (status.md 10.4).
[[nodiscard]] bool may_be_set_for_all(const EditName& row) noexcept;

}  // namespace jk::status
