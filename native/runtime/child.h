// What one child process has of its own: connections, buffers, its column of in-flight counts, and
// the maintenance thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "backend/buffers.h"
#include "backend/pool.h"
#include "httpd_api.h"
#include "lb/segment.h"
#include "lb/worker_account.h"
#include "runtime/log.h"
#include "runtime/runtime.h"

namespace jk::httpd {

/// Made in child_init, destroyed with the child's pool. Any thread of the child may use it.
class Child {
public:
    /// `log` is where maintenance tells what it met.
    explicit Child(Runtime& runtime, const LogContext& log = {});
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    [[nodiscard]] Runtime& runtime() const noexcept { return runtime_; }
    [[nodiscard]] ConnectionPool& pool(std::size_t backend) const noexcept
    {
        return *pools_[backend];
    }
    [[nodiscard]] BufferPool& buffers() noexcept { return buffers_; }
    [[nodiscard]] lb::Column column() const noexcept { return column_; }
    [[nodiscard]] std::uint32_t pid() const noexcept { return pid_; }
    [[nodiscard]] lb::WorkerAccount account(std::size_t backend) const noexcept;

    /// Maintenance, at most once per worker.maintain seconds in this child (balancing.md 13.1).
    /// Returns at once when it is not due or another thread is at it. Nothing in it waits for a
    /// backend: idle connections are sent their CPING, and looked at again by tend(), which this
    /// calls too.
    void maintain(TimePoint now) noexcept;
    /// Looks after what was begun and is not over: probes of idle connections, and connections
    /// being closed. At most every 50 ms; where there is nothing, costs two loads.
    void tend() noexcept;

    /// Brings into force what was edited since the parent read the configuration, and looks up what
    /// there is to look up, so that the first request is served by it. Call once, before there are
    /// threads. May block: a slow name server delays this child, and no other.
    void begin_serving() noexcept;
    /// Takes over what was edited in other children, at the begin of each request; one relaxed load
    /// where nothing was. Idle connections to an address that is not in force any more are closed.
    void take_edits() noexcept;
    /// The same where what was edited is to be seen: waits for another thread that takes it over.
    void await_edits() noexcept;
    /// Closes idle connections to addresses that are not in force any more, as after an edit here.
    void close_strangers() noexcept;

    /// Starts the thread that calls maintain() each `seconds`, and tend() in between; stopped and
    /// joined in `pool`'s pre-cleanup, before anything it uses goes away.
    void start_watchdog(apr_pool_t* pool, int seconds);

private:
    void look_up_hosts() noexcept;
    static void* APR_THREAD_FUNC watch(apr_thread_t* thread, void* data) noexcept;
    void stop_watchdog() noexcept;
    /// Closes idle connections to an address that is not in force any more.
    void close_strangers(std::size_t backend) noexcept;
    void close_idle(std::size_t backend) noexcept;
    void ask_idle(std::size_t backend) noexcept;
    void settle() noexcept;
    void warn_of_silence(std::size_t backend, std::size_t closed) noexcept;
    void count_closed(std::size_t backend, std::size_t closed) const noexcept;

    Runtime& runtime_;
    LogContext log_;
    std::vector<std::atomic<bool>> has_warned_;  ///< of unanswered CPINGs, by worker, this interval
    std::uint32_t pid_;
    lb::Column column_;
    ClosingSockets closing_;
    std::vector<std::unique_ptr<ConnectionPool>> pools_;
    BufferPool buffers_;

    std::atomic<std::int64_t> last_maintenance_{0};
    std::atomic<Clock::time_point> last_tended_{};
    std::atomic<bool> has_asked_{false};  ///< a connection owes the answer to a CPING
    apr_thread_t* watchdog_ = nullptr;
    int watchdog_interval_ = 0;
    std::atomic<bool> stopping_{false};
};

}  // namespace jk::httpd
