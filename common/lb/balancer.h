// The members of one balancer, what they are set to, and what is known of them (balancing.md).
// With attempts.h, one request's walk over them, the only writer of member and balancer slots.
// It speaks to nobody: the caller connects.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "conf/settings.h"
#include "lb/member_state.h"
#include "lb/policies.h"
#include "lb/segment.h"
#include "lb/units.h"

namespace jk::lb {

/// A member as configured, and where its state is kept.
struct Member {
    std::string name;
    std::string route;
    std::string domain;
    std::string redirect;
    conf::Activation activation = conf::Activation::active;
    int distance = 0;
    std::uint64_t factor = 1;
    std::uint32_t busy_limit = 0;
    /// Connections that one child may have to it, 0 where that is not known. With it a member is
    /// shown as busy when every slot of every child is used (balancing.md B15).
    std::uint32_t pool_size = 0;
    MemberSlot* slot = nullptr;
    WorkerSlot* worker = nullptr;

    bool operator==(const Member&) const = default;
};

/// Gives `member` what the settings say of it: all but its name, slots and pool size.
void describe(const conf::AjpSettings& settings, Member& member);

/// What a balancer is made of. Everything it points to must outlive it.
struct BalancerConfig {
    const conf::LbSettings* settings = nullptr;
    BalancerSlot* slot = nullptr;
    std::vector<Member> members;
    int maintain = 60;  ///< s; 0 or less: no maintenance
};

/// Any thread of any child; nothing here locks, allocates or waits.
class Balancer {
public:
    /// Requires: settings, slot, and slot and worker of each member are not null and stand in
    /// `segment`.
    Balancer(BalancerConfig config, Segment segment);

    /// As configured: names and slots. What may be edited is read through what is in force.
    [[nodiscard]] std::span<const Member> members() const noexcept { return config_.members; }
    [[nodiscard]] BalancerSlot& slot() const noexcept { return *config_.slot; }

    [[nodiscard]] State state(std::size_t member) const noexcept;
    /// One unit of load of a member: the common multiple of all factors, divided by its own
    /// (balancing.md 3.1 and B23).
    [[nodiscard]] std::uint64_t unit(std::size_t member) const noexcept;
    /// True where the factors had to be scaled down (B23): worth a warning at start.
    [[nodiscard]] bool has_scaled_factors() const noexcept { return in_force().units.are_scaled(); }
    /// The accumulated load; under Busyness what is in flight times the unit.
    [[nodiscard]] std::uint64_t load(std::size_t member) const noexcept;
    /// Attempts in flight in all children: of the balancer, and through it on one member.
    [[nodiscard]] std::uint32_t busy() const noexcept;
    [[nodiscard]] std::uint32_t busy(std::size_t member) const noexcept;

    /// The first member with this route; none has the empty one.
    [[nodiscard]] std::optional<std::size_t> find_route(std::string_view route) const noexcept;

    /// Replaces what is in force, for everything that reads it from now on. Requires: the same
    /// members in the same order; one thread at a time. What was in force stays valid.
    void put_in_force(const conf::LbSettings& settings, std::span<const Member> members);

    // What is in force now. All that the status may edit is read through these. References stay
    // valid as long as the balancer.
    [[nodiscard]] const conf::LbSettings& settings() const noexcept { return in_force().settings; }
    [[nodiscard]] const Policy& policy() const noexcept { return *in_force().policy; }
    [[nodiscard]] const std::string& route(std::size_t member) const noexcept;
    [[nodiscard]] const std::string& domain(std::size_t member) const noexcept;
    [[nodiscard]] const std::string& redirect(std::size_t member) const noexcept;
    [[nodiscard]] conf::Activation activation(std::size_t member) const noexcept;
    [[nodiscard]] int distance(std::size_t member) const noexcept;
    [[nodiscard]] std::uint64_t factor(std::size_t member) const noexcept;
    [[nodiscard]] std::uint32_t busy_limit(std::size_t member) const noexcept;

    /// The global part of maintenance (balancing.md 13.2), when it is due and no other process
    /// takes it: decay, recovery, escalation, idle detection. Returns whether it ran.
    bool maintain(TimePoint now) noexcept;

    /// What the status does (status.md 10.5, 10.6): the balancer with all members, or one member
    /// with its worker. A member alone gets the least load of the other eligible ones (B16).
    void reset(TimePoint now) noexcept;
    void reset(std::size_t member, TimePoint now) noexcept;
    /// Fails with bad_value where the member is not in error, probing or forced (B8).
    [[nodiscard]] Result<void> recover(std::size_t member, TimePoint now) noexcept;
    /// Sets all loads to 0: after an edit of an activation (balancing.md 3.4).
    void clear_loads() noexcept;

private:
    friend class Attempts;
    friend class Candidates;

    /// What an election asks of a member, close together: it walks over all of them.
    struct Entrant {
        MemberSlot* slot = nullptr;
        std::uint64_t unit = 1;
        int distance = 0;
        conf::Activation activation = conf::Activation::active;
    };
    struct InForce {
        InForce(const conf::LbSettings& lb, std::vector<const Member*> all);

        conf::LbSettings settings;
        const Policy* policy;
        std::vector<const Member*> members;  ///< a version of each
        Units units;
        std::vector<Entrant> entrants;        ///< the members
        std::vector<std::uint32_t> by_route;  ///< members, ordered by route; else in their order
    };

    [[nodiscard]] const InForce& in_force() const noexcept { return *in_force_.load_acquire(); }
    /// What is kept of a member and says the same.
    [[nodiscard]] const Member& version_of(std::size_t member, const Member& wanted);
    [[nodiscard]] MemberSlot& slot_of(std::size_t member) const noexcept;
    [[nodiscard]] WorkerSlot& worker_of(std::size_t member) const noexcept;

    /// Adds units that a policy counted.
    void add_load(std::size_t member, std::uint64_t units) noexcept;
    /// Makes its load the greatest of all, so that it is tried last, and its timeouts none: what
    /// goes with the state recovering (balancing.md 3.4, 6.2).
    void put_last(std::size_t member) noexcept;
    /// True when the limit, or every slot of every child, is used.
    [[nodiscard]] bool is_full(std::size_t member) const noexcept;
    /// Frees the members that were busy and are not any more (6.2, "start of any lb request").
    /// Looks at no member where none became busy since there was none.
    void end_busy(TimePoint now) noexcept;
    /// A member became busy: call behind the apply() that made it so.
    void mark_busy() noexcept { slot().busy_marks.add_release(1); }
    /// Puts a member from error to forced. Returns whether it was in error.
    bool force(std::size_t member, TimePoint now) noexcept;

    void decay_loads(std::uint64_t intervals) noexcept;
    void maintain_member(std::size_t member, TimePoint now) noexcept;
    void maintain_worker(WorkerSlot& worker, TimePoint now) const noexcept;
    void reset_member(std::size_t member, TimePoint now) noexcept;
    [[nodiscard]] std::uint64_t least_load_but(std::size_t member) const noexcept;

    BalancerConfig config_;
    Segment segment_;
    std::vector<std::list<Member>> versions_;  ///< of each member, all that were ever in force
    std::vector<std::unique_ptr<InForce>> sets_;
    Shared<const InForce*> in_force_{};
    /// Where the next election begins (balancing.md 3.3). Of this child; its threads share it.
    Shared<std::uint32_t> start_{};
};

// What an election asks of every member.

inline MemberSlot& Balancer::slot_of(std::size_t member) const noexcept
{
    return *in_force().entrants[member].slot;
}
inline State Balancer::state(std::size_t member) const noexcept
{
    return standing_of(slot_of(member)).state;
}
inline conf::Activation Balancer::activation(std::size_t member) const noexcept
{
    return in_force().entrants[member].activation;
}
inline int Balancer::distance(std::size_t member) const noexcept
{
    return in_force().entrants[member].distance;
}
inline std::uint64_t Balancer::unit(std::size_t member) const noexcept
{
    return in_force().entrants[member].unit;
}
inline std::uint32_t Balancer::busy(std::size_t member) const noexcept
{
    return segment_.total(Count::member_busy, segment_.index_of(slot_of(member)));
}
inline std::uint64_t Balancer::load(std::size_t member) const noexcept
{
    return policy().is_in_flight ? multiply_saturating(busy(member), unit(member))
                                 : slot_of(member).lb_value.load();
}

}  // namespace jk::lb
