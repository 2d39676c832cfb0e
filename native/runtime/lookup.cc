// The addresses of workers whose host or port was edited. One that can be read off the settings is
// made when they come into force; a name is looked up by the process that makes the edit, and by
// each other one after it took the edit over, without the lock and with requests going on.
//
// What was looked up goes with the edit of the host or port that it was looked up for: where the
// same name is set once more, it is looked up once more, so that no process goes on with what
// the name meant then while others have what it means now.
// Tested by tests/adapter/runtime/lookup_test.cc.
#include <algorithm>
#include <limits>
#include <new>
#include <utility>

#include "base/wording.h"
#include "runtime/edit_plan.h"
#include "runtime/runtime.h"

namespace jk::httpd {

namespace {

/// The number of connections to no address: there are none.
constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();

}  // namespace

std::uint64_t edit_of_place(const lb::EditList& edits, const conf::AjpWorker& worker) noexcept
{
    std::uint64_t last = 0;
    for (const lb::Edit& one : edits.of({lb::EditKind::worker, {}, worker.name})) {
        last = is_place(one.property) ? std::max(last, one.number) : last;
    }
    return last;
}

bool has_place_of(const EditedBackend& one, const EditedBackend& wanted) noexcept
{
    return is_same_place(one.settings, wanted.settings) &&
           (one.place_edit == wanted.place_edit || is_at_hand(wanted.settings) ||
            is_same_place(wanted.worker->settings, wanted.settings));
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
               has_place_of(*one, wanted);
    });
    if (known != edited_.rend()) {
        wanted.address = (*known)->address;
        wanted.address_id = (*known)->address_id;
    } else if (is_at_hand(wanted.settings)) {
        std::string ignored;
        wanted.address = resolve_alone(wanted.settings, ignored);
        wanted.address_id = id_of(backend, wanted.address);
    } else {
        const Destination now = backend.destination();
        wanted.address = is_serving_ ? now.address : Address{};
        wanted.address_id = is_serving_ ? now.id : nowhere;
        wanted.lookup = Lookup::due;
    }
}

/// Connections to an address that the worker had before are as good as they were.
std::uint32_t Runtime::id_of(const Backend& backend, const Address& address) noexcept
{
    if (!address.is_valid()) {
        return nowhere;
    }
    if (backend.address.text == address.text) {
        return 0;
    }
    const auto had = std::find_if(edited_.begin(), edited_.end(), [&](const auto& one) {
        return one->worker == backend.worker && one->address.text == address.text;
    });
    return had != edited_.end() ? (*had)->address_id : ++last_address_id_;
}

/// Requests may look at what is kept, so only what they do not look at is set there.
EditedBackend& Runtime::keep(EditedBackend wanted)
{
    const auto kept = std::find_if(edited_.rbegin(), edited_.rend(), [&](const auto& one) {
        return one->lookup != Lookup::running && one->worker == wanted.worker &&
               one->address_id == wanted.address_id && one->address.text == wanted.address.text &&
               one->settings == wanted.settings;
    });
    if (kept == edited_.rend()) {
        edited_.push_back(std::make_unique<EditedBackend>(std::move(wanted)));
        return *edited_.back();
    }
    (*kept)->lookup = wanted.lookup;
    (*kept)->place_edit = wanted.place_edit;
    return **kept;
}

Complaints Runtime::look_up_hosts() noexcept
{
    Complaints failed;
    while (EditedBackend* const one = next_lookup()) {
        try {
            std::string ignored;
            end_lookup(*one, resolve_alone(one->settings, ignored), failed);
        } catch (const std::bad_alloc&) {  // what goes on as it is: the address in force before
            const std::lock_guard lock{mutex_};
            one->lookup = Lookup::failed;
        }
    }
    return failed;
}

/// One that is in force; nullptr where there is none.
EditedBackend* Runtime::next_lookup() noexcept
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
        add_known(*one.worker, one.settings, one.place_edit, std::move(found));
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
                        std::uint64_t place_edit, Address found)
{
    const auto backend = std::find_if(backends_.begin(), backends_.end(),
                                      [&](const Backend& one) { return one.worker == &worker; });
    const std::uint32_t id = id_of(*backend, found);
    (void)keep({&worker, settings, std::move(found), id, place_edit, Lookup::done});
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

}  // namespace jk::httpd
