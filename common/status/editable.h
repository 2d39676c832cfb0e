// What the JSON API can change of a balancer, a member or a worker, with the values in force.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lb/edits.h"
#include "status/inputs.h"
#include "status/json_writer.h"

namespace jk::status {

/// A property and whose it is: what a member has in all its balancers is its worker's.
struct Editable {
    lb::EditKind kind;
    Input input;
};
using Editables = std::vector<Editable>;

[[nodiscard]] Editables editables_of_balancer(const conf::LbSettings& settings);
[[nodiscard]] Editables editables_of_member(const conf::AjpSettings& settings);
[[nodiscard]] Editables editables_of_worker(const conf::AjpSettings& settings);

/// Returns the property of that name in workers.properties, nullptr where there is none.
[[nodiscard]] const Editable* find(const Editables& editables, std::string_view property) noexcept;

/// Writes an object of properties and values as workers.properties has them: numbers and booleans
/// as such.
void write_settings(JsonWriter& json, const Editables& editables);
/// The same of those whose value differs in `others`. Requires: both are of the same kind.
void write_differing(JsonWriter& json, const Editables& editables, const Editables& others);

/// Writes what a client needs to know to change them: an array with an object for each.
void write_description(JsonWriter& json, const Editables& editables);

/// Returns the strong entity tag of the values, with its quotes: it changes with each of them.
[[nodiscard]] std::string entity_tag(const Editables& editables);
/// True where an If-Match header of this text accepts the tag: `*`, or a list that has it, also as
/// httpd sends it with a compressed answer. A weak one is no match (RFC 9110 13.1.1). Requires: the
/// tag has its quotes.
[[nodiscard]] bool is_match(std::string_view if_match, std::string_view entity_tag) noexcept;

}  // namespace jk::status
