// The snapshot: what is in force, not what is configured.
#include "status/survey.h"

#include "support/stage.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

Stage make_stage()
{
    return Stage{{"worker.list=st,lb,direct", "worker.st.type=status", "worker.lb.type=lb",
                  "worker.lb.balance_workers=m1,m2", "worker.lb.mount=/app",
                  "worker.m1.host=127.0.0.1", "worker.m2.host=127.0.0.1",
                  "worker.direct.host=127.0.0.1"}};
}

status::Change change_of(lb::EditKind kind, const char* property, const char* value)
{
    status::Change change;
    change.kind = kind;
    change.balancer = kind == lb::EditKind::worker ? "" : "lb";
    change.worker = kind == lb::EditKind::balancer ? "" : "m1";
    change.property = property;
    change.value = value;
    return change;
}

void all_workers_are_there()
{
    Stage stage = make_stage();
    const auto snapshot = httpd::take_snapshot(stage.site().request("/status"), stage.global());
    assert_int_equal(snapshot.balancers.size(), 1);
    assert_int_equal(snapshot.balancers[0].members.size(), 2);
    assert_int_equal(snapshot.balancers[0].maps.size(), 1);
    assert_int_equal(snapshot.workers.size(), 1);
    assert_int_equal(snapshot.others.size(), 1);
    assert_text_equal(snapshot.uri, "/status");
}

void rules_can_be_left_out()
{
    Stage stage = make_stage();
    request_rec* const request = stage.site().request("/status");
    const auto snapshot = httpd::take_snapshot(request, stage.global(), httpd::Mounts::none);
    assert_int_equal(snapshot.balancers[0].members.size(), 2);
    assert_true(snapshot.balancers[0].maps.empty());
}

void edits_are_shown()
{
    Stage stage = make_stage();
    std::vector<httpd::Edited> made;
    using lb::EditKind;
    assert_false(stage.runtime()
                     .edit(std::vector{change_of(EditKind::balancer, "retries", "7"),
                                       change_of(EditKind::member, "route", "r"),
                                       change_of(EditKind::member, "domain", "d"),
                                       change_of(EditKind::member, "redirect", "m2"),
                                       change_of(EditKind::member, "distance", "3"),
                                       change_of(EditKind::member, "lbfactor", "4"),
                                       change_of(EditKind::member, "activation", "s"),
                                       change_of(EditKind::worker, "port", "8444")},
                           made)
                     .has_value());
    const auto snapshot = httpd::take_snapshot(stage.site().request("/status"), stage.global());
    const status::BalancerView& balancer = snapshot.balancers[0];
    const status::MemberView& member = balancer.members[0];
    assert_int_equal(balancer.settings->retries, 7);
    const conf::AjpSettings& settings = *member.worker.settings;
    assert_text_equal(settings.route, "r");
    assert_text_equal(settings.domain, "d");
    assert_text_equal(settings.redirect, "m2");
    assert_int_equal(settings.distance, 3);
    assert_int_equal(settings.lbfactor, 4);
    assert_true(member.activation == conf::Activation::stopped);
    assert_text_equal(member.worker.address, "127.0.0.1:8444");
    assert_int_equal(balancer.members[1].worker.settings->distance, 0);
}

/// It is stopped, but nobody set it so: a form that is sent back must not either.
void a_member_without_an_address_keeps_its_activation()
{
    Stage stage{{"worker.list=st,lb", "worker.st.type=status", "worker.lb.type=lb",
                 "worker.lb.balance_workers=m1,m2", "worker.m1.port=0", "worker.m2.port=0",
                 "worker.m2.activation=stopped"}};
    const auto shows = [&](std::size_t index, conf::Activation set) {
        const auto snapshot = httpd::take_snapshot(stage.site().request("/status"), stage.global());
        const status::MemberView& member = snapshot.balancers[0].members[index];
        assert_true(member.activation == conf::Activation::stopped);
        assert_true(member.worker.settings->activation == set);
    };
    shows(0, conf::Activation::active);
    shows(1, conf::Activation::stopped);
    std::vector<httpd::Edited> made;
    const std::vector edit{change_of(lb::EditKind::member, "activation", "disabled")};
    assert_false(stage.runtime().edit(edit, made).has_value());
    shows(0, conf::Activation::disabled);
    shows(1, conf::Activation::stopped);
}

}  // namespace

Group status_survey_tests()
{
    return {"status/survey",
            {
                jk_test(all_workers_are_there),
                jk_test(rules_can_be_left_out),
                jk_test(edits_are_shown),
                jk_test(a_member_without_an_address_keeps_its_activation),
            }};
}

}  // namespace jk::test
