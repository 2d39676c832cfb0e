// The commands of the status, by the names of the parameter `cmd`.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "status/document.h"
#include "status/selection.h"

namespace jk::status {

/// What a command does to the workers.
enum class Effect : std::uint8_t {
    shows,
    prepares,  ///< a form for a change: refused read-only
    changes,   ///< refused read-only, and by HEAD
};

/// What a command wants to be given.
enum class Needs : std::uint8_t {
    nothing,
    worker,   ///< `w`, and `sw` where present
    pattern,  ///< the same, with wildcards in `sw`
};

/// A row. `run` puts into the document what the answer shows, and returns the message of a failure,
/// a literal, or nothing.
struct Command {
    std::string_view name;
    Effect effect;
    Needs needs;
    Header header;
    std::string_view (*run)(const Target& target, Document& document);
};

[[nodiscard]] std::span<const Command> commands() noexcept;
/// Returns the command of that name, nullptr where there is none.
[[nodiscard]] const Command* find_command(std::string_view name) noexcept;

}  // namespace jk::status
