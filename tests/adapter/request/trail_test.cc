// The trail of failed attempts: what is kept of it, and the lines that tell it.
#include "request/trail.h"

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "support/stage.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Phase;
using httpd::Report;
using httpd::Trail;
using httpd::Verdict;

/// Two workers with addresses that the lines show; nobody connects to them.
class Scene {
public:
    Scene()
        : stage_{{"worker.list=a,b", "worker.a.host=127.0.0.1", "worker.a.port=8009",
                  "worker.b.host=127.0.0.1", "worker.b.port=8010"}},
          request_(stage_.site().request("/app/x"))
    {}

    [[nodiscard]] request_rec* request() const noexcept { return request_; }
    void turn_to(std::size_t worker, const char* why)
    {
        trail.turn_to(stage_.runtime().backends()[worker], why);
    }
    void add(Verdict verdict, Phase phase, int milliseconds, int error = 0)
    {
        Report report;
        report.verdict = verdict;
        report.phase = phase;
        report.error = error;
        report.took = std::chrono::milliseconds{milliseconds};
        trail.add(request_->pool, report);
    }
    void conclude(Verdict verdict, int status, const char* balancer = nullptr)
    {
        httpd::conclude(request_, trail, {verdict, status, balancer, &stage_.child()});
    }
    [[nodiscard]] std::vector<lb::Failure> failures()
    {
        return stage_.runtime().segment().failures().all();
    }

    Trail trail;

private:
    Stage stage_;
    request_rec* request_;
};

void nothing_failed_nothing_told()
{
    Scene scene;
    assert_int_equal(scene.trail.count(), 0);
    assert_true(scene.trail.kept().empty());
    assert_int_equal(scene.trail.omitted(), 0);
    scene.conclude(Verdict::ok, OK);
    assert_true(fakes().log.empty());
    assert_text_equal(note(scene.request(), "JK_VERDICT"), "ok");
}

void a_failed_request_is_one_line()
{
    Scene scene;
    scene.turn_to(0, "its session");
    scene.add(Verdict::connect_refused, Phase::connect, 0, ECONNREFUSED);
    scene.add(Verdict::connect_refused, Phase::connect, 1, ECONNREFUSED);
    scene.turn_to(1, "least load");
    scene.add(Verdict::closed_no_head, Phase::wait, 12);
    scene.conclude(Verdict::closed_no_head, 502, "lb");
    assert_int_equal(fakes().log.size(), 1);
    assert_int_equal(fakes().log[0].level & APLOG_LEVELMASK, APLOG_ERR);
    assert_text_holds(
        fakes().log[0].text,
        "GET /app/x failed with 502 [closed-before-head] at balancer lb: "
        "worker a (127.0.0.1:8009; its session): connect: the connection was refused "
        "(errno 111, Connection refused) after 0 ms; "
        "worker a (127.0.0.1:8009; again): connect: the connection was refused "
        "(errno 111, Connection refused) after 1 ms; "
        "worker b (127.0.0.1:8010; least load): wait: the backend closed the connection without "
        "an answer after 12 ms; look into Tomcat's log");
    assert_text_equal(note(scene.request(), "JK_VERDICT"), "closed-before-head");
}

void a_socket_timeout_is_not_the_backends_close()
{
    Scene scene;
    Report report;
    report.verdict = Verdict::closed_no_head;
    report.phase = Phase::wait;
    report.error = ETIMEDOUT;
    report.is_socket_timeout = true;
    scene.turn_to(0, "");
    scene.trail.add(scene.request()->pool, report);
    scene.conclude(Verdict::closed_no_head, 502);
    assert_text_holds(fakes().log[0].text,
                      "[closed-before-head]: worker a (127.0.0.1:8009): wait: nothing came within "
                      "socket_timeout (errno 110, Connection timed out) after 0 ms; the app");
    assert_null(std::strstr(fakes().log[0].text.c_str(), "keepAliveTimeout"));
}

void a_verdict_of_no_attempt_comes_first()
{
    Scene scene;
    scene.turn_to(0, "");
    scene.add(Verdict::busy_limit, Phase::acquire, 0);
    scene.conclude(Verdict::no_member, 503, "lb");
    assert_text_holds(fakes().log[0].text,
                      "[no-member] at balancer lb: no member may be used; worker a "
                      "(127.0.0.1:8009): acquire: busy_limit is reached after 0 ms; raise");
}

void what_took_no_time_took_none()
{
    constexpr apr_time_t minute = apr_time_from_sec(60);
    for (const apr_time_t offset : {minute, -minute}) {  // the clock was set back; a slow request
        Scene scene;
        scene.request()->request_time += offset;
        scene.turn_to(0, "");
        scene.add(Verdict::ping_timeout, Phase::ping, 5);
        scene.conclude(Verdict::ping_timeout, 503);
        const std::uint32_t took = scene.failures().front().milliseconds;
        assert_true(offset > 0 ? took == 0 : took >= 60'000 && took < 600'000);
    }
}

void what_is_too_much_is_counted()
{
    Scene scene;
    scene.turn_to(0, "least load");
    for (int i = 1; i <= 20; ++i) {
        scene.add(Verdict::ping_timeout, Phase::ping, i);
    }
    scene.turn_to(1, "least load");
    scene.add(Verdict::send_failed, Phase::send, 21, EPIPE);
    assert_int_equal(scene.trail.count(), 21);
    assert_int_equal(scene.trail.kept().size(), Trail::capacity);
    assert_int_equal(scene.trail.omitted(), 21 - Trail::capacity);
    scene.conclude(Verdict::send_failed, 503);
    const std::string& line = fakes().log[0].text;
    assert_text_holds(line, "after 7 ms; and 13 more; at last worker b (127.0.0.1:8010; least");
    assert_true(line.find("after 8 ms") == std::string::npos);
}

void who_is_served_after_all_leaves_warnings()
{
    Scene scene;
    scene.turn_to(0, "its session");
    scene.add(Verdict::reply_timeout, Phase::wait, 300);
    scene.add(Verdict::connect_failed, Phase::connect, 0, EHOSTUNREACH);
    scene.conclude(Verdict::ok, OK, "lb");
    assert_int_equal(fakes().log.size(), 2);
    assert_true(fakes().has_logged(APLOG_WARNING,
                                   "GET /app/x was served, but not at once: worker a "
                                   "(127.0.0.1:8009; its session): wait: no answer within "
                                   "reply_timeout after 300 ms [reply-timeout]; "));
    assert_true(fakes().has_logged(APLOG_WARNING, "(errno 113, No route to host)"));
    assert_text_equal(note(scene.request(), "JK_VERDICT"), "ok");
}

/// What the client did is no error of anybody's, and not worth more than an info line.
void what_the_client_did_is_info()
{
    Scene scene;
    scene.turn_to(0, "");
    scene.add(Verdict::client_gone, Phase::body, 5);
    scene.conclude(Verdict::client_gone, OK);
    scene.conclude(Verdict::client_body, 413);
    scene.conclude(Verdict::closed_in_body, OK);
    assert_int_equal(fakes().log.size(), 1);  // without a log of ours, info is not written
    assert_true(fakes().has_logged(APLOG_ERR, "GET /app/x was cut off within its answer [closed-"));
}

void a_filter_that_answered_itself_has_no_number()
{
    Scene scene;
    scene.turn_to(0, "");
    scene.add(Verdict::closed_in_body, Phase::body, 5);
    scene.conclude(Verdict::closed_in_body, AP_FILTER_ERROR);
    assert_text_holds(fakes().log[0].text, "GET /app/x ended with httpd's own answer [closed-");
}

void a_long_path_leaves_room_for_the_rest()
{
    Scene scene;
    std::string path = "/" + std::string(6000, 'x');
    scene.request()->uri = path.data();
    scene.turn_to(0, "");
    scene.add(Verdict::connect_timeout, Phase::connect, 5);
    scene.conclude(Verdict::connect_timeout, 503);
    assert_text_holds(fakes().log[0].text, "xxx failed with 503 [connect-timeout]: worker a");
}

void what_is_an_error_is_kept()
{
    Scene scene;
    scene.turn_to(1, "least load");
    scene.add(Verdict::connect_refused, Phase::connect, 0, ECONNREFUSED);
    scene.conclude(Verdict::connect_refused, HTTP_SERVICE_UNAVAILABLE, "lb");
    const auto failures = scene.failures();
    assert_int_equal(failures.size(), 1);
    const lb::Failure& one = failures[0];
    assert_text_equal(one.balancer, "lb");
    assert_text_equal(one.member, "b");
    assert_text_equal(one.path, "/app/x");
    assert_text_equal(one.method, "GET");
    assert_text_equal(one.what, "the connection was refused (errno 111, Connection refused)");
    assert_int_equal(one.verdict, Verdict::connect_refused);
    assert_int_equal(one.phase, Phase::connect);
    assert_int_equal(one.status, HTTP_SERVICE_UNAVAILABLE);
    assert_int_equal(one.attempts, 1);
}

void what_the_client_did_is_not_kept()
{
    Scene scene;
    scene.conclude(Verdict::client_gone, HTTP_BAD_REQUEST);
    scene.conclude(Verdict::ok, OK);
    assert_true(scene.failures().empty());
}

}  // namespace

Group request_trail_tests()
{
    return {"request/trail",
            {
                jk_test(nothing_failed_nothing_told),
                jk_test(a_failed_request_is_one_line),
                jk_test(a_socket_timeout_is_not_the_backends_close),
                jk_test(a_verdict_of_no_attempt_comes_first),
                jk_test(what_took_no_time_took_none),
                jk_test(what_is_too_much_is_counted),
                jk_test(who_is_served_after_all_leaves_warnings),
                jk_test(what_the_client_did_is_info),
                jk_test(what_is_an_error_is_kept),
                jk_test(what_the_client_did_is_not_kept),
                jk_test(a_filter_that_answered_itself_has_no_number),
                jk_test(a_long_path_leaves_room_for_the_rest),
            }};
}

}  // namespace jk::test
