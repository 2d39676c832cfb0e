// Updates as releases up to 1.2.26 took them (status.md S11): Tomcat's own Ant task still sends them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "status/query.h"

namespace jk::status {

/// Which names the parameters of an update have.
enum class Dialect : std::uint8_t {
    current,     ///< vlr, vwa, …
    old,         ///< lr, wa, …
    old_member,  ///< the same, with the member in `w` and its balancer in `l`
};

/// Returns the dialect of an update: an old one where there is no parameter that begins with 'v'
/// and one of the old names.
[[nodiscard]] Dialect dialect_of(const Query& query) noexcept;

/// Returns `page` with the balancer and the member where the other dialects have them.
[[nodiscard]] Page in_place(Page page, Dialect dialect, const Query& query) noexcept;

/// True where the client reads the first line of a text answer: it begins with "OK -" or "FAIL -".
[[nodiscard]] bool wants_plain_line(Dialect dialect, const Query& query) noexcept;

/// An activation in two booleans, `ws` (stopped) and `wd` (disabled).
struct OldActivation {
    std::string value;          ///< as the property has it; what is no boolean, as it was sent
    std::string_view asked_as;  ///< the parameter that decided
};

/// Returns what old_member says of the activation, nullopt for nothing.
[[nodiscard]] std::optional<OldActivation> old_activation(const Query& query);

}  // namespace jk::status
