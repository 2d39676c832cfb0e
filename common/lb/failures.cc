// A ring of records: control | record … Who writes takes the next number; the number's record is
// his while his pid stands in it. The record's sequence is odd while it is written, and twice the
// number (from 1) when it counts, so that it shows the order, too.
//
// A reader copies a record and takes it only if its sequence is even and the same before and after.
// Every word is an atomic, written with release and read with acquire, so that no fence is needed.
//
// Two writers meet in one record only where 255 others came between them: then the later one gives
// up, for the ring is full of failures as new as his.
// Tested by tests/unit/lb/failures_test.cc.
#include "lb/failures.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "lb/member_slot.h"

namespace jk::lb {

namespace {

constexpr std::size_t method_room = 24;
constexpr std::size_t client_room = 48;  // an IPv6 address takes 45

/// How often a reader tries a record that is being written again and again.
constexpr int most_tries = 8;

template <std::size_t room> void write_text(char (&to)[room], std::string_view text) noexcept
{
    const std::string_view fitting = cut(text, room);
    std::memcpy(to, fitting.data(), fitting.size());
}

template <std::size_t room> std::string text_of(const char (&from)[room])
{
    const std::string_view all{from, room};
    return std::string{all.substr(0, all.find('\0'))};
}

bool is_continuation(char byte) noexcept
{
    return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80;
}

}  // namespace

std::string plain_path(std::string_view uri)
{
    std::string path;
    bool is_parameter = false;
    for (const char c : uri.substr(0, uri.find('?'))) {
        is_parameter = c == ';' || (is_parameter && c != '/');
        if (!is_parameter) {
            path += c;
        }
    }
    return path;
}

std::string_view cut(std::string_view text, std::size_t room) noexcept
{
    if (text.size() <= room) {
        return text;
    }
    constexpr std::size_t longest = 3;  // continuation bytes of one character
    std::size_t end = room;
    while (end > 0 && room - end < longest && is_continuation(text[end])) {
        --end;
    }
    return text.substr(0, is_continuation(text[end]) ? room : end);
}

struct alignas(line) Failures::Control {
    Shared<std::uint64_t> last_number;  ///< given to a writer
};

/// What a record says: plain bytes, copied word by word.
struct Failures::Content {
    std::int64_t time;
    std::uint32_t attempts;
    std::uint32_t milliseconds;
    std::uint32_t status;
    std::uint16_t verdict;
    std::uint16_t phase;
    char balancer[name_room];
    char member[name_room];
    char what[what_room];
    char method[method_room];
    char path[path_room];
    char client[client_room];

    explicit Content(const Failure& failure) noexcept;
    [[nodiscard]] Failure failure() const;
};

struct alignas(line) Failures::Record {
    using Words = std::array<std::uint64_t, sizeof(Content) / sizeof(std::uint64_t)>;

    Shared<std::uint32_t> writer;    ///< its pid; 0 = nobody
    Shared<std::uint64_t> sequence;  ///< 0 = empty
    std::array<Shared<std::uint64_t>, std::tuple_size_v<Words>> words;

    /// Returns the sequence of the content, 0 where there is none to be had.
    [[nodiscard]] std::uint64_t read(Words& content) const noexcept
    {
        for (int tries = 0; tries < most_tries; ++tries) {
            const std::uint64_t before = sequence.load_acquire();
            if (before % 2 != 0) {
                continue;
            }
            std::transform(words.begin(), words.end(), content.begin(),
                           [](const auto& word) { return word.load_acquire(); });
            if (sequence.load_acquire() == before) {
                return before;
            }
        }
        return 0;
    }

    void release(std::uint32_t pid) noexcept
    {
        if (writer.load() == pid) {
            sequence.store_release(sequence.load() % 2 != 0 ? 0 : sequence.load());
            writer.store_release(0);
        }
    }
};

Failures::Content::Content(const Failure& failure) noexcept
{
    std::memset(static_cast<void*>(this), 0, sizeof *this);
    time = to_micros(failure.time);
    attempts = failure.attempts;
    milliseconds = failure.milliseconds;
    status = failure.status;
    verdict = failure.verdict;
    phase = failure.phase;
    write_text(balancer, failure.balancer);
    write_text(member, failure.member);
    write_text(what, failure.what);
    write_text(method, failure.method);
    write_text(path, failure.path);
    write_text(client, failure.client);
}

Failure Failures::Content::failure() const
{
    Failure made;
    made.time = from_micros(time);
    made.attempts = attempts;
    made.milliseconds = milliseconds;
    made.status = static_cast<std::uint16_t>(status);
    made.verdict = static_cast<std::uint8_t>(verdict);
    made.phase = static_cast<std::uint8_t>(phase);
    made.balancer = text_of(balancer);
    made.member = text_of(member);
    made.what = text_of(what);
    made.method = text_of(method);
    made.path = text_of(path);
    made.client = text_of(client);
    return made;
}

Failures::Failures(void* memory) noexcept
    : control_(static_cast<Control*>(memory)), records_(reinterpret_cast<Record*>(control_ + 1))
{}

std::size_t Failures::size() noexcept
{
    return sizeof(Control) + capacity * sizeof(Record);
}

void Failures::add(const Failure& failure, std::uint32_t pid) noexcept
{
    if (control_ == nullptr) {
        return;
    }
    const std::uint64_t number = control_->last_number.add(1) + 1;
    Record& record = records_[number % capacity];
    std::uint32_t nobody = 0;
    if (!record.writer.replace(nobody, pid)) {
        return;
    }
    const auto words = std::bit_cast<Record::Words>(Content{failure});
    record.sequence.store_release(2 * number - 1);
    for (std::size_t i = 0; i < words.size(); ++i) {
        record.words[i].store_release(words[i]);
    }
    record.sequence.store_release(2 * number);
    record.writer.store_release(0);
}

std::vector<Failure> Failures::all() const
{
    using Words = Record::Words;
    std::vector<std::pair<std::uint64_t, Words>> found;
    for (std::size_t i = 0; control_ != nullptr && i < capacity; ++i) {
        Words words;
        const std::uint64_t sequence = records_[i].read(words);
        if (sequence != 0) {
            found.emplace_back(sequence, words);
        }
    }
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<Failure> failures;
    failures.reserve(found.size());
    for (const auto& [sequence, words] : found) {
        failures.push_back(std::bit_cast<Content>(words).failure());
    }
    return failures;
}

void Failures::release(std::uint32_t pid) noexcept
{
    for (std::size_t i = 0; control_ != nullptr && i < capacity; ++i) {
        records_[i].release(pid);
    }
}

void Failures::release_dead(bool (*is_alive)(std::uint32_t pid)) noexcept
{
    for (std::size_t i = 0; control_ != nullptr && i < capacity; ++i) {
        const std::uint32_t writer = records_[i].writer.load();
        if (writer != 0 && !is_alive(writer)) {
            records_[i].release(writer);
        }
    }
}

}  // namespace jk::lb
