// Tests common/conf/balancer_checks: each contradiction, word for word.
#include "conf/balancer_checks.h"

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
constexpr std::array cases{
    DoubtCase{"worker.a.route=r\nworker.b.port=1\nworker.b.reply_timeout=9k",
              "note w:3: members of \"lb\" without a route of their own: b; the jvmRoute of "
              "each backend must be the member's name, else set the member's route\n"
              "note w:3: members of \"lb\" without a reply_timeout: a; a backend that hangs "
              "is not noticed, set one\n"},
    DoubtCase{"worker.a.port=1\nworker.b.port=2\nworker.lb.sticky_session=0",
              "note w:3: members of \"lb\" without a reply_timeout: a, b; a backend that "
              "hangs is not noticed, set one\n"},
};

std::string said_of(std::string_view begin, std::string_view lines)
{
    return all_of(build("worker.list=lb\nworker.lb.type=lb\nworker.lb.balance_workers=a,b\n" +
                        std::string{begin} + std::string{lines})
                      .complaints);
}

START_TEST(advises_on_members)
{
    const DoubtCase& row = cases.at(static_cast<std::size_t>(_i));
    ck_assert_text_eq(said_of("", row.lines), row.complaints);
}
END_TEST

/// The members of these have all that is advised: in lines 4 and 5, and their routes in 6 and 7
/// where the case does not write them.
constexpr std::string_view advised = "worker.a.reply_timeout=9k\nworker.b.reply_timeout=9k\n";
constexpr std::array advised_cases{
    DoubtCase{"worker.a.jvm_route=r\nworker.b.route=q",
              "warning w:6: worker.a.jvm_route is an old name; write route instead\n"},
    DoubtCase{"worker.lb.sticky_session=0\nworker.lb.sticky_session_force=1",
              "warning w:9: worker.lb.sticky_session_force has no effect, since "
              "sticky_session is off; remove one of the two\n"},
    DoubtCase{"worker.lb.recover_time=59",
              "warning w:8: worker.lb.recover_time is shorter than worker.maintain, whose "
              "default is 60, and members come back at maintenance only; write "
              "worker.maintain, as short as this\n"},
    DoubtCase{"worker.lb.recover_time=59\nworker.maintain=59", ""},
    DoubtCase{"worker.lb.error_escalation_time=61",
              "note w:8: worker.lb.error_escalation_time is longer than recover_time: a "
              "member that fails now and then stays in use for longer than one that is in "
              "error stays out\n"},
    DoubtCase{"worker.lb.retries=61\nworker.lb.retry_interval=1001",
              "warning w:9: worker.lb.retry_interval times retries makes a request wait for "
              "more than a minute; make one of them smaller\n"},
    DoubtCase{"worker.lb.session_cookie=MY;ID\nworker.lb.session_path=;my=",
              "warning w:8: worker.lb.session_cookie is no name that a cookie can have, so "
              "no session is found; write its name alone\n"
              "warning w:9: worker.lb.session_path holds \"=\", \"/\" or \"?\", so no "
              "session is found; write it like ;jsessionid\n"},
    DoubtCase{"worker.lb.session_cookie_path=app",
              "warning w:8: worker.lb.session_cookie_path does not begin with a slash, so "
              "browsers ignore it; begin it with one\n"},
    DoubtCase{"worker.a.activation=d\nworker.b.activation=s",
              "warning w:3: no member of \"lb\" is active, so new sessions get 503; make one "
              "of them active\n"},
    DoubtCase{"worker.a.activation=d", ""},
    DoubtCase{"worker.b.lbfactor=1001",
              "warning w:8: worker.b.lbfactor is more than 1000 times that of \"a\", which "
              "gets next to no requests; make it smaller, or the other one disabled if it "
              "only stands by\n"},
    DoubtCase{"worker.b.lbfactor=1000", ""},
    DoubtCase{"worker.a.route=b\nworker.b.route=a",
              "warning w:6: worker.a.route \"b\" is the name of another member of \"lb\"; check "
              "that both routes are the jvmRoute of their backend\n"
              "warning w:7: worker.b.route \"a\" is the name of another member of \"lb\"; check "
              "that both routes are the jvmRoute of their backend\n"},
};

START_TEST(finds_contradictions)
{
    const DoubtCase& row = advised_cases.at(static_cast<std::size_t>(_i));
    std::string begin{advised};
    if (row.lines.find(".route=") == std::string_view::npos) {
        begin += "worker.a.route=r\nworker.b.route=q\n";
    }
    ck_assert_text_eq(said_of(begin, row.lines), row.complaints);
}
END_TEST

}  // namespace

TCase* balancer_checks_tests()
{
    TCase* tests = tcase_create("balancer_checks");
    tcase_add_loop_test(tests, advises_on_members, 0, static_cast<int>(cases.size()));
    tcase_add_loop_test(tests, finds_contradictions, 0, static_cast<int>(advised_cases.size()));
    return tests;
}
