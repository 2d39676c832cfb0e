// Draining, with a clock of the test's own.
#include "jkctl/drain.h"

#include "jkctl/answers.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::Exit;
using std::chrono::milliseconds;

constexpr const char* change = "PATCH http://h/jk/api/v1/balancers/lb/members/tc1 ";
constexpr const char* look = "GET http://h/jk/api/v1/balancers/lb/members/tc1\n";

struct Draining {
    Answers answers;
    Written written;
    ctl::DrainOptions options{.balancer = "lb", .member = "tc1"};
    milliseconds passed{0};

    Exit run()
    {
        const ctl::Stopwatch stopwatch{[this] { return passed; },
                                       [this](milliseconds time) { passed += time; }};
        return ctl::drain(answers.service(), options, stopwatch, written.console);
    }
    void busy(std::string_view activation, std::initializer_list<int> counts)
    {
        for (const int count : counts) {
            answers.add(200, member_json(activation, count));
        }
    }
    [[nodiscard]] int looks() const
    {
        int number = 0;
        for (std::size_t at = 0; (at = answers.asked().find(look, at)) != std::string::npos; ++at) {
            ++number;
        }
        return number;
    }
};

void without_waiting_it_is_one_request()
{
    Draining drain;
    drain.busy("disabled", {3});
    assert_int_equal(drain.run(), Exit::fine);
    assert_text_equal(drain.answers.asked(),
                      std::string{change} + "{\"activation\":\"disabled\"}\n");
    assert_text_equal(drain.written.out.str(), "lb/tc1: tc1 is disabled (OK), 3 in flight\n");
    assert_int_equal(drain.passed.count(), 0);
}

void it_waits_for_two_quiet_looks()
{
    Draining drain;
    drain.options.activation = "stopped";
    drain.options.limit = std::chrono::seconds{60};
    drain.busy("stopped", {2, 1, 0, 1, 0, 0});
    assert_int_equal(drain.run(), Exit::fine);
    assert_text_holds(drain.answers.asked(), "{\"activation\":\"stopped\"}");
    assert_int_equal(drain.looks(), 5);
    assert_int_equal(drain.passed.count(), 2500);
    assert_text_equal(drain.written.err.str(), "");
}

void a_limit_ends_it()
{
    Draining drain;
    drain.options.limit = std::chrono::seconds{3};
    drain.busy("disabled", {2});
    assert_int_equal(drain.run(), Exit::too_late);
    assert_int_equal(drain.passed.count(), 3000);
    assert_text_equal(drain.written.err.str(), "jkctl drain: lb/tc1: not drained within 3 s: tc1 "
                                               "is disabled (OK), 2 in flight\n");
}

void somebody_else_enables_it()
{
    Draining drain;
    drain.options.limit = std::chrono::seconds{3};
    drain.busy("disabled", {2});
    drain.busy("active", {2});
    assert_int_equal(drain.run(), Exit::refused);
    assert_text_holds(drain.written.err.str(), "somebody has changed it meanwhile: tc1 is active");
}

void a_refusal_ends_it()
{
    Draining drain;
    drain.options.limit = std::chrono::seconds{3};
    drain.answers.refuse(403, "This status worker is read-only.");
    assert_int_equal(drain.run(), Exit::refused);
    assert_text_equal(drain.written.err.str(),
                      "jkctl drain: lb/tc1: This status worker is read-only\n");
    assert_int_equal(drain.looks(), 0);
}

void progress_is_one_line_that_goes_away()
{
    Draining drain;
    drain.options.limit = std::chrono::seconds{60};
    drain.written.console.progress = ctl::Progress::line;
    drain.busy("disabled", {2, 0, 0});
    assert_int_equal(drain.run(), Exit::fine);
    const std::string err = drain.written.err.str();
    assert_text_holds(err, "\r\x1b[Klb/tc1: tc1 is disabled (OK), 2 in flight, 0 s");
    assert_true(err.ends_with("\r\x1b[K"));
    assert_true(err.find('\n') == std::string::npos);
}

void json_is_the_member()
{
    Draining drain;
    drain.options.format = ctl::Format::json;
    drain.busy("disabled", {0});
    assert_int_equal(drain.run(), Exit::fine);
    assert_text_holds(drain.written.out.str(), "\"activation\": \"disabled\"");
    assert_true(ctl::parse_json(drain.written.out.str()).has_value());
}

}  // namespace

Group jkctl_drain_tests()
{
    return {"jkctl/drain",
            {
                jk_test(without_waiting_it_is_one_request),
                jk_test(it_waits_for_two_quiet_looks),
                jk_test(a_limit_ends_it),
                jk_test(somebody_else_enables_it),
                jk_test(a_refusal_ends_it),
                jk_test(progress_is_one_line_that_goes_away),
                jk_test(json_is_the_member),
            }};
}

}  // namespace jk::test
