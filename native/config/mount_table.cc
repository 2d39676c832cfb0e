// Mount tables. Which rules a server has is site/mounts.h's to say. A table that was replaced is
// kept until the child ends, since requests in flight point into it.
// Tested by tests/adapter/config/mount_table_test.cc and tests/system/test_mapping.py.
#include "config/mount_table.h"

#include <utility>

#include "config/global.h"
#include "config/worker_files.h"
#include "guard.h"
#include "pool.h"
#include "route/rule_checks.h"
#include "site/doctor.h"

namespace jk::httpd {

namespace {

site::ServerMounts mounts_of(const ServerConfig& config) noexcept
{
    return {config.mounts, config.mount_copy, view(config.mount_file)};
}

MountTable::Parts parts_of(const ServerConfig& config, const ServerConfig& main,
                           site::MountComplaints& complaints)
{
    const site::ServerMounts of_main = mounts_of(main);
    const site::ServerMounts of_host = mounts_of(config);
    site::Composition composition = site::compose(&config == &main ? of_main : of_host, of_main,
                                                  config.global->workers, complaints);
    MountTable::Parts parts;
    parts.fixed = std::move(composition.fixed);
    parts.file = composition.file.empty() ? nullptr : composition.file.data();
    parts.reload_interval = config.mount_file_reload.value_or(60);
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

/// Once for each version of the file, however often it is looked for.
void MountTable::say_unreadable(const request_rec* request, const Version& now,
                                const Complaints& complaints)
{
    if (unreadable_ == now) {
        return;
    }
    unreadable_ = now;
    const LogContext log = log_context(request);
    log_complaints(log, complaints);
    JK_LOG(log, Level::error, "the mount file %s cannot be read any more; its rules stay",
           parts_.file);
}

void MountTable::read_again(const request_rec* request)
{
    const LogContext log = log_context(request);
    const Version now = version_of_file(request->pool);
    Complaints complaints;
    if (now == version_) {
        unreadable_.reset();
        return;
    }
    const std::optional<std::string> text =
        now == Version{} ? std::nullopt : file_text(request->pool, complaints);
    if (!text.has_value()) {  // its rules stay, and the next check tries again
        say_unreadable(request, now, complaints);
        return;
    }
    unreadable_.reset();
    version_ = now;
    std::unique_ptr<route::UriRules> rules = build(*text, complaints);
    route::check_rules(*rules, site::targets_of(config_of(request).global->workers), complaints);
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

void build_mount_tables(apr_pool_t* pool, server_rec* main, site::MountComplaints& complaints)
{
    const ServerConfig& main_config = config_of(main);
    std::vector<const route::UriRules*> tables;
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
        config.table = table;
        tables.push_back(&table->rules());
    }
    site::check_mounts(tables, site::targets_of(main_config.global->workers), complaints.of_rules);
}

}  // namespace jk::httpd
