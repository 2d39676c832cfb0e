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

#include "base/wording.h"

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

/// Resolves without a pool of the caller's: those of the configuration are for one thread.
Address resolve_alone(const conf::AjpSettings& settings, std::string& why)
{
    struct Destroy {
        void operator()(apr_pool_t* pool) const noexcept { apr_pool_destroy(pool); }
    };
    apr_pool_t* made = nullptr;
    if (apr_pool_create(&made, nullptr) != APR_SUCCESS) {
        throw std::bad_alloc();
    }
    const std::unique_ptr<apr_pool_t, Destroy> pool{made};
    return resolve(pool.get(), settings, why);
}

bool is_same_place(const conf::AjpSettings& a, const conf::AjpSettings& b) noexcept
{
    return a.host == b.host && a.port == b.port;
}

conf::Assignment refused(std::string remark)
{
    return {false, Severity::error, std::move(remark)};
}

}  // namespace

// --- Taking over -------------------------------------------------------------------------------

bool Runtime::take_edits() noexcept
{
    if (segment_->edits().generation() == edits_taken_.load(std::memory_order_acquire)) {
        return false;
    }
    const std::unique_lock lock{mutex_, std::try_to_lock};
    if (!lock.owns_lock()) {
        return false;
    }
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

BalancedSet* Runtime::find_set(std::string_view balancer) noexcept
{
    const auto found =
        std::find_if(balanced_.begin(), balanced_.end(),
                     [&](const BalancedSet& one) { return one.worker->name == balancer; });
    return found == balanced_.end() ? nullptr : &*found;
}

conf::Assignment Runtime::edit(const lb::EditTarget& target, std::string_view property,
                               std::string_view text)
{
    const std::lock_guard guard{mutex_};
    put_edits_in_force();
    conf::Assignment result = try_edit(target, property, text);
    if (!result.is_set) {
        return result;
    }
    const lb::Edit made{target.kind,
                        std::string{target.balancer},
                        std::string{target.worker},
                        std::string{property},
                        std::string{text},
                        lb::fingerprint(lb::configured(workers_, target, property))};
    const Result<void> written =
        when_free([&] { return segment_->edits().write(made, own_pid()); });
    if (!written) {
        return refused(std::string{written.error().text});
    }
    put_edits_in_force();
    BalancedSet* const set = find_set(target.balancer);
    if (set != nullptr && property == "activation" && !set->balancer->policy().is_in_flight) {
        set->balancer->clear_loads();
    }
    return result;
}

/// What edit() would answer, on copies.
conf::Assignment Runtime::try_edit(const lb::EditTarget& target, std::string_view property,
                                   std::string_view text)
{
    const BalancedSet* const set = find_set(target.balancer);
    if (target.kind != lb::EditKind::worker && set == nullptr) {
        return refused("there is no balancer " + quoted(target.balancer));
    }
    if (target.kind == lb::EditKind::balancer) {
        conf::LbSettings settings = set->balancer->settings();
        return lb::set_edited(settings, property, text);
    }
    const conf::AjpWorker* const worker = lb::find_worker(workers_, target);
    if (worker == nullptr) {
        return refused("there is no worker " + quoted(target.worker));
    }
    return target.kind == lb::EditKind::member
               ? try_member(target, property, text)
               : try_worker(backends_[static_cast<std::size_t>(worker - workers_.ajp.data())],
                            property, text);
}

conf::Assignment Runtime::try_worker(const Backend& backend, std::string_view property,
                                     std::string_view text) const
{
    conf::AjpSettings settings = backend.settings();
    conf::Assignment result = lb::set_edited(lb::EditKind::worker, settings, property, text);
    if (!result.is_set || settings.port == 0 || is_same_place(settings, backend.settings())) {
        return result;
    }
    std::string why;
    const Address address = resolve_alone(settings, why);
    return address.is_valid() ? result : refused(why);
}

conf::Assignment Runtime::try_member(const lb::EditTarget& target, std::string_view property,
                                     std::string_view text)
{
    std::uint32_t ignored = 0;
    const lb::EditList edits{segment_->edits().all(ignored)};
    conf::AjpSettings settings = lb::find_worker(workers_, target)->settings;
    edits.apply(target, settings);
    conf::Assignment result = lb::set_edited(lb::EditKind::member, settings, property, text);
    const lb::Balancer& balancer = *find_set(target.balancer)->balancer;
    for (std::size_t i = 0; result.is_set && property == "route" && i < balancer.members().size();
         ++i) {
        const std::string& other = balancer.members()[i].name;
        if (other != target.worker && balancer.route(i) == settings.route) {
            result.remark =
                concat({quoted(settings.route), " is the route of the member ", quoted(other),
                        ", too; the first of the two in the list gets "
                        "the sessions"});
        }
    }
    return result;
}

}  // namespace jk::httpd
