// Who asks: the headers, and the body of a form.
#include "status/asking.h"

#include <string>

#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

void headers_are_seen()
{
    Site site;
    request_rec* const request = site.request("/status");
    assert_false(httpd::asker_of(request).has_cookie);
    set_header(request, "Host", "h:80");
    set_header(request, "Origin", "http://o");
    set_header(request, "Referer", "http://r/");
    set_header(request, "Cookie", "");
    set_header(request, "User-Agent", "curl");
    set_header(request, "X-JK-Token", "t");
    set_header(request, "sec-fetch-Dest", "x");
    const status::Asker asker = httpd::asker_of(request);
    assert_text_equal(asker.host, "h:80");
    assert_text_equal(asker.origin, "http://o");
    assert_text_equal(asker.referer, "http://r/");
    assert_true(asker.has_cookie);
    assert_text_equal(asker.agent, "curl");
    assert_text_equal(asker.token, "t");
    assert_true(asker.has_fetch_metadata);
    assert_text_equal(asker.fetch_site, "");
}

void methods_are_told_apart()
{
    Site site;
    request_rec* const request = site.request("/status");
    const struct {
        int number;
        int header_only;
        status::Method method;
    } rows[] = {{M_GET, 0, status::Method::get},
                {M_GET, 1, status::Method::head},
                {M_POST, 0, status::Method::post},
                {M_PUT, 0, status::Method::other}};
    for (const auto& row : rows) {
        request->method_number = row.number;
        request->header_only = row.header_only;
        assert_true(httpd::asker_of(request).method == row.method);
    }
}

void only_forms_that_are_posted_are_read()
{
    Site site;
    request_rec* const request = site.request("/status");
    fakes().input = {{.data = "a=1", .is_last = true}};
    const auto read = [request](int method, const char* type) {
        request->method_number = method;
        apr_table_set(request->headers_in, "Content-Type", type);
        return httpd::read_form(request);
    };
    assert_text_equal(read(M_GET, "application/x-www-form-urlencoded").text, "");
    assert_text_equal(read(M_POST, "application/json").text, "");
    const httpd::Body body = read(M_POST, "Application/x-www-form-urlencoded ; charset=utf-8");
    assert_text_equal(body.text, "a=1");
    assert_int_equal(body.http_status, HTTP_OK);
}

void a_body_has_an_end()
{
    for (const auto& [size, http_status] :
         {std::pair{httpd::most_body, HTTP_OK},
          std::pair{httpd::most_body + 1, HTTP_REQUEST_ENTITY_TOO_LARGE}}) {
        Site site;
        request_rec* const request = site.request("/status");
        fakes().input = {{.data = std::string(size, 'x'), .is_last = true}};
        assert_int_equal(httpd::read_body(request).http_status, http_status);
    }
}

void a_user_whom_httpd_refused_asks_nothing()
{
    Site site;
    site.finish();
    request_rec* const refused = site.request("/x");
    refused->user = apr_pstrdup(refused->pool, "admin");
    request_rec* const page = site.request("/status");
    page->user = refused->user;
    assert_text_equal(httpd::user_of(page), "admin");
    page->prev = refused;
    assert_text_equal(httpd::user_of(page), "");
    set_env(page, "JK_REMOTE_USER", "guest");  // the administrator's word
    assert_text_equal(httpd::user_of(page), "guest");
}

void an_error_page_keeps_the_status_of_the_error()
{
    for (const auto& [status, sent] :
         {std::pair{HTTP_UNAUTHORIZED, HTTP_UNAUTHORIZED}, std::pair{HTTP_OK, HTTP_ACCEPTED}}) {
        Site site;
        request_rec* const page = site.request("/status");
        page->prev = site.request("/x");
        page->prev->status = status;
        httpd::send_answer(page, {HTTP_ACCEPTED, "text/plain", "x"});
        assert_int_equal(page->status, sent);
    }
}

}  // namespace

Group status_asking_tests()
{
    return {"status/asking",
            {
                jk_test(headers_are_seen),
                jk_test(methods_are_told_apart),
                jk_test(only_forms_that_are_posted_are_read),
                jk_test(a_body_has_an_end),
                jk_test(a_user_whom_httpd_refused_asks_nothing),
                jk_test(an_error_page_keeps_the_status_of_the_error),
            }};
}

}  // namespace jk::test
