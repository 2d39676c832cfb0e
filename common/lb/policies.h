// The balancing methods: what each counts as load, and how load ages (balancing.md 3.2).
// A method only counts; who is eligible, and what becomes of a failed member, is decided elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "conf/settings.h"
#include "lb/outcome.h"

namespace jk::lb {

/// How an attempt came to its member, as far as the methods care.
enum class Visit : std::uint8_t {
    known,     ///< its session led it here, or it is stateless
    newcomer,  ///< it carries no session, or one that did not lead here (balancing.md B18)
};

/// What maintenance does to the load.
enum class Decay : std::uint8_t {
    halve,           ///< halved per interval
    subtract_least,  ///< the least over the usable members is taken from all
    none,
};

/// One method. Its functions count in units; a member's unit is worth the more, the smaller its
/// factor is (Balancer::unit).
struct Policy {
    conf::Method method;
    Decay decay;
    /// True where the load is what is in flight, computed from the columns and never stored.
    bool is_in_flight;
    /// Units added when an attempt has a connection, before it is forwarded.
    std::uint64_t (*at_begin)(Visit visit) noexcept;
    /// Units added after the attempt.
    std::uint64_t (*at_end)(const Outcome& outcome) noexcept;
};

[[nodiscard]] const Policy& policy_of(conf::Method method) noexcept;
/// All of them, in the order of conf::Method.
[[nodiscard]] std::span<const Policy> policies() noexcept;

}  // namespace jk::lb
