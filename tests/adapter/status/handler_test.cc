// The status worker's answers: what its snapshot says, who gets it, and its headers.
#include "status/handler.h"

#include <string>

#include "config/global.h"
#include "support/stage.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

Stage make_stage()
{
    return Stage{{"worker.list=st,lb,direct", "worker.st.type=status", "worker.st.user=bob",
                  "worker.lb.type=lb", "worker.lb.balance_workers=m1,m2",
                  "worker.m1.host=127.0.0.1", "worker.m1.port=8101", "worker.m2.host=127.0.0.1",
                  "worker.m2.port=8102", "worker.direct.host=127.0.0.1",
                  "worker.direct.port=8103"}};
}

std::string ask(Stage& stage, request_rec* request)
{
    assert_int_equal(httpd::serve_status(request, stage.global(), 0), OK);
    return fakes().written;
}

request_rec* request_of(Stage& stage, const char* user, const char* target = "/status?mime=txt")
{
    request_rec* const request = stage.site().request(target);
    request->user = user == nullptr ? nullptr : apr_pstrdup(request->pool, user);
    return request;
}

void the_page_shows_every_worker()
{
    Stage stage = make_stage();
    request_rec* const request = request_of(stage, "bob");
    const std::string page = ask(stage, request);
    for (const char* const part : {"lb", "m1", "m2", "127.0.0.1:8101", "127.0.0.1:8103", "direct",
                                   "www.example.com", "Apache/2.4 (test)", "mod_jk/"}) {
        assert_text_holds(page, part);
    }
    assert_int_equal(request->status, HTTP_OK);
    assert_int_equal(request->clength, page.size());
    assert_text_holds(request->content_type, "text/plain");
}

void it_is_never_cached_nor_guessed()
{
    Stage stage = make_stage();
    request_rec* const request = request_of(stage, "bob");
    (void)ask(stage, request);
    assert_text_equal(answer_header(request, "Cache-Control"), "no-cache, no-store");
    assert_text_equal(answer_header(request, "Pragma"), "no-cache");
    assert_text_equal(answer_header(request, "X-Content-Type-Options"), "nosniff");
    assert_text_equal(answer_header(request, "X-Frame-Options"), "DENY");
}

void a_head_request_has_no_body()
{
    Stage stage = make_stage();
    request_rec* const request = request_of(stage, "bob");
    request->header_only = 1;
    assert_text_equal(ask(stage, request), "");
    assert_true(request->clength > 0);
}

void others_are_refused()  // W41
{
    for (const char* const user : {static_cast<const char*>(nullptr), "eve", "Bob"}) {
        Stage stage = make_stage();
        request_rec* const request = request_of(stage, user);
        const std::string page = ask(stage, request);
        assert_int_equal(request->status, HTTP_FORBIDDEN);
        assert_true(page.find("127.0.0.1") == std::string::npos);
        assert_true(fakes().has_logged(APLOG_WARNING, "status worker st"));
    }
}

void the_indicated_user_counts()
{
    Stage stage = make_stage();
    request_rec* const request = request_of(stage, "eve");
    set_env(request, "JK_REMOTE_USER", "bob");
    (void)ask(stage, request);
    assert_int_equal(request->status, HTTP_OK);
}

void without_arguments_there_is_a_page()
{
    Stage stage = make_stage();
    request_rec* const request = request_of(stage, "bob", "/status");
    assert_text_holds(ask(stage, request), "<html");
    assert_text_holds(request->content_type, "text/html");
    request_rec* const refused = request_of(stage, nullptr, "/status");
    (void)ask(stage, refused);
    assert_int_equal(refused->status, HTTP_FORBIDDEN);
}

void mounts_of_all_servers_are_shown()
{
    Site site;
    site.set_property("worker.list=st,direct");
    site.set_property("worker.st.type=status");
    site.set_property("worker.direct.host=127.0.0.1");
    (void)site.set("JkMount", {"/main/*", "direct"});
    server_rec* const host = site.add_host();
    (void)site.set(host, "JkUnMount", {"/host/x", "*"});
    Complaints complaints = site.build();
    httpd::Global& global = *site.config().global;
    httpd::Runtime runtime{site.pool(), global.workers, 4, complaints};
    httpd::Child child{runtime};
    global.runtime = &runtime;
    global.child = &child;
    request_rec* const request = site.request("/status?mime=txt");
    assert_int_equal(httpd::serve_status(request, global, 0), OK);
    assert_text_holds(fakes().written, "/main/*");
    assert_text_holds(fakes().written, "main:80");
    assert_text_holds(fakes().written, "/host/x");
}

}  // namespace

Group status_handler_tests()
{
    return {"status/handler",
            {
                jk_test(the_page_shows_every_worker),
                jk_test(it_is_never_cached_nor_guessed),
                jk_test(a_head_request_has_no_body),
                jk_test(others_are_refused),
                jk_test(the_indicated_user_counts),
                jk_test(without_arguments_there_is_a_page),
                jk_test(mounts_of_all_servers_are_shown),
            }};
}

}  // namespace jk::test
