// Changes: all or nothing, and a line in the log for each.
#include "status/execution.h"

#include <vector>

#include "support/stage.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using lb::EditKind;
using status::Action;
using status::Change;
using status::Reason;

Stage make_stage()
{
    return Stage{{"worker.list=st,lb,direct", "worker.st.type=status", "worker.lb.type=lb",
                  "worker.lb.balance_workers=m1,m2", "worker.m1.host=127.0.0.1",
                  "worker.m2.host=127.0.0.1", "worker.direct.host=127.0.0.1"}};
}

Change change_of(Action action, EditKind kind, const char* worker)
{
    Change change;
    change.action = action;
    change.kind = kind;
    change.balancer = kind == EditKind::worker ? "" : "lb";
    change.worker = worker;
    return change;
}

Change edit_of(const char* property, const char* value)
{
    Change change = change_of(Action::edit, EditKind::member, "m1");
    change.property = property;
    change.value = value;
    return change;
}

std::optional<status::Refusal> execute(Stage& stage, const std::vector<Change>& changes)
{
    request_rec* const request = stage.site().request("/status");
    request->user = apr_pstrdup(request->pool, "bob\n");
    request->useragent_ip = apr_pstrdup(request->pool, "192.0.2.1");
    return httpd::execute({request, "st"}, stage.global(), changes);
}

lb::Balancer& balancer_of(Stage& stage)
{
    return *stage.runtime().balanced()[0].balancer;
}

void all_or_nothing()
{
    Stage stage = make_stage();
    const auto refusal =
        execute(stage, {edit_of("lbfactor", "3"), change_of(Action::reset, EditKind::member, "x")});
    assert_int_equal(refusal->index, 1);
    assert_true(refusal->reason == Reason::unknown);
    assert_int_equal(balancer_of(stage).factor(0), 1);
    assert_false(execute(stage, {edit_of("lbfactor", "3"), edit_of("distance", "2")}).has_value());
    assert_int_equal(balancer_of(stage).factor(0), 3);
    assert_int_equal(balancer_of(stage).distance(0), 2);
}

void resets_by_target()
{
    Stage stage = make_stage();
    lb::Balancer& balancer = balancer_of(stage);
    lb::WorkerSlot& direct = *stage.runtime().backends().front().slot;
    const std::string name = stage.runtime().backends().front().worker->name;
    balancer.members()[0].slot->sessions.store(5);
    balancer.members()[1].slot->sessions.store(6);
    assert_false(execute(stage, {change_of(Action::reset, EditKind::member, "m1")}).has_value());
    assert_int_equal(balancer.members()[0].slot->sessions.load(), 0);
    assert_int_equal(balancer.members()[1].slot->sessions.load(), 6);
    assert_false(execute(stage, {change_of(Action::reset, EditKind::balancer, "")}).has_value());
    assert_int_equal(balancer.members()[1].slot->sessions.load(), 0);
    direct.errors.store(7);
    assert_false(
        execute(stage, {change_of(Action::reset, EditKind::worker, name.c_str())}).has_value());
    assert_int_equal(direct.errors.load(), 0);
}

// status.md 15, row 33.
void recovers_what_is_in_error()
{
    constexpr struct {
        lb::State state;
        bool is_recovered;
    } rows[] = {
        {lb::State::error, true}, {lb::State::probing, true},     {lb::State::forced, true},
        {lb::State::ok, false},   {lb::State::recovering, false}, {lb::State::idle, false},
        {lb::State::busy, false},
    };
    for (const auto& row : rows) {
        Stage stage = make_stage();
        balancer_of(stage).members()[0].slot->standing.store(static_cast<std::uint64_t>(row.state));
        const auto refusal = execute(stage, {change_of(Action::recover, EditKind::member, "m1")});
        assert_int_equal(refusal.has_value(), !row.is_recovered);
        assert_true(row.is_recovered || refusal->reason == Reason::wrong_state);
        const lb::State then = balancer_of(stage).state(0);
        assert_true(then == (row.is_recovered ? lb::State::recovering : row.state));
    }
}

void only_members_recover()
{
    Stage stage = make_stage();
    for (const Change& change : {change_of(Action::recover, EditKind::balancer, ""),
                                 change_of(Action::recover, EditKind::worker, "direct")}) {
        assert_true(execute(stage, {change})->reason == Reason::wrong_state);
    }
}

}  // namespace

Group status_execution_tests()
{
    return {"status/execution",
            {
                jk_test(all_or_nothing),
                jk_test(resets_by_target),
                jk_test(recovers_what_is_in_error),
                jk_test(only_members_recover),
            }};
}

}  // namespace jk::test
