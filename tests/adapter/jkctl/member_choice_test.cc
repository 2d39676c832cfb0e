// Which member of a fresh balancer a request is given, and what is said of it.
#include "jkctl/member_choice.h"

#include "site/doctor.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

/// A balancer lb of a, b (domain north), c (disabled) and d (stopped, redirect c).
conf::WorkerSet workers(std::string_view more = {})
{
    conf::Properties properties{{}};
    properties.add_file("worker.list=lb\nworker.lb.type=lb\nworker.lb.balance_workers=a,b,c,d\n"
                        "worker.a.domain=north\nworker.b.domain=north\n"
                        "worker.c.activation=disabled\n"
                        "worker.d.activation=stopped\nworker.d.redirect=c\n",
                        "w");
    properties.add_file(more, "more");
    Complaints complaints;
    return site::build_workers(properties, complaints);
}

ctl::MemberChoice chosen(const conf::WorkerSet& set, std::string_view uri,
                         const std::vector<std::string>& cookies = {},
                         const route::RuleOptions& rule = {})
{
    return ctl::choose_member(set, set.lb.front(), rule, {uri, cookies});
}

std::string names_of(const ctl::MemberChoice& choice)
{
    std::string all;
    for (const std::string& one : choice.members) {
        all += one;
    }
    return all + " " + std::string{to_text(choice.way)};
}

void sessions_lead_to_members()
{
    const conf::WorkerSet set = workers();
    struct {
        const char* uri;
        std::vector<std::string> cookies;
        const char* want;
    } const rows[] = {
        {"/x", {}, "ab load"},
        {"/x;jsessionid=1.a", {}, "a session route"},
        {"/x;jsessionid=1.c", {}, "c session route"},
        {"/x;jsessionid=1.d", {}, "c redirect"},
        {"/x", {"JSESSIONID=1.b"}, "b session route"},
        {"/x", {"JSESSIONID=1.north"}, "ab domain"},
        {"/x", {"JSESSIONID=1"}, "ab load"},
        {"/x", {"JSESSIONID=1.gone"}, "ab load"},
        {"/x;jsessionid=1.a", {"JSESSIONID=1.b"}, "a session route"},
    };
    for (const auto& row : rows) {
        assert_text_equal(names_of(chosen(set, row.uri, row.cookies)), row.want);
    }
}

void the_balancers_settings_count()
{
    const conf::WorkerSet loose = workers("worker.lb.sticky_session=false\n");
    assert_text_equal(names_of(chosen(loose, "/x;jsessionid=1.a")), "ab load");
    const conf::WorkerSet forced = workers("worker.lb.sticky_session_force=true\n");
    assert_text_equal(names_of(chosen(forced, "/x;jsessionid=1.d")), " nobody");
    const conf::WorkerSet far = workers("worker.a.distance=1\n");
    assert_text_equal(names_of(chosen(far, "/x")), "b load");
    const conf::WorkerSet one = workers("worker.lb.balance_workers=a\n");
    assert_text_equal(names_of(chosen(workers(), "/x")), "ab load");
    (void)one;
}

void the_rules_extensions_count()
{
    const conf::WorkerSet set = workers();
    route::RuleOptions rule;
    rule.stopped = {"a"};
    assert_text_equal(names_of(chosen(set, "/x", {}, rule)), "b load");
    rule.disabled = {"b"};
    assert_text_equal(names_of(chosen(set, "/x", {}, rule)), "c last resort");
    rule.stopped = {"a", "c"};
    assert_text_equal(names_of(chosen(set, "/x", {}, rule)), " nobody");
    route::RuleOptions other;
    other.session_cookie = "SID";
    other.session_path = ";sid";
    assert_text_equal(names_of(chosen(set, "/x;jsessionid=1.a", {"SID=1.b"}, other)),
                      "b session route");
    route::RuleOptions ignoring;
    ignoring.sticky_ignore = true;
    assert_text_equal(names_of(chosen(set, "/x;jsessionid=1.a", {}, ignoring)), "ab load");
}

void the_reasons_are_told()
{
    const ctl::MemberChoice choice = chosen(workers(), "/x;jsessionid=7.d");
    std::string why;
    for (const std::string& one : choice.why) {
        why += one + "\n";
    }
    assert_text_equal(why, "session \"7.d\" has route \"d\"\n"
                           "c is disabled\n"
                           "d is stopped\n"
                           "c is the redirect of d\n");
    assert_text_equal(choice.session, "7.d");
    assert_text_equal(choice.route, "c");
}

}  // namespace

Group jkctl_member_choice_tests()
{
    return {"jkctl/member_choice",
            {
                jk_test(sessions_lead_to_members),
                jk_test(the_balancers_settings_count),
                jk_test(the_rules_extensions_count),
                jk_test(the_reasons_are_told),
            }};
}

}  // namespace jk::test
