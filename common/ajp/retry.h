// How an attempt failed, and whether another may be made.
#pragma once

#include <cstdint>
#include <string_view>

namespace jk::ajp {

/// How an attempt failed. The classes of balancing.md 10 and directives.md 7 follow from these.
enum class Failure : std::uint8_t {
    none,
    send,              ///< the head, or what went with it, could not be handed to the socket (503)
    closed_no_head,    ///< the container closed before any part of an answer (502)
    closed_in_packet,  ///< … inside a packet (502, a framing error)
    closed_in_body,    ///< … after the head, before END_RESPONSE
    protocol,          ///< the container's bytes break the protocol (502); error() says how
    reply_timeout,     ///< no complete message within the limit (504)
    failing_status,    ///< a status of fail_on_status, hard (503)
    soft_status,       ///< … soft, written with a minus sign (503)
    client_gone,       ///< the client went away while its body was read or the answer written
    client_body,       ///< the client's body is malformed, or shorter than announced (400)
};

/// What may be repeated (balancing.md 11, "to build").
struct RetryRules {
    bool is_configured = false;  ///< recovery_options stands in the configuration
    std::uint32_t recovery_options = 0;
};

/// How far an attempt had come.
enum class Stage : std::uint8_t {
    unsent,    ///< the container cannot have begun
    sent,      ///< it has the whole head: a servlet may have run
    answered,  ///< the head of an answer is there, and nothing of it left this server
    spent,     ///< the response was handed on, or body bytes that are not kept are gone
};

/// Returns whether another attempt may be made after this failure at this stage.
[[nodiscard]] bool may_retry(Failure failure, Stage stage, const RetryRules& rules,
                             std::string_view method) noexcept;

/// Returns whether `method` is one of the idempotent ones that may be repeated where
/// recovery_options is not configured (balancing.md 11): GET, HEAD, PUT, DELETE, OPTIONS, TRACE,
/// PROPFIND, REPORT, SEARCH.
[[nodiscard]] bool is_idempotent(std::string_view method) noexcept;

}  // namespace jk::ajp
