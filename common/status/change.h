// What a request wants changed: one list for the classic commands and for the JSON API. The core
// makes the list, the adapter does all of it or nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "lb/edits.h"

namespace jk::status {

enum class Action : std::uint8_t { edit, reset, recover };

/// One change. Of a balancer without `worker`; of a direct worker, or of a property that a worker
/// has in all its balancers, without `balancer` (lb::EditTarget).
struct Change {
    Action action = Action::edit;
    lb::EditKind kind = lb::EditKind::balancer;
    std::string balancer = {};
    std::string worker = {};
    std::string property = {};  ///< its name in workers.properties; of an edit only
    std::string value = {};     ///< as text, the way workers.properties has it; of an edit only
    std::string asked_as = {};  ///< what the client called it, for messages: "vwf", "lbfactor"

    [[nodiscard]] lb::EditTarget target() const noexcept { return {kind, balancer, worker}; }
};

/// Why a change cannot be made.
enum class Reason : std::uint8_t {
    unknown,      ///< there is no such balancer, worker or property, or it cannot be edited
    bad_value,    ///< the value is none of the property
    too_long,     ///< the text has more bytes than the property holds
    unresolved,   ///< the host has no address
    taken,        ///< the route is that of another member
    wrong_state,  ///< a recovery of a member that is not in error
    outdated,     ///< somebody else has made a change since the settings were looked at
    failed,       ///< it could not be written now; it may be tried again
};

/// The first change that cannot be made. Nothing of the list was done.
struct Refusal {
    std::size_t index = 0;  ///< in the list
    Reason reason = Reason::unknown;
    /// Goes on from the name of what was asked: "\"x\" is no number"; where the host has no address,
    /// is "host:port".
    std::string remark;
};

}  // namespace jk::status
