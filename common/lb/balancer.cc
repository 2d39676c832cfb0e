// The members of one balancer: units of load, maintenance, and what the status may do to them.
//
// Every value that others write is one atomic (member_slot.h), so no process can hold anything up,
// and both values of `lock` mean the same (balancing.md B24). Maintenance is done by the process
// whose compare-and-swap moves the time stamp; the others see a stamp that is not due.
//
// What is in force is a set of settings behind one pointer. An edit makes a new set, or takes an
// old one that says the same; sets stay as long as the balancer, since requests look into them. They
// share the members that an edit left as they were, so that many edits stay small.
// Tested by tests/unit/lb/balancer_test.cc, distribution_test.cc.
#include "lb/balancer.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include "lb/worker_account.h"

namespace jk::lb {

namespace {

constexpr std::int64_t second = 1'000'000;

/// Moves a time stamp to now when at least `interval` seconds have passed, and returns how many
/// whole intervals; 0 when it is not due or another process was faster. A stamp that is none, or in
/// the future since the clock was set back, becomes now and is not due.
std::uint64_t take_turn(Shared<std::int64_t>& stamp, int interval, TimePoint now) noexcept
{
    std::int64_t last = stamp.load();
    const std::int64_t age = to_micros(now) - last;
    if (last <= 0 || age < 0) {
        stamp.replace(last, to_micros(now));
        return 0;
    }
    const std::int64_t intervals = age / (interval * second);
    return intervals > 0 && stamp.replace(last, to_micros(now))
               ? static_cast<std::uint64_t>(intervals)
               : 0;
}

/// The age of an error in microseconds. One in the future, since the clock was set back, becomes
/// now: a member must not stay in error until the old time is reached again.
std::int64_t age_of(Shared<std::int64_t>& error_time, TimePoint now) noexcept
{
    std::int64_t time = error_time.load();
    if (time > to_micros(now)) {
        error_time.replace(time, to_micros(now));
        return 0;
    }
    return to_micros(now) - time;
}

}  // namespace

void describe(const conf::AjpSettings& settings, Member& member)
{
    member.route = settings.route;
    member.domain = settings.domain;
    member.redirect = settings.redirect;
    member.activation = settings.activation;
    member.distance = settings.distance;
    member.factor = static_cast<std::uint64_t>(std::max(1, settings.lbfactor));
    member.busy_limit = static_cast<std::uint32_t>(std::max(0, settings.busy_limit));
}

Balancer::Balancer(BalancerConfig config, Segment segment)
    : config_(std::move(config)), segment_(segment), versions_(config_.members.size())
{
    assert(config_.settings != nullptr && config_.slot != nullptr);
    put_in_force(*config_.settings, config_.members);
}

// --- What is known and in force ---------------------------------------------------------------

Balancer::InForce::InForce(const conf::LbSettings& lb, std::vector<const Member*> all)
    : settings(lb), policy(&policy_of(settings.method)), members(std::move(all))
{
    std::vector<std::uint64_t> factors;
    factors.reserve(members.size());
    for (const Member* const one : members) {
        factors.push_back(one->factor);
    }
    units = Units{factors};
    entrants.reserve(members.size());
    by_route.reserve(members.size());
    for (const Member* const one : members) {
        by_route.push_back(static_cast<std::uint32_t>(entrants.size()));
        entrants.push_back({one->slot, units.of(one->factor), one->distance, one->activation});
    }
    std::stable_sort(by_route.begin(), by_route.end(), [&](std::uint32_t a, std::uint32_t b) {
        return members[a]->route < members[b]->route;
    });
}

std::optional<std::size_t> Balancer::find_route(std::string_view route) const noexcept
{
    const InForce& now = in_force();
    const auto first = std::lower_bound(
        now.by_route.begin(), now.by_route.end(), route,
        [&](std::uint32_t i, std::string_view wanted) { return now.members[i]->route < wanted; });
    if (route.empty() || first == now.by_route.end() || now.members[*first]->route != route) {
        return std::nullopt;
    }
    return *first;
}

const Member& Balancer::version_of(std::size_t member, const Member& wanted)
{
    std::list<Member>& known = versions_[member];
    const auto same = std::find(known.begin(), known.end(), wanted);
    return same != known.end() ? *same : known.emplace_front(wanted);
}

void Balancer::put_in_force(const conf::LbSettings& settings, std::span<const Member> members)
{
    assert(members.size() == config_.members.size());
    std::vector<const Member*> versions;
    versions.reserve(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) {
        versions.push_back(&version_of(i, members[i]));
    }
    auto same = std::find_if(sets_.begin(), sets_.end(), [&](const auto& one) {
        return one->members == versions && one->settings == settings;
    });
    if (same == sets_.end()) {
        same = sets_.insert(same, std::make_unique<InForce>(settings, std::move(versions)));
    }
    in_force_.store_release(same->get());
}

std::uint32_t Balancer::busy() const noexcept
{
    return segment_.total(Count::balancer_busy, segment_.index_of(slot()));
}

const std::string& Balancer::route(std::size_t member) const noexcept
{
    return in_force().members[member]->route;
}
const std::string& Balancer::domain(std::size_t member) const noexcept
{
    return in_force().members[member]->domain;
}
const std::string& Balancer::redirect(std::size_t member) const noexcept
{
    return in_force().members[member]->redirect;
}
std::uint64_t Balancer::factor(std::size_t member) const noexcept
{
    return std::max<std::uint64_t>(1, in_force().members[member]->factor);
}
std::uint32_t Balancer::busy_limit(std::size_t member) const noexcept
{
    return in_force().members[member]->busy_limit;
}

WorkerSlot& Balancer::worker_of(std::size_t member) const noexcept
{
    return *config_.members[member].worker;
}

// --- Load ------------------------------------------------------------------------------------

void Balancer::add_load(std::size_t member, std::uint64_t units) noexcept
{
    if (units > 0) {
        slot_of(member).lb_value.add_saturating(multiply_saturating(units, unit(member)));
    }
}

void Balancer::clear_loads() noexcept
{
    for (std::size_t i = 0; i < members().size(); ++i) {
        slot_of(i).lb_value.store(0);
    }
}

void Balancer::put_last(std::size_t member) noexcept
{
    worker_of(member).reply_timeouts.store(0);
    if (policy().is_in_flight) {
        return;
    }
    std::uint64_t most = 0;
    for (std::size_t i = 0; i < members().size(); ++i) {
        most = std::max(most, slot_of(i).lb_value.load());
    }
    slot_of(member).lb_value.raise_to(most);
}

std::uint64_t Balancer::least_load_but(std::size_t member) const noexcept
{
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    bool is_found = false;
    for (std::size_t i = 0; i < members().size(); ++i) {
        if (i != member && activation(i) == conf::Activation::active && is_eligible(state(i))) {
            least = std::min(least, slot_of(i).lb_value.load());
            is_found = true;
        }
    }
    return is_found ? least : 0;
}

// --- States ----------------------------------------------------------------------------------

bool Balancer::is_full(std::size_t member) const noexcept
{
    const std::uint64_t limit = busy_limit(member);
    const std::uint64_t slots =
        std::uint64_t{members()[member].pool_size} * segment_.claimed_columns();
    const auto reaches = [&](std::uint64_t most) {
        const std::size_t index = segment_.index_of(worker_of(member));
        return most > 0 && segment_.exceeds(Count::worker_busy, index, most - 1);
    };
    return reaches(limit) || reaches(slots);
}

void Balancer::end_busy(TimePoint now) noexcept
{
    const std::uint32_t marks = slot().busy_marks.load_acquire();
    if (marks == slot().busy_ended.load()) {
        return;
    }
    bool is_any_left = false;
    for (std::size_t i = 0; i < members().size(); ++i) {
        if (state(i) != State::busy) {
            continue;
        }
        if (is_full(i)) {
            is_any_left = true;
        } else {
            apply(slot_of(i), Event::busy_ended, now);
        }
    }
    if (!is_any_left) {  // what becomes busy meanwhile makes another mark
        slot().busy_ended.store(marks);
    }
}

bool Balancer::force(std::size_t member, TimePoint now) noexcept
{
    const bool was_in_error = state(member) == State::error &&
                              apply(slot_of(member), Event::forced_recovery, now).is_change();
    if (was_in_error) {
        worker_of(member).reply_timeouts.store(0);
    }
    return was_in_error;
}

Result<void> Balancer::recover(std::size_t member, TimePoint now) noexcept
{
    if (!apply(slot_of(member), Event::recover_command, now).is_change()) {
        return failure(Errc::bad_value, "the member is not in error");
    }
    put_last(member);
    return {};
}

void Balancer::reset_member(std::size_t member, TimePoint now) noexcept
{
    MemberSlot& slot = slot_of(member);
    apply(slot, Event::reset_command, now);
    slot.sessions.store(0);
    slot.errors.store(0);
    slot.lb_value.store(0);
    slot.used_snapshot.store(0);
    reset_of_member(worker_of(member), now);
    segment_.measures(worker_of(member)).clear();
}

void Balancer::reset(TimePoint now) noexcept
{
    slot().max_busy.store(0);
    slot().last_reset.store(to_micros(now));
    for (std::size_t i = 0; i < members().size(); ++i) {
        reset_member(i, now);
    }
}

void Balancer::reset(std::size_t member, TimePoint now) noexcept
{
    reset_member(member, now);
    slot_of(member).lb_value.store(least_load_but(member));
}

// --- Maintenance -----------------------------------------------------------------------------

bool Balancer::maintain(TimePoint now) noexcept
{
    const std::uint64_t intervals =
        config_.maintain > 0 ? take_turn(slot().last_maintenance, config_.maintain, now) : 0;
    if (intervals == 0) {
        return false;
    }
    decay_loads(intervals);
    bool is_any_up = false;
    for (std::size_t i = 0; i < members().size(); ++i) {
        maintain_member(i, now);
        maintain_worker(worker_of(i), now);
        is_any_up = is_any_up || state(i) != State::error;
    }
    for (std::size_t i = 0; i < members().size() && !is_any_up; ++i) {
        force(i, now);
    }
    return true;
}

void Balancer::decay_loads(std::uint64_t intervals) noexcept
{
    const Decay decay = policy().decay;
    const std::uint64_t least =
        decay == Decay::subtract_least ? least_load_but(members().size()) : 0;
    for (std::size_t i = 0; i < members().size() && decay != Decay::none; ++i) {
        if (decay == Decay::halve) {
            slot_of(i).lb_value.shift_right(intervals);
        } else {
            slot_of(i).lb_value.subtract_saturating(least);
        }
    }
}

/// The three maintenance rows of balancing.md 6.2.
void Balancer::maintain_member(std::size_t member, TimePoint now) noexcept
{
    MemberSlot& slot = slot_of(member);
    const std::uint64_t used = worker_of(member).used.load();
    if (used == slot.used_snapshot.load()) {
        apply(slot, Event::unused, now);
    }
    slot.used_snapshot.store(used);
    // In every state: else answers would be older than an error in the future (B19).
    const std::int64_t age = age_of(slot.last_error_time, now);
    if (state(member) == State::error) {
        if (age > settings().recover_time * second) {
            apply(slot, Event::recover_due, now);
            put_last(member);
        }
    } else if (slot.first_error_time.load() != 0 &&
               age_of(slot.first_error_time, now) >= settings().error_escalation_time * second) {
        apply(slot, Event::escalation_due, now);
    }
}

/// The AJP record: once per interval, whatever number of balancers the worker belongs to.
void Balancer::maintain_worker(WorkerSlot& worker, TimePoint now) const noexcept
{
    const std::uint64_t intervals = take_turn(worker.last_maintenance, config_.maintain, now);
    if (intervals == 0) {
        return;
    }
    worker.reply_timeouts.shift_right(intervals);
    const std::uint64_t used = worker.used.load();
    auto ok = static_cast<std::uint32_t>(State::ok);
    if (used == worker.used_snapshot.load()) {
        worker.state.replace(ok, static_cast<std::uint32_t>(State::idle));
    }
    worker.used_snapshot.store(used);
}

}  // namespace jk::lb
