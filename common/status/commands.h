// The commands of the status, by the names of the parameter `cmd`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "status/change.h"
#include "status/document.h"
#include "status/query.h"
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

/// What a command is called with.
struct Call {
    const Query& query;
    const Target& target;
    Document& document;
    std::vector<Change>& changes;
};

/// A row. `run` puts into the document what the answer shows, and into `changes` what is to be done
/// before; it returns the message of a failure, or nothing. `explain` returns the message for
/// changes that were refused; nullptr where a command makes none.
struct Command {
    std::string_view name;
    Effect effect;
    Needs needs;
    Header header;
    std::string (*run)(const Call& call);
    std::string (*explain)(const Refusal& refusal, std::span<const Change> changes,
                           const Page& page);
};

[[nodiscard]] std::span<const Command> commands() noexcept;
/// Returns the command of that name, nullptr where there is none.
[[nodiscard]] const Command* find_command(std::string_view name) noexcept;

}  // namespace jk::status
