// From a checked worker set to workers that can serve. Order: addresses, then slots in the shared
// segment, then the balancers over both, then what was edited at run time. The edits: edit.cc.
// Tested by tests/adapter/runtime/runtime_test.cc and tests/system/test_restart.py.
#include "runtime/runtime.h"

#include "runtime/shared_memory.h"

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace jk::httpd {

namespace {

/// Children of two generations overlap at a graceful restart; one column more is for latecomers.
std::uint32_t column_count() noexcept
{
    int limit = 0;
    ap_mpm_query(AP_MPMQ_HARD_LIMIT_DAEMONS, &limit);
    return 2 * static_cast<std::uint32_t>(std::max(1, limit)) + 1;
}

/// Room for some more names, so that a restart with one member more keeps its segment.
std::uint32_t with_slack(std::size_t count) noexcept
{
    return static_cast<std::uint32_t>(count + count / 2 + 8);
}

lb::Shape shape_of(const conf::WorkerSet& workers) noexcept
{
    std::size_t members = 0;
    for (const conf::LbWorker& one : workers.lb) {
        members += one.members.size();
    }
    return {with_slack(workers.ajp.size()), with_slack(workers.lb.size()), with_slack(members),
            column_count()};
}

bool is_alive(std::uint32_t pid) noexcept
{
    return ::kill(static_cast<pid_t>(pid), 0) == 0 || errno != ESRCH;
}

lb::Member make_member(const Backend& backend)
{
    lb::Member member;
    member.name = backend.worker->name;
    describe_member(backend.settings(), backend, member);
    member.worker = backend.slot;
    member.pool_size = static_cast<std::uint32_t>(backend.pool_size);
    return member;
}

}  // namespace

void describe_member(const conf::AjpSettings& settings, const Backend& backend, lb::Member& member)
{
    lb::describe(settings, member);
    // A member that cannot be contacted is stopped (balancing.md 2, status.md S14).
    if (!backend.destination().address.is_valid()) {
        member.activation = conf::Activation::stopped;
    }
}

Runtime::Runtime(apr_pool_t* pool, const conf::WorkerSet& workers, std::size_t threads,
                 Complaints& complaints)
    : workers_(workers)
{
    for (const conf::AjpWorker& one : workers.ajp) {
        add_backend(pool, one, threads, complaints);
    }
    const auto fits = [](lb::Segment& segment, void* data) {
        return static_cast<Runtime*>(data)->find_slots(segment);
    };
    segment_ = shared_segment(shape_of(workers), fits, this);
    segment_->release_dead(is_alive);
    (void)find_slots(*segment_);
    configuration_ = segment_->generation();
    for (const conf::LbWorker& one : workers.lb) {
        add_balanced(one);
    }
    end_edits(complaints);
    put_edits_in_force();
    append(complaints, look_up_hosts());
    for (const BalancedSet& one : balanced_) {
        if (one.balancer->has_scaled_factors()) {
            complaints.push_back({Severity::warning, one.worker->place,
                                  "the lbfactors of " + one.worker->name +
                                      " are so large and have so little in common that they were "
                                      "scaled down to at most 1000; write smaller ones"});
        }
    }
}

void Runtime::add_backend(apr_pool_t* pool, const conf::AjpWorker& worker, std::size_t threads,
                          Complaints& complaints)
{
    Backend backend;
    backend.worker = &worker;
    std::string why;
    backend.address = resolve(pool, worker.settings, why);
    if (!why.empty()) {
        complaints.push_back({Severity::error, worker.place,
                              "worker " + worker.name + " cannot be contacted: " + why +
                                  "; requests for it get 503 until host and port are right"});
    }
    if (!worker.settings.source.empty() && backend.address.source_size == 0) {
        complaints.push_back({Severity::warning, worker.place,
                              "worker " + worker.name + ": its source '" + worker.settings.source +
                                  "' cannot be resolved; connections are made from any address"});
    }
    const int size = worker.settings.connection_pool_size;
    backend.pool_size = size > 0 ? static_cast<std::size_t>(size) : threads;
    backends_.push_back(std::move(backend));
}

bool Runtime::find_slots(lb::Segment& segment)
{
    const TimePoint when = now();
    for (Backend& one : backends_) {
        one.slot = segment.worker(one.worker->name, when);
        if (one.slot == nullptr) {
            return false;
        }
    }
    for (const conf::LbWorker& lb : workers_.lb) {
        if (segment.balancer(lb.name, when) == nullptr) {
            return false;
        }
        for (const std::size_t member : lb.members) {
            if (segment.member(lb.name, workers_.ajp[member].name, when) == nullptr) {
                return false;
            }
        }
    }
    return true;
}

void Runtime::add_balanced(const conf::LbWorker& worker)
{
    const TimePoint when = now();
    BalancedSet set;
    set.worker = &worker;
    set.backends = worker.members;
    lb::BalancerConfig config;
    config.settings = &worker.settings;
    config.slot = segment_->balancer(worker.name, when);
    config.maintain = workers_.maintain;
    for (const std::size_t index : worker.members) {
        const Backend& backend = backends_[index];
        lb::Member member = make_member(backend);
        member.slot = segment_->member(worker.name, member.name, when);
        config.members.push_back(std::move(member));
    }
    set.balancer = std::make_unique<lb::Balancer>(std::move(config), *segment_);
    balanced_.push_back(std::move(set));
}

void Runtime::maintain(TimePoint when) noexcept
{
    for (BalancedSet& one : balanced_) {
        (void)one.balancer->maintain(when);
    }
    renew_lookups();
}

}  // namespace jk::httpd
