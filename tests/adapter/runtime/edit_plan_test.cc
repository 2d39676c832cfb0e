// Several edits in one: all of them together, or none.
#include "runtime/edit_plan.h"

#include <optional>
#include <string>
#include <vector>

#include "config/global.h"
#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Edited;
using httpd::Runtime;
using lb::EditKind;
using status::Change;
using status::Reason;
using status::Refusal;

/// A balancer with three members.
class Fixture {
public:
    Fixture()
    {
        for (const char* const line :
             {"worker.list=lb", "worker.lb.type=lb", "worker.lb.balance_workers=a,b,c",
              "worker.a.host=127.0.0.1", "worker.b.host=127.0.0.1", "worker.c.host=127.0.0.1"}) {
            site_.set_property(line);
        }
        complaints_ = site_.build();
        runtime_.emplace(site_.pool(), site_.config().global->workers, 4, complaints_);
    }

    std::optional<Refusal> edit(const std::vector<Change>& changes)
    {
        made.clear();
        return runtime_->edit(changes, made);
    }
    [[nodiscard]] const lb::Balancer& balancer() { return *runtime_->balanced()[0].balancer; }
    [[nodiscard]] std::string address() const
    {
        return runtime_->backends()[0].destination().address.text;
    }
    [[nodiscard]] std::uint32_t generation() { return runtime_->segment().edits().generation(); }

    std::vector<Edited> made;

private:
    Site site_;
    Complaints complaints_;
    std::optional<Runtime> runtime_;
};

Change of_member(const char* member, const char* property, const char* value)
{
    Change change;
    change.kind = EditKind::member;
    change.balancer = "lb";
    change.worker = member;
    change.property = property;
    change.value = value;
    return change;
}

Change of_worker(const char* worker, const char* property, const char* value)
{
    Change change = of_member(worker, property, value);
    change.kind = EditKind::worker;
    change.balancer.clear();
    return change;
}

void the_values_are_told()
{
    Fixture fixture;
    assert_false(fixture
                     .edit({of_member("a", "lbfactor", "1"), of_member("b", "lbfactor", "4"),
                            of_worker("a", "max_packet_size", "8193")})
                     .has_value());
    assert_int_equal(fixture.made.size(), 2);  // one is what it was
    assert_int_equal(fixture.made[0].index, 1);
    assert_text_equal(fixture.made[0].before, "1");
    assert_text_equal(fixture.made[0].after, "4");
    assert_text_equal(fixture.made[1].after, "9216");
    assert_int_equal(fixture.generation(), 1);  // both are one change for everybody else
}

void one_wrong_value_stops_all()
{
    Fixture fixture;
    const auto refusal =
        fixture.edit({of_member("a", "lbfactor", "4"), of_member("b", "lbfactor", "x")});
    assert_true(refusal.has_value());
    assert_int_equal(refusal->index, 1);
    assert_int_equal(fixture.balancer().factor(0), 1);
    assert_int_equal(fixture.generation(), 0);
    assert_int_equal(fixture.made.size(), 0);
}

void nothing_changed_writes_nothing()
{
    Fixture fixture;
    assert_false(fixture.edit({of_worker("a", "host", "127.0.0.1")}).has_value());
    assert_false(fixture.edit({}).has_value());
    assert_int_equal(fixture.generation(), 0);
}

void host_and_port_are_looked_at_together()
{
    Fixture fixture;
    assert_false(fixture.edit({of_worker("a", "host", "127.0.0.2"), of_worker("a", "port", "8010")})
                     .has_value());
    assert_text_equal(fixture.address(), "127.0.0.2:8010");
    const auto refusal = fixture.edit({of_worker("a", "port", "8011"),
                                       of_worker("a", "host", "no.such.host.invalid"),
                                       of_member("a", "lbfactor", "9")});
    assert_true(refusal->reason == Reason::unresolved);
    assert_text_equal(refusal->remark, "no.such.host.invalid:8011");
    assert_text_equal(fixture.address(), "127.0.0.2:8010");
    assert_int_equal(fixture.balancer().factor(0), 1);
}

void routes_are_looked_at_as_they_will_be()
{
    Fixture fixture;
    assert_false(
        fixture.edit({of_member("a", "route", "b"), of_member("b", "route", "a")}).has_value());
    assert_text_equal(fixture.balancer().route(0), "b");
    assert_text_equal(fixture.balancer().route(1), "a");
    const auto same = fixture.edit({of_member("a", "route", "x"), of_member("c", "route", "x")});
    assert_true(same->reason == Reason::taken);
    assert_int_equal(same->index, 0);
    const auto first = fixture.edit({of_member("b", "route", "y"), of_member("c", "route", "b")});
    assert_text_equal(first->remark,
                      "\"b\" is the route of the member \"a\", too; each member needs its own");
    assert_int_equal(first->index, 1);
    assert_false(
        fixture.edit({of_member("a", "route", ""), of_member("c", "route", "")}).has_value());
}

}  // namespace

Group runtime_edit_plan_tests()
{
    return {"runtime/edit_plan",
            {
                jk_test(the_values_are_told),
                jk_test(one_wrong_value_stops_all),
                jk_test(nothing_changed_writes_nothing),
                jk_test(host_and_port_are_looked_at_together),
                jk_test(routes_are_looked_at_as_they_will_be),
            }};
}

}  // namespace jk::test
