// A fixed list of names and the place of each, found by one comparison.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace jk {

/// Names that are known when the program is built, asked for whatever their case: a perfect hash
/// over length, first and last character, made at compile time. A list for which none is found, as
/// one with a name twice, does not compile.
template <std::size_t count> class NameTable {
public:
    /// Requires: no name is empty, and the names outlive the table.
    consteval explicit NameTable(const std::array<std::string_view, count>& names) : names_(names)
    {
        while (!is_filled()) {
            ++seed_;  // ends the build when it is exhausted
        }
    }

    /// Returns the name's place in the list, counted from 0; nullopt where it is not in it.
    [[nodiscard]] constexpr std::optional<std::size_t> find(std::string_view name) const noexcept
    {
        if (name.empty()) {
            return std::nullopt;
        }
        const std::uint8_t place = places_[slot_of(name)];
        if (place == nobody || !equals_caseless(names_[place], name)) {
            return std::nullopt;
        }
        return place;
    }

private:
    static constexpr std::uint8_t nobody = 0xff;
    static_assert(count < nobody);
    static constexpr std::size_t slots = [] {
        std::size_t size = 4;
        while (size < 4 * count) {
            size *= 2;
        }
        return size;
    }();

    [[nodiscard]] constexpr std::size_t slot_of(std::string_view name) const noexcept
    {
        constexpr unsigned char small = 0x20;  // the bit that makes a letter a small one
        const std::size_t first = static_cast<unsigned char>(name.front()) | small;
        const std::size_t last = static_cast<unsigned char>(name.back()) | small;
        return (name.size() + first * seed_ + last * (seed_ >> 4)) % slots;
    }

    consteval bool is_filled()
    {
        places_.fill(nobody);
        for (std::size_t i = 0; i < count; ++i) {
            std::uint8_t& place = places_[slot_of(names_[i])];
            if (place != nobody) {
                return false;
            }
            place = static_cast<std::uint8_t>(i);
        }
        return true;
    }

    std::array<std::string_view, count> names_;
    std::array<std::uint8_t, slots> places_{};
    std::size_t seed_ = 1;
};

}  // namespace jk
