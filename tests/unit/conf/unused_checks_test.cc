// Tests common/conf/unused_checks: what is said of workers that nothing uses, and what is not.
#include "conf/unused_checks.h"

#include <array>

#include "conf/built.h"
#include "support/check.h"

namespace {

using jk::test::all_of;
using jk::test::build;

struct UnusedCase {
    std::string_view file;  ///< behind a worker `a` that is in use
    std::string_view complaints;
};
constexpr std::array unused_cases{
    UnusedCase{"worker.b.port=1\nworker.b.host=x",
               "note w:3: the worker \"b\" is never used; remove its 2 properties, or name it in "
               "worker.list or in a balance_workers\n"},
    UnusedCase{"worker.b.port=1",
               "note w:3: the worker \"b\" is never used; remove its property, or name it in "
               "worker.list or in a balance_workers\n"},
    UnusedCase{"worker.b.type=lb\nworker.b.balanced_workers=ajp12, ajp13",
               "note w:3: the worker \"b\" is never used; remove its 2 properties, or name it in "
               "worker.list\n"},
    UnusedCase{"worker.b.type=status",
               "note w:3: the worker \"b\" is never used; remove its property, or name it in "
               "worker.list\n"},
    UnusedCase{"worker.b.type=jni\nworker.b.class_path=$(NONE)\nworker.b.stdout=\"x\"",
               "note w:3: the worker \"b\" is never used; remove its 3 properties\n"},
    UnusedCase{"worker.b.type=lbb",
               "note w:3: the worker \"b\" is never used; remove its property\n"},
    UnusedCase{"worker.b.port=1\nworker.b.port=2\nworker.c.port=1\nworker.c.maintain=3",
               "note w:4: the worker \"b\" is never used; remove its property, or name it in "
               "worker.list or in a balance_workers\n"
               "note w:5: the worker \"c\" is never used; remove its 2 properties, or name it in "
               "worker.list or in a balance_workers\n"},
    UnusedCase{"worker.b.type=lb\nworker.b.balanced_workers=x\nworker.b.balanced_workers=y",
               "note w:3: the worker \"b\" is never used; remove its 2 properties, or name it in "
               "worker.list\n"},
    UnusedCase{"worker.b.bogus=1\nworker.b.mx=1",  // an error is one, whoever has it
               "error w:3: worker.b.bogus: there is no property \"bogus\"; remove the line\n"
               "note w:4: the worker \"b\" is never used; remove its property, or name it in "
               "worker.list or in a balance_workers\n"},
    UnusedCase{"worker.A.mx=1",  // it is to be used, so its lines count
               "warning w:3: worker.A.mx has no effect any more; remove the line\n"
               "warning w:3: the worker \"A\" is never used; did you mean \"a\"? Names count with "
               "their case\n"},
    UnusedCase{"worker.list=tomcat\nworker.tomact.mx=1",
               "warning w:4: worker.tomact.mx has no effect any more; remove the line\n"
               "warning w:3: the worker \"tomcat\" has no property worker.tomcat...: it is an "
               "ajp13 worker on localhost:8009; did you mean \"tomact\"?\n"
               "warning w:4: the worker \"tomact\" is never used; did you mean \"tomcat\"?\n"},
    UnusedCase{"worker.a.reference=worker.t\nworker.t.stdout=1",  // templates are in use
               "warning w:4: worker.t.stdout has no effect any more; remove the line\n"},
    UnusedCase{"worker.b.reference=worker.t\nworker.t.host=x",
               "note w:3: the worker \"b\" is never used; remove its property, or name it in "
               "worker.list or in a balance_workers\n"},
    UnusedCase{"worker.list=lb\nworker.lb.type=lb\nworker.lb.balance_workers=m\nworker.m.route=r\n"
               "worker.m.reply_timeout=1k",
               ""},
};

START_TEST(says_one_thing_about_each)
{
    const UnusedCase& row = unused_cases.at(static_cast<std::size_t>(_i));
    const std::string begin = "worker.list=a\nworker.a.port=8009\n";
    ck_assert_text_eq(all_of(build(begin + std::string{row.file}).complaints), row.complaints);
}
END_TEST

START_TEST(wants_them_where_there_is_no_list)
{
    ck_assert_text_eq(
        all_of(build("worker.tc1.port=1\nworker.tc1.mx=1").complaints),
        "warning w:2: worker.tc1.mx has no effect any more; remove the line\n"
        "warning w:1: there is no worker.list: the only worker is ajp13; write worker.list = and "
        "the names of your workers\n"
        "note w:1: the worker \"tc1\" is never used; name it in worker.list or in a "
        "balance_workers\n");
}
END_TEST

}  // namespace

TCase* unused_checks_tests()
{
    TCase* tests = tcase_create("unused_checks");
    tcase_add_loop_test(tests, says_one_thing_about_each, 0, static_cast<int>(unused_cases.size()));
    tcase_add_test(tests, wants_them_where_there_is_no_list);
    return tests;
}
