// The request log: which formats are taken, and what a line says.
#include "request/request_log.h"

#include <string>

#include "request/mapper.h"
#include "site/arguments.h"
#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::RequestLog;

std::string line(request_rec* request, std::string_view format)
{
    const Result<RequestLog> log = RequestLog::compile(format);
    return log.has_value() ? log->line(request) : std::string{log.error().text};
}

void text_and_escapes_are_copied()
{
    Site site;
    request_rec* const request = site.request("/a");
    assert_text_equal(line(request, ""), "");
    assert_text_equal(line(request, "a b"), "a b");
    assert_text_equal(line(request, "\\t\\n\\\\"), "\t\n\\");
    assert_text_equal(line(request, "a\\e\\"), "a\\e\\");  // none of the escapes
}

void each_value_has_its_letter()
{
    Site site;
    request_rec* const request = site.request("/a/b?q=1");
    request->status = 404;
    request->bytes_sent = 17;
    apr_table_setn(request->notes, "JK_WORKER_NAME", "w1");
    apr_table_setn(request->notes, "JK_WORKER_ROUTE", "r1");
    apr_table_setn(request->notes, "JK_REQUEST_DURATION", "0.000681");
    assert_text_equal(line(request, "%w,%R,%T,%s,%b,%B,%U,%q"),
                      "w1,r1,0.000681,404,17,17,/a/b,?q=1");
}

void what_is_not_there_is_a_dash()
{
    Site site;
    request_rec* const request = site.request("/a");
    request->status = 0;
    assert_text_equal(line(request, "%w %R %T %s %b %B %q"), "- - - - - 0 ");
}

void unknown_letters_are_refused()  // D5
{
    for (const char* const format : {"%w %%", "%", "%{x}n", "a%", "%W", "%x"}) {
        assert_false(RequestLog::compile(format).has_value());
    }
}

void values_stay_on_their_line()  // LG-1, LG-5
{
    Site site;
    request_rec* const request = site.request("/a");
    request->uri = apr_pstrdup(request->pool, "/a\r\n%s%n\x1b");
    assert_text_equal(line(request, "%U"), "/a\\x0d\\x0a%s%n\\x1b");
}

void only_handled_requests_have_a_line()
{
    Site site;
    (void)site.set("JkRequestLogFormat", {"w=%w"});
    (void)site.build();
    request_rec* const request = site.request("/a");
    assert_int_equal(httpd::log_transaction(request), DECLINED);
    httpd::state_of(request).was_handled = true;
    assert_int_equal(httpd::log_transaction(request), DECLINED);  // no log was compiled
    const Result<RequestLog> log = RequestLog::compile("w=%w");
    site.config().request_log = &*log;
    assert_int_equal(httpd::log_transaction(request), OK);
}

/// The doctor complains of exactly the formats that are refused here.
void the_doctor_knows_the_letters()
{
    for (int c = 0; c < 256; ++c) {
        for (const char* const before : {"%", "\\%", "\\", "\\\\%", "%w\\", ""}) {
            const std::string format = before + std::string(1, static_cast<char>(c));
            Complaints complaints;
            site::check_argument("JkRequestLogFormat", format, {}, complaints);
            assert_int_equal(complaints.empty(), RequestLog::compile(format).has_value());
        }
    }
}

}  // namespace

Group request_request_log_tests()
{
    return {"request/request_log",
            {
                jk_test(text_and_escapes_are_copied),
                jk_test(each_value_has_its_letter),
                jk_test(what_is_not_there_is_a_dash),
                jk_test(unknown_letters_are_refused),
                jk_test(values_stay_on_their_line),
                jk_test(the_doctor_knows_the_letters),
                jk_test(only_handled_requests_have_a_line),
            }};
}

}  // namespace jk::test
