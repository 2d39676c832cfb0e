// Mount tables. Which rules a server has: uriworkermap.md 1 and 6, directives.md 3.4. A table that
// was replaced is kept until the child ends, since requests in flight point into it.
// Tested by tests/adapter/config/mount_table_test.cc and tests/system/test_mapping.py.
#include "config/mount_table.h"

#include <algorithm>

#include "config/global.h"
#include "config/worker_files.h"
#include "guard.h"
#include "pool.h"
#include "route/rule_checks.h"

namespace jk::httpd {

namespace {

/// True when `lines` hold one with the same path text: then the main server's is not copied.
bool defines(const std::vector<route::Mount>& lines, const route::Mount& line)
{
    return std::any_of(lines.begin(), lines.end(), [&](const route::Mount& one) {
        return one.is_exclusion == line.is_exclusion && one.pattern == line.pattern;
    });
}

/// The `mount` properties of the listed workers.
void add_worker_mounts(route::UriRules& rules, const conf::WorkerSet& workers,
                       Complaints& complaints)
{
    for (const conf::ListedWorker& one : workers.listed) {
        const auto add = [&](const auto& worker) {
            for (const std::string& pattern : worker.settings.mount) {
                rules.add({pattern, one.name, route::Source::worker_definition, worker.place},
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

/// What the mount rules may name.
route::TargetWorkers targets_of(const conf::WorkerSet& workers)
{
    route::TargetWorkers targets;
    for (const conf::ListedWorker& one : workers.listed) {
        route::TargetWorker& target = targets[one.name];
        target.is_balancer = one.type == conf::WorkerType::lb;
        if (target.is_balancer) {
            for (const std::size_t member : workers.lb[one.index].members) {
                target.members.insert(workers.ajp[member].name);
            }
        }
    }
    return targets;
}

MountTable::Parts parts_of(const ServerConfig& config, const ServerConfig& main,
                           MountComplaints& complaints)
{
    const bool is_main = &config == &main;
    const bool copies = !is_main && config.mount_copy == MountCopy::on;
    MountTable::Parts parts;
    parts.file = config.mount_file;
    parts.reload_interval = config.mount_file_reload.value_or(60);
    if (is_main || (copies && config.mounts.empty() && config.mount_file == nullptr)) {
        add_worker_mounts(parts.fixed, config.global->workers, complaints.of_workers);
    }
    if (copies) {
        for (const route::Mount& line : main.mounts) {
            if (!defines(config.mounts, line)) {
                parts.fixed.add(line, complaints.of_rules);
            }
        }
        parts.file = parts.file == nullptr ? main.mount_file : parts.file;
    }
    for (const route::Mount& line : config.mounts) {
        parts.fixed.add(line, complaints.of_rules);
    }
    return parts;
}

}  // namespace

MountTable::MountTable(apr_pool_t* pool, Parts parts, Complaints& complaints)
    : parts_(std::move(parts)), version_(version_of_file(pool)), last_check_(apr_time_now())
{
    all_.push_back(build(file_text(pool, complaints).value_or(""), complaints));
    current_.store(all_.back().get());
}

std::optional<std::string> MountTable::file_text(apr_pool_t* pool, Complaints& complaints) const
{
    return has_file() ? read_file(pool, parts_.file, complaints) : "";
}

std::unique_ptr<route::UriRules> MountTable::build(const std::string& text,
                                                   Complaints& complaints) const
{
    auto rules = std::make_unique<route::UriRules>(parts_.fixed);
    if (has_file()) {
        rules->add_file(text, parts_.file, process_environment, complaints);
    }
    rules->finish();
    return rules;
}

MountTable::Version MountTable::version_of_file(apr_pool_t* pool) const noexcept
{
    apr_finfo_t info{};
    constexpr apr_int32_t wanted = APR_FINFO_MTIME | APR_FINFO_SIZE | APR_FINFO_INODE;
    if (!has_file() || apr_stat(&info, parts_.file, wanted, pool) != APR_SUCCESS) {
        return {};
    }
    return {info.mtime, info.size, info.inode};
}

bool MountTable::is_check_due(apr_time_t now) noexcept
{
    if (!has_file() || parts_.reload_interval <= 0) {
        return false;
    }
    apr_time_t last = last_check_.load(std::memory_order_relaxed);
    return now - last > apr_time_from_sec(parts_.reload_interval) &&
           last_check_.compare_exchange_strong(last, now);
}

void MountTable::reload_when_changed(const request_rec* request) noexcept
{
    if (!is_check_due(request->request_time) || busy_.exchange(true)) {
        return;
    }
    guarded(request->server, 0, [&] {
        read_again(request);
        return 0;
    });
    busy_.store(false);
}

void MountTable::read_again(const request_rec* request)
{
    const LogContext log = log_context(request);
    const Version now = version_of_file(request->pool);
    if (now == Version{}) {
        JK_LOG(log, Level::error, "the mount file %s cannot be read any more; its rules stay",
               parts_.file);
        return;
    }
    if (now == version_) {
        return;
    }
    Complaints complaints;
    const std::optional<std::string> text = file_text(request->pool, complaints);
    if (!text.has_value()) {  // its rules stay, and the next check tries again
        log_complaints(log, complaints);
        return;
    }
    version_ = now;
    std::unique_ptr<route::UriRules> rules = build(*text, complaints);
    route::check_rules(*rules, targets_of(config_of(request).global->workers), complaints);
    log_complaints(log, complaints);
    if (has_error(complaints)) {
        JK_LOG(log, Level::error, "the mount file %s has errors; the rules in force stay",
               parts_.file);
        return;
    }
    all_.push_back(std::move(rules));
    current_.store(all_.back().get(), std::memory_order_release);
    JK_LOG(log, Level::info, "the mount file %s was read again", parts_.file);
}

void build_mount_tables(apr_pool_t* pool, server_rec* main, MountComplaints& complaints)
{
    const ServerConfig& main_config = config_of(main);
    const route::TargetWorkers targets = targets_of(main_config.global->workers);
    for (server_rec* server = main; server != nullptr; server = server->next) {
        ServerConfig& config = config_of(server);
        if (config.auto_alias == nullptr && config.mount_copy == MountCopy::on) {
            config.auto_alias = main_config.auto_alias;
        }
        MountTable::Parts parts = parts_of(config, main_config, complaints);
        auto* const table = make_in<MountTable>(pool, pool, std::move(parts), complaints.of_rules);
        if (table->rules().is_empty() && !table->has_file()) {
            continue;
        }
        route::check_rules(table->rules(), targets, complaints.of_rules);
        config.table = table;
    }
}

}  // namespace jk::httpd
