// The table of commands (status.md 2) and what each puts into the answer. Those that are not built
// yet are rows too, so that every check before them holds.
// Tested by tests/unit/status/commands_test.cc.
#include "status/commands.h"

#include <algorithm>
#include <array>

namespace jk::status {

namespace {

std::string_view list(const Target& /*target*/, Document& document)
{
    document.is_list = true;
    if (!document.page.has(hide_balancers)) {
        for (const BalancerView& balancer : document.snapshot->balancers) {
            document.balancers.push_back(&balancer);
        }
    }
    if (!document.page.has(hide_workers)) {
        for (const WorkerView& worker : document.snapshot->workers) {
            document.workers.push_back(&worker);
        }
    }
    return {};
}

std::string_view show(const Target& target, Document& document)
{
    if (target.balancer != nullptr) {
        document.balancers.push_back(target.balancer);
    }
    if (!target.members.empty()) {
        document.only_member = target.members.front();
    }
    if (target.worker != nullptr) {
        document.workers.push_back(target.worker);
    }
    return {};
}

std::string_view version(const Target& /*target*/, Document& /*document*/)
{
    return {};
}

std::string_view refuse(const Target& /*target*/, Document& /*document*/)
{
    return "This command is not available yet.";
}

// name, effect, needs, header, what it does
constexpr std::array rows{
    Command{"list", Effect::shows, Needs::nothing, Header::full, list},
    Command{"show", Effect::shows, Needs::worker, Header::full, show},
    Command{"edit", Effect::prepares, Needs::worker, Header::server, refuse},
    Command{"update", Effect::changes, Needs::pattern, Header::none, refuse},
    Command{"reset", Effect::changes, Needs::worker, Header::none, refuse},
    Command{"recover", Effect::changes, Needs::worker, Header::none, refuse},
    Command{"version", Effect::shows, Needs::nothing, Header::full, version},
    Command{"dump", Effect::shows, Needs::nothing, Header::full, refuse},
};

}  // namespace

std::span<const Command> commands() noexcept
{
    return rows;
}

const Command* find_command(std::string_view name) noexcept
{
    const auto is_named = [name](const Command& command) { return command.name == name; };
    const auto* const found = std::find_if(rows.begin(), rows.end(), is_named);
    return found == rows.end() ? nullptr : found;
}

}  // namespace jk::status
