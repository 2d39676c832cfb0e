// A child's own things. The maintenance thread starts in the child only, with all signals blocked,
// and is joined before the module may be unmapped.
// Tested by tests/adapter/runtime/child_test.cc and tests/system/test_restart.py.
#include "runtime/child.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

namespace jk::httpd {

Child::Child(Runtime& runtime, const LogContext& log)
    : runtime_(runtime), log_(log), has_warned_(runtime.backends().size()),
      pid_(static_cast<std::uint32_t>(::getpid())), column_(runtime.segment().claim_column(pid_)),
      last_maintenance_(to_micros(now()))
{
    for (const Backend& one : runtime.backends()) {
        pools_.push_back(std::make_unique<ConnectionPool>(one.pool_size, closing_));
    }
}

Child::~Child()
{
    stop_watchdog();
}

lb::WorkerAccount Child::account(std::size_t backend) const noexcept
{
    return {runtime_.segment(), *runtime_.backends()[backend].slot, column_};
}

void Child::maintain(TimePoint when) noexcept
{
    tend();
    const std::int64_t interval = runtime_.workers().maintain * std::int64_t{1000000};
    std::int64_t last = last_maintenance_.load(std::memory_order_relaxed);
    const std::int64_t since = std::abs(to_micros(when) - last);  // the clock may be set back
    if (interval <= 0 || since < interval ||
        !last_maintenance_.compare_exchange_strong(last, to_micros(when))) {
        return;
    }
    await_edits();  // what is maintained is there for all children, so by what is in force for all
    runtime_.maintain(when);
    look_up_hosts();
    for (std::size_t i = 0; i < pools_.size(); ++i) {
        close_strangers(i);
        close_idle(i);
        ask_idle(i);
    }
}

void Child::begin_serving() noexcept
{
    (void)runtime_.await_edits();
    look_up_hosts();
    runtime_.begin_serving();
}

void Child::take_edits() noexcept
{
    if (runtime_.take_edits()) {
        look_up_hosts();
        close_strangers();
    }
}

void Child::await_edits() noexcept
{
    if (runtime_.await_edits()) {
        look_up_hosts();
        close_strangers();
    }
}

void Child::look_up_hosts() noexcept
{
    for (const Complaint& one : runtime_.look_up_hosts()) {
        JK_LOG(log_, Level::warn, "%s", one.text.c_str());
    }
}

void Child::close_strangers() noexcept
{
    for (std::size_t i = 0; i < pools_.size(); ++i) {
        close_strangers(i);
    }
}

void Child::close_strangers(std::size_t backend) noexcept
{
    const std::uint32_t current = runtime_.backends()[backend].destination().id;
    count_closed(backend, pools_[backend]->close_other_than(current));
}

void Child::count_closed(std::size_t backend, std::size_t closed) const noexcept
{
    lb::WorkerAccount worker = account(backend);
    for (; closed > 0; --closed) {
        worker.disconnected();
    }
}

void Child::close_idle(std::size_t backend) noexcept
{
    const conf::AjpSettings& settings = runtime_.backends()[backend].settings();
    if (settings.connection_pool_timeout <= 0) {
        return;
    }
    ConnectionPool& pool = *pools_[backend];
    const std::size_t keep = settings.connection_pool_minsize >= 0
                                 ? static_cast<std::size_t>(settings.connection_pool_minsize)
                                 : (pool.size() + 1) / 2;
    const std::chrono::seconds idle{settings.connection_pool_timeout};
    count_closed(backend, pool.close_idle(idle, keep));
}

void Child::ask_idle(std::size_t backend) noexcept
{
    const conf::AjpSettings& settings = runtime_.backends()[backend].settings();
    if (settings.connection_ping_interval <= 0 || settings.ping_timeout <= 0) {
        return;
    }
    const std::chrono::seconds interval{settings.connection_ping_interval};
    has_warned_[backend].store(false, std::memory_order_relaxed);
    const std::size_t closed = pools_[backend]->ask_idle(interval);
    count_closed(backend, closed);
    warn_of_silence(backend, closed);
    has_asked_.store(true, std::memory_order_relaxed);
}

/// Once for each worker and interval: what follows has the same cause.
void Child::warn_of_silence(std::size_t backend, std::size_t closed) noexcept
{
    if (closed == 0 || has_warned_[backend].exchange(true, std::memory_order_relaxed)) {
        return;
    }
    const Backend& target = runtime_.backends()[backend];
    JK_LOG(
        log_, Level::warn,
        "worker %s (%s): %d idle connections did not answer the CPING of "
        "connection_ping_interval and were closed; is Tomcat up, and its keepAliveTimeout longer "
        "than connection_pool_timeout?",
        target.worker->name.c_str(), target.destination().address.text.c_str(),
        static_cast<int>(closed));
}

void Child::tend() noexcept
{
    if (closing_.is_empty() && !has_asked_.load(std::memory_order_relaxed)) {
        return;
    }
    constexpr std::chrono::milliseconds pause{50};
    const Clock::time_point now = Clock::now();
    Clock::time_point last = last_tended_.load(std::memory_order_relaxed);
    if (now - last < pause || !last_tended_.compare_exchange_strong(last, now)) {
        return;
    }
    closing_.drain(now);
    settle();
}

void Child::settle() noexcept
{
    if (!has_asked_.exchange(false, std::memory_order_relaxed)) {
        return;
    }
    std::size_t waiting = 0;
    for (std::size_t i = 0; i < pools_.size(); ++i) {
        const std::chrono::milliseconds limit{runtime_.backends()[i].settings().ping_timeout};
        const ConnectionPool::Settled settled = pools_[i]->settle(limit);
        waiting += settled.waiting;
        count_closed(i, settled.closed);
        warn_of_silence(i, settled.closed);
    }
    if (waiting > 0) {
        has_asked_.store(true, std::memory_order_relaxed);
    }
}

void Child::start_watchdog(apr_pool_t* pool, int seconds)
{
    if (seconds <= 0) {
        return;
    }
    watchdog_interval_ = seconds;
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);  // httpd's own threads handle the signals
    const apr_status_t status = apr_thread_create(&watchdog_, nullptr, watch, this, pool);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (status != APR_SUCCESS) {
        watchdog_ = nullptr;
        return;
    }
    closing_.begin_lingering();
    const auto stop = [](void* data) noexcept -> apr_status_t {
        static_cast<Child*>(data)->stop_watchdog();
        return APR_SUCCESS;
    };
    apr_pool_pre_cleanup_register(pool, this, stop);
}

void Child::stop_watchdog() noexcept
{
    stopping_.store(true);
    if (watchdog_ != nullptr) {
        apr_status_t ignored = APR_SUCCESS;
        apr_thread_join(&ignored, watchdog_);
        watchdog_ = nullptr;
    }
}

void* APR_THREAD_FUNC Child::watch(apr_thread_t*, void* data) noexcept
{
    auto& child = *static_cast<Child*>(data);
    constexpr int ticks_per_second = 10;  // a stop is noticed within 100 ms
    const std::int64_t most = child.watchdog_interval_ * std::int64_t{ticks_per_second};
    std::int64_t ticks = 0;
    while (!child.stopping_.load()) {
        apr_sleep(apr_time_from_msec(1000 / ticks_per_second));
        if (++ticks >= most) {
            ticks = 0;
            child.maintain(now());
        }
        child.tend();
    }
    return nullptr;
}

}  // namespace jk::httpd
