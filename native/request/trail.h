// How attempts ended, and those of one request that failed, so that the request can be explained.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "httpd_api.h"
#include "request/verdict.h"
#include "runtime/runtime.h"

namespace jk::httpd {

class Child;

/// How far an attempt came.
enum class Phase : std::uint8_t {
    encode,   ///< the request is written as AJP; nobody was asked for anything yet
    acquire,  ///< a place on the worker: of its busy_limit and of the pool's connections
    connect,
    ping,
    send,  ///< the request's head, or its body, on the way from the client to the backend
    wait,  ///< all is sent, nothing of the answer is there
    head,  ///< the answer began, and its head is not complete or not acceptable
    body,  ///< the head was passed on
};

/// Returns the phase's name, a literal.
[[nodiscard]] const char* to_text(Phase phase) noexcept;

/// How one attempt ended.
struct Report {
    Verdict verdict = Verdict::ok;
    Phase phase = Phase::acquire;
    bool may_retry = false;
    bool was_sent = false;
    std::uint32_t reply_timeouts = 0;
    int error = 0;                   ///< errno, where there is one
    int client_status = 0;           ///< client_body: the status that httpd refused the body with
    bool is_socket_timeout = false;  ///< it was socket_timeout that broke the connection
    std::string_view detail{};       ///< a literal that says more, e.g. how the protocol was broken
    std::uint64_t bytes_read = 0;
    std::uint64_t bytes_written = 0;
    std::chrono::milliseconds took{0};
};

/// A failed attempt, as much as is told of it.
struct FailedAttempt {
    const Backend* backend;
    const char* why;  ///< this worker was chosen; empty where there was no choice
    Report report;
};

/// The failed attempts of one request. Costs nothing before the first; then `capacity` are kept in
/// the request's pool, the first ones and always the last, and what lies between is counted. Used
/// by the request's thread.
class Trail {
public:
    static constexpr std::size_t capacity = 8;

    /// The attempts that follow are on this worker. `why` is a literal, empty where there is no
    /// choice; `backend` outlives the trail.
    void turn_to(const Backend& backend, const char* why) noexcept;
    /// Notes an attempt that failed. Requires: turn_to() was called.
    void add(apr_pool_t* pool, const Report& report) noexcept;

    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    /// Those that are kept, in their order.
    [[nodiscard]] std::span<const FailedAttempt> kept() const noexcept;
    /// How many are missing before the last one kept.
    [[nodiscard]] std::size_t omitted() const noexcept { return count_ - kept().size(); }

private:
    FailedAttempt* kept_ = nullptr;
    std::size_t count_ = 0;
    const Backend* backend_ = nullptr;  ///< of turn_to(), as why_
    const char* why_ = "";
};

/// What a request came to.
struct Conclusion {
    Verdict verdict;
    int status;              ///< what the handler returns: OK where the answer had begun
    const char* balancer;    ///< its name; nullptr for none
    Child* child = nullptr;  ///< whose segment keeps it among the last failures; nullptr: it is not
};

/// Sets the note JK_VERDICT and tells what failed. A request that failed gets one line: what the
/// client got, each attempt (worker, address, why it was chosen, phase, fact, milliseconds), and
/// what to do; what the client did is info, all else an error. One that was served gets a warning
/// for each attempt that failed. What is an error is also kept among the last failures.
void conclude(const request_rec* request, const Trail& trail, const Conclusion& conclusion);

}  // namespace jk::httpd
