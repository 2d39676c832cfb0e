// The table of commands (status.md 2), and what each does and puts into the answer.
// Tested by tests/unit/status/commands_test.cc.
#include "status/commands.h"

#include <algorithm>
#include <array>
#include <utility>

#include "status/edit_names.h"
#include "status/update.h"

namespace jk::status {

namespace {

std::string list(const Call& call)
{
    Document& document = call.document;
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

std::string show(const Call& call)
{
    Document& document = call.document;
    if (call.target.balancer != nullptr) {
        document.balancers.push_back(call.target.balancer);
    }
    if (!call.target.members.empty()) {
        document.only_member = call.target.members.front();
    }
    if (call.target.worker != nullptr) {
        document.workers.push_back(call.target.worker);
    }
    return {};
}

std::string version(const Call& /*call*/)
{
    return {};
}

std::string dump(const Call& call)
{
    Document& document = call.document;
    document.is_dump = document.snapshot->configuration != nullptr;
    return document.is_dump ? "" : "Dumping configuration failed";
}

std::string edit(const Call& call)
{
    const Target& target = call.target;
    Form form{.balancer = target.balancer, .worker = target.worker};
    const auto attribute = call.query.find("att");
    if (!target.members.empty()) {
        form.member = target.members.front();
    } else if (target.balancer != nullptr && attribute) {
        const EditName* const row = find_edit_name(*attribute);
        form.attribute = row == nullptr || !may_be_set_for_all(*row) ? "" : row->name;
    }
    const bool is_unknown = attribute && target.members.empty() && form.attribute.empty();
    if ((target.balancer == nullptr && target.worker == nullptr) ||
        (target.balancer != nullptr && is_unknown)) {
        return "Error in generating this worker's configuration form.";
    }
    call.document.form = form;
    return {};
}

std::string update(const Call& call)
{
    Update update = read_update(call.query, call.target, dialect_of(call.query));
    call.changes = std::move(update.changes);
    return update.error;
}

std::string explain_update(const Refusal& refusal, std::span<const Change> changes,
                           const Page& page)
{
    const SubWorker form =
        is_pattern(page.member.value_or("")) ? SubWorker::pattern : SubWorker::name;
    return update_message(refusal, changes, form);
}

/// The reset or recovery of what `target` names.
Change of(const Target& target, Action action)
{
    Change change{.action = action};
    if (target.balancer != nullptr) {
        change.balancer = target.balancer->name;
    }
    if (!target.members.empty()) {
        change.kind = lb::EditKind::member;
        change.worker = target.members.front()->worker.name;
    } else if (target.worker != nullptr) {
        change.kind = lb::EditKind::worker;
        change.worker = target.worker->name;
    }
    return change;
}

constexpr std::string_view reset_failed = "Reset failed";

std::string reset(const Call& call)
{
    if (call.target.balancer == nullptr && call.target.worker == nullptr) {
        return std::string{reset_failed};
    }
    call.changes.push_back(of(call.target, Action::reset));
    return {};
}

constexpr std::string_view recovery_failed = "Marking worker for recovery failed";

std::string recover(const Call& call)
{
    if (call.target.members.empty()) {
        return std::string{recovery_failed};
    }
    call.changes.push_back(of(call.target, Action::recover));
    return {};
}

template <const std::string_view& message>
std::string say(const Refusal& /*refusal*/, std::span<const Change> /*changes*/,
                const Page& /*page*/)
{
    return std::string{message};
}

// clang-format off
// name, effect, needs, header, what it does, how it fails
constexpr std::array rows{
    Command{"list", Effect::shows, Needs::nothing, Header::full, list, nullptr},
    Command{"show", Effect::shows, Needs::worker, Header::full, show, nullptr},
    Command{"edit", Effect::prepares, Needs::worker, Header::server, edit, nullptr},
    Command{"update", Effect::changes, Needs::pattern, Header::none, update, explain_update},
    Command{"reset", Effect::changes, Needs::worker, Header::none, reset, say<reset_failed>},
    Command{"recover", Effect::changes, Needs::worker, Header::none, recover, say<recovery_failed>},
    Command{"version", Effect::shows, Needs::nothing, Header::full, version, nullptr},
    Command{"dump", Effect::shows, Needs::nothing, Header::full, dump, nullptr},
};
// clang-format on

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
