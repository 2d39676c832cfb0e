// Tests common/conf/setting_checks: each contradiction, word for word.
#include "conf/setting_checks.h"

#include <array>

#include "conf/built.h"
#include "support/check.h"

namespace {

struct DoubtCase {
    std::string_view lines;
    std::string_view complaints;
};
constexpr std::array ajp_cases{
    DoubtCase{"worker.w.socket_timeout=5\nworker.w.reply_timeout=5001",
              "warning w:3: worker.w.reply_timeout never fires, since socket_timeout ends the wait "
              "before; make it shorter than socket_timeout or set socket_timeout to 0\n"},
    DoubtCase{"worker.w.socket_timeout=5\nworker.w.reply_timeout=5000", ""},
    DoubtCase{"worker.w.socket_timeout=2147483647\nworker.w.reply_timeout=5000", ""},
    DoubtCase{"worker.w.connection_pool_timeout=60\nworker.w.connection_ping_interval=60",
              "warning w:3: worker.w.connection_ping_interval never fires, since "
              "connection_pool_timeout closes idle connections before; make it shorter\n"},
    DoubtCase{"worker.w.connection_pool_timeout=60\nworker.w.ping_mode=A",
              "warning w:1: worker.w.connection_ping_interval never fires, since "
              "connection_pool_timeout closes idle connections before; make it shorter\n"},
    DoubtCase{"worker.w.connection_pool_timeout=600\nworker.w.ping_mode=A", ""},
    DoubtCase{
        "worker.w.connection_pool_size=5\nworker.w.connection_pool_minsize=6",
        "warning w:3: worker.w.connection_pool_minsize is larger than connection_pool_size, so "
        "idle connections are never closed; make it smaller\n"},
    DoubtCase{"worker.w.connection_pool_minsize=6", ""},
    DoubtCase{
        "worker.w.recovery_options=24",
        "warning w:2: worker.w.recovery_options holds 8 or 16, which have no effect without 1; "
        "add 1 or remove them\n"},
    DoubtCase{"worker.w.recovery_options=25", ""},
    DoubtCase{"worker.w.ping_mode=cpi", ""},
    DoubtCase{
        "worker.w.ping_mode=Connect",
        "warning w:2: worker.w.ping_mode \"Connect\" holds letters that mean nothing; write C, "
        "P, I or A\n"},
};

START_TEST(finds_contradictions)
{
    const DoubtCase& row = ajp_cases.at(static_cast<std::size_t>(_i));
    const auto built = jk::test::build("worker.list=w\n" + std::string{row.lines});
    ck_assert_text_eq(jk::test::all_of(built.complaints), row.complaints);
}
END_TEST

constexpr std::array lb_cases{
    DoubtCase{"worker.a.route=r\nworker.b.port=1\nworker.b.reply_timeout=9",
              "note w:3: members of \"lb\" without a route of their own: b; the jvmRoute of each "
              "backend must be the member's name, else set the member's route\n"
              "note w:3: members of \"lb\" without a reply_timeout: a; a backend that hangs is not "
              "noticed, set one\n"},
    DoubtCase{"worker.a.port=1\nworker.b.port=2\nworker.lb.sticky_session=0",
              "note w:3: members of \"lb\" without a reply_timeout: a, b; a backend that hangs is "
              "not noticed, set one\n"},
    DoubtCase{
        "worker.a.route=r\nworker.b.route=q\nworker.a.reply_timeout=9\n"
        "worker.b.reply_timeout=9\nworker.maintain=0",
        "warning w:8: worker.maintain switches maintenance off, so that a member in error does "
        "not come back by itself; write a number of seconds\n"},
    DoubtCase{"worker.a.jvm_route=r\nworker.b.route=q\nworker.a.reply_timeout=9\n"
              "worker.b.reply_timeout=9",
              "warning w:4: worker.a.jvm_route is an old name; write route instead\n"},
};

START_TEST(advises_on_balancers)
{
    const DoubtCase& row = lb_cases.at(static_cast<std::size_t>(_i));
    const auto built =
        jk::test::build("worker.list=lb\nworker.lb.type=lb\nworker.lb.balance_workers=a,b\n" +
                        std::string{row.lines});
    ck_assert_text_eq(jk::test::all_of(built.complaints), row.complaints);
}
END_TEST

}  // namespace

TCase* setting_checks_tests()
{
    TCase* tests = tcase_create("setting_checks");
    tcase_add_loop_test(tests, finds_contradictions, 0, static_cast<int>(ajp_cases.size()));
    tcase_add_loop_test(tests, advises_on_balancers, 0, static_cast<int>(lb_cases.size()));
    return tests;
}
