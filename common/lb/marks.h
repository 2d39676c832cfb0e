// One bit per member, without allocation: which members this request is done with in this round.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

namespace jk::lb {

/// Bits for up to `room` members stand in the object; for more the caller gives words that live as
/// long as the object does.
class Marks {
public:
    static constexpr std::size_t room = 256;

    /// Returns how many words of scratch so many members need; 0 where the object suffices.
    [[nodiscard]] static constexpr std::size_t scratch_words(std::size_t members) noexcept
    {
        return members <= room ? 0 : (members + bits - 1) / bits;
    }

    /// Requires: `scratch` has scratch_words(members) words; it is cleared here. With less, the
    /// members that find no place share the last bit: one of them tried, all count as tried.
    Marks(std::size_t members, std::span<std::uint64_t> scratch) noexcept
        : scratch_(members <= room ? std::span<std::uint64_t>{} : scratch)
    {
        assert(scratch.size() >= scratch_words(members));
        clear();
    }

    [[nodiscard]] bool has(std::size_t member) const noexcept
    {
        const std::span<const std::uint64_t> all = words();
        return ((all[word_of(member)] >> bit_of(member)) & 1) != 0;
    }
    void set(std::size_t member) noexcept
    {
        writable()[word_of(member)] |= std::uint64_t{1} << bit_of(member);
    }
    void unset(std::size_t member) noexcept
    {
        writable()[word_of(member)] &= ~(std::uint64_t{1} << bit_of(member));
    }
    void clear() noexcept
    {
        for (std::uint64_t& word : writable()) {
            word = 0;
        }
    }

private:
    static constexpr std::size_t bits = 64;

    [[nodiscard]] std::span<std::uint64_t> writable() noexcept
    {
        return scratch_.empty() ? std::span<std::uint64_t>{inline_} : scratch_;
    }
    [[nodiscard]] std::span<const std::uint64_t> words() const noexcept
    {
        return scratch_.empty() ? std::span<const std::uint64_t>{inline_} : scratch_;
    }
    [[nodiscard]] std::size_t place_of(std::size_t member) const noexcept
    {
        const std::size_t last = words().size() * bits - 1;
        return member < last ? member : last;
    }
    [[nodiscard]] std::size_t word_of(std::size_t member) const noexcept
    {
        return place_of(member) / bits;
    }
    [[nodiscard]] std::size_t bit_of(std::size_t member) const noexcept
    {
        return place_of(member) % bits;
    }

    std::array<std::uint64_t, room / bits> inline_{};
    std::span<std::uint64_t> scratch_;
};

}  // namespace jk::lb
