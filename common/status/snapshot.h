// What the status shows, as plain values taken at one moment. The adapter fills it from the
// configuration and the shared slots; formats read it and nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "conf/settings.h"
#include "lb/member_slot.h"

namespace jk::status {

/// A mount rule (status.md 5.4).
struct MapView {
    std::string server;
    std::string uri;  ///< without the marks ! and -
    bool is_disabled = false;
    bool is_exclusion = false;
    bool is_wildcard = false;
    std::string source;  ///< "worker definition", "JkMount", "uriworkermap"
    int reply_timeout = -1;
    bool sticky_ignore = false;
    bool stateless = false;
    std::string fail_on_status, active, disabled, stopped;
    int use_server_errors = 0;
};

/// An AJP worker: the fields that members and direct workers share (status.md 5.3).
struct WorkerView {
    std::string name;
    std::string type = "ajp13";
    const conf::AjpSettings* settings = nullptr;  ///< never null when rendered
    std::string address;  ///< "ip:port", "invalid", "unresolved" or "unix:/path"
    std::uint64_t used = 0, transferred = 0, read = 0;
    std::uint32_t errors = 0, client_errors = 0, reply_timeouts = 0;
    std::uint32_t busy = 0, max_busy = 0, connected = 0, max_connected = 0;
    TimePoint last_reset{};
    std::optional<TimePoint> error_time;  ///< of the worker itself
    lb::State state = lb::State::idle;    ///< of a direct worker
    std::vector<MapView> maps;            ///< of a direct worker
};

/// A member of a balancer.
struct MemberView {
    WorkerView worker;
    conf::Activation activation = conf::Activation::active;
    lb::State state = lb::State::idle;
    std::uint64_t lb_mult = 1, lb_value = 0, sessions = 0;
    std::uint32_t errors = 0;                   ///< lb level
    std::optional<TimePoint> first_error_time;  ///< shown as error_time (status.md 5.3)
    std::optional<TimePoint> last_error_time;   ///< feeds time_to_recover
};

/// A balancer (status.md 5.2).
struct BalancerView {
    std::string name;
    const conf::LbSettings* settings = nullptr;  ///< never null when rendered
    std::vector<MemberView> members;
    std::vector<MapView> maps;
    std::uint32_t busy = 0, max_busy = 0;
    TimePoint last_maintenance{};
    TimePoint last_reset{};
};

/// Everything that one answer may show.
struct Snapshot {
    std::string server_name;
    int server_port = 80;
    std::string web_server;  ///< httpd's description of itself
    std::string jk_version;  ///< "mod_jk/<version>"
    std::string uri;         ///< the path under which the status was asked for, for links
    TimePoint now{};
    int utc_offset = 0;  ///< seconds east of UTC of the local time
    int maintain = 60;   ///< s
    std::vector<BalancerView> balancers;
    std::vector<WorkerView> workers;  ///< direct workers of worker.list
    /// Listed workers of other types (status workers): can be named, show nothing.
    std::vector<std::string> others;
};

}  // namespace jk::status
