// The tables of balancers, members and workers.
#include "jkctl/overview.h"

#include "jkctl/answers.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::Colour;
using ctl::Json;

Json json(std::string_view text)
{
    return ctl::parse_json(text).value();
}

void a_member_is_a_line()
{
    const Json member = json(member_json("disabled", 3));
    assert_text_equal(ctl::member_table({member}, Colour::none),
                      "BALANCER  MEMBER  ACTIVATION  STATE  ADDRESS         ROUTE  FACTOR  IN "
                      "FLIGHT  REQUESTS  ERRORS    P99\n"
                      "lb        tc1     disabled    OK     127.0.0.1:8009  r1          2          "
                      "3        17       0  12 ms\n");
    const std::string coloured = ctl::member_table({member}, Colour::ansi);
    assert_text_holds(coloured, "\x1b[33mdisabled\x1b[0m");
    assert_text_holds(coloured, "\x1b[32mOK\x1b[0m");
    assert_text_equal(ctl::member_line(member), "tc1 is disabled (OK), 3 in flight");
}

void a_balancer_is_a_line()
{
    const std::string table = ctl::balancer_table({json(balancer_json(""))}, Colour::none);
    assert_text_equal(table, "BALANCER  METHOD   MEMBERS  GOOD  DEGRADED  BAD  IN FLIGHT  MOST\n"
                             "lb        Request        2     1         0    1          3     9\n");
}

void a_worker_that_nobody_used()
{
    const Json worker = json("{\"name\": \"w\", \"state\": \"ERR\", \"grade\": \"bad\", "
                             "\"address\": \"h:1\", \"connected\": 1, \"busy\": 0, \"used\": 0, "
                             "\"errors\": 2, \"latency\": {\"total\": {\"p99\": null}}}");
    assert_text_equal(ctl::worker_table({worker}, Colour::none),
                      "WORKER  STATE  ADDRESS  CONNECTIONS  IN FLIGHT  REQUESTS  ERRORS  P99\n"
                      "w       ERR    h:1                1          0         0       2    -\n");
    assert_text_holds(ctl::worker_table({worker}, Colour::ansi), "\x1b[1;31mERR\x1b[0m");
}

void settings_as_edit_takes_them()
{
    assert_text_equal(ctl::setting_lines(json(member_json("stopped", 0))),
                      "activation=stopped    # configured: active\nlbfactor=2\nping_mode=true\n");
}

void an_answer_without_the_fields_is_a_table_all_the_same()
{
    assert_text_holds(ctl::member_table({Json{}, json("[]"), json("7")}, Colour::ansi), "-");
    assert_text_equal(ctl::setting_lines(Json{}), "");
}

}  // namespace

Group jkctl_overview_tests()
{
    return {"jkctl/overview",
            {
                jk_test(a_member_is_a_line),
                jk_test(a_balancer_is_a_line),
                jk_test(a_worker_that_nobody_used),
                jk_test(settings_as_edit_takes_them),
                jk_test(an_answer_without_the_fields_is_a_table_all_the_same),
            }};
}

}  // namespace jk::test
