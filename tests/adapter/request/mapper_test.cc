// Mapping: which requests are ours, what is kept with them, and which paths are refused.
#include "request/mapper.h"

#include <string>

#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::RequestState;
using httpd::state_of;

/// A site with /app/* on w1, and options; one more path is excluded.
struct Mapped {
    Site site;

    explicit Mapped(const char* options = "", const char* excluded = "/app/none")
    {
        site.set_property("worker.list=w1,w2");
        (void)site.set("JkOptions", {options});
        (void)site.set("JkMount", {"/app/*", "w1"});
        (void)site.set("JkUnMount", {"/app/local/*", "*"});
        (void)site.set("JkUnMount", {excluded, "*"});
        (void)site.set("JkMount", {"/*.jsp", "w2"});
        (void)site.build();
    }
};

bool is_ours(const request_rec* request)
{
    return httpd::handler_name ==
           std::string_view{request->handler == nullptr ? "" : request->handler};
}

void a_mounted_path_is_claimed()
{
    Mapped mapped;
    request_rec* const request = mapped.site.request("/app/x?q=1");
    assert_int_equal(httpd::translate_name(request), OK);
    assert_true(is_ours(request));
    assert_text_equal(note(request, "JK_WORKER_NAME"), "w1");
    assert_text_equal(state_of(request).target->worker, "w1");
    assert_int_equal(httpd::map_to_storage(request), OK);
    assert_string_equal(request->filename, "x");
}

void other_paths_are_httpds()
{
    Mapped mapped;
    for (const char* const path : {"/", "/other", "/app/local/x", "/appx", "*"}) {
        request_rec* const request = mapped.site.request(path);
        assert_int_equal(httpd::translate_name(request), DECLINED);
        assert_int_equal(httpd::map_to_storage(request), DECLINED);
        assert_false(is_ours(request));
        assert_null(request->filename);
        assert_string_equal(request->uri, path);
    }
}

void access_control_sees_the_normal_path_the_container_the_whole()  // D13
{
    Mapped mapped;
    request_rec* const request = mapped.site.request("/foo/..;x/app//./y;v=1");
    assert_int_equal(httpd::translate_name(request), OK);
    assert_string_equal(request->uri, "/app/y");
    assert_string_equal(state_of(request).forward_path, "/foo/..;x/app//./y;v=1");
}

void ambiguous_paths_are_refused()  // D14
{
    Mapped mapped;
    for (const char* const path : {"/..;/app/x", "/../app/x", "app/x", "/app/a\\b", "/\xc0\xaf"}) {
        request_rec* const request = mapped.site.request(path);
        assert_int_equal(httpd::translate_name(request), HTTP_BAD_REQUEST);
        assert_false(is_ours(request));
        assert_true(fakes().has_logged(APLOG_WARNING, "refused with 400"));
    }
}

void a_target_sent_as_received_is_resolved_as_we_do()  // PT-12
{
    Mapped normal;
    Mapped unparsed{"ForwardURICompatUnparsed"};
    for (const char* const target : {"/app/local/..%3b/x", "/app/e/;x/../x", "/app/\\..;/../x"}) {
        for (Mapped* const mapped : {&normal, &unparsed}) {
            request_rec* const request = mapped->site.request(target);
            request->uri = apr_pstrdup(request->pool, "/app/x");  // as httpd has resolved it
            const bool is_refused = httpd::translate_name(request) == HTTP_BAD_REQUEST;
            assert_int_equal(is_refused, mapped == &unparsed);
        }
    }
    for (const char* const target : {"/app/a%3bb", "/app/x?a=..;/%3b", "/app/a;b"}) {
        assert_int_equal(httpd::translate_name(unparsed.site.request(target)), OK);
    }
}

void unsafe_parameters_are_not_found_where_they_are_decoded_twice()
{
    for (const auto& [option, status] :
         {std::pair{"ForwardURIProxy", OK}, std::pair{"ForwardURICompat", HTTP_NOT_FOUND}}) {
        Mapped mapped{option};
        (void)mapped.site.set("JkOptions", {"RejectUnsafeURI"});
        request_rec* const request = mapped.site.request("/app/x;%2f/y");
        assert_int_equal(httpd::translate_name(request), status);
    }
}

void ambiguous_spellings_can_be_allowed()
{
    Mapped mapped{"AllowBackslash AllowOverlongUTF8"};
    for (const char* const path : {"/app/a\\b", "/app/\xc0\xaf"}) {
        assert_int_equal(httpd::translate_name(mapped.site.request(path)), OK);
    }
}

void unsafe_paths_are_not_found()  // D15
{
    Mapped mapped{"RejectUnsafeURI AllowBackslash"};
    for (const char* const path : {"/app/a%b", "/app/a\\b"}) {
        request_rec* const request = mapped.site.request(path);
        assert_int_equal(httpd::translate_name(request), HTTP_NOT_FOUND);
        assert_false(is_ours(request));
    }
    assert_int_equal(httpd::translate_name(mapped.site.request("/other/a%b")), DECLINED);
    assert_int_equal(httpd::translate_name(mapped.site.request("/app/ab")), OK);
}

void no_jk_keeps_a_request_local()
{
    Mapped mapped;
    request_rec* const request = mapped.site.request("/app/x");
    set_env(request, "no-jk", "");
    assert_int_equal(httpd::translate_name(request), DECLINED);
    assert_int_equal(httpd::map_to_storage(request), DECLINED);
}

void a_handler_that_is_set_is_not_looked_up()
{
    Mapped mapped;
    request_rec* const request = mapped.site.request("/app/x");
    request->handler = httpd::handler_name;
    assert_int_equal(httpd::translate_name(request), DECLINED);
    assert_int_equal(httpd::map_to_storage(request), DECLINED);
}

void proxy_requests_and_empty_paths_are_not_ours()
{
    Mapped mapped;
    request_rec* const proxied = mapped.site.request("/app/x");
    proxied->proxyreq = PROXYREQ_PROXY;
    assert_int_equal(httpd::translate_name(proxied), DECLINED);
    assert_int_equal(httpd::translate_name(mapped.site.request("")), DECLINED);
}

void a_path_translated_by_others_is_mapped_to_storage()
{
    Mapped mapped;
    request_rec* const request = mapped.site.request("/app/dir/");
    assert_int_equal(httpd::map_to_storage(request), OK);
    assert_true(is_ours(request));
    assert_string_equal(request->filename, "");
}

void an_index_probe_claims_its_directory()  // D37
{
    Mapped mapped;
    request_rec* const main = mapped.site.request("/d/");
    main->handler = DIR_MAGIC_TYPE;
    request_rec* const probe = mapped.site.request("/d/index.jsp");
    probe->main = main;
    assert_int_equal(httpd::translate_name(probe), OK);
    assert_true(is_ours(main));
    assert_text_equal(note(main, "JK_WORKER_NAME"), "w2");
    assert_string_equal(state_of(main).forward_path, "/d/");
}

void an_index_probe_does_not_put_back_what_is_excluded()  // PT-15
{
    Mapped mapped{"", "/d/"};
    for (const char* const path : {"/d/", "//d/", "/d;x/"}) {
        request_rec* const main = mapped.site.request(path);
        main->handler = DIR_MAGIC_TYPE;
        request_rec* const probe = mapped.site.request("/d/index.jsp");
        probe->main = main;
        assert_int_equal(httpd::translate_name(probe), OK);
        assert_true(is_ours(probe));
        assert_string_equal(main->handler, DIR_MAGIC_TYPE);
        assert_null(state_of(main).target);
    }
}

void an_index_probe_that_others_translated_names_only_the_worker()
{
    Mapped mapped;
    request_rec* const main = mapped.site.request("/d/");
    main->handler = DIR_MAGIC_TYPE;
    request_rec* const probe = mapped.site.request("/d/index.jsp");
    probe->main = main;
    assert_int_equal(httpd::map_to_storage(probe), OK);
    assert_string_equal(main->handler, DIR_MAGIC_TYPE);
    assert_text_equal(note(main, "JK_WORKER_NAME"), "w2");
}

void an_index_probe_says_whether_its_file_is_there()  // D37
{
    Mapped mapped;
    const std::string file = mapped.site.file("index.jsp", "<%= 1 %>");
    for (const bool is_there : {true, false}) {
        request_rec* const main = mapped.site.request("/d/");
        main->handler = DIR_MAGIC_TYPE;
        main->filename = apr_pstrdup(main->pool, file.substr(0, file.rfind('/') + 1).c_str());
        main->finfo.filetype = APR_DIR;
        request_rec* const probe =
            mapped.site.request(is_there ? "/d/index.jsp" : "/d/default.jsp");
        probe->main = main;
        assert_int_equal(httpd::translate_name(probe), OK);
        assert_int_equal(httpd::map_to_storage(probe), OK);
        assert_int_equal(probe->finfo.filetype, is_there ? APR_REG : APR_NOFILE);
        assert_string_equal(state_of(main).forward_path, is_there ? "/d/index.jsp" : "/d/");
    }
}

void any_other_sub_request_claims_only_itself()  // D38
{
    Mapped mapped;
    for (const char* const handler : {"text/plain", static_cast<const char*>(nullptr)}) {
        request_rec* const main = mapped.site.request("/chk.txt");
        main->handler = handler;
        request_rec* const probe = mapped.site.request("/app/z");
        probe->main = main;
        assert_int_equal(httpd::translate_name(probe), OK);
        assert_false(is_ours(main));
        assert_null(state_of(main).target);
    }
}

void a_variable_names_the_worker()  // D40
{
    Mapped mapped;
    request_rec* const request = mapped.site.request("/sh/x");
    set_env(request, "JK_WORKER_NAME", "w9;reply_timeout=500;bogus=1");
    RequestState& state = state_of(request);
    assert_int_equal(httpd::find_target(request, state), OK);
    assert_text_equal(state.target->worker, "w9");
    assert_int_equal(state.target->options.reply_timeout.value_or(0), 500);
    assert_string_equal(state.forward_path, "/sh/x");
    assert_text_equal(note(request, "JK_WORKER_NAME"), "w9");
    assert_true(fakes().has_logged(APLOG_WARNING, "bogus"));
}

void a_renamed_variable_names_the_worker()
{
    Site site;
    (void)site.set("JkWorkerIndicator", {"MY_WORKER"});
    (void)site.build();
    request_rec* const request = site.request("/sh/x");
    set_env(request, "JK_WORKER_NAME", "w1");
    assert_int_equal(httpd::find_target(request, state_of(request)), DECLINED);
    set_env(request, "MY_WORKER", "w2");
    assert_int_equal(httpd::find_target(request, state_of(request)), OK);
    assert_text_equal(state_of(request).target->worker, "w2");
}

void a_variable_is_no_way_around_the_path_rules()  // D41
{
    Mapped mapped;
    for (const char* const path : {"/sh/..;/..;/x", "/../x", "/sh/a\\b"}) {
        request_rec* const request = mapped.site.request(path);
        set_env(request, "JK_WORKER_NAME", "w1");
        assert_int_equal(httpd::find_target(request, state_of(request)), HTTP_BAD_REQUEST);
        assert_null(state_of(request).target);
    }
}

/// Inside <Location /sh> a segment that is ".." once its parameters are gone leaves the section.
void hidden_dots_are_refused_or_forwarded_resolved()  // D41
{
    Mapped mapped;
    for (const char* const path : {"/sh/..;/x", "/sh/..;a=b/secret", "/sh/.;/x"}) {
        request_rec* const request = mapped.site.request(path);
        set_env(request, "JK_WORKER_NAME", "w1");
        const int status = httpd::find_target(request, state_of(request));
        assert_int_equal(status, HTTP_BAD_REQUEST);
    }
    request_rec* const harmless = mapped.site.request("/sh/a;x=1/b..;c");
    set_env(harmless, "JK_WORKER_NAME", "w1");
    assert_int_equal(httpd::find_target(harmless, state_of(harmless)), OK);
}

void without_variable_and_rule_there_is_no_worker()  // D39
{
    Mapped mapped;
    request_rec* const unknown = mapped.site.request("/nowhere");
    assert_int_equal(httpd::find_target(unknown, state_of(unknown)), DECLINED);
    request_rec* const known = mapped.site.request("/app/x");
    assert_int_equal(httpd::find_target(known, state_of(known)), OK);
    assert_text_equal(state_of(known).target->worker, "w1");
}

}  // namespace

Group request_mapper_tests()
{
    return {"request/mapper",
            {
                jk_test(a_mounted_path_is_claimed),
                jk_test(other_paths_are_httpds),
                jk_test(access_control_sees_the_normal_path_the_container_the_whole),
                jk_test(ambiguous_paths_are_refused),
                jk_test(a_target_sent_as_received_is_resolved_as_we_do),
                jk_test(ambiguous_spellings_can_be_allowed),
                jk_test(unsafe_paths_are_not_found),
                jk_test(unsafe_parameters_are_not_found_where_they_are_decoded_twice),
                jk_test(no_jk_keeps_a_request_local),
                jk_test(a_handler_that_is_set_is_not_looked_up),
                jk_test(proxy_requests_and_empty_paths_are_not_ours),
                jk_test(a_path_translated_by_others_is_mapped_to_storage),
                jk_test(an_index_probe_claims_its_directory),
                jk_test(an_index_probe_does_not_put_back_what_is_excluded),
                jk_test(an_index_probe_that_others_translated_names_only_the_worker),
                jk_test(an_index_probe_says_whether_its_file_is_there),
                jk_test(any_other_sub_request_claims_only_itself),
                jk_test(a_variable_names_the_worker),
                jk_test(a_renamed_variable_names_the_worker),
                jk_test(a_variable_is_no_way_around_the_path_rules),
                jk_test(hidden_dots_are_refused_or_forwarded_resolved),
                jk_test(without_variable_and_rule_there_is_no_worker),
            }};
}

}  // namespace jk::test
