// The mount rules of one server, and their mount file, read again when it changes.
#pragma once

#include <atomic>
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
class MountTable {
public:
    /// What a table is made of: rules that never change, and a file that may.
    struct Parts {
        route::UriRules fixed;  ///< not finished yet
        const char* file = nullptr;
        int reload_interval = 60;  ///< s; 0: the file is read once
    };

    MountTable(apr_pool_t* pool, Parts parts, Complaints& complaints);

    /// The rules in force. They stay valid until the child ends, also when newer ones replace them
    /// while a request uses them.
    [[nodiscard]] const route::UriRules& rules() const noexcept
    {
        return *current_.load(std::memory_order_acquire);
    }

    /// True where a mount file belongs to the table: it may be empty now and have rules later.
    [[nodiscard]] bool has_file() const noexcept { return parts_.file != nullptr; }

    /// Reads the mount file again when its check is due and it changed. What it complains about is
    /// logged; with an error the rules in force stay (uriworkermap.md 5).
    void reload_when_changed(const request_rec* request) noexcept;

private:
    /// What tells one version of a file from another.
    struct Version {
        apr_time_t modified = 0;
        apr_off_t size = -1;
        apr_ino_t inode = 0;
        bool operator==(const Version&) const = default;
    };

    [[nodiscard]] bool is_check_due(apr_time_t now) noexcept;
    [[nodiscard]] Version version_of_file(apr_pool_t* pool) const noexcept;
    void read_again(const request_rec* request);
    void say_unreadable(const request_rec* request, const Version& now,
                        const Complaints& complaints);
    [[nodiscard]] std::optional<std::string> file_text(apr_pool_t* pool,
                                                       Complaints& complaints) const;
    [[nodiscard]] std::unique_ptr<route::UriRules> build(const std::string& text,
                                                         Complaints& complaints) const;

    Parts parts_;
    Version version_;
    std::optional<Version> unreadable_;  ///< what was already said to be gone or unreadable
    std::vector<std::unique_ptr<route::UriRules>> all_;  ///< kept: requests may still use them
    std::atomic<const route::UriRules*> current_{nullptr};
    std::atomic<apr_time_t> last_check_{0};
    std::atomic<bool> busy_{false};  ///< one thread at a time reads the file
};

/// Makes the table of each server that mounts something: its own lines and file, what
/// JkMountCopy gives it, and for the main server the workers' `mount` properties.
void build_mount_tables(apr_pool_t* pool, server_rec* main, site::MountComplaints& complaints);

}  // namespace jk::httpd
