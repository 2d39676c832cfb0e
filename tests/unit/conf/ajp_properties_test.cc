// Tests common/conf/ajp_properties: the rows, and what settles from other settings.
#include "conf/ajp_properties.h"

#include <array>

#include "conf/built.h"
#include "conf/rows.h"
#include "support/check.h"

namespace {

using namespace jk::conf;

START_TEST(rows_are_sound)
{
    ck_assert_text_eq(jk::test::fault_of(ajp_properties()), "");
}
END_TEST

/// What is written for the worker w, the row looked at, and what it is then.
struct SettleCase {
    std::string_view id;
    std::string_view lines;
    std::string_view row;
    std::string_view value;
};
constexpr std::array settle_cases{
    SettleCase{"W10", "worker.w.max_packet_size=9000", "max_packet_size", "9216"},
    SettleCase{"W10", "worker.w.max_packet_size=1", "max_packet_size", "8192"},
    SettleCase{"W10", "worker.w.max_packet_size=100000", "max_packet_size", "65536"},
    SettleCase{"W10", "worker.w.max_packet_size=65535", "max_packet_size", "65536"},
    SettleCase{"W11", "worker.w.retries=0", "retries", "1"},
    SettleCase{"W20", "worker.w.connection_acquire_timeout=0", "connection_acquire_timeout", "0"},
    SettleCase{"W20", "worker.w.retry_interval=0", "connection_acquire_timeout", "0"},
    SettleCase{"", "worker.w.retries=5", "connection_acquire_timeout", "500"},
    SettleCase{"", "worker.w.retries=5\nworker.w.connection_acquire_timeout=x",
               "connection_acquire_timeout", "500"},
    SettleCase{"", "worker.w.retries=2000000000\nworker.w.retry_interval=2000000000",
               "connection_acquire_timeout", "2147483647"},
    SettleCase{"W21", "worker.w.ping_mode=C", "connect_timeout", "10000"},
    SettleCase{"W21", "worker.w.ping_mode=C", "prepost_timeout", "0"},
    SettleCase{"W21", "worker.w.ping_mode=P", "connect_timeout", "0"},
    SettleCase{"W21", "worker.w.ping_mode=p", "prepost_timeout", "10000"},
    SettleCase{"W21", "worker.w.ping_mode=A", "connect_timeout", "10000"},
    SettleCase{"W21", "worker.w.ping_mode=A", "prepost_timeout", "10000"},
    SettleCase{"W21", "worker.w.ping_mode=A", "connection_ping_interval", "100"},
    SettleCase{"W21", "worker.w.ping_mode=a", "ping_mode", "CPI"},
    SettleCase{"", "worker.w.ping_mode=xiPpz", "ping_mode", "PI"},
    SettleCase{"", "worker.w.ping_mode=xyz", "ping_mode", ""},
    SettleCase{"", "worker.w.ping_mode=C\nworker.w.ping_timeout=500", "connect_timeout", "500"},
    SettleCase{"", "worker.w.ping_mode=C\nworker.w.connect_timeout=0", "connect_timeout", "10000"},
    SettleCase{"", "worker.w.ping_mode=C\nworker.w.connect_timeout=7", "connect_timeout", "7"},
    SettleCase{"", "worker.w.prepost_timeout=7", "prepost_timeout", "7"},
    SettleCase{"", "worker.w.x.host=a", "socket_connect_timeout", "10000"},
    SettleCase{"", "worker.w.socket_timeout=3", "socket_connect_timeout", "3000"},
    SettleCase{"", "worker.w.socket_timeout=0", "socket_connect_timeout", "0"},
    SettleCase{"", "worker.w.socket_connect_timeout=0", "socket_connect_timeout", "0"},
    SettleCase{"", "worker.w.socket_timeout=3\nworker.w.socket_connect_timeout=0",
               "socket_connect_timeout", "0"},
    SettleCase{"", "worker.w.socket_buffer=100", "socket_buffer", "8192"},
    SettleCase{"", "worker.w.socket_buffer=100\nworker.w.max_packet_size=65536", "socket_buffer",
               "65536"},
    SettleCase{"", "worker.w.socket_buffer=100000", "socket_buffer", "100000"},
    SettleCase{"", "worker.w.port=70000", "port", "0"},
    SettleCase{"", "worker.w.connection_pool_size=0", "connection_pool_size", "1"},
    SettleCase{"", "worker.w.cachesize=7", "connection_pool_size", "7"},
    SettleCase{"", "worker.w.cachesize=7\nworker.w.connection_pool_size=5", "connection_pool_size",
               "5"},
    SettleCase{"", "worker.w.cachesize=7\nworker.w.connection_pool_size=-1", "connection_pool_size",
               "7"},
    SettleCase{"", "worker.w.cache_timeout=7", "connection_pool_timeout", "7"},
    SettleCase{"", "worker.w.recycle_timeout=7", "connection_pool_timeout", "0"},
    SettleCase{"", "worker.w.port=1", "route", "w"},
    SettleCase{"", "worker.w.jvm_route=r", "route", "r"},
    SettleCase{"", "worker.w.jvm_route=r\nworker.w.route=q", "route", "q"},
    SettleCase{"", "worker.w.route=q", "domain", ""},
    SettleCase{"", "worker.w.route=d.r.x", "domain", "d"},
    SettleCase{"", "worker.w.route=d.r\nworker.w.domain=e", "domain", "e"},
    SettleCase{"", "worker.w.disabled=on", "activation", "DIS"},
    SettleCase{"", "worker.w.disabled=on\nworker.w.stopped=on", "activation", "STP"},
    SettleCase{"", "worker.w.disabled=on\nworker.w.activation=a", "activation", "ACT"},
    SettleCase{"", "worker.w.disabled=off", "activation", "ACT"},
    SettleCase{"", "worker.w.disabled=on\nworker.w.activation=bogus", "activation", "ACT"},
    SettleCase{"", "worker.w.stopped=on\nworker.w.activation=bogus", "activation", "ACT"},
};

START_TEST(settles_from_other_settings)
{
    const SettleCase& row = settle_cases.at(static_cast<std::size_t>(_i));
    const jk::test::Built built = jk::test::build("worker.list=w\n" + std::string{row.lines});
    for (const PropertySpec<AjpSettings>& spec : ajp_properties()) {
        if (spec.name == row.row) {
            ck_assert_text_eq(get(spec, built.ajp("w")), row.value);
            return;
        }
    }
    ck_abort_msg("no such row");
}
END_TEST

START_TEST(w24_tells_absent_recovery_options_from_zero)
{
    ck_assert(!jk::test::build("worker.list=w\nworker.w.port=1").ajp("w").has_recovery_options);
    ck_assert(jk::test::build("worker.list=w\nworker.w.recovery_options=0")
                  .ajp("w")
                  .has_recovery_options);
    ck_assert(!jk::test::build("worker.list=w\nworker.w.recovery_options=x")
                   .ajp("w")
                   .has_recovery_options);
}
END_TEST

}  // namespace

TCase* ajp_properties_tests()
{
    TCase* tests = tcase_create("ajp_properties");
    tcase_add_test(tests, rows_are_sound);
    tcase_add_loop_test(tests, settles_from_other_settings, 0,
                        static_cast<int>(settle_cases.size()));
    tcase_add_test(tests, w24_tells_absent_recovery_options_from_zero);
    return tests;
}
