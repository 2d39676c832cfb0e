// The extensions behind a worker's name in a mount rule: `worker;name=value;…` (uriworkermap.md 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jk::route {

/// The extensions of one rule. Lists keep their text too, since the status shows it.
struct RuleOptions {
    std::optional<int> reply_timeout;  ///< ms, 0 = none
    bool sticky_ignore = false;
    bool stateless = false;
    int use_server_errors = 0;        ///< status from which httpd's own pages are used, 0 off
    std::vector<std::string> active;  ///< member names
    std::vector<std::string> disabled;
    std::vector<std::string> stopped;
    std::string active_text, disabled_text, stopped_text;
    std::optional<std::vector<int>> fail_on_status;
    std::string fail_on_status_text;
    std::optional<std::string> session_cookie;
    std::optional<std::string> session_path;  ///< with its leading ';' always
    std::optional<bool> set_session_cookie;
    std::optional<std::string> session_cookie_path;
    std::string balancer_only;  ///< names of those found that only a balancer understands

    bool operator==(const RuleOptions&) const = default;
};

/// A worker's name and the extensions that followed it.
struct RuleTarget {
    std::string worker;
    RuleOptions options;
};

/// Splits `text`, the value of a rule or of the worker indicator variable. Never fails: what is
/// wrong is passed over and described in `warnings`, one sentence each without place.
[[nodiscard]] RuleTarget parse_target(std::string_view text, std::vector<std::string>& warnings);

}  // namespace jk::route
