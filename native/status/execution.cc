// First everything is looked up and tried, then edits are made, all at once, then members are reset
// and recovered, which cannot fail any more but for what happens in between.
// Tested by tests/adapter/status/execution_test.cc and tests/system/test_status_changes.py.
#include "status/execution.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/wording.h"
#include "config/server_config.h"
#include "pool.h"
#include "runtime/child.h"
#include "status/asking.h"

namespace jk::httpd {

namespace {

using lb::EditKind;
using status::Action;
using status::Change;
using status::Reason;
using status::Refusal;

/// What a reset or a recovery is about; null where it names nothing.
struct Subject {
    lb::Balancer* balancer = nullptr;
    std::size_t member = 0;
    lb::WorkerSlot* worker = nullptr;  ///< direct
};

Subject find_worker(Runtime& runtime, const Change& change)
{
    for (const Backend& one : runtime.backends()) {
        if (one.worker->name == change.worker) {
            return {.worker = one.slot};
        }
    }
    return {};
}

Subject find(Runtime& runtime, const Change& change)
{
    if (change.kind == EditKind::worker) {
        return find_worker(runtime, change);
    }
    for (const BalancedSet& set : runtime.balanced()) {
        if (set.worker->name != change.balancer) {
            continue;
        }
        const auto members = set.balancer->members();
        const auto found = std::find_if(members.begin(), members.end(), [&](const lb::Member& one) {
            return one.name == change.worker;
        });
        const bool is_there = change.kind == EditKind::balancer || found != members.end();
        return is_there
                   ? Subject{set.balancer.get(), static_cast<std::size_t>(found - members.begin())}
                   : Subject{};
    }
    return {};
}

constexpr const char* not_in_error = "is not in error, so there is nothing to recover";

bool may_recover(const Subject& subject) noexcept
{
    switch (subject.balancer->state(subject.member)) {
    case lb::State::error:
    case lb::State::probing:
    case lb::State::forced: return true;
    case lb::State::idle:
    case lb::State::ok:
    case lb::State::recovering:
    case lb::State::busy: break;
    }
    return false;
}

/// What is wrong with a reset or a recovery.
std::optional<Refusal> check(Runtime& runtime, const Change& change, std::size_t index)
{
    if (change.action == Action::edit) {
        return std::nullopt;
    }
    const Subject subject = find(runtime, change);
    if (subject.balancer == nullptr && subject.worker == nullptr) {
        return Refusal{index, Reason::unknown, "there is no such worker"};
    }
    if (change.action == Action::recover &&
        (change.kind != EditKind::member || !may_recover(subject))) {
        return Refusal{index, Reason::wrong_state, not_in_error};
    }
    return std::nullopt;
}

void reset(Runtime& runtime, const Change& change, const Subject& subject)
{
    switch (change.kind) {
    case EditKind::balancer: subject.balancer->reset(now()); break;
    case EditKind::member: subject.balancer->reset(subject.member, now()); break;
    case EditKind::worker:
        lb::reset_direct(*subject.worker, now());
        runtime.segment().measures(*subject.worker).clear();
        break;
    }
}

/// Does a reset or a recovery.
std::optional<Refusal> act(Runtime& runtime, const Change& change, std::size_t index)
{
    const Subject subject = find(runtime, change);
    if (change.action == Action::reset) {
        reset(runtime, change, subject);
        return std::nullopt;
    }
    if (!subject.balancer->recover(subject.member, now())) {
        return Refusal{index, Reason::wrong_state, not_in_error};
    }
    return std::nullopt;
}

void log(const Author& author, const std::string& what)
{
    JK_LOG(log_context(author.request), Level::info, "status worker %.*s: %s: %s",
           static_cast<int>(author.status_worker.size()), author.status_worker.data(),
           asker_in_log(author.request).c_str(), what.c_str());
}

void log_edits(const Author& author, std::span<const Change> changes,
               const std::vector<Edited>& made)
{
    for (const Edited& one : made) {
        const Change& change = changes[one.index];
        log(author, concat({change.property, " of ", to_text(change.target()), " changed from ",
                            quoted(one.before), " to ", quoted(one.after)}));
    }
}

}  // namespace

std::optional<Refusal> execute(const Author& author, const Global& global,
                               std::span<const Change> changes,
                               std::optional<std::uint32_t> generation)
{
    Runtime& runtime = *global.runtime;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (auto refusal = check(runtime, changes[i], i)) {
            return refusal;
        }
    }
    std::vector<Edited> made;
    if (auto refusal = runtime.edit(changes, made, generation)) {
        return refusal;
    }
    global.child->close_strangers();
    log_edits(author, changes, made);
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (changes[i].action == Action::edit) {
            continue;
        }
        if (auto refusal = act(runtime, changes[i], i)) {
            return refusal;
        }
        log(author, concat({to_text(changes[i].target()),
                            changes[i].action == Action::reset ? " was reset" : " is recovering"}));
    }
    return std::nullopt;
}

}  // namespace jk::httpd
