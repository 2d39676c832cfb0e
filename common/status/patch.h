// The body of a change to the JSON API: from an object of properties to changes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "status/change.h"
#include "status/editable.h"
#include "status/resource.h"

namespace jk::status {

/// A member of the body's object.
struct BodyMember {
    enum class Type : std::uint8_t { null, flag, number, text, nested };
    std::string name;
    Type type = Type::null;
    std::string text{};  ///< of a number as it was written, of a flag true or false
};

/// What a request has for a body. Whoever reads it refuses what no request of the API needs.
struct Body {
    enum class State : std::uint8_t {
        empty,
        object,
        malformed,  ///< no JSON, no object, a name twice, too many, nested too deep
        too_large,
        cut_off,  ///< the client did not send all of it
    };
    State state = State::empty;
    std::vector<BodyMember> members{};  ///< of an object
    std::string remark{};               ///< what is wrong with a malformed one, a sentence
};

/// The most that a body may be: bytes, members of its object (more than there are properties), and
/// objects and arrays in each other.
inline constexpr std::size_t most_body_bytes = std::size_t{64} * 1024;
inline constexpr std::size_t most_body_members = 64;
inline constexpr std::size_t most_body_depth = 8;

/// What `members` ask to change at `location`, of which `editables` is all that can be changed: one
/// edit for each. A refusal where one is no property, or its value has the wrong type; whether the
/// value is allowed is for who makes the change. Its remark goes on from the property.
struct Patch {
    std::vector<Change> changes{};
    std::optional<std::string> refused_property{};
    std::string remark{};
};
[[nodiscard]] Patch read_patch(const std::vector<BodyMember>& members, const Location& location,
                               const Editables& editables);

}  // namespace jk::status
