// Which property names there are, whatever worker they belong to (workers.md 7).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace jk::conf {

/// What a name is good for.
enum class NameUse : std::uint8_t {
    current,  ///< to be used
    old,      ///< still has its effect, but there is a new way to write it
    dead,     ///< accepted, but has no effect at all
};

struct KnownName {
    std::string_view name;
    NameUse use = NameUse::current;
    bool is_list = false;    ///< several statements add up
    bool is_secret = false;  ///< its value is never shown
    std::string_view instead =
        {};  ///< what to write instead of an old or dead name, empty: nothing
};

/// Returns what is known of a property's name (the part behind the last dot), case-sensitive.
[[nodiscard]] std::optional<KnownName> find_known_name(std::string_view name) noexcept;

/// Returns the current name to write for a misspelt one: the closest, or what stands for the old
/// name or for the name of another product that is closest. Empty where none is close.
[[nodiscard]] std::string_view nearest_known_name(std::string_view misspelt) noexcept;

}  // namespace jk::conf
