// What the status shows, as plain values taken at one moment. The adapter fills it from the
// configuration and the shared slots; formats read it and nothing else.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "conf/settings.h"
#include "conf/shown_properties.h"
#include "lb/failures.h"
#include "lb/histogram.h"
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

/// How long the attempts on a worker took (lb/measures.h).
struct Latency {
    lb::Distribution connect, first_byte, total;

    void add(const Latency& other)
    {
        connect.add(other.connect);
        first_byte.add(other.first_byte);
        total.add(other.total);
    }
};

/// How many attempts on a worker failed in one way.
struct VerdictCount {
    std::string_view code;  ///< a literal, "connect-refused"
    std::uint64_t count;    ///< never 0
};

/// A request that failed. Verdict and phase are literals.
struct FailureView {
    lb::Failure record;  ///< but for its verdict and phase, which are the next two
    std::string_view verdict, phase;
};

/// An AJP worker: the fields that members and direct workers share (status.md 5.3).
struct WorkerView {
    std::string name;
    std::string type = "ajp13";
    const conf::AjpSettings* settings = nullptr;  ///< never null when rendered
    /// What the configuration says; null: the same.
    const conf::AjpSettings* configured = nullptr;
    std::string address;  ///< "ip:port", "invalid", "unresolved" or "unix:/path"
    std::uint64_t used = 0, transferred = 0, read = 0;
    std::uint32_t errors = 0, client_errors = 0, reply_timeouts = 0;
    std::uint32_t busy = 0, max_busy = 0, connected = 0, max_connected = 0;
    TimePoint last_reset{};
    std::optional<TimePoint> error_time;  ///< of the worker itself
    lb::State state = lb::State::idle;    ///< of a direct worker
    Latency latency{};
    std::uint64_t attempts = 0;            ///< ended; a request may take several
    std::vector<VerdictCount> verdicts{};  ///< of those that failed, in the order of their table
    std::vector<MapView> maps;             ///< of a direct worker
};

/// A member of a balancer.
struct MemberView {
    WorkerView worker;
    /// In force: stopped without an address, whatever the settings say.
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
    /// What the configuration says; null: the same.
    const conf::LbSettings* configured = nullptr;
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
    /// Of the settings: another one after each edit. They may be newer, never older.
    std::uint32_t generation = 0;
    std::vector<BalancerView> balancers;
    std::vector<WorkerView> workers;  ///< direct workers of worker.list
    /// What `settings` of members point to where they are not those of the worker alone. A copy of
    /// the snapshot points into the original.
    std::deque<conf::AjpSettings> member_settings;
    /// Listed workers of other types (status workers): can be named, show nothing.
    std::vector<std::string> others;
    std::vector<FailureView> failures;  ///< the last ones, newest first
    /// The properties as read, without secrets; null: they cannot be told.
    const std::vector<conf::ShownProperty>* configuration = nullptr;
};

}  // namespace jk::status
