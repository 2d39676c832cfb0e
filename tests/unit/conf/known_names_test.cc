// Tests common/conf/known_names: the complete list of workers.md 7.
#include "conf/known_names.h"

#include <array>

#include "support/check.h"

namespace {

using namespace jk::conf;

constexpr std::array current{
    "list",
    "maintain",
    "type",
    "reference",
    "host",
    "port",
    "source",
    "prefer_ipv6",
    "socket_timeout",
    "socket_connect_timeout",
    "socket_keepalive",
    "socket_buffer",
    "ping_mode",
    "ping_timeout",
    "connect_timeout",
    "prepost_timeout",
    "connection_ping_interval",
    "connection_pool_size",
    "connection_pool_minsize",
    "connection_pool_timeout",
    "connection_acquire_timeout",
    "reply_timeout",
    "retries",
    "retry_interval",
    "recovery_options",
    "busy_limit",
    "max_packet_size",
    "fail_on_status",
    "secret",
    "mount",
    "lbfactor",
    "distance",
    "activation",
    "route",
    "domain",
    "redirect",
    "balance_workers",
    "sticky_session",
    "sticky_session_force",
    "method",
    "lock",
    "lb_retries",
    "recover_time",
    "error_escalation_time",
    "max_reply_timeouts",
    "session_cookie",
    "session_path",
    "set_session_cookie",
    "session_cookie_path",
    "css",
    "read_only",
    "user_case_insensitive",
    "prefix",
    "ns",
    "xmlns",
    "doctype",
    "allow_get_edit",
    "user",
    "good",
    "bad",
};
constexpr std::array lists{
    "list", "balance_workers", "balanced_workers", "mount", "user", "good", "bad", "fail_on_status",
};

START_TEST(knows_every_current_name)
{
    const std::string_view name = current.at(static_cast<std::size_t>(_i));
    const auto known = find_known_name(name);
    ck_assert(known.has_value());
    ck_assert_text_eq(known->name, name);
    ck_assert(known->use == NameUse::current);
}
END_TEST

struct RetiredCase {
    std::string_view name;
    NameUse use;
    std::string_view instead;
};
constexpr std::array retired_cases{
    RetiredCase{"balanced_workers", NameUse::old, "balance_workers"},
    RetiredCase{"cachesize", NameUse::old, "connection_pool_size"},
    RetiredCase{"cache_timeout", NameUse::old, "connection_pool_timeout"},
    RetiredCase{"jvm_route", NameUse::old, "route"},
    RetiredCase{"disabled", NameUse::old, "activation=disabled"},
    RetiredCase{"stopped", NameUse::old, "activation=stopped"},
    RetiredCase{"recycle_timeout", NameUse::dead, "connection_pool_timeout"},
    RetiredCase{"secretkey", NameUse::dead, "secret"},
    RetiredCase{"local_worker", NameUse::dead, "distance"},
    RetiredCase{"local_worker_only", NameUse::dead, "distance"},
    RetiredCase{"sysprops", NameUse::dead, ""},
    RetiredCase{"stderr", NameUse::dead, ""},
    RetiredCase{"stdout", NameUse::dead, ""},
    RetiredCase{"mx", NameUse::dead, ""},
    RetiredCase{"ms", NameUse::dead, ""},
    RetiredCase{"class_path", NameUse::dead, ""},
    RetiredCase{"bridge", NameUse::dead, ""},
    RetiredCase{"jvm_lib", NameUse::dead, ""},
    RetiredCase{"ld_path", NameUse::dead, ""},
    RetiredCase{"cmd_line", NameUse::dead, ""},
    RetiredCase{"native_lib", NameUse::dead, ""},
};

START_TEST(knows_what_replaces_old_names)
{
    const RetiredCase& row = retired_cases.at(static_cast<std::size_t>(_i));
    const auto known = find_known_name(row.name);
    ck_assert(known.has_value());
    ck_assert(known->use == row.use);
    ck_assert_text_eq(known->instead, row.instead);
}
END_TEST

START_TEST(knows_lists_and_secrets)
{
    for (const std::string_view name : lists) {
        ck_assert(find_known_name(name)->is_list);
    }
    for (const std::string_view name : {"host", "type", "distance", "secret"}) {
        ck_assert(!find_known_name(name)->is_list);
    }
    ck_assert(find_known_name("secret")->is_secret);
    ck_assert(find_known_name("secretkey")->is_secret);
    ck_assert(!find_known_name("route")->is_secret);
}
END_TEST

START_TEST(refuses_other_names)
{
    for (const std::string_view name : {"", "bogus", "Port", "host ", "a.host"}) {
        ck_assert(!find_known_name(name).has_value());
    }
}
END_TEST

struct TypoCase {
    std::string_view misspelt;
    std::string_view nearest;
};
constexpr std::array typo_cases{
    TypoCase{"balance_worker", "balance_workers"},
    TypoCase{"balanced_worker", "balance_workers"},
    TypoCase{"Port", "port"},
    TypoCase{"hots", "host"},
    TypoCase{"sticky_sessions", "sticky_session"},
    TypoCase{"stickysession", "sticky_session"},
    TypoCase{"socket_time_out", "socket_timeout"},
    TypoCase{"lb_factor", "lbfactor"},
    TypoCase{"reply_timeuot", "reply_timeout"},
    TypoCase{"conection_pool_sise", "connection_pool_size"},
    TypoCase{"max_paket_size", "max_packet_size"},
    TypoCase{"secert", "secret"},
    TypoCase{"jvmRoute", "route"},  // near an old name: what stands for it
    TypoCase{"cache_size", "connection_pool_size"},
    TypoCase{"disable", ""},                    // activation=disabled is no name
    TypoCase{"weight", "lbfactor"},             // of other balancers
    TypoCase{"packetsize", "max_packet_size"},  // of Tomcat
    TypoCase{"required_secret", "secret"},
    TypoCase{"reply-timeout", "reply_timeout"},
    TypoCase{"connection_timeout", "connect_timeout"},
    TypoCase{"bogus", ""},
};

START_TEST(suggests_the_right_name)
{
    const TypoCase& row = typo_cases.at(static_cast<std::size_t>(_i));
    ck_assert_text_eq(nearest_known_name(row.misspelt), row.nearest);
}
END_TEST

}  // namespace

TCase* known_names_tests()
{
    TCase* tests = tcase_create("known_names");
    tcase_add_loop_test(tests, knows_every_current_name, 0, static_cast<int>(current.size()));
    tcase_add_loop_test(tests, knows_what_replaces_old_names, 0,
                        static_cast<int>(retired_cases.size()));
    tcase_add_test(tests, knows_lists_and_secrets);
    tcase_add_test(tests, refuses_other_names);
    tcase_add_loop_test(tests, suggests_the_right_name, 0, static_cast<int>(typo_cases.size()));
    return tests;
}
