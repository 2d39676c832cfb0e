// What of the runtime changes while it serves: edits are made here, and taken over from shared
// memory where another child made them.
//
// The settings in force stand behind pointers, one per backend and one per balancer, and are
// replaced as a whole. What was replaced stays until the child ends, since requests look into it,
// and is used again when an edit brings the same values back: so what a child keeps grows with the
// number of different settings, not with the number of edits.
// The addresses of hosts that were edited: lookup.cc.
// Tested by tests/adapter/runtime/edit_test.cc.
#include "runtime/runtime.h"

#include <unistd.h>

#include <algorithm>
#include <new>
#include <utility>

#include "base/wording.h"
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

bool is_outdated(const Result<void>& written) noexcept
{
    return !written && written.error().code == Errc::bad_value;
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

/// What the new configuration ends is forgotten, before anybody uses it: also what a child of the
/// one before writes right now, and no child of that writes any more from then on.
void Runtime::end_edits(Complaints& complaints)
{
    std::uint32_t ignored = 0;
    lb::Edits& edits = segment_->edits();
    (void)when_free([&] { return edits.await_writer(own_pid()); });
    for (const lb::Edit& one : lb::ended_by(workers_, edits.all(ignored), complaints)) {
        const Result<void> erased = when_free([&] { return edits.erase(one, own_pid()); });
        if (!erased) {
            complaints.push_back(
                {Severity::warning,
                 {},
                 concat({lb::to_text(one.target()), ": the change of ", escaped(one.property),
                         " at run time could not be ended, so it counts until httpd is restarted ",
                         "again: ", erased.error().text})});
        }
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
    EditedBackend wanted;
    wanted.worker = backend.worker;
    wanted.settings = backend.worker->settings;
    edits.apply(target, wanted.settings);
    wanted.place_edit = edit_of_place(edits, *backend.worker);
    const auto same = std::find_if(edited_.rbegin(), edited_.rend(), [&](const auto& one) {
        return one->lookup != Lookup::replaced && one->worker == wanted.worker &&
               one->settings == wanted.settings && has_place_of(*one, wanted);
    });
    if (same != edited_.rend()) {
        backend.edited.store_release(same->get());
        return;
    }
    find_address(backend, wanted);
    backend.edited.store_release(&keep(std::move(wanted)));
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
    set.balancer->put_in_force(settings, members);
}

// --- Making ------------------------------------------------------------------------------------

/// For the first of the changes that were not made, as what they were planned on is not any more.
status::Refusal Runtime::outdated(std::size_t index) const
{
    return {index, status::Reason::outdated,
            is_current() ? "was not changed: somebody else makes changes at the same time; read "
                           "the settings again"
                         : "was not changed: httpd was restarted meanwhile; ask again"};
}

/// Who gives no generation does not mind what others change at the same time: tried again, unless
/// that would be by a configuration that has ended.
std::optional<status::Refusal> Runtime::edit(std::span<const status::Change> changes,
                                             std::vector<Edited>& made,
                                             std::optional<std::uint32_t> generation)
{
    constexpr int most_tries = 50;
    auto refusal = try_edit(changes, made, generation);
    for (int i = 1; i < most_tries && !generation && refusal &&
                    refusal->reason == status::Reason::outdated && is_current();
         ++i) {
        refusal = try_edit(changes, made, generation);
    }
    return refusal;
}

/// What the plan was made on is what is written on: else somebody else may have made, in between, a
/// change that contradicts one of these.
std::optional<status::Refusal> Runtime::try_edit(std::span<const status::Change> changes,
                                                 std::vector<Edited>& made,
                                                 std::optional<std::uint32_t> generation)
{
    std::unique_lock lock{mutex_};
    put_edits_in_force();
    const std::uint32_t seen = edits_taken();
    if (!is_current() || (generation && *generation != seen)) {
        return outdated(0);
    }
    const Activations activations = activations_of(balanced_);
    std::uint32_t ignored = 0;
    const lb::EditList edits{segment_->edits().all(ignored)};
    EditPlan plan{workers_, balanced_, edits, changes};
    for (std::size_t i = 0; i < changes.size(); ++i) {
        auto refusal = changes[i].action == status::Action::edit ? plan.add(i) : std::nullopt;
        if (refusal) {
            return refusal;
        }
    }
    lock.unlock();
    if (auto refusal = plan.check()) {
        return refusal;
    }
    const std::vector<lb::Edit> wanted = edits_of(changes, plan.made());
    const lb::Basis basis{seen, configuration_};
    const Result<void> written =
        when_free([&] { return segment_->edits().write(wanted, own_pid(), basis); });
    if (!written) {
        const std::size_t first = plan.made().front().index;
        return is_outdated(written) ? outdated(first)
                                    : status::Refusal{first, status::Reason::failed,
                                                      std::string{written.error().text}};
    }
    lock.lock();
    add_known(plan.found());
    put_edits_in_force();
    made = plan.made();
    clear_loads(balanced_, activations);
    return std::nullopt;
}

/// What check() looked up goes with the edits that were written for it.
void Runtime::add_known(std::span<const FoundAddress> found)
{
    if (found.empty()) {
        return;
    }
    std::uint32_t ignored = 0;
    const lb::EditList edits{segment_->edits().all(ignored)};
    for (const FoundAddress& one : found) {
        if (!is_same_place(one.worker->settings, one.settings)) {  // that one is known
            add_known(*one.worker, one.settings, edit_of_place(edits, *one.worker), one.address);
        }
    }
}

/// As they are written: a domain that a route brought along stays when the route changes again.
std::vector<lb::Edit> Runtime::edits_of(std::span<const status::Change> changes,
                                        std::span<const Edited> made) const
{
    std::vector<lb::Edit> edits;
    const auto add = [&](const status::Change& change, const char* property,
                         const std::string& value) {
        edits.push_back({change.kind, change.balancer, change.worker, property, value,
                         lb::fingerprint(lb::configured(workers_, change.target(), property))});
    };
    for (const Edited& one : made) {
        const status::Change& change = changes[one.index];
        add(change, change.property.c_str(), change.value);
        if (!one.domain.empty()) {
            add(change, "domain", one.domain);
        }
    }
    return edits;
}

}  // namespace jk::httpd
