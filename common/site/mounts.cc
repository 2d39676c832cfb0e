// Which mount rules a server has. Its own lines come first, then the copies, so that of two of one
// rank its own counts; the file's rules are the caller's to add.
// Tested by tests/unit/site/mounts_test.cc.
#include "site/mounts.h"

#include <set>
#include <string>
#include <utility>

namespace jk::site {

namespace {

/// What a line is about: of two lines with the same key the server's own counts.
using Key = std::pair<bool, std::string_view>;

Key key_of(const route::Mount& line) noexcept
{
    return {line.is_exclusion, line.pattern};
}

std::set<Key> keys_of(std::span<const route::Mount> lines)
{
    std::set<Key> keys;
    for (const route::Mount& line : lines) {
        keys.insert(key_of(line));
    }
    return keys;
}

/// The `mount` properties of the listed workers.
void add_worker_mounts(route::UriRules& rules, const conf::WorkerSet& workers,
                       Complaints& complaints)
{
    for (const conf::ListedWorker& one : workers.listed) {
        const auto add = [&](const auto& worker) {
            for (std::size_t i = 0; i < worker.settings.mount.size(); ++i) {
                rules.add({worker.settings.mount[i], one.name, route::Source::worker_definition,
                           worker.mount_places[i]},
                          complaints);
            }
        };
        switch (one.type) {
        case conf::WorkerType::ajp13: add(workers.ajp[one.index]); break;
        case conf::WorkerType::lb: add(workers.lb[one.index]); break;
        case conf::WorkerType::status: add(workers.status[one.index]); break;
        }
    }
}

/// Of the limits of a target's members the shortest one counts.
void note_patience(const conf::AjpWorker& worker, route::TargetWorker& target)
{
    const int limit = worker.settings.socket_timeout;
    if (limit > 0 && (target.socket_timeout == 0 || limit < target.socket_timeout)) {
        target.socket_timeout = limit;
        target.least_patient = worker.name;
    }
}

}  // namespace

MountCopy inherited(MountCopy own, MountCopy main) noexcept
{
    return own == MountCopy::unset && main == MountCopy::all ? MountCopy::on : own;
}

Composition compose(const ServerMounts& own, const ServerMounts& main,
                    const conf::WorkerSet& workers, MountComplaints& complaints)
{
    const bool is_main = &own == &main;
    const bool copies = !is_main && own.copy == MountCopy::on;
    Composition composition{{}, own.file};
    if (is_main || (copies && own.lines.empty() && own.file.empty())) {
        add_worker_mounts(composition.fixed, workers, complaints.of_workers);
    }
    for (const route::Mount& line : own.lines) {
        composition.fixed.add(line, complaints.of_rules);
    }
    if (copies) {
        const std::set<Key> own_keys = keys_of(own.lines);
        for (const route::Mount& line : main.lines) {
            if (own_keys.count(key_of(line)) == 0) {
                composition.fixed.add(line, complaints.of_rules);
            }
        }
        composition.file = own.file.empty() ? main.file : own.file;
    }
    return composition;
}

route::TargetWorkers targets_of(const conf::WorkerSet& workers)
{
    route::TargetWorkers targets;
    for (const conf::ListedWorker& one : workers.listed) {
        route::TargetWorker& target = targets[one.name];
        target.is_balancer = one.type == conf::WorkerType::lb;
        if (target.is_balancer) {
            for (const std::size_t member : workers.lb[one.index].members) {
                target.members.insert(workers.ajp[member].name);
                note_patience(workers.ajp[member], target);
            }
        } else if (one.type == conf::WorkerType::ajp13) {
            note_patience(workers.ajp[one.index], target);
        }
    }
    return targets;
}

void assume_targets(const route::UriRules& rules, route::TargetWorkers& targets)
{
    for (const route::Rule& rule : rules.all()) {
        const route::RuleOptions& options = rule.target.options;
        route::TargetWorker& target = targets[rule.target.worker];
        target.is_balancer = true;
        for (const auto* const names : {&options.active, &options.disabled, &options.stopped}) {
            target.members.insert(names->begin(), names->end());
        }
    }
}

}  // namespace jk::site
