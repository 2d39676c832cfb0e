// The section on httpd's own status page: both forms for people, and the one for programs.
#include "status/server_status.h"

#include <string>

#include "config/global.h"
#include "status/change.h"
#include "support/stage.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

Stage make_stage()
{
    return Stage{{"worker.list=lb", "worker.lb.type=lb", "worker.lb.balance_workers=m1,m2",
                  "worker.m1.host=127.0.0.1", "worker.m2.host=127.0.0.1",
                  "worker.m2.activation=disabled"}};
}

/// What is written with these flags.
std::string shown(Stage& stage, int flags)
{
    fakes().written.clear();
    request_rec* const request = stage.site().request("/server-status");
    assert_int_equal(httpd::show_on_server_status(request, flags), OK);
    return fakes().written;
}

void programs_get_a_number_per_line()
{
    Stage stage = make_stage();
    lb::Balancer& balancer = *stage.runtime().balanced()[0].balancer;
    const lb::MemberSlot& slot = *balancer.members()[0].slot;
    const_cast<lb::MemberSlot&>(slot).errors.store(3);
    stage.child().account(0).slot().used.store(12);
    assert_true(stage.child().account(1).begin(0));
    assert_text_equal(shown(stage, AP_STATUS_SHORT | AP_STATUS_EXTENDED),
                      "JkBalancer[lb]Members: 2\n"
                      "JkBalancer[lb]Up: 2\n"
                      "JkBalancer[lb]Busy: 0\n"
                      "JkBalancer[lb]Member[m1]Up: 1\n"
                      "JkBalancer[lb]Member[m1]Active: 1\n"
                      "JkBalancer[lb]Member[m1]Busy: 0\n"
                      "JkBalancer[lb]Member[m1]Errors: 3\n"
                      "JkBalancer[lb]Member[m1]Requests: 12\n"
                      "JkBalancer[lb]Member[m2]Up: 1\n"
                      "JkBalancer[lb]Member[m2]Active: 0\n"
                      "JkBalancer[lb]Member[m2]Busy: 1\n"
                      "JkBalancer[lb]Member[m2]Errors: 0\n"
                      "JkBalancer[lb]Member[m2]Requests: 1\n");
}

void people_get_a_table()
{
    Stage stage = make_stage();
    const std::string page = shown(stage, AP_STATUS_EXTENDED);
    assert_text_holds(page, "<h1>Balancers of mod_jk</h1>\n<h2>Balancer lb</h2>");
    assert_text_holds(page, "<tr><td>m2</td><td>OK/IDLE</td><td>disabled</td><td>0</td><td>0</td>"
                            "<td>0</td></tr>\n</table>\n");
}

void or_a_list()
{
    Stage stage = make_stage();
    const std::string page = shown(stage, AP_STATUS_NOTABLE);
    assert_text_holds(page, "<li>m1 OK/IDLE active 0 0 0 </li>\n");
    assert_true(page.find("<table") == std::string::npos);
}

void an_edit_of_another_child_is_shown()
{
    Stage stage = make_stage();
    assert_true(
        stage.runtime()
            .segment()
            .edits()
            .write({lb::EditKind::member, "lb", "m1", "activation", "s", lb::fingerprint("active")},
                   1)
            .has_value());
    assert_text_holds(shown(stage, AP_STATUS_SHORT), "JkBalancer[lb]Member[m1]Active: 0\n");
}

void nothing_without_a_balancer()
{
    Stage stage{{"worker.list=w", "worker.w.host=127.0.0.1"}};
    request_rec* const request = stage.site().request("/server-status");
    fakes().written.clear();
    assert_int_equal(httpd::show_on_server_status(request, 0), DECLINED);
    stage.global().child = nullptr;
    assert_int_equal(httpd::show_on_server_status(request, 0), DECLINED);
    assert_text_equal(fakes().written, "");
}

}  // namespace

Group status_server_status_tests()
{
    return {"status/server_status",
            {
                jk_test(programs_get_a_number_per_line),
                jk_test(people_get_a_table),
                jk_test(or_a_list),
                jk_test(an_edit_of_another_child_is_shown),
                jk_test(nothing_without_a_balancer),
            }};
}

}  // namespace jk::test
