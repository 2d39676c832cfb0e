// Tests common/conf/worker_set. W numbers are the rows of workers.md 9.
#include "conf/worker_set.h"

#include <array>

#include "conf/built.h"
#include "support/check.h"

namespace {

using namespace jk::conf;
using jk::test::all_of;
using jk::test::build;
using jk::test::Built;

/// The errors only: warnings and notes are for worker_checks_test.
std::string errors_of(const Built& built)
{
    jk::Complaints errors;
    for (const jk::Complaint& one : built.complaints) {
        if (one.severity == jk::Severity::error) {
            errors.push_back(one);
        }
    }
    return all_of(errors);
}

/// Names and types of the listed workers: "a:ajp13 lb:lb".
std::string listed(const WorkerSet& workers)
{
    std::string text;
    for (const ListedWorker& worker : workers.listed) {
        text += (text.empty() ? "" : " ") + worker.name + ":" + std::string{to_text(worker.type)};
    }
    return text;
}

START_TEST(w7_builds_what_is_listed_in_order)
{
    const Built built = build("worker.list=c\nworker.list=st lb,c\nworker.lb.type=lb\n"
                              "worker.lb.balance_workers=a,c\nworker.st.type=status\n"
                              "worker.c.port=1\nworker.a.port=2");
    ck_assert_text_eq(errors_of(built), "");
    ck_assert_text_eq(listed(built.workers), "c:ajp13 st:status lb:lb");
    ck_assert_uint_eq(built.workers.ajp.size(), 2);
    ck_assert_text_eq(built.workers.ajp[0].name, "c");
    ck_assert_text_eq(built.workers.ajp[1].name, "a");
    ck_assert_uint_eq(built.workers.lb[0].members.size(), 2);
    ck_assert_uint_eq(built.workers.lb[0].members[0], 1);
    ck_assert_uint_eq(built.workers.lb[0].members[1], 0);
}
END_TEST

START_TEST(finds_listed_workers_only)
{
    const Built built = build("worker.list=lb b a\nworker.lb.type=lb\n"
                              "worker.lb.balance_workers=m");
    ck_assert_text_eq(built.workers.find("a")->name, "a");
    ck_assert(built.workers.find("lb")->type == WorkerType::lb);
    ck_assert(built.workers.find("m") == nullptr);
    ck_assert(built.workers.find("") == nullptr);
    ck_assert(WorkerSet{}.find("a") == nullptr);
}
END_TEST

START_TEST(w19_without_a_list_there_is_ajp13)
{
    const Built built = build("");
    ck_assert_text_eq(listed(built.workers), "ajp13:ajp13");
    ck_assert_text_eq(built.ajp("ajp13").host, "localhost");
    ck_assert_int_eq(built.ajp("ajp13").port, 8009);
    ck_assert_text_eq(all_of(built.complaints),
                      "note there is no worker.list: the only worker is ajp13; write worker.list = "
                      "and the names of your workers\n");
}
END_TEST

/// A file that is refused, and every error that says so.
struct RefusedCase {
    std::string_view id;
    std::string_view file;
    std::string_view errors;
};
constexpr std::array refused_cases{
    RefusedCase{"", "worker.list=,", "error w:1: worker.list names no worker; name at least one\n"},
    RefusedCase{"W14", "worker.list=w\nworker.w.type=AJP13",
                "error w:2: worker.w.type \"AJP13\" is no type of worker; write ajp13\n"},
    RefusedCase{"", "worker.list=w\nworker.w.type=ajp14",
                "error w:2: worker.w.type \"ajp14\" is no longer supported; write ajp13\n"},
    RefusedCase{"", "worker.list=w\nworker.w.type=ajp12",
                "error w:2: worker.w.type \"ajp12\" is no longer supported; write ajp13\n"},
    RefusedCase{"", "worker.list=w\nworker.w.type=jni",
                "error w:2: worker.w.type \"jni\" is no longer supported; write ajp13\n"},
    RefusedCase{"", "worker.list=w\nworker.w.type=http",
                "error w:2: worker.w.type \"http\" is no type of worker; write ajp13, lb or "
                "status\n"},
    RefusedCase{"", "worker.list=w\nworker.w.type=ajp",
                "error w:2: worker.w.type \"ajp\" is no type of worker; write ajp13\n"},
    RefusedCase{"", "worker.list=w\nworker.w.type=stauts",
                "error w:2: worker.w.type \"stauts\" is no type of worker; write status\n"},
    RefusedCase{"",
                "worker.list=w\nworker.w.type=Balancer\nworker.w.balance_workers=a\n"
                "worker.a.type=ajb13",
                "error w:2: worker.w.type \"Balancer\" is no type of worker; write lb\n"
                "error w:4: worker.a.type \"ajb13\" is no type of worker; write ajp13\n"},
    RefusedCase{"W18", "worker.list=lb\nworker.lb.type=lb",
                "error w:1: the balancer lb has no members; name them in "
                "worker.lb.balance_workers\n"},
    RefusedCase{"W18",
                "worker.list=lb\nworker.lb.type=lb\nworker.lb.balance_workers=a,b\n"
                "worker.a.route=r\nworker.b.route=r",
                "error w:5: the members \"a\" and \"b\" of the balancer lb have the same route "
                "\"r\"; give each the jvmRoute of its own backend\n"},
    RefusedCase{"W18",
                "worker.list=lb\nworker.lb.type=lb\nworker.lb.balance_workers=a,b\n"
                "worker.a.route=b",
                "error w:3: the members \"a\" and \"b\" of the balancer lb have the same route "
                "\"b\"; give each the jvmRoute of its own backend\n"},
    RefusedCase{"", "worker.list=lb\nworker.lb.type=lb\nworker.lb.balance_workers=a,b,a",
                "error w:3: worker.lb.balance_workers names \"a\" twice; remove one\n"},
    RefusedCase{"B17",
                "worker.list=lb,in\nworker.lb.type=lb\nworker.lb.balance_workers=a,in\n"
                "worker.in.type=lb\nworker.in.balance_workers=c",
                "error w:3: worker.lb.balance_workers names \"in\", which is of type lb; members "
                "must be of type ajp13\n"},
    RefusedCase{"B17", "worker.list=lb\nworker.lb.type=lb\nworker.lb.balance_workers=lb,a",
                "error w:3: worker.lb.balance_workers names \"lb\", which is of type lb; members "
                "must be of type ajp13\n"},
    RefusedCase{"",
                "worker.list=lb\nworker.lb.type=lb\nworker.lb.balance_workers=a,st\n"
                "worker.st.type=status",
                "error w:3: worker.lb.balance_workers names \"st\", which is of type status; "
                "members must be of type ajp13\n"},
    RefusedCase{"", "worker.list=a\x01z,b",
                "error w:1: the worker name \"a\\x01z\" holds a control character; remove it\n"},
    RefusedCase{"", "worker.list=a,lb\nworker.lb.type=lb\nworker.a.type=x\nworker.b.type=y",
                "error w:3: worker.a.type \"x\" is no type of worker; write ajp13, lb or status\n"
                "error w:1: the balancer lb has no members; name them in "
                "worker.lb.balance_workers\n"},
};

START_TEST(refuses_with_all_errors)
{
    const RefusedCase& row = refused_cases.at(static_cast<std::size_t>(_i));
    ck_assert_text_eq(errors_of(build(row.file)), row.errors);
}
END_TEST

START_TEST(goes_on_with_a_worker_that_is_wrong)
{
    ck_assert_text_eq(
        all_of(build("worker.list=w\nworker.w.type=AJP13\nworker.w.port=x").complaints),
        "error w:2: worker.w.type \"AJP13\" is no type of worker; write ajp13\n"
        "warning w:3: worker.w.port \"x\" is no number; the default counts (8009)\n");
}
END_TEST

START_TEST(points_at_the_statement_that_names_a_worker)
{
    ck_assert_text_eq(
        all_of(build("worker.list=lb\nworker.list=b/c\nworker.lb.type=lb\n"
                     "worker.lb.balance_workers=a\nworker.lb.balance_workers=d\n"
                     "worker.b/c.port=1\nworker.a.port=1\nworker.a.route=r\n"
                     "worker.a.reply_timeout=1000\nworker.lb.sticky_session=0")
                   .complaints),
        "warning w:2: the worker name \"b/c\" holds unusual characters; use letters, digits, "
        "\"_\", \"-\" and \".\" only\n"
        "warning w:5: the worker \"d\" has no property worker.d...: it is an ajp13 worker on "
        "localhost:8009; write worker.d.host and worker.d.port\n"
        "note w:5: members of \"lb\" without a reply_timeout: d; a backend that hangs is not "
        "noticed, set one\n");
}
END_TEST

START_TEST(knows_the_line_of_each_mount)
{
    const Built built = build("worker.list=w,lb,s\nworker.w.mount=/a /b\nworker.w.mount=/c\n"
                              "worker.lb.type=lb\nworker.lb.balance_workers=w\n"
                              "worker.lb.mount=/d\nworker.s.type=status\nworker.s.mount=/e");
    std::string places;
    const auto append = [&](const auto& worker) {
        for (const jk::Place& place : worker.mount_places) {
            places += jk::to_text(place) + " ";
        }
    };
    append(built.workers.ajp.at(0));
    append(built.workers.lb.at(0));
    append(built.workers.status.at(0));
    ck_assert_text_eq(places, "w:2 w:2 w:3 w:6 w:8 ");
}
END_TEST

START_TEST(says_once_what_a_template_has_wrong)
{
    ck_assert_text_eq(
        all_of(build("worker.list=a,b\nworker.a.reference=worker.t\n"
                     "worker.b.reference=worker.t\nworker.t.port=x\nworker.t.reply_timeout=60")
                   .complaints),
        "warning w:4: worker.t.port \"x\" is no number; the default counts (8009)\n"
        "warning w:5: worker.t.reply_timeout is 60 ms, which is very short; if seconds are meant, "
        "write 60000\n");
}
END_TEST

START_TEST(w17_limits_names_to_63_bytes)
{
    const std::string most(63, 'n');
    ck_assert_text_eq(errors_of(build("worker.list=" + most)), "");
    ck_assert_text_eq(errors_of(build("worker.list=" + most + "n")),
                      "error w:1: the worker name \"" + most +
                          "n\" is 64 bytes long; shorten it to at most 63\n");
}
END_TEST

START_TEST(w15_an_unresolvable_host_is_no_error)
{
    const Built built = build("worker.list=w\nworker.w.host=no.such.invalid\nworker.w.secret=s");
    ck_assert_text_eq(all_of(built.complaints), "");
    ck_assert_text_eq(built.ajp("w").host, "no.such.invalid");
}
END_TEST

START_TEST(w38_members_inherit_the_secret)
{
    const Built built = build("worker.list=lb,b,c\nworker.lb.type=lb\n"
                              "worker.lb.balance_workers=a,b\nworker.lb.secret=common\n"
                              "worker.a.secret=own\nworker.b.port=1\nworker.c.port=1");
    ck_assert_text_eq(built.ajp("a").secret, "own");
    ck_assert_text_eq(built.ajp("b").secret, "common");
    ck_assert_text_eq(built.ajp("c").secret, "");
}
END_TEST

START_TEST(two_secrets_for_one_member_are_pointed_out)
{
    const Built built =
        build("worker.list=l1,l2,l3\nworker.l1.type=lb\nworker.l2.type=lb\n"
              "worker.l3.type=lb\nworker.l1.balance_workers=a\n"
              "worker.l2.balance_workers=a\nworker.l3.balance_workers=a\n"
              "worker.l2.secret=x\nworker.l3.secret=y\nworker.a.reply_timeout=1000\n"
              "worker.a.route=a");
    ck_assert_text_eq(built.ajp("a").secret, "x");
    ck_assert_text_eq(all_of(built.complaints),
                      "warning w:5: the member \"a\" has the secret of \"l2\", not that of \"l3\"; "
                      "set worker.a.secret\n");
}
END_TEST

struct MaintainCase {
    std::string_view text;
    int seconds;
    std::string_view complaints;
};
constexpr std::array maintain_cases{
    MaintainCase{"10", 10, ""},
    MaintainCase{"0", 0, ""},
    MaintainCase{"-5", 0, ""},
    MaintainCase{"x", 60,
                 "warning w:3: worker.maintain \"x\" is no number; write a number of seconds\n"},
    MaintainCase{"99999999999", 1000000000,
                 "warning w:3: worker.maintain is 1000000000 s (11574 days), which is very long; "
                 "if milliseconds are meant, write 1000000\n"},
};

START_TEST(reads_the_maintenance_interval)
{
    const MaintainCase& row = maintain_cases.at(static_cast<std::size_t>(_i));
    const Built built =
        build("worker.list=w\nworker.w.port=1\nworker.maintain=" + std::string{row.text});
    ck_assert_int_eq(built.workers.maintain, row.seconds);
    ck_assert_text_eq(all_of(built.complaints), row.complaints);
}
END_TEST

}  // namespace

TCase* worker_set_tests()
{
    TCase* tests = tcase_create("worker_set");
    tcase_add_test(tests, w7_builds_what_is_listed_in_order);
    tcase_add_test(tests, finds_listed_workers_only);
    tcase_add_test(tests, w19_without_a_list_there_is_ajp13);
    tcase_add_loop_test(tests, refuses_with_all_errors, 0, static_cast<int>(refused_cases.size()));
    tcase_add_test(tests, goes_on_with_a_worker_that_is_wrong);
    tcase_add_test(tests, points_at_the_statement_that_names_a_worker);
    tcase_add_test(tests, knows_the_line_of_each_mount);
    tcase_add_test(tests, says_once_what_a_template_has_wrong);
    tcase_add_test(tests, w17_limits_names_to_63_bytes);
    tcase_add_test(tests, w15_an_unresolvable_host_is_no_error);
    tcase_add_test(tests, w38_members_inherit_the_secret);
    tcase_add_test(tests, two_secrets_for_one_member_are_pointed_out);
    tcase_add_loop_test(tests, reads_the_maintenance_interval, 0,
                        static_cast<int>(maintain_cases.size()));
    return tests;
}
