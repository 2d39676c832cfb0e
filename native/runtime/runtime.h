// The workers of one configuration, ready to serve: addresses resolved, slots found, balancers made.
// Built in the parent after all configuration was read, inherited by every child.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backend/address.h"
#include "conf/worker_set.h"
#include "httpd_api.h"
#include "lb/balancer.h"
#include "lb/edited_settings.h"
#include "lb/segment.h"
#include "status/change.h"

namespace jk::httpd {

struct Global;

/// How far a process is with the address of a host that was edited.
enum class Lookup : std::uint8_t {
    done,
    due,       ///< nobody has asked for it yet
    running,   ///< a thread asks
    failed,    ///< until maintenance makes it due again
    replaced,  ///< done, and not here: requests may look at this yet
};

/// What is in force for a backend of which something was edited at run time.
struct EditedBackend {
    const conf::AjpWorker* worker = nullptr;
    conf::AjpSettings settings;
    Address address;               ///< unless the lookup is done, the one that was in force before
    std::uint32_t address_id = 0;  ///< another one for each address that the worker had

    // Under Runtime's lock.
    std::uint64_t place_edit = 0;  ///< number of the edit of host or port that came last; 0: none
    Lookup lookup = Lookup::done;
};

/// Where connections go. One of another number goes elsewhere, and must not be used any more.
struct Destination {
    const Address& address;
    std::uint32_t id;
};

/// An AJP worker that can be connected to.
struct Backend {
    const conf::AjpWorker* worker = nullptr;
    Address address;  ///< as configured
    lb::WorkerSlot* slot = nullptr;
    std::size_t pool_size = 1;

    lb::Shared<const EditedBackend*> edited{};  ///< nullptr: nothing is

    // What is in force now. References stay valid as long as the runtime.
    [[nodiscard]] const conf::AjpSettings& settings() const noexcept
    {
        const EditedBackend* const now = edited.load_acquire();
        return now == nullptr ? worker->settings : now->settings;
    }
    [[nodiscard]] Destination destination() const noexcept
    {
        const EditedBackend* const now = edited.load_acquire();
        return now == nullptr ? Destination{address, 0}
                              : Destination{now->address, now->address_id};
    }
};

/// The number of the last edit of the worker's host or port; 0 where there is none.
[[nodiscard]] std::uint64_t edit_of_place(const lb::EditList& edits,
                                          const conf::AjpWorker& worker) noexcept;
/// True where `one`'s address, once it is there, is that of `wanted`: by the same host and port, if
/// that is a name by the same edit of it.
[[nodiscard]] bool has_place_of(const EditedBackend& one, const EditedBackend& wanted) noexcept;

/// A balancer and the backends of its members, in the same order.
struct BalancedSet {
    const conf::LbWorker* worker = nullptr;
    std::unique_ptr<lb::Balancer> balancer;
    std::vector<std::size_t> backends;  ///< indices into Runtime::backends()
    /// The least packet size of all members as edited: what the kept body must fit on each.
    lb::Shared<std::size_t> packet_size_in_force{};
};

/// An edit that was made: which change, and the values as the status shows them.
struct Edited {
    std::size_t index = 0;
    std::string before;
    std::string after;
    std::string domain = {};  ///< that a route brought along (status.md 10.2); empty: none
};

/// Sets what may be edited of a member to its settings in force.
void describe_member(const conf::AjpSettings& settings, const Backend& backend, lb::Member& member);

struct FoundAddress;

class Runtime {
public:
    /// Requires: `workers` without errors, and longer-lived than this. Complains about hosts that
    /// cannot be resolved; those start stopped. `threads` is how many serve requests in a child.
    Runtime(apr_pool_t* pool, const conf::WorkerSet& workers, std::size_t threads,
            Complaints& complaints);

    [[nodiscard]] const conf::WorkerSet& workers() const noexcept { return workers_; }
    [[nodiscard]] const std::vector<Backend>& backends() const noexcept { return backends_; }
    [[nodiscard]] std::vector<BalancedSet>& balanced() noexcept { return balanced_; }
    [[nodiscard]] lb::Segment& segment() noexcept { return *segment_; }
    [[nodiscard]] const lb::Segment& segment() const noexcept { return *segment_; }

    /// Makes the edits among `changes`: here at once, in every other child from its next request
    /// on, and each until the configured value of its property changes (balancing.md 1.4). Loads
    /// follow an activation (3.4). Either all are made, or none and the first that cannot be is
    /// returned: also where a route would be that of two members, or a host has no address. `made`
    /// becomes those that made a difference. With a generation only where nothing was edited since
    /// edits_taken() was that; Reason::outdated else, and where another configuration than this has
    /// begun. Any thread; may block, for names are resolved, which keeps nobody else waiting.
    [[nodiscard]] std::optional<status::Refusal>
    edit(std::span<const status::Change> changes, std::vector<Edited>& made,
         std::optional<std::uint32_t> generation = std::nullopt);
    /// The generation of the edits that are in force here: the settings that are read after it are
    /// of this one, or of a newer one.
    [[nodiscard]] std::uint32_t edits_taken() const noexcept
    {
        return edits_taken_.load(std::memory_order_acquire);
    }
    /// Takes over what was edited in other children: one relaxed load where nothing was. Does not
    /// wait for another thread that is at it. Returns whether something was taken over: a
    /// destination may have changed then, and look_up_hosts() is to be called. Does not block.
    bool take_edits() noexcept;
    /// The same, but waits for another thread that is at it: afterwards everything is in force here
    /// that was edited anywhere before the call, but for names that are looked up yet.
    bool await_edits() noexcept;
    /// Asks for the addresses of hosts that were edited elsewhere; until there is one, connections
    /// go where they went before. Returns what is to be said of those that have none: maintain()
    /// makes them due again. Any thread; may block, which keeps nobody else waiting.
    [[nodiscard]] Complaints look_up_hosts() noexcept;
    /// Says that requests are served from here on. Until then a host that was edited and that cannot
    /// be resolved has no address, and not the one of the configuration. In each child once, behind
    /// its first take_edits() and look_up_hosts(), before there are threads.
    void begin_serving() noexcept { is_serving_ = true; }

    /// Maintenance of every balancer, where it is due (balancing.md 13). look_up_hosts() is to be
    /// called behind it.
    void maintain(TimePoint now) noexcept;

private:
    [[nodiscard]] bool has_taken_edits() const noexcept;
    /// False in the children of a configuration that another one has replaced.
    [[nodiscard]] bool is_current() const noexcept
    {
        return segment_->generation() == configuration_;
    }
    [[nodiscard]] bool try_put_edits_in_force() noexcept;
    void add_backend(apr_pool_t* pool, const conf::AjpWorker& worker, std::size_t threads,
                     Complaints& complaints);
    void add_balanced(const conf::LbWorker& worker);
    [[nodiscard]] bool find_slots(lb::Segment& segment);

    // Under mutex_, or before there are threads.
    void end_edits(Complaints& complaints);
    void put_edits_in_force();
    void put_in_force(Backend& backend, const lb::EditList& edits);
    void put_in_force(BalancedSet& set, const lb::EditList& edits);
    void find_address(const Backend& backend, EditedBackend& wanted);
    [[nodiscard]] std::uint32_t id_of(const Backend& backend, const Address& address) noexcept;
    EditedBackend& keep(EditedBackend wanted);
    void renew_lookups();
    [[nodiscard]] EditedBackend* next_lookup() noexcept;
    void end_lookup(EditedBackend& one, Address found, Complaints& failed);
    void add_known(const conf::AjpWorker& worker, const conf::AjpSettings& settings,
                   std::uint64_t place_edit, Address found);
    void add_known(std::span<const FoundAddress> found);

    [[nodiscard]] status::Refusal outdated(std::size_t index) const;
    [[nodiscard]] std::optional<status::Refusal> try_edit(std::span<const status::Change> changes,
                                                          std::vector<Edited>& made,
                                                          std::optional<std::uint32_t> generation);
    [[nodiscard]] std::vector<lb::Edit> edits_of(std::span<const status::Change> changes,
                                                 std::span<const Edited> made) const;

    const conf::WorkerSet& workers_;
    std::vector<Backend> backends_;
    std::vector<BalancedSet> balanced_;
    std::optional<lb::Segment> segment_;
    std::uint32_t configuration_ = 0;  ///< the segment's number of this one

    std::mutex mutex_;  ///< of the one thread that makes or takes over edits
    std::vector<std::unique_ptr<EditedBackend>> edited_;  ///< all that ever were in force
    std::atomic<std::uint32_t> edits_taken_{0};           ///< generation of what is in force
    std::uint32_t last_address_id_ = 0;
    bool is_serving_ = false;  ///< connections go to what is in force
};

/// The time now, as common/ wants it passed in.
[[nodiscard]] inline TimePoint now() noexcept
{
    return from_micros(apr_time_now());
}

}  // namespace jk::httpd
