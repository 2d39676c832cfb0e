// The mount rules of one server, and their mount file, read again when it changes.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/complaint.h"
#include "config/server_config.h"
#include "httpd_api.h"
#include "route/uri_rules.h"

namespace jk::httpd {

/// Built in the parent; each child reads its mount file again by itself. Any thread may match.
/// Rules that newer ones replaced are freed at the first look at the file that finds no user of
/// theirs: a request counts itself in and out, with one atomic step each and no lock, and only where
/// a file may change the rules.
class MountTable {
public:
    /// What a table is made of: rules that never change, and a file that may.
    struct Parts {
        route::UriRules fixed;  ///< not finished yet
        const char* file = nullptr;
        int reload_interval = 60;  ///< s; 0: the file is read once
    };

    MountTable(apr_pool_t* pool, Parts parts, Complaints& complaints);

    /// The rules in force. They stay valid until `pool`, a request's own, is cleared, also when newer
    /// ones replace them.
    [[nodiscard]] const route::UriRules& rules_for(apr_pool_t* pool) const noexcept;

    /// The same, valid until the next reload. Requires: no other thread reloads, as at the start.
    [[nodiscard]] const route::UriRules& rules() const noexcept { return *current_.load()->rules; }

    /// How many versions of the rules are in memory: one, and those that requests still use. Requires
    /// what rules() does.
    [[nodiscard]] std::size_t kept() const noexcept;

    /// True where a mount file belongs to the table: it may be empty now and have rules later.
    [[nodiscard]] bool has_file() const noexcept { return parts_.file != nullptr; }

    /// True where the file is looked at again while the child serves.
    [[nodiscard]] bool may_change() const noexcept;

    /// Reads the mount file again when its check is due and it changed. What it complains about is
    /// logged; with an error the rules in force stay (uriworkermap.md 5). A file that was written
    /// less than two seconds ago may be half of what it is to be: it is looked at a second later.
    void reload_when_changed(const request_rec* request, apr_time_t now) noexcept;

private:
    /// What tells one version of a file from another.
    struct Version {
        apr_time_t modified = 0;
        apr_off_t size = -1;
        apr_ino_t inode = 0;
        bool operator==(const Version&) const = default;
    };

    /// Rules with the requests that use them. It stays where it is as long as the table, as a request
    /// may be late to count itself in; its rules do not.
    struct Edition {
        std::unique_ptr<const route::UriRules> rules;
        std::atomic<std::uint32_t> users{0};
    };

    [[nodiscard]] apr_time_t interval() const noexcept;
    [[nodiscard]] bool is_check_due(apr_time_t now) noexcept;
    void look_soon(apr_time_t now) noexcept;
    [[nodiscard]] Version version_of_file(apr_pool_t* pool) const noexcept;
    [[nodiscard]] static bool is_young(const Version& version, apr_time_t now) noexcept;
    void put_in_force(std::unique_ptr<const route::UriRules> rules);
    void free_unused() noexcept;
    void read_again(const request_rec* request, apr_time_t now);
    void take(const request_rec* request, std::string text, Complaints& complaints);
    void say_unreadable(const request_rec* request, const Version& now,
                        const Complaints& complaints);
    [[nodiscard]] std::optional<std::string> file_text(apr_pool_t* pool,
                                                       Complaints& complaints) const;
    [[nodiscard]] std::unique_ptr<route::UriRules> build(const std::string& text,
                                                         Complaints& complaints) const;

    Parts parts_;
    Version version_;
    std::optional<Version> unreadable_;  ///< what was already said to be gone or unreadable
    std::string text_;                   ///< of the file, as the rules in force have it
    std::vector<std::unique_ptr<Edition>> editions_;  ///< of the thread that is busy only
    std::atomic<Edition*> current_{nullptr};
    std::atomic<apr_time_t> last_check_{0};
    std::atomic<bool> busy_{false};  ///< one thread at a time reads the file
};

/// Makes the table of each server that mounts something: its own lines and file, what
/// JkMountCopy gives it, and for the main server the workers' `mount` properties.
void build_mount_tables(apr_pool_t* pool, server_rec* main, site::MountComplaints& complaints);

}  // namespace jk::httpd
