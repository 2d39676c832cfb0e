// How an edit lies in the table of edits.cc, which alone includes this.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "lb/edits.h"
#include "lb/member_slot.h"

namespace jk::lb {

/// How often a reader begins again: nobody writes that fast, but memory may hold anything.
inline constexpr int most_tries = 64;

inline constexpr std::size_t property_room = 32;
inline constexpr std::size_t value_room = 256;

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

struct alignas(line) Edits::Control {
    Shared<std::uint32_t> generation;
    Shared<std::uint32_t> writer;         ///< its pid; 0 = nobody
    Shared<std::uint64_t> last_sequence;  ///< the greatest of the last change that began
    Shared<std::uint64_t> committed;      ///< the greatest that counts
    Shared<std::uint64_t> in_use;         ///< how many records, from the first, were ever used
};

/// What a record says: plain bytes, copied word by word.
struct Edits::Content {
    std::uint64_t fingerprint = 0;
    std::uint64_t kind = 0;
    char balancer[name_room]{};
    char worker[name_room]{};
    char property[property_room]{};
    char value[value_room]{};

    Content() = default;
    explicit Content(const Edit& edit) noexcept
        : fingerprint(edit.fingerprint), kind(static_cast<std::uint64_t>(edit.kind))
    {
        write_text(balancer, edit.balancer);
        write_text(worker, edit.worker);
        write_text(property, edit.property);
        write_text(value, edit.value);
    }
    /// By kind, names and property: the texts are filled up with zeros.
    [[nodiscard]] int compare_key(const Content& other) const noexcept
    {
        return std::memcmp(&kind, &other.kind, offsetof(Content, value) - offsetof(Content, kind));
    }
};

struct alignas(line) Edits::Record {
    using Words = std::array<std::uint64_t, sizeof(Content) / sizeof(std::uint64_t)>;

    Shared<std::uint64_t> sequence;  ///< 0 = free
    Shared<std::uint64_t> replaces;  ///< the place, from 1, of an older one of this key; 0 = none
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
    void write(const Content& content, std::uint64_t place, std::uint64_t number) noexcept
    {
        const auto copy = std::bit_cast<Words>(content);
        for (std::size_t i = 0; i < copy.size(); ++i) {
            words[i].store_release(copy[i]);
        }
        replaces.store(place);
        sequence.store_release(number);
    }
};

}  // namespace jk::lb
