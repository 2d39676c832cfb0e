// A child's own things. The maintenance thread starts in the child only, with all signals blocked,
// and is joined before the module may be unmapped.
// Tested by tests/adapter/runtime/child_test.cc and tests/system/test_restart.py.
#include "runtime/child.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>

namespace jk::httpd {

Child::Child(Runtime& runtime)
    : runtime_(runtime), pid_(static_cast<std::uint32_t>(::getpid())),
      column_(runtime.segment().claim_column(pid_)), last_maintenance_(to_micros(now()))
{
    for (const Backend& one : runtime.backends()) {
        pools_.push_back(std::make_unique<ConnectionPool>(one.pool_size));
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
    const std::int64_t interval = runtime_.workers().maintain * std::int64_t{1000000};
    std::int64_t last = last_maintenance_.load(std::memory_order_relaxed);
    if (interval <= 0 || to_micros(when) - last < interval ||
        !last_maintenance_.compare_exchange_strong(last, to_micros(when))) {
        return;
    }
    runtime_.maintain(when);
    close_idle();
}

void Child::close_idle() noexcept
{
    for (std::size_t i = 0; i < pools_.size(); ++i) {
        const conf::AjpSettings& settings = runtime_.backends()[i].settings();
        if (settings.connection_pool_timeout <= 0) {
            continue;
        }
        const std::size_t keep = settings.connection_pool_minsize >= 0
                                     ? static_cast<std::size_t>(settings.connection_pool_minsize)
                                     : (pools_[i]->size() + 1) / 2;
        const std::chrono::seconds idle{settings.connection_pool_timeout};
        lb::WorkerAccount worker = account(i);
        for (std::size_t closed = pools_[i]->close_idle(idle, keep); closed > 0; --closed) {
            worker.disconnected();
        }
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
    int ticks = 0;
    while (!child.stopping_.load()) {
        apr_sleep(apr_time_from_msec(1000 / ticks_per_second));
        if (++ticks >= child.watchdog_interval_ * ticks_per_second) {
            ticks = 0;
            child.maintain(now());
        }
    }
    return nullptr;
}

}  // namespace jk::httpd
