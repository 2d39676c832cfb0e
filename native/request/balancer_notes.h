// The notes JK_LB_FIRST_… and JK_LB_LAST_…: what a log can say of a balancer's members.
#pragma once

#include <cstddef>
#include <cstdint>

#include "httpd_api.h"
#include "runtime/child.h"

namespace jk::httpd {

/// Whose data the notes hold.
enum class Tried : std::uint8_t {
    first,  ///< the first member tried, right after that attempt
    last,   ///< the last member tried, at the end
};

/// A member of a balancer, for a request of this child.
struct TriedMember {
    const Child& child;
    const BalancedSet& set;
    std::size_t member;
};

/// Sets the ten notes of `tried` (directives.md 8.2): NAME, VALUE (its load), ACCESSED, SESSIONS,
/// READ, TRANSFERRED (bytes), ERRORS, BUSY, ACTIVATION (as configured: ACT, DIS, STP), STATE. Their
/// text lives as long as the request. Twenty texts cost a request more than its election: call it
/// only where the configuration names such a note.
void set_balancer_notes(request_rec* request, Tried tried, const TriedMember& who) noexcept;

}  // namespace jk::httpd
