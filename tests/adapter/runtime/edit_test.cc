// Edits at run time: two runtimes over one segment stand for two children, and for two generations.
#include <sys/wait.h>
#include <unistd.h>

#include <barrier>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/generation.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Runtime;
using lb::EditKind;
using lb::EditTarget;
using status::Reason;

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
    Generation other;
    Generation one{{}, fakes().retained};
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
    Generation other;
    Generation one{{}, fakes().retained};
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
    Generation other;
    Generation one{{}, fakes().retained};
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
    assert_false(one.runtime().edit(std::vector{factor}, made, now).has_value());
    assert_int_equal(one.balancer().factor(0), 5);
}

// It does not know which members there are now, nor their routes.
void a_child_of_the_configuration_before_edits_nothing()
{
    Generation before;
    Generation now{{"worker.lb.balance_workers=c", "worker.c.host=127.0.0.1"}, fakes().retained};
    const auto refusal = edit(before.runtime(), member_a, "route", "c");
    assert_true(refusal && refusal->reason == Reason::outdated);
    assert_text_equal(refusal->remark, "was not changed: httpd was restarted meanwhile; ask again");
    assert_false(now.runtime().take_edits());
    assert_true(edit(now.runtime(), member_a, "route", "c")->reason == Reason::taken);
    assert_false(edit(now.runtime(), member_a, "route", "d").has_value());
    assert_true(before.runtime().take_edits());  // what is in force for all is so here
    assert_text_equal(before.balancer().route(0), "d");
}

// Nor where the new one's segment is another: what was written there, nobody would read.
void a_segment_that_was_left_is_edited_no_more()
{
    Generation before;
    int gate[2];
    assert_int_equal(::pipe(gate), 0);
    const pid_t child = ::fork();  // has its own mapping of the segment
    if (child == 0) {
        char ignored = 0;
        (void)!::read(gate[0], &ignored, 1);
        const auto refusal = edit(before.runtime(), member_a, "lbfactor", "4");
        ::_exit(refusal && refusal->reason == Reason::outdated ? 0 : 1);
    }
    Generation now{{}, fakes().retained, 16};
    assert_int_equal(::write(gate[1], "", 1), 1);
    int status = -1;
    assert_int_equal(::waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    ::close(gate[0]);
    ::close(gate[1]);
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
    Generation other;
    Generation one{{}, fakes().retained};
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

/// Who writes the edits of the segment that `retained` leads to: the second word of the table.
std::uint32_t& writer_of(const Retained& retained, const lb::Shape& shape)
{
    std::uintptr_t address = 0;
    std::memcpy(&address, retained.at("yoke-shared-segment").data(), sizeof(address));
    const std::size_t before = lb::Segment::size_for(shape) - lb::Failures::size() -
                               lb::Measures::size_for(shape) - lb::Edits::size_for(shape);
    return reinterpret_cast<std::uint32_t*>(address + before)[1];
}

void an_edit_that_cannot_be_ended_is_complained_about()
{
    Generation first;
    assert_false(edit(first.runtime(), member_a, "distance", "5").has_value());
    std::uint32_t& writer = writer_of(fakes().retained, first.runtime().segment().shape());
    writer = 1;  // it lives, and never comes to its end
    Generation second{{"worker.a.distance=7"}, fakes().retained};
    assert_text_holds(second.complaints(),
                      "member a of lb: the change of distance at run time could not be ended, so "
                      "it counts until httpd is restarted again");
    assert_int_equal(second.balancer().distance(0), 5);
    writer = 0;
    Generation third{{"worker.a.distance=7"}, fakes().retained};
    assert_int_equal(third.balancer().distance(0), 7);
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
                jk_test(a_child_of_the_configuration_before_edits_nothing),
                jk_test(a_segment_that_was_left_is_edited_no_more),
                jk_test(what_a_request_holds_stays_as_it_was),
                jk_test(refuses_what_cannot_be),
                jk_test(loads_follow_an_activation_and_stay_with_a_factor),
                jk_test(an_address_has_a_number),
                jk_test(a_member_without_port_is_stopped_until_it_has_one),
                jk_test(the_least_packet_follows),
                jk_test(edits_survive_a_restart_unless_the_file_changed),
                jk_test(an_edit_that_cannot_be_ended_is_complained_about),
                jk_test(edits_move_to_a_larger_segment),
            }};
}

}  // namespace jk::test
