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
    const auto same = std::find_if(edited_.rbegin(), edited_.rend(), [&](const auto& one) {
        return one->lookup != Lookup::replaced && one->worker == wanted->worker &&
               one->settings == wanted->settings;
    });
    if (same != edited_.rend()) {
        backend.edited.store_release(same->get());
        return;
    }
    find_address(backend, *wanted);
    edited_.push_back(std::move(wanted));
    backend.edited.store_release(edited_.back().get());
}

/// The address of the edited settings: one that is known, the last one first, or a new one. What is
/// to be looked up is the one in force until then, if any.
void Runtime::find_address(const Backend& backend, EditedBackend& wanted)
{
    if (is_same_place(backend.worker->settings, wanted.settings)) {
        wanted.address = backend.address;
        return;
    }
    const auto known = std::find_if(edited_.rbegin(), edited_.rend(), [&](const auto& one) {
        return one->lookup == Lookup::done && one->worker == wanted.worker &&
               is_same_place(one->settings, wanted.settings);
    });
    if (known != edited_.rend()) {
        wanted.address = (*known)->address;
        wanted.address_id = (*known)->address_id;
    } else if (is_at_hand(wanted.settings)) {
        std::string ignored;
        wanted.address = resolve_alone(wanted.settings, ignored);
        wanted.address_id = ++last_address_id_;
    } else {
        const Destination now = backend.destination();
        wanted.address = is_ready_ ? now.address : Address{};
        wanted.address_id = now.id;
        wanted.lookup = Lookup::due;
    }
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

// --- Looking up --------------------------------------------------------------------------------

Complaints Runtime::look_up_hosts() noexcept
{
    Complaints failed;
    try {
        while (EditedBackend* const one = next_lookup()) {
            std::string ignored;
            end_lookup(*one, resolve_alone(one->settings, ignored), failed);
        }
    } catch (const std::bad_alloc&) {  // what goes on as it is: the address in force before
    }
    return failed;
}

/// One that is in force; nullptr where there is none.
EditedBackend* Runtime::next_lookup()
{
    const std::lock_guard lock{mutex_};
    const auto is_next = [&](const auto& one) {
        return one->lookup == Lookup::due &&
               std::any_of(backends_.begin(), backends_.end(), [&](const Backend& backend) {
                   return backend.edited.load() == one.get();
               });
    };
    const auto found = std::find_if(edited_.begin(), edited_.end(), is_next);
    if (found == edited_.end()) {
        return nullptr;
    }
    (*found)->lookup = Lookup::running;
    return found->get();
}

void Runtime::end_lookup(EditedBackend& one, Address found, Complaints& failed)
{
    const std::lock_guard lock{mutex_};
    if (found.is_valid()) {
        one.lookup = Lookup::replaced;
        add_known(*one.worker, one.settings, std::move(found));
        put_edits_in_force();
        return;
    }
    one.lookup = Lookup::failed;
    failed.push_back(
        {Severity::warning,
         {},
         concat({"worker ", escaped(one.worker->name), ": its host ", quoted(one.settings.host),
                 ", changed at run time, cannot be resolved ", "by this process; ",
                 one.address.is_valid() ? "its connections go to " : "its address is ",
                 one.address.text, " until a later attempt succeeds"})});
}

/// Where it is the address that the worker has, connections to it are kept.
void Runtime::add_known(const conf::AjpWorker& worker, const conf::AjpSettings& settings,
                        Address found)
{
    auto known = std::make_unique<EditedBackend>();
    known->worker = &worker;
    known->settings = settings;
    const auto backend = std::find_if(backends_.begin(), backends_.end(),
                                      [&](const Backend& one) { return one.worker == &worker; });
    const Destination now = backend->destination();
    known->address_id = found.text == now.address.text ? now.id : ++last_address_id_;
    known->address = std::move(found);
    edited_.push_back(std::move(known));
}

void Runtime::renew_lookups()
{
    const std::unique_lock lock{mutex_, std::try_to_lock};
    for (std::size_t i = 0; lock.owns_lock() && i < edited_.size(); ++i) {
        if (edited_[i]->lookup == Lookup::failed) {
            edited_[i]->lookup = Lookup::due;
        }
    }
}

// --- Making ------------------------------------------------------------------------------------

/// Who gives no generation does not mind what others change at the same time: tried again.
std::optional<status::Refusal> Runtime::edit(std::span<const status::Change> changes,
                                             std::vector<Edited>& made,
                                             std::optional<std::uint32_t> generation)
{
    constexpr int most_tries = 50;
    auto refusal = try_edit(changes, made, generation);
    for (int i = 1;
         i < most_tries && !generation && refusal && refusal->reason == status::Reason::outdated;
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
    if (generation && *generation != seen) {
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
    const Result<void> written =
        when_free([&] { return segment_->edits().write(wanted, own_pid(), seen); });
    if (!written) {
        const std::size_t first = plan.made().front().index;
        return is_outdated(written) ? outdated(first)
                                    : status::Refusal{first, status::Reason::failed,
                                                      std::string{written.error().text}};
    }
    lock.lock();
    for (const FoundAddress& one : plan.found()) {
        if (!is_same_place(one.worker->settings, one.settings)) {  // that one is known
            add_known(*one.worker, one.settings, one.address);
        }
    }
    put_edits_in_force();
    made = plan.made();
    clear_loads(balanced_, activations);
    return std::nullopt;
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
