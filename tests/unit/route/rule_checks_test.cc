// Tests common/route/rule_checks. U numbers are the rows of uriworkermap.md 7.
#include "route/rule_checks.h"

#include <array>

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
        "its requests get 500; name it in worker.list\n"},
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
        "warning u:1: the rule \"!/a\" names \"w3\", which is no worker of worker.list, so it "
        "excludes nothing; did you mean \"w1\"?\n"},
    CheckCase{"", "-/a=none", ""},
    CheckCase{"U29", "/e=lb;stopped=m1,m2", ""},
    CheckCase{
        "", "/e=lb;stopped=m1,route2",
        "warning u:1: the rule \"/e\" names \"route2\", which is no member of \"lb\"; write the "
        "name of a member, not its route\n"},
    CheckCase{"U30", "/e=w1;stopped=x",
              "warning u:1: the rule \"/e\" has stopped, but \"w1\" is no balancer; remove it\n"},
    CheckCase{"", "/e=w1;reply_timeout=1;fail_on_status=500;use_server_errors=400", ""},
};

START_TEST(compares_rules_with_workers)
{
    const CheckCase& row = check_cases.at(static_cast<std::size_t>(_i));
    jk::route::TargetWorkers workers;
    workers.emplace("w1", jk::route::TargetWorker{});
    workers.emplace("tomcat", jk::route::TargetWorker{});
    workers.emplace("lb", jk::route::TargetWorker{true, {"m1", "m2"}});
    jk::route::UriRules rules;
    jk::Complaints complaints;
    rules.add_file(row.file, "u", {}, complaints);
    rules.finish();
    check_rules(rules, workers, complaints);
    ck_assert_text_eq(jk::test::all_of(complaints), row.complaints);
}
END_TEST

}  // namespace

TCase* rule_checks_tests()
{
    TCase* tests = tcase_create("rule_checks");
    tcase_add_loop_test(tests, compares_rules_with_workers, 0,
                        static_cast<int>(check_cases.size()));
    return tests;
}
