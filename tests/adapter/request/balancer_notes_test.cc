// The notes JK_LB_FIRST_… and JK_LB_LAST_…: whose values they are, and when they are made at all.
#include "request/balancer_notes.h"

#include <string>

#include "config/global.h"
#include "request/handler.h"
#include "support/loopback.h"
#include "support/stage.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

/// Two members; nobody listens on the ports.
Stage two_members()
{
    return Stage{std::vector<const char*>{
        "worker.list=lb", "worker.lb.type=lb", "worker.lb.balance_workers=a b",
        "worker.lb.retries=1", "worker.a.port=1", "worker.b.port=1", "worker.a.retries=1",
        "worker.b.retries=1", "worker.b.activation=disabled"}};
}

void the_ten_values_are_those_of_the_member()
{
    Stage stage = two_members();
    httpd::BalancedSet& set = stage.runtime().balanced()[0];
    const lb::Member& b = set.balancer->members()[1];
    b.worker->used.store(11);
    b.worker->read.store(5000000000);
    b.worker->transferred.store(13);
    b.slot->sessions.store(14);
    b.slot->errors.store(15);
    b.slot->lb_value.store(16);
    request_rec* const request = stage.site().request("/x");
    httpd::set_balancer_notes(request, httpd::Tried::first, {stage.child(), set, 1});
    constexpr const char* expected[][2] = {
        {"NAME", "b"},          {"VALUE", "16"},       {"ACCESSED", "11"}, {"SESSIONS", "14"},
        {"READ", "5000000000"}, {"TRANSFERRED", "13"}, {"ERRORS", "15"},   {"BUSY", "0"},
        {"ACTIVATION", "DIS"},  {"STATE", "OK/IDLE"},
    };
    for (const auto& [name, value] : expected) {
        assert_text_equal(note(request, ("JK_LB_FIRST_" + std::string{name}).c_str()), value);
        assert_text_equal(note(request, ("JK_LB_LAST_" + std::string{name}).c_str()), "");
    }
    httpd::set_balancer_notes(request, httpd::Tried::last, {stage.child(), set, 0});
    assert_text_equal(note(request, "JK_LB_LAST_NAME"), "a");
    assert_text_equal(note(request, "JK_LB_LAST_ACTIVATION"), "ACT");
    assert_text_equal(note(request, "JK_LB_FIRST_NAME"), "b");
}

/// Runs a request that no member serves.
request_rec* failed_request(Stage& stage)
{
    request_rec* const request = stage.site().request("/x");
    request->handler = httpd::handler_name;
    set_env(request, "JK_WORKER_NAME", "lb;active=a,b");
    assert_int_equal(httpd::handle(request), HTTP_SERVICE_UNAVAILABLE);
    return request;
}

void they_are_made_only_where_somebody_reads_them()
{
    Stage stage = two_members();
    assert_text_equal(note(failed_request(stage), "JK_LB_FIRST_NAME"), "");
    stage.global().names_balancer_notes = true;
    const request_rec* const request = failed_request(stage);
    const std::string_view first = note(request, "JK_LB_FIRST_NAME");
    const std::string_view last = note(request, "JK_LB_LAST_NAME");
    assert_true(first == "a" || first == "b");
    assert_text_equal(last, first == "a" ? "b" : "a");
}

}  // namespace

Group request_balancer_notes_tests()
{
    return {"request/balancer_notes",
            {
                jk_test(the_ten_values_are_those_of_the_member),
                jk_test(they_are_made_only_where_somebody_reads_them),
            }};
}

}  // namespace jk::test
