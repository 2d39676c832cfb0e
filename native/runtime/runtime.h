// The workers of one configuration, ready to serve: addresses resolved, slots found, balancers made.
// Built in the parent after all configuration was read, inherited by every child.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backend/address.h"
#include "conf/worker_set.h"
#include "httpd_api.h"
#include "lb/balancer.h"
#include "lb/segment.h"

namespace jk::httpd {

struct Global;

/// An AJP worker that can be connected to.
struct Backend {
    const conf::AjpWorker* worker = nullptr;
    Address address;
    lb::WorkerSlot* slot = nullptr;
    std::size_t pool_size = 1;

    [[nodiscard]] const conf::AjpSettings& settings() const noexcept { return worker->settings; }
};

/// A balancer and the backends of its members, in the same order.
struct BalancedSet {
    const conf::LbWorker* worker = nullptr;
    std::unique_ptr<lb::Balancer> balancer;
    std::vector<std::size_t> backends;    ///< indices into Runtime::backends()
    std::size_t min_packet_size = 65536;  ///< what the kept body must fit on every member
};

class Runtime {
public:
    /// Requires: `workers` without errors, and longer-lived than this. Complains about hosts that
    /// cannot be resolved; those start stopped. `threads` is the number of threads of a child.
    Runtime(apr_pool_t* pool, const conf::WorkerSet& workers, std::size_t threads,
            Complaints& complaints);

    [[nodiscard]] const conf::WorkerSet& workers() const noexcept { return workers_; }
    [[nodiscard]] const std::vector<Backend>& backends() const noexcept { return backends_; }
    [[nodiscard]] std::vector<BalancedSet>& balanced() noexcept { return balanced_; }
    [[nodiscard]] lb::Segment& segment() noexcept { return *segment_; }

    /// Maintenance of every balancer, where it is due (balancing.md 13).
    void maintain(TimePoint now) noexcept;

private:
    void add_backend(apr_pool_t* pool, const conf::AjpWorker& worker, std::size_t threads,
                     Complaints& complaints);
    void add_balanced(const conf::LbWorker& worker);
    [[nodiscard]] bool find_slots(lb::Segment& segment);

    const conf::WorkerSet& workers_;
    std::vector<Backend> backends_;
    std::vector<BalancedSet> balanced_;
    std::optional<lb::Segment> segment_;
};

/// The time now, as common/ wants it passed in.
[[nodiscard]] inline TimePoint now() noexcept
{
    return from_micros(apr_time_now());
}

}  // namespace jk::httpd
