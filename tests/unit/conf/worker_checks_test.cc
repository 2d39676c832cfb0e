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
              "warning w:2: the worker \"tomact\" is never used; did you mean \"tomcat\"?\n"},
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
              "warning w:2: worker.a.maintain has no effect: it holds for all workers; write "
              "worker.maintain\n"},
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
              "worker.a.reply_timeout=1k\nworker.b.reply_timeout=1k",
              "warning w:6: worker.a.redirect \"b\" is the route of no member of \"lb\"; write the "
              "route of that member, \"r2\"\n"},
    DoubtCase{
        "",
        "worker.list=lb\nworker.lb.type=lb\nworker.lb.balance_workers=a,b\n"
        "worker.a.route=node1\nworker.b.route=node2\nworker.a.redirect=nod2\n"
        "worker.b.redirect=node2\nworker.a.reply_timeout=1k\nworker.b.reply_timeout=1k",
        "warning w:6: worker.a.redirect \"nod2\" is the route of no member of \"lb\"; did you "
        "mean \"node2\"?\n"
        "warning w:7: worker.b.redirect \"node2\" is its own route; write the route of "
        "another member\n"},
    DoubtCase{"", "worker.list=a\nworker.a.cache_timeout=600\nworker.a.recycle_timeout=300",
              "warning w:2: worker.a.cache_timeout is an old name; write connection_pool_timeout "
              "instead\n"
              "warning w:3: worker.a.recycle_timeout has no effect any more, and cache_timeout is "
              "set; remove the line\n"},
    DoubtCase{"",
              "worker.list=a\nworker.a.recycle_timeout=300\nworker.a.recycle_timeout=300\n"
              "worker.a.connection_pool_timeout=600",
              "warning w:2: worker.a.recycle_timeout has no effect any more, and "
              "connection_pool_timeout is set; remove the line\n"
              "warning w:3: worker.a.recycle_timeout has no effect any more, and "
              "connection_pool_timeout is set; remove the line\n"
              "warning w:3: worker.a.recycle_timeout = \"300\" replaces the value \"300\" of w:2; "
              "remove one of the two\n"},
    DoubtCase{"",
              "worker.list=a,b\nworker.a.recycle_timeout=300\nworker.b.connection_pool_timeout=1k",
              "warning w:2: worker.a.recycle_timeout has no effect any more; write "
              "connection_pool_timeout instead\n"},
    DoubtCase{"", "worker.list=a\nworker.a.connection_pool_size=5\nworker.a.cachesize=10",
              "warning w:3: worker.a.cachesize is an old name, and connection_pool_size is set; "
              "remove the line\n"},
    DoubtCase{"", "worker.list=a\nworker.a.port=1\nwroker.a.host=x\nworkers.list=b",
              "warning w:3: wroker.a.host is a variable, and nothing uses it; did you mean "
              "worker.a.host?\n"
              "warning w:4: workers.list is a variable, and nothing uses it; did you mean "
              "worker.list?\n"},
    DoubtCase{"", "worker.list=a\nworker.a.port=1\na.host=x\n\"worker.a.route=x\"",
              "warning w:3: a.host is a variable, and nothing uses it; did you mean "
              "worker.a.host?\n"
              "warning w:4: \\x22worker.a.route is a variable, and nothing uses it; did you mean "
              "worker.a.route?\n"},
    DoubtCase{"",  // what old files hold
              "worker.list=a\nworkers.tomcat_home=/opt\nps=/\nworkers.port=9\n"
              "worker.a.port=$(workers.port)\nb.host=x",
              ""},
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
