// What of the runtime changes while it serves: edits are made here, and taken over from shared
// memory where another child made them.
//
// The settings in force stand behind pointers, one per backend and one per balancer, and are
// replaced as a whole. What was replaced stays until the child ends, since requests look into it,
// and is used again when an edit brings the same values back: so what a child keeps grows with the
// number of different settings, not with the number of edits.
// Tested by tests/adapter/runtime/edit_test.cc.
#include "runtime/runtime.h"

#include <unistd.h>

#include <algorithm>
#include <new>
#include <utility>

#include "runtime/edit_plan.h"

namespace jk::httpd {

namespace {

std::uint32_t own_pid() noexcept
{
    return static_cast<std::uint32_t>(::getpid());
}

/// Calls `write`, which fails with conflict while another process writes: that takes microseconds,
/// unless it is stopped in the middle of it.
template <class Write> Result<void> when_free(Write write)
{
    constexpr int most_tries = 200;
    constexpr apr_interval_time_t pause = 5000;  // microseconds
    Result<void> result = write();
    for (int i = 1; i < most_tries && !result && result.error().code == Errc::conflict; ++i) {
        apr_sleep(pause);
        result = write();
    }
    return result;
}

/// The edit of the domain that goes with a route.
status::Change domain_of(status::Change route, const std::string& domain)
{
    route.property = "domain";
    route.value = domain;
    return route;
}

bool is_outdated(const Result<void>& written) noexcept
{
    return !written && written.error().code == Errc::bad_value;
}

status::Refusal outdated(std::size_t index)
{
    return {index, status::Reason::outdated,
            "was not changed: somebody else makes changes at the same time; read the settings "
            "again"};
}

/// Of every member of each balancer.
using Activations = std::vector<std::vector<conf::Activation>>;

Activations activations_of(const std::vector<BalancedSet>& sets)
{
    Activations all(sets.size());
    for (std::size_t i = 0; i < sets.size(); ++i) {
        for (std::size_t member = 0; member < sets[i].backends.size(); ++member) {
            all[i].push_back(sets[i].balancer->activation(member));
        }
    }
    return all;
}

/// Loads begin again where an activation is not what it was `before`, but under Busyness
/// (balancing.md 3.4). The edit of a port changes one, too: a member without an address is stopped.
void clear_loads(const std::vector<BalancedSet>& sets, const Activations& before)
{
    const Activations now = activations_of(sets);
    for (std::size_t i = 0; i < sets.size(); ++i) {
        if (now[i] != before[i] && !sets[i].balancer->policy().is_in_flight) {
            sets[i].balancer->clear_loads();
        }
    }
}

}  // namespace

// --- Taking over -------------------------------------------------------------------------------

bool Runtime::has_taken_edits() const noexcept
{
    return segment_->edits().generation() == edits_taken();
}

bool Runtime::take_edits() noexcept
{
    if (has_taken_edits()) {
        return false;
    }
    const std::unique_lock lock{mutex_, std::try_to_lock};
    return lock.owns_lock() && try_put_edits_in_force();
}

bool Runtime::await_edits() noexcept
{
    if (has_taken_edits()) {
        return false;
    }
    const std::lock_guard lock{mutex_};
    return !has_taken_edits() && try_put_edits_in_force();
}

bool Runtime::try_put_edits_in_force() noexcept
{
    try {
        put_edits_in_force();
    } catch (const std::bad_alloc&) {
        return false;  // the next request tries again
    }
    return true;
}

/// What the new configuration ends is forgotten, before anybody uses it.
void Runtime::end_edits(Complaints& complaints)
{
    std::uint32_t ignored = 0;
    lb::Edits& edits = segment_->edits();
    for (const lb::Edit& one : lb::ended_by(workers_, edits.all(ignored), complaints)) {
        (void)when_free([&] { return edits.erase(one, own_pid()); });
    }
}

void Runtime::put_edits_in_force()
{
    std::uint32_t seen = 0;
    const lb::EditList edits{segment_->edits().all(seen)};
    for (Backend& one : backends_) {
        put_in_force(one, edits);
    }
    for (BalancedSet& one : balanced_) {
        put_in_force(one, edits);
    }
    edits_taken_.store(seen, std::memory_order_release);
}

void Runtime::put_in_force(Backend& backend, const lb::EditList& edits)
{
    const lb::EditTarget target{lb::EditKind::worker, {}, backend.worker->name};
    if (edits.of(target).empty()) {
        backend.edited.store_release(nullptr);
        return;
    }
    auto wanted = std::make_unique<EditedBackend>();
    wanted->worker = backend.worker;
    wanted->settings = backend.worker->settings;
    edits.apply(target, wanted->settings);
    const auto same = std::find_if(edited_.begin(), edited_.end(), [&](const auto& one) {
        return one->worker == wanted->worker && one->settings == wanted->settings;
    });
    if (same != edited_.end()) {
        backend.edited.store_release(same->get());
        return;
    }
    find_address(backend, *wanted);
    edited_.push_back(std::move(wanted));
    backend.edited.store_release(edited_.back().get());
}

/// The address of the edited settings: one that is known, or a new one. None, where this child
/// cannot resolve the host: connecting then fails (balancing.md 14.6).
void Runtime::find_address(const Backend& backend, EditedBackend& wanted)
{
    if (is_same_place(backend.worker->settings, wanted.settings)) {
        wanted.address = backend.address;
        return;
    }
    for (const auto& known : edited_) {
        if (known->worker == wanted.worker && is_same_place(known->settings, wanted.settings)) {
            wanted.address = known->address;
            wanted.address_id = known->address_id;
            return;
        }
    }
    std::string ignored;
    wanted.address = resolve_alone(wanted.settings, ignored);
    wanted.address_id = ++last_address_id_;
}

void Runtime::put_in_force(BalancedSet& set, const lb::EditList& edits)
{
    conf::LbSettings settings = set.worker->settings;
    edits.apply({lb::EditKind::balancer, set.worker->name, {}}, settings);
    std::vector<lb::Member> members{set.balancer->members().begin(), set.balancer->members().end()};
    int packet_size = 65536;  // the greatest there is (workers.md 4.5)
    for (std::size_t i = 0; i < members.size(); ++i) {
        const Backend& backend = backends_[set.backends[i]];
        conf::AjpSettings of_member = backend.settings();
        edits.apply({lb::EditKind::member, set.worker->name, members[i].name}, of_member);
        describe_member(of_member, backend, members[i]);
        packet_size = std::min(packet_size, of_member.max_packet_size);
    }
    set.packet_size_in_force.store_release(static_cast<std::size_t>(packet_size));
    set.balancer->put_in_force(settings, std::move(members));
}

// --- Making ------------------------------------------------------------------------------------

std::optional<status::Refusal> Runtime::edit(std::span<const status::Change> changes,
                                             std::vector<Edited>& made,
                                             std::optional<std::uint32_t> generation)
{
    const std::lock_guard guard{mutex_};
    put_edits_in_force();
    if (generation && *generation != edits_taken()) {
        return outdated(0);
    }
    const Activations activations = activations_of(balanced_);
    std::uint32_t ignored = 0;
    const std::vector<lb::Edit> before = segment_->edits().all(ignored);
    const lb::EditList edits{before};
    EditPlan plan{workers_, balanced_, edits, changes};
    for (std::size_t i = 0; i < changes.size(); ++i) {
        auto refusal = changes[i].action == status::Action::edit ? plan.add(i) : std::nullopt;
        if (refusal) {
            return refusal;
        }
    }
    if (auto refusal = plan.check()) {
        return refusal;
    }
    for (const Edited& one : plan.made()) {
        const status::Change& change = changes[one.index];
        Result<void> written = write(change, std::exchange(generation, std::nullopt));
        if (is_outdated(written)) {  // only the first one is asked, so nothing was written yet
            return outdated(one.index);
        }
        if (written && !one.domain.empty()) {  // stays when the route changes again
            written = write(domain_of(change, one.domain));
        }
        if (!written) {
            std::for_each(plan.made().begin(), plan.made().end(), [&](const Edited& each) {
                undo(before, changes[each.index]);
                if (!each.domain.empty()) {
                    undo(before, domain_of(changes[each.index], each.domain));
                }
            });
            return status::Refusal{one.index, status::Reason::failed,
                                   std::string{written.error().text}};
        }
    }
    put_edits_in_force();
    made = plan.made();
    clear_loads(balanced_, activations);
    return std::nullopt;
}

Result<void> Runtime::write(const status::Change& change, std::optional<std::uint32_t> generation)
{
    const lb::Edit made{
        change.kind,   change.balancer,
        change.worker, change.property,
        change.value,  lb::fingerprint(lb::configured(workers_, change.target(), change.property))};
    return when_free([&] {
        lb::Edits& edits = segment_->edits();
        return generation ? edits.write_at(*generation, made, own_pid())
                          : edits.write(made, own_pid());
    });
}

/// Puts back what was there of the property that `change` may have changed.
void Runtime::undo(const std::vector<lb::Edit>& before, const status::Change& change)
{
    const auto is_it = [&](const lb::Edit& one) {
        return one.target() == change.target() && one.property == change.property;
    };
    const auto old = std::find_if(before.begin(), before.end(), is_it);
    if (old != before.end()) {
        (void)when_free([&] { return segment_->edits().write(*old, own_pid()); });
        return;
    }
    const lb::Edit made{change.kind, change.balancer, change.worker, change.property, {}, 0};
    (void)when_free([&] { return segment_->edits().erase(made, own_pid()); });
}

}  // namespace jk::httpd
