// What the API tells, as tables for people.
#pragma once

#include <string>

#include "jkctl/console.h"
#include "jkctl/json.h"

namespace jk::ctl {

/// The tables of an array of balancers, of members, of direct workers.
[[nodiscard]] std::string balancer_table(const Json::Array& balancers, Colour colour);
[[nodiscard]] std::string member_table(const Json::Array& members, Colour colour);
[[nodiscard]] std::string worker_table(const Json::Array& workers, Colour colour);

/// The settings of a balancer, member or worker, a line "name=value" each, as `jkctl edit` takes
/// them; behind those that were edited stands what the configuration says.
[[nodiscard]] std::string setting_lines(const Json& thing);

/// "tc1 is active (OK), 3 in flight" of a member.
[[nodiscard]] std::string member_line(const Json& member);

}  // namespace jk::ctl
