// Mount tables. Which rules a server has is site/mounts.h's to say. Requests in flight point into
// the rules, so that those which were replaced are kept while somebody uses them. A request counts
// itself in and then looks whether the rules are still in force; who replaces them does that first
// and then looks for users: so one of the two sees the other, as all these steps have one order
// (sequential consistency).
// Tested by tests/adapter/config/mount_table_test.cc and tests/system/test_mapping.py.
#include "config/mount_table.h"

#include <algorithm>
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
    : parts_(std::move(parts)), version_(version_of_file(pool)),
      text_(file_text(pool, complaints).value_or("")), last_check_(apr_time_now())
{
    put_in_force(build(text_, complaints));
    if (is_young(version_, last_check_)) {
        look_soon(last_check_);
    }
}

const route::UriRules& MountTable::rules_for(apr_pool_t* pool) const noexcept
{
    if (!may_change()) {
        return rules();
    }
    Edition* edition = current_.load();
    edition->users.fetch_add(1);
    for (Edition* now = current_.load(); now != edition; now = current_.load()) {
        edition->users.fetch_sub(1);
        edition = now;
        edition->users.fetch_add(1);
    }
    const auto leave = [](void* data) noexcept -> apr_status_t {
        static_cast<Edition*>(data)->users.fetch_sub(1);
        return APR_SUCCESS;
    };
    apr_pool_cleanup_register(pool, edition, leave, apr_pool_cleanup_null);
    return *edition->rules;
}

std::size_t MountTable::kept() const noexcept
{
    return static_cast<std::size_t>(
        std::count_if(editions_.begin(), editions_.end(),
                      [](const auto& edition) { return edition->rules != nullptr; }));
}

void MountTable::put_in_force(std::unique_ptr<const route::UriRules> rules)
{
    free_unused();
    auto place = std::find_if(editions_.begin(), editions_.end(),
                              [](const auto& edition) { return edition->rules == nullptr; });
    if (place == editions_.end()) {
        place = editions_.insert(place, std::make_unique<Edition>());
    }
    (*place)->rules = std::move(rules);
    current_.store(place->get());
    free_unused();
}

void MountTable::free_unused() noexcept
{
    for (const std::unique_ptr<Edition>& edition : editions_) {
        if (edition.get() != current_.load() && edition->users.load() == 0) {
            edition->rules.reset();
        }
    }
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

/// Written so lately that it may not be whole yet. A time that is far ahead says nothing.
bool MountTable::is_young(const Version& version, apr_time_t now) noexcept
{
    constexpr apr_time_t rest = apr_time_from_sec(2);  // and file systems that count in seconds
    return now - version.modified < rest && version.modified - now < rest;
}

bool MountTable::may_change() const noexcept
{
    return has_file() && parts_.reload_interval > 0;
}

apr_time_t MountTable::interval() const noexcept
{
    return apr_time_from_sec(parts_.reload_interval);
}

/// A last check that lies far ahead is one from before the clock was set back.
bool MountTable::is_check_due(apr_time_t now) noexcept
{
    if (!may_change()) {
        return false;
    }
    apr_time_t last = last_check_.load(std::memory_order_relaxed);
    const bool is_due = now - last > interval() || last - now > interval();
    return is_due && last_check_.compare_exchange_strong(last, now);
}

/// Makes the next check due in a second.
void MountTable::look_soon(apr_time_t now) noexcept
{
    last_check_.store(now - interval() + apr_time_from_sec(1));
}

void MountTable::reload_when_changed(const request_rec* request, apr_time_t now) noexcept
{
    if (!is_check_due(now) || busy_.exchange(true)) {
        return;
    }
    guarded(request->server, 0, [&] {
        free_unused();
        read_again(request, now);
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

void MountTable::read_again(const request_rec* request, apr_time_t now)
{
    const Version found = version_of_file(request->pool);
    if (found == version_) {
        unreadable_.reset();
        return;
    }
    if (is_young(found, now)) {
        look_soon(now);
        return;
    }
    Complaints complaints;
    std::optional<std::string> text =
        found == Version{} ? std::nullopt : file_text(request->pool, complaints);
    if (!text.has_value()) {  // its rules stay, and the next check tries again
        say_unreadable(request, found, complaints);
        return;
    }
    if (version_of_file(request->pool) != found) {
        look_soon(now);
        return;
    }
    unreadable_.reset();
    version_ = found;
    if (*text != text_) {
        take(request, std::move(*text), complaints);
    }
}

void MountTable::take(const request_rec* request, std::string text, Complaints& complaints)
{
    const LogContext log = log_context(request);
    std::unique_ptr<route::UriRules> rules = build(text, complaints);
    route::check_rules(*rules, site::targets_of(config_of(request).global->workers), complaints);
    log_complaints(log, complaints);
    if (has_error(complaints)) {
        JK_LOG(log, Level::error, "the mount file %s has errors; the rules in force stay",
               parts_.file);
        return;
    }
    put_in_force(std::move(rules));
    text_ = std::move(text);
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
