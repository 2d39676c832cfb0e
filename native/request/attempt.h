// One request on one backend: lease a connection, exchange, and say how it ended.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include "ajp/exchange.h"
#include "backend/buffers.h"
#include "backend/pool.h"
#include "request/attempt_times.h"
#include "request/client_stream.h"
#include "request/response.h"
#include "request/trail.h"
#include "request/view.h"
#include "request/wait_limits.h"
#include "runtime/child.h"

namespace jk::httpd {

/// What all attempts of one request share. Lives on the handler's stack.
struct Job {
    request_rec* request;
    Child& child;
    Description& description;
    ClientStream& client;
    Response& response;
    Buffers& buffers;
    const route::RuleOptions& rule;
    BodyLength body;
    Bytes kept_body;                     ///< the first bytes of a sized body
    std::optional<int> reply_timeout{};  ///< of the environment, before rule and worker
    Trail trail{};                       ///< what failed
};

/// An attempt on one backend with one connection. Used once.
class Attempt {
public:
    Attempt(Job& job, std::size_t backend, Lease& lease) noexcept;
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;
    /// Closes a connection that an exception left open, so that it is counted no more.
    ~Attempt();

    /// Connects where the lease's connection is not usable, then runs one exchange. The lease is
    /// kept or closed accordingly.
    [[nodiscard]] Report run();

private:
    [[nodiscard]] bool open(Report& report);
    [[nodiscard]] bool connect(Report& report);
    /// Returns whether a CPONG came, and nothing behind it.
    [[nodiscard]] bool ping(std::chrono::milliseconds limit, Report& report);
    [[nodiscard]] std::optional<std::size_t> encode(Report& report);

    void exchange(std::size_t head_size, Report& report);
    /// Does one step; false when the exchange is over.
    [[nodiscard]] bool step(ajp::Exchange& exchange, Report& report);
    void write(ajp::Exchange& exchange, const ajp::Action& action, Report& report);
    void read_backend(ajp::Exchange& exchange, Report& report);
    void read_client(ajp::Exchange& exchange, MutableBytes space, Report& report);
    [[nodiscard]] Verdict verdict_of_end(ajp::Failure failure) const noexcept;
    void end(const ajp::Action& action, Report& report);
    void warn_of_refusal() const;

    Job& job_;
    std::size_t index_;
    const Backend& backend_;
    const conf::AjpSettings& settings_;
    lb::WorkerAccount account_;
    AttemptTimes times_;
    Lease& lease_;
    WaitLimits limits_;
    int status_ = 0;
};

/// Runs up to `retries` attempts on one backend, a pause between them, and adds each that failed to
/// the job's trail. Requires: `lease` holds a slot of that backend's pool; the trail was turned to
/// the backend. The bytes, reply timeouts and was_sent of the result are those of all attempts
/// together, everything else is of the last one.
[[nodiscard]] Report attempt_with_retries(Job& job, std::size_t backend, Lease lease);

}  // namespace jk::httpd
