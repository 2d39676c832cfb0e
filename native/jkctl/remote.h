// The commands that talk to a running server, but for drain: look, change, recover, reset.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "jkctl/console.h"
#include "jkctl/service.h"

namespace jk::ctl {

/// What a command is about. Without a member: the balancer as a whole, or a direct worker of this
/// name; without both: all.
struct Place {
    std::string balancer;
    std::string member;
};

/// The commands. Each fails with refused where the server does not answer, or refuses.
[[nodiscard]] Exit show_status(const Service& service, const Place& place, Format format,
                               Console& console);
[[nodiscard]] Exit show_members(const Service& service, const Place& place, Format format,
                                Console& console);

/// A change of settings, told by the command `name`.
struct Edit {
    std::string_view name;
    Place place;
    Json::Object settings{};
    Format format = Format::text;
};
[[nodiscard]] Exit edit(const Service& service, const Edit& edit, Console& console);

/// "recover" or "reset".
struct Action {
    std::string_view name;
    Place place;
    Format format = Format::text;
};
[[nodiscard]] Exit act(const Service& service, const Action& action, Console& console);

/// Takes "member property=value …" apart. Returns what is wrong with it, or nothing.
[[nodiscard]] std::string read_edit(const std::vector<std::string>& words, Edit& edit);

}  // namespace jk::ctl
