// Whose user a request carries: one whom httpd let in, or one whose password it may have refused.
#include "request/identity.h"

#include "request/view.h"
#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

request_rec* with_user(Site& site, const char* target)
{
    request_rec* const request = site.request(target);
    request->user = apr_pstrdup(request->pool, "admin");
    return request;
}

void a_request_of_its_own_has_its_user()
{
    Site site;
    site.finish();
    assert_true(httpd::is_user_admitted(with_user(site, "/app/x")));
}

void an_error_page_has_the_user_of_a_request_that_was_let_in()
{
    for (const bool is_let_in : {false, true}) {
        Site site;
        site.finish();
        request_rec* const refused = with_user(site, "/app/x");
        request_rec* const page = with_user(site, "/app/failed");
        page->prev = refused;
        if (is_let_in) {
            assert_int_equal(httpd::note_admission(refused), DECLINED);
        }
        assert_int_equal(httpd::note_admission(page), DECLINED);
        assert_int_equal(httpd::is_user_admitted(page), is_let_in);
        request_rec* const part = with_user(site, "/app/part");  // of the error page
        part->main = page;
        assert_int_equal(httpd::is_user_admitted(part), is_let_in);
    }
}

std::string_view told_user(request_rec* request)
{
    httpd::RequestState state;
    state.forward_path = request->uri;
    const Result<httpd::Description> got = httpd::describe(request, state, {});
    assert_true(got.has_value());
    assert_true(got->ajp.remote_user.has_value() == got->ajp.auth_type.has_value());
    return got->ajp.remote_user.value_or("(absent)");
}

void a_backend_is_told_the_users_whom_httpd_let_in()
{
    Site site;
    site.finish();
    request_rec* const refused = with_user(site, "/app/x");
    request_rec* const page = with_user(site, "/app/failed");
    page->ap_auth_type = apr_pstrdup(page->pool, "Basic");
    page->prev = refused;
    assert_text_equal(told_user(page), "(absent)");
    set_env(page, "JK_REMOTE_USER", "guest");  // the administrator's word
    set_env(page, "JK_AUTH_TYPE", "x");
    assert_text_equal(told_user(page), "guest");
    apr_table_clear(page->subprocess_env);
    (void)httpd::note_admission(refused);
    assert_text_equal(told_user(page), "admin");
}

void where_nobody_was_named_a_user_is_the_requests_own()
{
    Site site;
    site.finish();
    request_rec* const page = with_user(site, "/app/failed");
    page->prev = site.request("/app/x");
    assert_true(httpd::is_user_admitted(page));
}

void a_kind_of_authentication_is_not_told_without_a_user()
{
    Site site;
    site.finish();
    request_rec* const refused = site.request("/app/x");
    refused->ap_auth_type = apr_pstrdup(refused->pool, "Basic");
    request_rec* const page = site.request("/app/failed");
    page->ap_auth_type = refused->ap_auth_type;
    page->prev = refused;
    assert_text_equal(told_user(page), "(absent)");
}

void a_user_of_a_later_fixup_is_known_to_the_error_page()
{
    Site site;
    site.finish();
    request_rec* const failed = site.request("/x");
    assert_int_equal(httpd::note_admission(failed), DECLINED);
    failed->user = apr_pstrdup(failed->pool, "ann");
    request_rec* const page = with_user(site, "/app/failed");
    page->prev = failed;
    assert_true(httpd::is_user_admitted(page));
    assert_true(apr_is_empty_table(failed->notes));
}

void nobody_else_can_set_the_mark()
{
    Site site;
    site.finish();
    request_rec* const refused = with_user(site, "/app/x");
    request_rec* const part = with_user(site, "/app/part");
    part->main = refused;
    (void)httpd::note_admission(part);
    apr_table_setn(refused->notes, "JK_ADMITTED", "1");
    request_rec* const page = with_user(site, "/app/failed");
    page->prev = refused;
    assert_false(httpd::is_user_admitted(page));
}

}  // namespace

Group request_identity_tests()
{
    return {"request/identity",
            {
                jk_test(a_request_of_its_own_has_its_user),
                jk_test(an_error_page_has_the_user_of_a_request_that_was_let_in),
                jk_test(a_backend_is_told_the_users_whom_httpd_let_in),
                jk_test(where_nobody_was_named_a_user_is_the_requests_own),
                jk_test(a_kind_of_authentication_is_not_told_without_a_user),
                jk_test(a_user_of_a_later_fixup_is_known_to_the_error_page),
                jk_test(nobody_else_can_set_the_mark),
            }};
}

}  // namespace jk::test
