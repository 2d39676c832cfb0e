// The table of edits in shared memory: control | record | record …
//
// One process writes at a time: it puts its pid into the control word by compare-and-swap, and the
// parent takes out the pid of a child that ended. An edit is written into a free record, whose
// sequence number comes last and makes it count; the record that it replaces stays until the next
// change begins. So a writer may die anywhere: a record is there as a whole or not at all, and of
// two with the same key the greater number counts.
//
// A reader copies a record and takes it only if its number is the same before and after: a free one
// has number 0, and no number comes twice. It begins again where another change began meanwhile,
// since only that retires records.
//
// Every word is an atomic, written with release and read with acquire, so that no fence is needed.
// Tested by tests/unit/lb/edits_test.cc, edits_race_test.cc.
#include "lb/edits.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <utility>

#include "lb/member_slot.h"

namespace jk::lb {

namespace {

constexpr std::size_t property_room = 32;
constexpr std::size_t value_room = 256;

// At least as many as there are editable properties of each kind.
constexpr std::size_t per_balancer = 12;
constexpr std::size_t per_member = 8;
constexpr std::size_t per_worker = 16;

/// How often a reader begins again: nobody writes that fast, but memory may hold anything.
constexpr int most_tries = 64;

std::size_t records_for(const Shape& shape) noexcept
{
    return per_balancer * shape.balancers + per_member * shape.members +
           per_worker * shape.workers + 2;  // the one to write, and the one that it replaces
}

template <std::size_t room> bool fits(std::string_view text) noexcept
{
    return text.size() < room;
}

template <std::size_t room> void write_text(char (&to)[room], std::string_view text) noexcept
{
    std::memset(to, 0, room);
    std::memcpy(to, text.data(), std::min(text.size(), room - 1));
}

template <std::size_t room> std::string_view text_of(const char (&from)[room]) noexcept
{
    const std::string_view all{from, room};
    return all.substr(0, all.find('\0'));
}

}  // namespace

struct alignas(line) Edits::Control {
    Shared<std::uint32_t> generation;
    Shared<std::uint32_t> writer;         ///< its pid; 0 = nobody
    Shared<std::uint64_t> last_sequence;  ///< of the last change that began
    Shared<std::uint64_t> in_use;         ///< how many records, from the first, were ever used
    Shared<std::uint64_t> superseded;     ///< behind the record to be replaced; 0 = none
};

/// What a record says: plain bytes, copied word by word.
struct Edits::Content {
    std::uint64_t fingerprint;
    std::uint64_t kind;
    char balancer[name_room];
    char worker[name_room];
    char property[property_room];
    char value[value_room];

    /// By kind, names and property: the texts are filled up with zeros.
    [[nodiscard]] int compare_key(const Content& other) const noexcept
    {
        return std::memcmp(&kind, &other.kind, offsetof(Content, value) - offsetof(Content, kind));
    }
};

struct alignas(line) Edits::Record {
    using Words = std::array<std::uint64_t, sizeof(Content) / sizeof(std::uint64_t)>;

    Shared<std::uint64_t> sequence;  ///< 0 = free
    std::array<Shared<std::uint64_t>, std::tuple_size_v<Words>> words;

    /// Returns the number with which the content counts, 0 for none.
    [[nodiscard]] std::uint64_t read(Content& content) const noexcept
    {
        for (int tries = 0; tries < most_tries; ++tries) {
            const std::uint64_t before = sequence.load_acquire();
            if (before == 0) {
                return 0;
            }
            Words copy;
            std::transform(words.begin(), words.end(), copy.begin(),
                           [](const auto& word) { return word.load_acquire(); });
            if (sequence.load_acquire() == before) {
                content = std::bit_cast<Content>(copy);
                return before;
            }
        }
        return 0;
    }
    /// Requires: the record is free.
    void write(const Content& content, std::uint64_t number) noexcept
    {
        const auto copy = std::bit_cast<Words>(content);
        for (std::size_t i = 0; i < copy.size(); ++i) {
            words[i].store_release(copy[i]);
        }
        sequence.store_release(number);
    }
};

std::uint64_t fingerprint(std::string_view text) noexcept
{
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    return hash;
}

Edits::Edits(void* memory, const Shape& shape) noexcept
    : control_(static_cast<Control*>(memory)),
      records_(reinterpret_cast<Record*>(static_cast<std::byte*>(memory) + sizeof(Control))),
      count_(records_for(shape))
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
        found.clear();
        for (std::size_t i = 0; i < in_use(); ++i) {
            Content content;
            if (const std::uint64_t number = records_[i].read(content); number != 0) {
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
             std::string{text_of(content.value)}, content.fingerprint});
    }
    return edits;
}

// --- Writing -----------------------------------------------------------------------------------

/// Calls `change` with nobody else writing, and says that something changed.
template <class Change> Result<void> Edits::locked(const Writer& writer, Change change)
{
    std::uint32_t nobody = 0;
    if (control_ == nullptr || !control_->writer.replace(nobody, writer.pid)) {
        return failure(Errc::conflict, "somebody else makes a change now; try again");
    }
    if (writer.generation && *writer.generation != control_->generation.load()) {
        control_->writer.store_release(0);
        return failure(Errc::bad_value, "somebody else has made a change in between");
    }
    control_->last_sequence.store_release(control_->last_sequence.load() + 1);
    retire_superseded();
    const Result<void> result = change();
    control_->generation.store_release(control_->generation.load() + 1);
    control_->writer.store_release(0);
    return result;
}

Result<void> Edits::write(const Edit& edit, std::uint32_t pid)
{
    return write(edit, Writer{pid});
}

Result<void> Edits::write_at(std::uint32_t generation, const Edit& edit, std::uint32_t pid)
{
    return write(edit, Writer{pid, generation});
}

Result<void> Edits::write(const Edit& edit, const Writer& writer)
{
    if (!fits<name_room>(edit.balancer) || !fits<name_room>(edit.worker) ||
        !fits<property_room>(edit.property) || !fits<value_room>(edit.value)) {
        return failure(Errc::overflow, "a name or value is too long to be changed at run time");
    }
    Content content{};
    content.fingerprint = edit.fingerprint;
    content.kind = static_cast<std::uint64_t>(edit.kind);
    write_text(content.balancer, edit.balancer);
    write_text(content.worker, edit.worker);
    write_text(content.property, edit.property);
    write_text(content.value, edit.value);
    return locked(writer, [&] { return put(content); });
}

Result<void> Edits::erase(const Edit& edit, std::uint32_t pid)
{
    Content key{};
    key.kind = static_cast<std::uint64_t>(edit.kind);
    write_text(key.balancer, edit.balancer);
    write_text(key.worker, edit.worker);
    write_text(key.property, edit.property);
    return locked(Writer{pid}, [&]() -> Result<void> {
        retire(key);
        return {};
    });
}

Result<void> Edits::put(const Content& content) noexcept
{
    control_->superseded.store_release(place_behind(content, 0));
    Record* const record = free_record();
    if (record == nullptr) {
        return failure(Errc::overflow, "no more changes fit into shared memory");
    }
    record->write(content, control_->last_sequence.load());
    return {};
}

Edits::Record* Edits::free_record() noexcept
{
    const std::size_t used = in_use();
    Record* const found = std::find_if(records_, records_ + used, [](const Record& record) {
        return record.sequence.load() == 0;
    });
    if (found != records_ + used) {
        return found;
    }
    if (used == count_) {
        return nullptr;
    }
    control_->in_use.store_release(used + 1);
    return found;
}

/// Returns the place, counted from 1, of the record with this key and a number above `number`; 0
/// where there is none.
std::size_t Edits::place_behind(const Content& key, std::uint64_t number) const noexcept
{
    Content one;
    for (std::size_t i = 0; i < in_use(); ++i) {
        if (records_[i].read(one) > number && one.compare_key(key) == 0) {
            return i + 1;
        }
    }
    return 0;
}

/// The change before this one named the record that it was about to replace. It may have ended
/// before it did.
void Edits::retire_superseded() noexcept
{
    const std::uint64_t place = control_->superseded.load();
    if (place == 0 || place > in_use()) {
        return;
    }
    Content old;
    Record& record = records_[place - 1];
    const std::uint64_t number = record.read(old);
    if (number != 0 && place_behind(old, number) != 0) {
        record.sequence.store_release(0);
    }
}

void Edits::retire(const Content& key) noexcept
{
    while (const std::size_t place = place_behind(key, 0)) {
        records_[place - 1].sequence.store_release(0);
    }
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
