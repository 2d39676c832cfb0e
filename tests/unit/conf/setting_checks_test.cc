// Tests common/conf/setting_checks: each contradiction, word for word.
#include "conf/setting_checks.h"

#include <array>

#include "conf/built.h"
#include "support/check.h"

namespace {

using jk::test::all_of;
using jk::test::build;

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
        "idle connections are never closed; make it smaller\n"
        "note w:3: worker.w.connection_pool_minsize has no effect without connection_pool_timeout, "
        "which closes idle connections\n"},
    DoubtCase{"worker.w.connection_pool_minsize=6\nworker.w.connection_pool_timeout=600", ""},
    DoubtCase{
        "worker.w.recovery_options=24",
        "warning w:2: worker.w.recovery_options holds 8 or 16, which have no effect without 1; "
        "add 1 or remove them\n"},
    DoubtCase{"worker.w.recovery_options=25", ""},
    DoubtCase{"worker.w.recovery_options=33",
              "warning w:2: worker.w.recovery_options holds more than 1, 2, 4, 8 and 16, which "
              "together are 31; write a sum of these\n"},
    DoubtCase{"worker.w.recovery_options=31", ""},
    DoubtCase{"worker.w.fail_on_status=404,-503,599,100", ""},
    DoubtCase{"worker.w.fail_on_status=404,-5030",
              "warning w:2: worker.w.fail_on_status holds a number that no response has; write "
              "statuses from 100 to 599\n"},
    DoubtCase{"worker.w.retries=11\nworker.w.retry_interval=6000", ""},
    DoubtCase{"worker.w.retries=11\nworker.w.retry_interval=6001",
              "warning w:3: worker.w.retry_interval times retries makes a request wait for more "
              "than a minute; make one of them smaller\n"},
    DoubtCase{"worker.w.retries=2147483647\nworker.w.retry_interval=2147483647",
              "warning w:3: worker.w.retry_interval times retries makes a request wait for more "
              "than a minute; make one of them smaller\n"},
    DoubtCase{"worker.w.socket_timeout=5\nworker.w.ping_mode=A", ""},  // its default
    DoubtCase{"worker.w.socket_timeout=5\nworker.w.ping_mode=A\nworker.w.ping_timeout=5000", ""},
    DoubtCase{"worker.w.socket_timeout=5\nworker.w.ping_mode=A\nworker.w.ping_timeout=5001",
              "warning w:4: worker.w.ping_timeout is longer than socket_timeout, the limit of "
              "every other wait; make it shorter than socket_timeout\n"},
    DoubtCase{"worker.w.socket_timeout=5\nworker.w.connect_timeout=5001",
              "warning w:3: worker.w.connect_timeout is longer than socket_timeout, the limit of "
              "every other wait; make it shorter than socket_timeout\n"},
    DoubtCase{"worker.w.socket_timeout=5\nworker.w.prepost_timeout=5001",
              "warning w:3: worker.w.prepost_timeout is longer than socket_timeout, the limit of "
              "every other wait; make it shorter than socket_timeout\n"},
    DoubtCase{"worker.w.ping_timeout=5000",
              "warning w:2: worker.w.ping_timeout has no effect, since nothing is probed; write "
              "ping_mode = A, or remove it\n"},
    DoubtCase{"worker.w.ping_timeout=5000\nworker.w.connection_ping_interval=60", ""},
    DoubtCase{"worker.w.host=10.0.0.2",
              "warning w:2: worker.w.host names another machine, and the worker has no secret: who "
              "can reach its AJP port can pose as any user; write the secret of the backend's "
              "connector\n"},
    DoubtCase{"worker.w.host=10.0.0.2\nworker.w.secret=s", ""},
    DoubtCase{"worker.w.host=127.0.1.1", ""},
    DoubtCase{"worker.w.host=::1", ""},
    DoubtCase{"worker.w.host=ip6-localhost", ""},
    DoubtCase{"worker.w.host=unix:/run/tomcat.sock", ""},
    DoubtCase{"worker.w.activation=stopped",
              "warning w:2: worker.w.activation has no effect on a worker that is a member of no "
              "balancer: requests go to it; remove its mounts instead\n"},
    DoubtCase{"worker.w.activation=active", ""},
    DoubtCase{"worker.w.lbfactor=1\nworker.w.redirect=x",
              "note w:2: worker.w.lbfactor has no effect on a worker that is a member of no "
              "balancer; remove it\n"
              "note w:3: worker.w.redirect has no effect on a worker that is a member of no "
              "balancer; remove it\n"},
    DoubtCase{"worker.w.ping_mode=cpi", ""},
    DoubtCase{"worker.w.ping_mode=C, P", ""},
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

START_TEST(finds_members)
{
    ck_assert_text_eq(all_of(build("worker.list=a,lb\nworker.lb.type=lb\n"
                                   "worker.lb.balance_workers=a,b\nworker.a.activation=s\n"
                                   "worker.a.lbfactor=2\nworker.a.route=x\nworker.b.route=y\n"
                                   "worker.a.reply_timeout=1k\nworker.b.reply_timeout=1k")
                                 .complaints),
                      "");
}
END_TEST

START_TEST(finds_members_that_everybody_can_speak_to)
{
    constexpr std::string_view balancer =
        "worker.list=lb\nworker.lb.type=lb\nworker.lb.balance_workers=a,b\n"
        "worker.t.host=tomcat.example\nworker.t.reply_timeout=1k\n"
        "worker.a.reference=worker.t\nworker.b.reference=worker.t\n"
        "worker.a.route=a\nworker.b.route=b\n";
    ck_assert_text_eq(all_of(build(std::string{balancer} + "worker.a.secret=s").complaints),
                      "warning w:4: worker.t.host names another machine, and the worker has no "
                      "secret: who can reach its AJP port can pose as any user; write the secret "
                      "of the backend's connector\n");
    ck_assert_text_eq(all_of(build(std::string{balancer} + "worker.lb.secret=s").complaints), "");
}
END_TEST

START_TEST(says_what_maintenance_is_needed_for)
{
    ck_assert_text_eq(all_of(build("worker.list=w\nworker.maintain=0\nworker.w.port=1").complaints),
                      "");
    ck_assert_text_eq(all_of(build("worker.list=lb\nworker.maintain=0\nworker.lb.type=lb\n"
                                   "worker.lb.balance_workers=a\nworker.a.route=r\n"
                                   "worker.a.reply_timeout=1k")
                                 .complaints),
                      "warning w:2: worker.maintain switches maintenance off, so that a member in "
                      "error does not come back by itself; write a number of seconds\n");
    ck_assert_text_eq(
        all_of(build("worker.list=w\nworker.maintain=0\nworker.w.connection_pool_timeout=60")
                   .complaints),
        "warning w:2: worker.maintain switches maintenance off, so that idle connections are "
        "neither probed nor closed; write a number of seconds\n");
}
END_TEST

}  // namespace

TCase* setting_checks_tests()
{
    TCase* tests = tcase_create("setting_checks");
    tcase_add_loop_test(tests, finds_contradictions, 0, static_cast<int>(ajp_cases.size()));
    tcase_add_test(tests, finds_members);
    tcase_add_test(tests, finds_members_that_everybody_can_speak_to);
    tcase_add_test(tests, says_what_maintenance_is_needed_for);
    return tests;
}
