// Tests common/conf/number_checks: which times are suspect, word for word.
#include "conf/number_checks.h"

#include <array>

#include "conf/built.h"
#include "support/check.h"

namespace {

using jk::test::all_of;
using jk::test::build;

struct TimeCase {
    std::string_view line;
    std::string_view complaint;
};
constexpr std::array suspect_cases{
    TimeCase{"worker.w.reply_timeout=60",
             "worker.w.reply_timeout is 60 ms, which is very short; if seconds are meant, write "
             "60000"},
    TimeCase{"worker.w.reply_timeout=999",
             "worker.w.reply_timeout is 999 ms, which is very short; if seconds are meant, write "
             "999000"},
    TimeCase{"worker.w.socket_connect_timeout=5",
             "worker.w.socket_connect_timeout is 5 ms, which is very short; if seconds are meant, "
             "write 5000"},
    TimeCase{"worker.w.connect_timeout=10",
             "worker.w.connect_timeout is 10 ms, which is very short; if seconds are meant, write "
             "10000"},
    TimeCase{"worker.w.prepost_timeout=10",
             "worker.w.prepost_timeout is 10 ms, which is very short; if seconds are meant, write "
             "10000"},
    TimeCase{"worker.w.socket_timeout=30000",
             "worker.w.socket_timeout is 30000 s (8 hours), which is very long; if milliseconds "
             "are meant, write 30"},
    TimeCase{"worker.w.socket_timeout=1500",
             "worker.w.socket_timeout is 1500 s (25 minutes), which is very long; if milliseconds "
             "are meant, write 2"},
    TimeCase{"worker.w.connection_pool_timeout=600000",
             "worker.w.connection_pool_timeout is 600000 s (6 days), which is very long; if "
             "milliseconds are meant, write 600"},
    TimeCase{"worker.w.connection_ping_interval=60000",
             "worker.w.connection_ping_interval is 60000 s (16 hours), which is very long; if "
             "milliseconds are meant, write 60"},
    TimeCase{"worker.maintain=60000",
             "worker.maintain is 60000 s (16 hours), which is very long; if milliseconds are "
             "meant, write 60"},
};

START_TEST(points_out_the_other_unit)
{
    const TimeCase& row = suspect_cases.at(static_cast<std::size_t>(_i));
    ck_assert_text_eq(
        all_of(build("worker.list=w\nworker.w.port=1\n" + std::string{row.line}).complaints),
        "warning w:3: " + std::string{row.complaint} + "\n");
}
END_TEST

START_TEST(points_it_out_for_balancers)
{
    ck_assert_text_eq(all_of(build("worker.list=lb\nworker.lb.type=lb\n"
                                   "worker.lb.balance_workers=a\nworker.a.route=r\n"
                                   "worker.a.reply_timeout=1k\nworker.lb.recover_time=60000\n"
                                   "worker.lb.error_escalation_time=30000")
                                 .complaints),
                      "warning w:6: worker.lb.recover_time is 60000 s (16 hours), which is very "
                      "long; if milliseconds are meant, write 60\n"
                      "warning w:7: worker.lb.error_escalation_time is 30000 s (8 hours), which is "
                      "very long; if milliseconds are meant, write 30\n");
}
END_TEST

constexpr std::array usual_lines{
    "reply_timeout=1000",
    "reply_timeout=0",
    "socket_timeout=999",
    "socket_timeout=1200",
    "socket_timeout=3600",
    "connection_pool_timeout=600",
    "connection_pool_timeout=3600",
    "connection_pool_timeout=28800",
    "connection_pool_timeout=86400",
    "connection_ping_interval=100",
    "connect_timeout=100",
    "socket_connect_timeout=0",
    "port=8009",
    "port=9009",
};

START_TEST(leaves_usual_times_alone)
{
    const std::string line = usual_lines.at(static_cast<std::size_t>(_i));
    ck_assert_text_eq(all_of(build("worker.list=w\nworker.w." + line).complaints), "");
}
END_TEST

START_TEST(doubts_ports_of_other_protocols)
{
    ck_assert_text_eq(all_of(build("worker.list=w\nworker.w.port=8080").complaints),
                      "note w:2: worker.w.port = 8080 is seldom an AJP port; the backend must have "
                      "its AJP connector there\n");
}
END_TEST

}  // namespace

TCase* number_checks_tests()
{
    TCase* tests = tcase_create("number_checks");
    tcase_add_loop_test(tests, points_out_the_other_unit, 0,
                        static_cast<int>(suspect_cases.size()));
    tcase_add_test(tests, points_it_out_for_balancers);
    tcase_add_loop_test(tests, leaves_usual_times_alone, 0, static_cast<int>(usual_lines.size()));
    tcase_add_test(tests, doubts_ports_of_other_protocols);
    return tests;
}
