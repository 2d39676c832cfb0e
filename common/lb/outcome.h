// What became of one attempt, as the balancer and the worker's account want to know it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace jk::lb {

/// The rows of balancing.md 10.
enum class Ending : std::uint8_t {
    success,
    client_error,  ///< the client broke off, or its request was bad or too large
    soft_status,
    hard_status,
    reply_timeout,
    framing,        ///< the container's bytes broke the protocol
    busy_limit,     ///< refused before anything was sent
    no_connection,  ///< no free slot of the pool within the acquire timeout
    failed,         ///< connect, probe or send failure, or closed without an answer
};
inline constexpr std::size_t ending_count = 9;

struct Outcome {
    Ending ending = Ending::failed;
    /// Another member may be tried. Taken as true for busy_limit and no_connection, as false for
    /// success and client_error (balancing.md 10).
    bool may_retry = false;
    bool was_sent = false;  ///< the request was completely sent at least once
    std::uint64_t bytes_read = 0;
    std::uint64_t bytes_written = 0;
    std::uint32_t reply_timeouts = 0;  ///< how many, inner retries counted
    TimePoint began{};  ///< when the attempt began (balancing.md B19); 0: when it was chosen
};

}  // namespace jk::lb
