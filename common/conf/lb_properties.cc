// The rows of a balancer (workers.md 5.1). Tested by tests/unit/conf/lb_properties_test.cc.
#include "conf/lb_properties.h"

#include <array>
#include <limits>

namespace jk::conf {

namespace {

using S = LbSettings;

void settle_escalation(S& settings, const Given& given)
{
    if (!given.has("error_escalation_time")) {
        settings.error_escalation_time = settings.recover_time / 2;
    }
}

constexpr unsigned shared = flag::editable | flag::shared;
constexpr unsigned edited = flag::shown | flag::editable | flag::shared;

constexpr Limits any_number{};
constexpr Limits at_least_one{1};
constexpr int no_limit = std::numeric_limits<int>::max();
constexpr Limits at_least_one_edited{0, no_limit, no_limit, 1};
constexpr Limits name_length{0, 63};

// name, field, default, limits, flags, help, old name, settle
constexpr std::array rows{
    PropertySpec<S>{"balance_workers",
                    &S::balance_workers,
                    "",
                    {},
                    flag::list,
                    "the members, in order",
                    "balanced_workers"},
    PropertySpec<S>{"sticky_session",
                    &S::sticky_session,
                    "True",
                    {},
                    edited,
                    "send the requests of a session to the member that has it"},
    PropertySpec<S>{"sticky_session_force",
                    &S::sticky_session_force,
                    "False",
                    {},
                    edited,
                    "refuse a request whose session's member cannot be reached"},
    PropertySpec<S>{"method",
                    &S::method,
                    "Request",
                    {},
                    edited,
                    "what is balanced: Request, Session, Next, Traffic or Busyness"},
    PropertySpec<S>{"lock",
                    &S::lock,
                    "Optimistic",
                    {},
                    edited,
                    "Optimistic or Pessimistic; both behave the same"},
    PropertySpec<S>{"retries", &S::retries, "2", at_least_one, edited, "rounds over the members"},
    PropertySpec<S>{"retry_interval", &S::retry_interval, "100", at_least_one_edited, shared,
                    "ms to pause between rounds"},
    PropertySpec<S>{"lb_retries", &S::lb_retries, "2", at_least_one, 0,
                    "members per round that a request is completely sent to"},
    PropertySpec<S>{"recover_time", &S::recover_time, "60", at_least_one, edited,
                    "seconds in error before a member is tried again"},
    PropertySpec<S>{"error_escalation_time", &S::error_escalation_time, "30", any_number, edited,
                    "seconds of local errors before a member is in error, default recover_time / 2",
                    "", settle_escalation},
    PropertySpec<S>{"max_reply_timeouts", &S::max_reply_timeouts, "0", any_number, edited,
                    "reply timeouts tolerated before a member is in error"},
    PropertySpec<S>{"session_cookie", &S::session_cookie, "JSESSIONID", name_length, 0,
                    "name of the cookie that holds the session id"},
    PropertySpec<S>{"session_path", &S::session_path, ";jsessionid", name_length, 0,
                    "text before the session id in a path, with its semicolon"},
    PropertySpec<S>{"set_session_cookie",
                    &S::set_session_cookie,
                    "False",
                    {},
                    0,
                    "set a cookie with the route of the member that served"},
    PropertySpec<S>{"session_cookie_path", &S::session_cookie_path, "/", name_length, 0,
                    "path of that cookie"},
    PropertySpec<S>{"secret",
                    &S::secret,
                    "",
                    {},
                    flag::secret,
                    "the secret of members that have none of their own"},
    PropertySpec<S>{"mount", &S::mount, "", {}, flag::list, "URI patterns mapped to this worker"},
};

}  // namespace

std::span<const PropertySpec<LbSettings>> lb_properties() noexcept
{
    return rows;
}

}  // namespace jk::conf
