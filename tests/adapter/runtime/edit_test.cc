// Edits at run time: two runtimes over one segment stand for two children, and for two generations.
#include <barrier>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "config/global.h"
#include "runtime/runtime.h"
#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Backend;
using httpd::Runtime;
using lb::EditKind;
using lb::EditTarget;
using status::Reason;

using Lines = std::vector<const char*>;
using Retained = std::map<std::string, std::vector<char>>;

constexpr EditTarget of_lb{EditKind::balancer, "lb", {}};
constexpr EditTarget member_a{EditKind::member, "lb", "a"};
constexpr EditTarget worker_a{EditKind::worker, {}, "a"};

/// One edit; nothing where it was made.
std::optional<status::Refusal> edit(Runtime& runtime, const EditTarget& target,
                                    const char* property, const std::string& value)
{
    status::Change change;
    change.kind = target.kind;
    change.balancer = target.balancer;
    change.worker = target.worker;
    change.property = property;
    change.value = value;
    std::vector<httpd::Edited> made;
    return runtime.edit(std::vector{change}, made);
}

/// A configuration and its runtime, on the segment that `retained` leads to.
class Generation {
public:
    explicit Generation(const Lines& more = {}, Retained retained = {}, int daemons = 4)
    {
        Lines lines{"worker.list=lb", "worker.lb.type=lb", "worker.lb.balance_workers=a,b",
                    "worker.a.host=127.0.0.1", "worker.b.host=127.0.0.1"};
        lines.insert(lines.end(), more.begin(), more.end());
        for (const char* const line : lines) {
            site_.set_property(line);
        }
        complaints_ = site_.build();
        fakes().retained = std::move(retained);
        fakes().daemons = daemons;
        runtime_.emplace(site_.pool(), site_.config().global->workers, 4, complaints_);
    }

    [[nodiscard]] Runtime& runtime() { return *runtime_; }
    [[nodiscard]] lb::Balancer& balancer() { return *runtime_->balanced()[0].balancer; }
    [[nodiscard]] const Backend& a() { return runtime_->backends()[0]; }
    [[nodiscard]] std::string complaints() const { return text_of(complaints_); }

private:
    Site site_;
    Complaints complaints_;
    std::optional<Runtime> runtime_;
};

void an_edit_is_in_force_here_at_once()
{
    Generation one;
    assert_false(edit(one.runtime(), member_a, "lbfactor", "4").has_value());
    assert_int_equal(one.balancer().factor(0), 4);
    assert_int_equal(one.balancer().unit(1), 4);
    assert_false(edit(one.runtime(), of_lb, "method", "B").has_value());
    assert_true(one.balancer().policy().is_in_flight);
    assert_false(edit(one.runtime(), worker_a, "reply_timeout", "700").has_value());
    assert_int_equal(one.a().settings().reply_timeout, 700);
    assert_int_equal(one.runtime().backends()[1].settings().reply_timeout, 0);
}

void another_child_sees_it_at_its_next_request()
{
    Generation one;
    Generation other{{}, fakes().retained};
    assert_false(edit(one.runtime(), member_a, "activation", "d").has_value());
    assert_false(edit(one.runtime(), worker_a, "busy_limit", "3").has_value());
    assert_int_equal(other.balancer().activation(0), conf::Activation::active);
    assert_true(other.runtime().take_edits());
    assert_false(other.runtime().take_edits());
    assert_int_equal(other.balancer().activation(0), conf::Activation::disabled);
    assert_int_equal(other.balancer().busy_limit(0), 3);
    assert_int_equal(other.a().settings().busy_limit, 3);
}

// Two requests of a child that begin when an edit was made elsewhere: both must see it, also the one
// that finds the other one taking it over.
void all_threads_see_it_that_wait_for_it()
{
    constexpr int turns = 300;
    Generation one;
    Generation other{{}, fakes().retained};
    std::barrier both{3};
    const auto look = [&](int& seen) {
        for (int turn = 1; turn <= turns; ++turn) {
            both.arrive_and_wait();
            (void)other.runtime().await_edits();
            seen += other.a().settings().reply_timeout == turn ? 1 : 0;
            both.arrive_and_wait();
        }
    };
    int first = 0;
    int second = 0;
    std::thread threads[] = {std::thread{look, std::ref(first)},
                             std::thread{look, std::ref(second)}};
    for (int turn = 1; turn <= turns; ++turn) {
        (void)edit(one.runtime(), worker_a, "reply_timeout", std::to_string(turn));
        both.arrive_and_wait();
        both.arrive_and_wait();
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    assert_int_equal(first, turns);
    assert_int_equal(second, turns);
}

void an_edit_may_be_for_one_generation_only()
{
    Generation one;
    Generation other{{}, fakes().retained};
    status::Change factor{.kind = EditKind::member, .balancer = "lb", .worker = "a"};
    factor.property = "lbfactor";
    factor.value = "4";
    std::vector<httpd::Edited> made;
    const std::uint32_t before = one.runtime().edits_taken();
    assert_int_equal(other.runtime().edits_taken(), before);
    assert_false(one.runtime().edit(std::vector{factor}, made, before).has_value());
    assert_int_not_equal(one.runtime().edits_taken(), before);
    factor.value = "5";
    for (Runtime* const late : {&other.runtime(), &one.runtime()}) {
        const auto refusal = late->edit(std::vector{factor}, made, before);
        assert_true(refusal && refusal->reason == Reason::outdated);
        assert_int_equal(one.balancer().factor(0), 4);
        assert_int_equal(other.balancer().factor(0), 4);  // taken over all the same
    }
    const std::uint32_t now = other.runtime().edits_taken();
    assert_false(other.runtime().edit(std::vector{factor}, made, now).has_value());
    assert_int_equal(other.balancer().factor(0), 5);
}

void what_a_request_holds_stays_as_it_was()
{
    Generation one;
    const conf::AjpSettings& before = one.a().settings();
    const std::string& route = one.balancer().route(0);
    (void)edit(one.runtime(), worker_a, "reply_timeout", "700");
    (void)edit(one.runtime(), member_a, "route", "r");
    assert_int_equal(before.reply_timeout, 0);
    assert_text_equal(route, "a");
    const conf::AjpSettings* const edited = &one.a().settings();
    (void)edit(one.runtime(), worker_a, "reply_timeout", "0");
    (void)edit(one.runtime(), worker_a, "reply_timeout", "700");
    assert_ptr_equal(&one.a().settings(), edited);  // nothing new for what was there already
}

void refuses_what_cannot_be()
{
    Generation one;
    const struct {
        EditTarget target;
        const char* property;
        const char* text;
        Reason reason;
        const char* remark;
    } rows[] = {
        {{EditKind::balancer, "x", {}}, "method", "B", Reason::unknown, "there is no balancer"},
        {{EditKind::member, "lb", "x"}, "route", "r", Reason::unknown, "there is no worker"},
        {{EditKind::member, "x", "a"}, "route", "r", Reason::unknown, "there is no worker"},
        {{EditKind::worker, {}, "x"}, "port", "1", Reason::unknown, "there is no worker"},
        {member_a, "lbfactor", "0", Reason::bad_value, "is less than 1"},
        {member_a, "distance", "-1", Reason::bad_value, "is less than 0"},
        {worker_a, "max_packet_size", "70000", Reason::bad_value, "is more than 65536"},
        {worker_a, "host", "no.such.host.invalid", Reason::unresolved, "no.such.host.invalid:8009"},
        {worker_a, "secret", "x", Reason::unknown, "cannot be changed at run time"},
        {member_a, "route", "b", Reason::taken, "is the route of the member \"b\""},
    };
    for (const auto& row : rows) {
        const auto refusal = edit(one.runtime(), row.target, row.property, row.text);
        assert_true(refusal.has_value());
        assert_true(refusal->reason == row.reason);
        assert_text_holds(refusal->remark, row.remark);
    }
    const std::string path = "unix:/" + std::string(200, 'x');
    assert_true(edit(one.runtime(), worker_a, "host", path)->reason == Reason::unresolved);
    const std::string route(64, 'x');
    assert_true(edit(one.runtime(), member_a, "route", route)->reason == Reason::too_long);
    assert_int_equal(one.runtime().segment().edits().generation(), 0);
}

// balancing.md 3.4 and 17, rows 8 and 9.
void loads_follow_an_activation_and_stay_with_a_factor()
{
    Generation one;
    lb::MemberSlot& slot = *one.balancer().members()[1].slot;
    slot.lb_value.store(5);
    (void)edit(one.runtime(), member_a, "lbfactor", "4");
    assert_int_equal(slot.lb_value.load(), 5);
    (void)edit(one.runtime(), member_a, "activation", "d");
    assert_int_equal(slot.lb_value.load(), 0);
    (void)edit(one.runtime(), member_a, "activation", "a");
    slot.lb_value.store(5);
    (void)edit(one.runtime(), worker_a, "port", "8010");
    assert_int_equal(slot.lb_value.load(), 5);
    for (const char* const port : {"0", "8009"}) {  // stops the member, starts it
        slot.lb_value.store(5);
        (void)edit(one.runtime(), worker_a, "port", port);
        assert_int_equal(slot.lb_value.load(), 0);
    }
    (void)edit(one.runtime(), member_a, "activation", "d");
    (void)edit(one.runtime(), of_lb, "method", "B");
    slot.lb_value.store(5);
    (void)edit(one.runtime(), member_a, "activation", "a");
    assert_int_equal(slot.lb_value.load(), 5);
}

void an_address_has_a_number()
{
    Generation one;
    Generation other{{}, fakes().retained};
    assert_int_equal(one.a().destination().id, 0);
    (void)edit(one.runtime(), worker_a, "port", "8010");
    (void)other.runtime().take_edits();
    for (Generation* const child : {&one, &other}) {
        assert_text_equal(child->a().destination().address.text, "127.0.0.1:8010");
        assert_int_equal(child->a().destination().id, 1);
    }
    (void)edit(one.runtime(), worker_a, "reply_timeout", "9");
    assert_int_equal(one.a().destination().id, 1);
    (void)edit(one.runtime(), worker_a, "port", "8011");
    assert_int_equal(one.a().destination().id, 2);
    (void)edit(one.runtime(), worker_a, "port", "8009");
    assert_text_equal(one.a().destination().address.text, "127.0.0.1:8009");
    assert_int_equal(one.a().destination().id, 0);
}

// balancing.md 17, row 50, and status.md S14.
void a_member_without_port_is_stopped_until_it_has_one()
{
    Generation one{{"worker.a.port=0"}};
    assert_int_equal(one.balancer().activation(0), conf::Activation::stopped);
    assert_false(edit(one.runtime(), worker_a, "port", "8010").has_value());
    assert_false(edit(one.runtime(), member_a, "activation", "a").has_value());
    assert_int_equal(one.balancer().activation(0), conf::Activation::active);
    assert_true(one.a().destination().address.is_valid());
    assert_false(edit(one.runtime(), worker_a, "port", "0").has_value());
    assert_int_equal(one.balancer().activation(0), conf::Activation::stopped);
    assert_text_equal(one.a().destination().address.text, "invalid");
}

/// As another child writes it.
void write_host(Generation& one, const char* host)
{
    const std::vector<lb::Edit> edits{
        {EditKind::worker, {}, "a", "host", host, lb::fingerprint("127.0.0.1")}};
    assert_true(one.runtime().segment().edits().write(edits, 1).has_value());
    assert_true(one.runtime().take_edits());
}

void a_name_is_looked_up_when_it_was_taken_over()
{
    Generation one;
    write_host(one, "localhost");
    assert_text_equal(one.a().settings().host, "localhost");
    assert_text_equal(one.a().destination().address.text, "127.0.0.1:8009");
    assert_int_equal(one.a().destination().id, 0);  // that of before
    assert_true(one.runtime().look_up_hosts().empty());
    assert_true(one.a().destination().address.is_valid());
    write_host(one, "127.0.0.2");  // nobody is to be asked
    assert_text_equal(one.a().destination().address.text, "127.0.0.2:8009");
}

// DO-15: the old address is kept.
void a_name_that_nobody_knows_leaves_the_address()
{
    Generation one;
    write_host(one, "no.such.host.invalid");
    const std::string told = text_of(one.runtime().look_up_hosts());
    assert_text_holds(told, "worker a: its host \"no.such.host.invalid\"");
    assert_text_holds(told, "its connections go to 127.0.0.1:8009");
    assert_text_equal(one.a().destination().address.text, "127.0.0.1:8009");
    assert_int_equal(one.balancer().activation(0), conf::Activation::active);
    assert_true(one.runtime().look_up_hosts().empty());  // not again at once
    one.runtime().maintain(httpd::now());
    assert_int_equal(one.runtime().look_up_hosts().size(), 1);
    write_host(one, "127.0.0.2");
    assert_text_equal(one.a().destination().address.text, "127.0.0.2:8009");
    one.runtime().maintain(httpd::now());
    assert_true(one.runtime().look_up_hosts().empty());  // nobody wants it any more
}

/// At start nothing was in force before: a host that was edited away from is not asked again.
void a_name_that_nobody_knows_at_start_is_no_address()
{
    Generation first;
    write_host(first, "no.such.host.invalid");
    Generation second{{}, fakes().retained};
    assert_text_equal(second.a().destination().address.text, "invalid");
    assert_int_equal(second.balancer().activation(0), conf::Activation::stopped);
    assert_text_holds(second.complaints(), "its address is invalid until a later attempt succeeds");
}

void the_least_packet_follows()
{
    Generation one{{"worker.a.max_packet_size=16384", "worker.b.max_packet_size=16384"}};
    const httpd::BalancedSet& set = one.runtime().balanced()[0];
    assert_int_equal(set.packet_size_in_force.load(), 16384);
    (void)edit(one.runtime(), worker_a, "max_packet_size", "9000");
    assert_int_equal(set.packet_size_in_force.load(), 9216);
}

void edits_survive_a_restart_unless_the_file_changed()
{
    Retained retained;
    {
        Generation first{{"worker.a.lbfactor=2"}};
        assert_false(edit(first.runtime(), member_a, "lbfactor", "5").has_value());
        assert_false(edit(first.runtime(), member_a, "distance", "3").has_value());
        retained = fakes().retained;
    }
    {
        Generation second{{"worker.a.lbfactor=2"}, retained};
        assert_int_equal(second.balancer().factor(0), 5);
        assert_int_equal(second.balancer().distance(0), 3);
        assert_true(second.complaints().find("run time") == std::string::npos);
        retained = fakes().retained;
    }
    {
        Generation third{{"worker.a.lbfactor=7"}, retained};
        assert_int_equal(third.balancer().factor(0), 7);
        assert_int_equal(third.balancer().distance(0), 3);
        assert_text_holds(third.complaints(), "member a of lb: lbfactor was \"5\" by a change at "
                                              "run time; the file now says \"7\", which counts");
        retained = fakes().retained;
    }
    Generation fourth{{"worker.a.lbfactor=2"}, retained};  // the edit is over for good
    assert_int_equal(fourth.balancer().factor(0), 2);
}

void edits_move_to_a_larger_segment()
{
    Generation first;
    assert_false(edit(first.runtime(), member_a, "lbfactor", "5").has_value());
    Generation second{{}, fakes().retained, 16};  // needs more columns
    assert_true(second.runtime().segment().shape().columns > 9);
    assert_int_equal(second.balancer().factor(0), 5);
}

}  // namespace

Group runtime_edit_tests()
{
    return {"runtime/edit",
            {
                jk_test(an_edit_is_in_force_here_at_once),
                jk_test(another_child_sees_it_at_its_next_request),
                jk_test(all_threads_see_it_that_wait_for_it),
                jk_test(an_edit_may_be_for_one_generation_only),
                jk_test(what_a_request_holds_stays_as_it_was),
                jk_test(refuses_what_cannot_be),
                jk_test(loads_follow_an_activation_and_stay_with_a_factor),
                jk_test(an_address_has_a_number),
                jk_test(a_member_without_port_is_stopped_until_it_has_one),
                jk_test(a_name_is_looked_up_when_it_was_taken_over),
                jk_test(a_name_that_nobody_knows_leaves_the_address),
                jk_test(a_name_that_nobody_knows_at_start_is_no_address),
                jk_test(the_least_packet_follows),
                jk_test(edits_survive_a_restart_unless_the_file_changed),
                jk_test(edits_move_to_a_larger_segment),
            }};
}

}  // namespace jk::test
