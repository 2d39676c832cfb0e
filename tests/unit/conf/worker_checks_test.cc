// Tests common/conf/worker_checks: each doubt, word for word.
#include "conf/worker_checks.h"

#include <array>

#include "conf/built.h"
#include "support/check.h"

namespace {

using jk::test::all_of;
using jk::test::build;

struct DoubtCase {
    std::string_view id;
    std::string_view file;
    std::string_view complaints;
};
constexpr std::array doubt_cases{
    DoubtCase{
        "", "worker.list=tc1,tc4\nworker.tc1.port=1",
        "warning w:1: the worker \"tc4\" has no property worker.tc4...: it is an ajp13 worker "
        "on localhost:8009; write worker.tc4.host and worker.tc4.port\n"},
    DoubtCase{"", "worker.list=tomcat\nworker.tomact.port=1",
              "warning w:1: the worker \"tomcat\" has no property worker.tomcat...: it is an ajp13 "
              "worker on localhost:8009; did you mean \"tomact\"?\n"
              "note w:2: the worker \"tomact\" is never used; name it in worker.list or in a "
              "balance_workers\n"},
    DoubtCase{"", "worker.list=a\nworker.a.port=1\nworker.b.port=1\nworker.b.host=x",
              "note w:3: the worker \"b\" is never used; name it in worker.list or in a "
              "balance_workers\n"},
    DoubtCase{"", "worker.list=a\nworker.a.reference=worker.t\nworker.t.port=1", ""},
    DoubtCase{"", "worker.list=a b\nworker.a.port=1\nworker.b.type=status\nworker.b.port=1",
              "warning w:4: worker.b.port has no effect on a worker of type status; remove it\n"},
    DoubtCase{
        "", "worker.list=a\nworker.a.port=1\nworker.a.session_cookie=x",
        "warning w:3: worker.a.session_cookie has no effect on a worker of type ajp13; remove "
        "it\n"},
    DoubtCase{"",
              "worker.list=s\nworker.s.type=status\nworker.s.reference=worker.t\n"
              "worker.t.port=1",
              ""},
    DoubtCase{"", "worker.list=a\nworker.a.maintain=3",
              "warning w:2: worker.a.maintain has no effect on a worker of type ajp13; remove "
              "it\n"},
    DoubtCase{"W16", "worker.list=a\n\nworker.a.host=127.0.0.1:8009",
              "warning w:3: worker.a.host \"127.0.0.1:8009\" cannot be resolved; write the port as "
              "worker.a.port = 8009\n"},
    DoubtCase{"", "worker.list=a\nworker.a.host=::1", ""},
    DoubtCase{
        "", "worker.list=a\nworker.a.port=0",
        "warning w:2: the worker \"a\" cannot be contacted, since its port is 0; write a port "
        "from 1 to 65535\n"},
    DoubtCase{"", "worker.list=a\nworker.a.host=unix:/run/tomcat.sock\nworker.a.port=0", ""},
    DoubtCase{
        "", "worker.list=a\nworker.a.host=unix:run/tomcat.sock",
        "error w:2: worker.a.host \"unix:run/tomcat.sock\" is no Unix socket; write unix: and "
        "an absolute path of at most 107 bytes\n"},
    DoubtCase{"",
              "worker.list=lb\nworker.lb.type=lb\nworker.lb.balance_workers=a,b\n"
              "worker.a.route=r1\nworker.b.route=r2\nworker.a.redirect=b\nworker.b.redirect=r1\n"
              "worker.a.reply_timeout=1\nworker.b.reply_timeout=1",
              "warning w:6: worker.a.redirect \"b\" is the route of no member of \"lb\"; write the "
              "route of one\n"},
    DoubtCase{"", "worker.list=a b/c\nworker.a.port=1\nworker.b/c.port=1",
              "warning w:1: the worker name \"b/c\" holds unusual characters; use letters, digits, "
              "\"_\", \"-\" and \".\" only\n"},
    DoubtCase{"", "worker.list=a_1-b.c\nworker.a_1-b.c.port=1", ""},
};

START_TEST(says_what_is_doubtful)
{
    const DoubtCase& row = doubt_cases.at(static_cast<std::size_t>(_i));
    ck_assert_text_eq(all_of(build(row.file).complaints), row.complaints);
}
END_TEST

START_TEST(limits_unix_paths_to_107_bytes)
{
    const std::string begin = "worker.list=a\nworker.a.host=unix:/";
    ck_assert(build(begin + std::string(106, 'p')).complaints.empty());
    ck_assert(jk::has_error(build(begin + std::string(107, 'p')).complaints));
}
END_TEST

}  // namespace

TCase* worker_checks_tests()
{
    TCase* tests = tcase_create("worker_checks");
    tcase_add_loop_test(tests, says_what_is_doubtful, 0, static_cast<int>(doubt_cases.size()));
    tcase_add_test(tests, limits_unix_paths_to_107_bytes);
    return tests;
}
