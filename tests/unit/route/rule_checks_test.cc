// Tests common/route/rule_checks. U numbers are the rows of uriworkermap.md 7.
#include "route/rule_checks.h"

#include <array>
#include <string>
#include <vector>

#include "base/wording.h"
#include "support/check.h"
#include "support/complaints.h"

namespace {

struct CheckCase {
    std::string_view id;
    std::string_view file;
    std::string_view complaints;
};
constexpr std::array check_cases{
    CheckCase{"", "/a=w1\n/b=lb\n!/c=*", ""},
    CheckCase{
        "U12", "/eq=w1=foo",
        "warning u:1: the rule \"/eq\" names \"w1=foo\", which is no worker of worker.list, so "
        "its requests get 500; the first \"=\" of a line ends the pattern\n"},
    CheckCase{
        "", "/a=m1",
        "warning u:1: the rule \"/a\" names \"m1\", which is no worker of worker.list, so its "
        "requests get 500; it is a member of \"lb\": write that, or name it in worker.list too\n"},
    CheckCase{
        "U28", "/star/*=*",
        "warning u:1: the rule \"/star/*\" names \"*\", which is no worker of worker.list, so "
        "its requests get 500; name it in worker.list\n"},
    CheckCase{
        "", "/a|/*=tomact",
        "warning u:1: the rule \"/a|/*\" names \"tomact\", which is no worker of worker.list, so "
        "its requests get 500; did you mean \"tomcat\"?\n"},
    CheckCase{
        "", "!/a=w3",
        "warning u:1: the exclusion \"!/a\" names \"w3\", which is no worker of worker.list, so "
        "it excludes nothing; did you mean \"w1\"?\n"},
    CheckCase{"",  // the rule that maps its paths is the highest one that covers them
              "/*=w1\n/shop/*=tomcat\n!/shop/a/*=w3\n!/shop/*=m1\n-/shop/a/*=lb\n/shop/a/*=w9",
              "warning u:3: the exclusion \"!/shop/a/*\" names \"w3\", which is no worker of "
              "worker.list, so it excludes nothing; write the worker of the rule that it takes "
              "from (\"tomcat\"), or \"*\"\n"
              "warning u:6: the rule \"/shop/a/*\" names \"w9\", which is no worker of "
              "worker.list, so its requests get 500; did you mean \"w1\"?\n"
              "warning u:4: the exclusion \"!/shop/*\" names \"m1\", which is no worker of "
              "worker.list, so it excludes nothing; write the worker of the rule that it takes "
              "from (\"tomcat\"), or \"*\"\n"},
    CheckCase{"", "/shop/*=lb\n!/*.gif=former",
              "warning u:2: the exclusion \"!/*.gif\" names \"former\", which is no worker of "
              "worker.list, so it excludes nothing; write the worker of the rule that it takes "
              "from (\"lb\"), or \"*\"\n"},
    CheckCase{"", "/shop/*=lb\n!/blog/*=former",
              "warning u:2: the exclusion \"!/blog/*\" names \"former\", which is no worker of "
              "worker.list, so it excludes nothing; write the worker of the rule that it takes "
              "from, or \"*\"\n"},
    CheckCase{"", "/e=slow;reply_timeout=30000\n!/f=slow;reply_timeout=30001",
              "warning u:2: the exclusion \"!/f\" has extensions, which have no effect; remove "
              "them\n"},
    CheckCase{"", "/e=slow;reply_timeout=30001",
              "warning u:1: the rule \"/e\" has a reply_timeout that never fires with \"m1\", "
              "since its socket_timeout of 30 s ends the wait before; make one of them shorter or "
              "the other longer\n"},
    CheckCase{"", "/e=lb;reply_timeout=2147483647", ""},
    CheckCase{"", "-/a=none", ""},
    CheckCase{"U29", "/e=lb;stopped=m1,m2", ""},
    CheckCase{
        "", "/e=lb;stopped=m1,route2",
        "warning u:1: the rule \"/e\" names \"route2\", which is no member of \"lb\"; write the "
        "name of a member, not its route\n"},
    CheckCase{
        "", "/e=lb;active=m3",
        "warning u:1: the rule \"/e\" names \"m3\", which is no member of \"lb\"; did you mean "
        "\"m1\"?\n"},
    CheckCase{"", "/e=w1;reply_timeout=300",
              "warning u:1: the rule \"/e\" has a reply_timeout of less than a second; it is in "
              "milliseconds\n"},
    CheckCase{"", "/e=w1;reply_timeout=0;fail_on_status=-404", ""},
    CheckCase{"", "/e=w1;fail_on_status=-2147483648",
              "warning u:1: the rule extension fail_on_status \"-2147483648\" holds something that "
              "is no status; correct it\n"},
    CheckCase{"", "/e=w1;fail_on_status=5000",
              "warning u:1: the rule \"/e\" has a fail_on_status that no response has; write "
              "statuses from 100 to 599\n"},
    CheckCase{
        "", "/e=w1;use_server_errors=1",
        "warning u:1: the rule \"/e\" has a use_server_errors below 400, so that answers that "
        "are no errors are replaced too; write 400 or more\n"},
    CheckCase{"", "/e=lb;session_cookie=A B;session_cookie_path=e",
              "warning u:1: the rule \"/e\" has a session_cookie that no cookie can be called; "
              "write its name alone\n"
              "warning u:1: the rule \"/e\" has a session_cookie_path that does not begin with a "
              "slash, so that browsers ignore it; begin it with one\n"},
    CheckCase{"U30", "/e=w1;stopped=x",
              "warning u:1: the rule \"/e\" has stopped, but \"w1\" is no balancer; remove it\n"},
    CheckCase{"", "/e=w1;reply_timeout=1000;fail_on_status=500;use_server_errors=400", ""},
};

/// What check_rules() says of a mount file, for these workers and `slow`, a balancer of m1 that
/// waits for 30 s.
std::string said_of(std::string_view file, jk::route::TargetWorkers workers)
{
    workers.emplace("slow", jk::route::TargetWorker{true, {"m1"}, 30, "m1"});
    jk::route::UriRules rules;
    jk::Complaints complaints;
    rules.add_file(file, "u", {}, complaints);
    rules.finish();
    check_rules(rules, workers, complaints);
    return jk::test::all_of(complaints);
}

START_TEST(compares_rules_with_workers)
{
    const CheckCase& row = check_cases.at(static_cast<std::size_t>(_i));
    jk::route::TargetWorkers workers;
    workers.emplace("w1", jk::route::TargetWorker{});
    workers.emplace("tomcat", jk::route::TargetWorker{});
    workers.emplace("lb", jk::route::TargetWorker{true, {"m1", "m2"}});
    ck_assert_text_eq(said_of(row.file, workers), row.complaints);
}
END_TEST

START_TEST(looks_for_a_limited_number_of_names)
{
    constexpr int count = 1000;
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) {
        names.push_back("worker" + jk::decimal(i));
    }
    jk::route::TargetWorkers workers;
    for (const std::string& name : names) {
        workers.insert({name, jk::route::TargetWorker{}});
    }
    std::string file;
    for (int i = 0; i < count; ++i) {
        file += "/" + jk::decimal(count + i) + "=xworker" + jk::decimal(i) + "\n";
    }
    const std::string said = said_of(file, workers);
    ck_assert(said.find("did you mean \"worker0\"?") != std::string::npos);
    ck_assert(said.find("\"xworker999\", which is no worker of worker.list, so its requests get "
                        "500; name it in worker.list\n") != std::string::npos);
}
END_TEST

}  // namespace

TCase* rule_checks_tests()
{
    TCase* tests = tcase_create("rule_checks");
    tcase_add_test(tests, looks_for_a_limited_number_of_names);
    tcase_add_loop_test(tests, compares_rules_with_workers, 0,
                        static_cast<int>(check_cases.size()));
    return tests;
}
