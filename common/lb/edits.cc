// The table of edits in shared memory: control | record | record …
//
// One process writes at a time: it puts its pid into the control word by compare-and-swap, and the
// parent takes out the pid of a child that ended. Edits are written into free records with ascending
// sequence numbers, and count from the moment on in which the last of these numbers is stored as the
// committed one: all of them, at once. The records that they replace stay until the next change
// begins, which also frees what an earlier one left uncommitted. So a writer may die anywhere; of
// two records with the same key the greater number counts.
//
// A reader copies a record and takes it only if its number is the same before and after: a free one
// has number 0, and no number comes twice. It begins again where another change began meanwhile,
// since only that frees records.
//
// Every word is an atomic, written with release and read with acquire, so that no fence is needed.
// Tested by tests/unit/lb/edits_test.cc and edits_race_test.cc.
#include "lb/edits.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "lb/edit_record.h"

namespace jk::lb {

namespace {

// At least as many as there are editable properties of each kind.
constexpr std::size_t per_balancer = 12;
constexpr std::size_t per_member = 8;
constexpr std::size_t per_worker = 16;

/// All may be changed at once, and what is replaced stays meanwhile.
std::size_t records_for(const Shape& shape) noexcept
{
    return 2 * (per_balancer * shape.balancers + per_member * shape.members +
                per_worker * shape.workers);
}

bool fits_a_record(const Edit& edit) noexcept
{
    return edit.balancer.size() < name_room && edit.worker.size() < name_room &&
           edit.property.size() < property_room && edit.value.size() < value_room;
}

}  // namespace

std::uint64_t fingerprint(std::string_view text) noexcept
{
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    return hash;
}

Edits::Edits(void* memory, const Shape& shape, const Shared<std::uint32_t>& configuration) noexcept
    : control_(static_cast<Control*>(memory)),
      records_(reinterpret_cast<Record*>(static_cast<std::byte*>(memory) + sizeof(Control))),
      configuration_(&configuration), count_(records_for(shape))
{}

std::size_t Edits::size_for(const Shape& shape) noexcept
{
    return sizeof(Control) + records_for(shape) * sizeof(Record);
}

std::uint32_t Edits::generation() const noexcept
{
    return control_ == nullptr ? 0 : control_->generation.load();
}

/// Shared memory may hold any number here; the shape, which does not lie there, bounds it.
std::size_t Edits::in_use() const noexcept
{
    return static_cast<std::size_t>(
        std::min<std::uint64_t>(control_->in_use.load_acquire(), count_));
}

// --- Reading -----------------------------------------------------------------------------------

namespace {

/// A record's content with its number.
template <class Content> using Numbered = std::pair<std::uint64_t, Content>;

/// Of several records with one key the last one counts; in the order of the numbers.
template <class Content> void drop_superseded(std::vector<Numbered<Content>>& records)
{
    std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) {
        const int order = a.second.compare_key(b.second);
        return order != 0 ? order < 0 : a.first > b.first;
    });
    const auto end = std::unique(records.begin(), records.end(), [](const auto& a, const auto& b) {
        return a.second.compare_key(b.second) == 0;
    });
    records.erase(end, records.end());
    std::sort(records.begin(), records.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
}

}  // namespace

std::vector<Edit> Edits::all(std::uint32_t& seen) const
{
    std::vector<Numbered<Content>> found;
    if (control_ == nullptr) {
        seen = 0;
        return {};
    }
    seen = control_->generation.load_acquire();
    for (int tries = 0; tries < most_tries; ++tries) {
        const std::uint64_t before = control_->last_sequence.load_acquire();
        const std::uint64_t committed = control_->committed.load_acquire();
        found.clear();
        for (std::size_t i = 0; i < in_use(); ++i) {
            Content content;
            const std::uint64_t number = records_[i].read(content);
            if (number != 0 && number <= committed) {
                found.emplace_back(number, content);
            }
        }
        if (control_->last_sequence.load_acquire() == before) {
            break;
        }
    }
    drop_superseded(found);
    std::vector<Edit> edits;
    edits.reserve(found.size());
    for (const auto& [number, content] : found) {
        edits.push_back(
            {static_cast<EditKind>(content.kind), std::string{text_of(content.balancer)},
             std::string{text_of(content.worker)}, std::string{text_of(content.property)},
             std::string{text_of(content.value)}, content.fingerprint, number});
    }
    return edits;
}

// --- Writing -----------------------------------------------------------------------------------

/// What is written at once, and where to. Its memory is there before anybody is kept from writing.
struct Edits::Batch {
    explicit Batch(std::span<const Edit> edits)
    {
        contents.reserve(edits.size());
        for (const Edit& one : edits) {
            by_key.push_back(contents.size());
            contents.emplace_back(one);
        }
        std::stable_sort(by_key.begin(), by_key.end(), [&](std::size_t a, std::size_t b) {
            return contents[a].compare_key(contents[b]) < 0;
        });
        replaced.resize(contents.size());
        places.reserve(contents.size());
    }
    /// Returns the last one with the key of `content`; none where there is no such.
    [[nodiscard]] std::optional<std::size_t> find(const Content& content) const noexcept
    {
        const auto behind = std::upper_bound(
            by_key.begin(), by_key.end(), content,
            [&](const Content& key, std::size_t at) { return key.compare_key(contents[at]) < 0; });
        if (behind == by_key.begin() || contents[*(behind - 1)].compare_key(content) != 0) {
            return std::nullopt;
        }
        return *(behind - 1);
    }
    std::vector<Content> contents;
    std::vector<std::size_t> by_key;      ///< of equal ones the later one behind
    std::vector<std::uint64_t> replaced;  ///< Record::replaces of each
    std::vector<std::size_t> places;      ///< free ones
};

Result<void> Edits::lock(std::uint32_t pid) noexcept
{
    std::uint32_t nobody = 0;
    if (control_ == nullptr || !control_->writer.replace(nobody, pid)) {
        return failure(Errc::conflict, "somebody else makes a change now; try again");
    }
    return {};
}

void Edits::unlock() noexcept
{
    control_->writer.store_release(0);
}

Result<void> Edits::check(const Basis& basis) const noexcept
{
    if (basis.configuration && *basis.configuration != configuration_->load_acquire()) {
        return failure(Errc::bad_value, "there is a newer configuration");
    }
    if (basis.generation && *basis.generation != control_->generation.load()) {
        return failure(Errc::bad_value, "somebody else has made a change in between");
    }
    return {};
}

/// A new configuration is numbered first, and waits here then: who locks later sees its number.
Result<void> Edits::await_writer(std::uint32_t pid) noexcept
{
    const Result<void> locked = lock(pid);
    if (locked) {
        unlock();
    }
    return locked;
}

/// Calls `change` with nobody else writing and the first of its numbers. If it succeeds, all of them
/// count, and it says that something changed.
template <class Change> Result<void> Edits::locked(const Writer& writer, Change change)
{
    if (const Result<void> is_free = lock(writer.pid); !is_free) {
        return is_free;
    }
    if (const Result<void> is_current = check(writer.basis); !is_current) {
        unlock();
        return is_current;
    }
    const std::uint64_t before = control_->last_sequence.load();
    control_->last_sequence.store_release(before + writer.records);
    sweep();
    const Result<void> result = change(before + 1);
    if (result) {
        control_->committed.store_release(before + writer.records);
        control_->generation.store_release(control_->generation.load() + 1);
    }
    unlock();
    return result;
}

Result<void> Edits::write(std::span<const Edit> edits, std::uint32_t pid, const Basis& basis)
{
    if (edits.empty()) {
        return {};
    }
    if (!std::all_of(edits.begin(), edits.end(), fits_a_record)) {
        return failure(Errc::overflow, "a name or value is too long to be changed at run time");
    }
    Batch batch{edits};
    return locked(Writer{pid, basis, edits.size()},
                  [&](std::uint64_t number) { return put(batch, number); });
}

Result<void> Edits::erase(const Edit& edit, std::uint32_t pid)
{
    const Content key{edit};
    return locked(Writer{pid}, [&](std::uint64_t) -> Result<void> {
        Content one;
        for (std::size_t i = 0; i < in_use(); ++i) {
            if (records_[i].read(one) != 0 && one.compare_key(key) == 0) {
                records_[i].sequence.store_release(0);
            }
        }
        return {};
    });
}

Result<void> Edits::put(Batch& batch, std::uint64_t number) noexcept
{
    find_places(batch);
    if (batch.places.size() < batch.contents.size()) {
        return failure(Errc::overflow, "no more changes fit into shared memory");
    }
    for (std::size_t i = 0; i < batch.contents.size(); ++i) {
        if (batch.find(batch.contents[i]) == i) {  // no other of this key comes behind
            records_[batch.places[i]].write(batch.contents[i], batch.replaced[i], number + i);
        }
    }
    return {};
}

/// In one pass over the table: what is replaced, and where there is room.
void Edits::find_places(Batch& batch) noexcept
{
    const std::size_t wanted = batch.contents.size();
    Content one;
    for (std::size_t i = 0; i < in_use(); ++i) {
        if (records_[i].read(one) == 0) {
            if (batch.places.size() < wanted) {
                batch.places.push_back(i);  // within what was reserved
            }
        } else if (const auto at = batch.find(one)) {
            batch.replaced[*at] = i + 1;
        }
    }
    for (std::size_t i = in_use(); i < count_ && batch.places.size() < wanted; ++i) {
        batch.places.push_back(i);
        control_->in_use.store_release(i + 1);
    }
}

/// Frees what the change before this one replaced, or left behind where it did not come to its end.
void Edits::sweep() noexcept
{
    const std::uint64_t committed = control_->committed.load();
    for (std::size_t i = 0; i < in_use(); ++i) {
        Record& record = records_[i];
        const std::uint64_t number = record.sequence.load();
        if (number > committed) {
            record.sequence.store_release(0);
        } else if (number != 0 && record.replaces.load() != 0) {
            retire_replaced(record, number);
        }
    }
}

/// Memory may hold anything: what is freed is older and has the same key.
void Edits::retire_replaced(Record& by, std::uint64_t number) noexcept
{
    const std::uint64_t place = by.replaces.load();
    Content own;
    Content old;
    if (place <= in_use() && by.read(own) == number) {
        const std::uint64_t older = records_[place - 1].read(old);
        if (older != 0 && older < number && old.compare_key(own) == 0) {
            records_[place - 1].sequence.store_release(0);
        }
    }
    by.replaces.store(0);
}

/// What it changed, if anything, counts from now on: the generation says so.
void Edits::release(std::uint32_t pid) noexcept
{
    if (pid == 0 || control_ == nullptr || control_->writer.load_acquire() != pid) {
        return;
    }
    control_->generation.store_release(control_->generation.load() + 1);
    (void)control_->writer.replace(pid, 0);
}

void Edits::release_dead(bool (*is_alive)(std::uint32_t pid)) noexcept
{
    const std::uint32_t writer = control_ == nullptr ? 0 : control_->writer.load_acquire();
    if (writer != 0 && !is_alive(writer)) {
        release(writer);
    }
}

}  // namespace jk::lb
