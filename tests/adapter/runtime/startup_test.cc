// From configuration to children: what is refused, what is logged where, and in which order.
#include "runtime/startup.h"

#include <unistd.h>

#include <string>
#include <vector>

#include "config/global.h"
#include "config/mount_table.h"
#include "runtime/child.h"
#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::config_of;
using httpd::Global;

struct Start {
    Site site;

    Start() { (void)site.set("JkLogFile", {"jk.log"}); }
    int check()
    {
        site.merge();
        return httpd::check_config(site.pool(), nullptr, nullptr, site.main());
    }
    int start()
    {
        const int checked = check();
        return checked != OK ? checked
                             : httpd::post_config(site.pool(), nullptr, nullptr, site.main());
    }
    [[nodiscard]] Global& global() const { return *site.config().global; }
    [[nodiscard]] std::string log(const char* name = "jk.log") const
    {
        return site.read(apr_pstrcat(site.pool(), ap_server_root, "/", name, nullptr));
    }
};

void a_good_configuration_starts()
{
    Start start;
    start.site.set_property("worker.list=w");
    start.site.set_property("worker.w.host=127.0.0.1");
    (void)start.site.set("JkMount", {"/*", "w"});
    assert_int_equal(start.start(), OK);
    assert_non_null(start.global().runtime);
    assert_non_null(start.site.config().table);
    assert_int_equal(fakes().components.size(), 1);
    assert_text_holds(fakes().components[0], "mod_jk/");
    assert_text_holds(start.log(), "[JK_INIT] [");
    assert_text_holds(start.log(), "is ready: 1 workers, 0 of them balancers");
}

void wrong_workers_stop_the_start()
{
    Start start;
    start.site.set_property("worker.list=w");
    start.site.set_property("worker.w.type=bogus");
    start.site.set_property("worker.list=v");
    start.site.set_property("worker.v.type=wrong");
    assert_int_equal(start.check(), HTTP_INTERNAL_SERVER_ERROR);
    assert_true(fakes().has_logged(APLOG_ERR, "bogus"));  // all of them, not just the first
    assert_true(fakes().has_logged(APLOG_ERR, "wrong"));
}

void a_wrong_rule_does_not()
{
    Start start;
    start.site.set_property("worker.list=w");
    (void)start.site.set("JkMount", {"/x/*", "nobody"});
    (void)start.site.file("u.properties", "worker.x=y\n");
    (void)start.site.set("JkMountFile", {"u.properties"});
    assert_int_equal(start.start(), OK);
    assert_text_holds(start.log(), "u.properties:1: ");
    assert_text_holds(start.log(), "nobody");
}

void strict_config_stops_at_warnings()
{
    for (const char* const options : {"", "StrictConfig"}) {
        Start start;
        (void)start.site.set("JkOptions", {options});
        start.site.set_property("worker.list=w");
        (void)start.site.set("JkMount", {"/x/*", "nobody"});
        const int want = *options == '\0' ? OK : HTTP_INTERNAL_SERVER_ERROR;
        assert_int_equal(start.check(), want);
        assert_int_equal(fakes().has_logged(APLOG_WARNING, "nobody"), want != OK);
    }
}

void a_configuration_test_shows_warnings()
{
    Start start;
    fakes().run_mode = AP_SQ_RM_CONFIG_TEST;
    start.site.set_property("worker.list=w");
    (void)start.site.set("JkMount", {"/x/*", "nobody"});
    assert_int_equal(start.check(), OK);
    assert_true(fakes().has_logged(APLOG_WARNING, "nobody"));
}

void the_first_pass_only_opens_logs()
{
    Start start;
    start.site.set_property("worker.list=w");
    fakes().main_state = AP_SQ_MS_CREATE_PRE_CONFIG;
    assert_int_equal(start.start(), OK);
    assert_null(start.global().runtime);
    assert_text_equal(start.log(), "");
}

void the_default_log_comes_with_a_warning()
{
    Site site;
    apr_dir_make(apr_pstrcat(site.pool(), ap_server_root, "/logs", nullptr), APR_FPROT_OS_DEFAULT,
                 site.pool());
    site.set_property("worker.list=w");
    (void)site.add_host();
    site.merge();
    assert_int_equal(httpd::check_config(site.pool(), nullptr, nullptr, site.main()), OK);
    assert_int_equal(httpd::post_config(site.pool(), nullptr, nullptr, site.main()), OK);
    assert_true(fakes().has_logged(APLOG_WARNING, "JkLogFile is not set"));
    const std::string path = std::string{ap_server_root} + "/logs/mod_jk.log";
    assert_text_holds(site.read(path.c_str()), "is ready");
}

void a_log_that_cannot_be_opened_stops_the_start()
{
    Start start;
    start.site.set_property("worker.list=w");
    (void)start.site.set("JkLogFile", {"none/jk.log"});
    assert_int_equal(start.start(), HTTP_INTERNAL_SERVER_ERROR);
    assert_true(fakes().has_logged(APLOG_ERR, "none/jk.log"));
}

void servers_share_a_log_of_one_name()
{
    Start start;
    start.site.set_property("worker.list=w");
    server_rec* const same = start.site.add_host();
    server_rec* const other = start.site.add_host();
    (void)start.site.set(other, "JkLogFile", {"other.log"});
    assert_int_equal(start.start(), OK);
    assert_ptr_equal(config_of(same).log.file, start.site.config().log.file);
    assert_ptr_not_equal(config_of(other).log.file, start.site.config().log.file);
}

void shared_memory_directives_are_explained()
{
    Start start;
    start.site.set_property("worker.list=w");
    (void)start.site.set("JkShmSize", {"100"});
    assert_int_equal(start.start(), OK);
    assert_text_holds(start.log(), "JkShmFile and JkShmSize have no effect");
}

void a_backend_without_address_is_complained_about()
{
    Start start;
    start.site.set_property("worker.list=w");
    start.site.set_property("worker.w.port=0");
    assert_int_equal(start.start(), OK);
    assert_text_holds(start.log(), "worker w cannot be contacted");
}

void each_request_of_a_child_has_a_connection()
{
    struct {
        int threads;
        const char* module;
        std::size_t size;
    } const rows[] = {{4, "mod_so.c", 4}, {4, "mod_http2.c", 10}, {5, "mod_http2.c", 13}};
    for (const auto& row : rows) {
        Start start;
        start.site.set_property("worker.list=w");
        start.site.set_property("worker.w.host=127.0.0.1");
        fakes().threads = row.threads;
        fakes().linked_modules = {row.module};
        assert_int_equal(start.start(), OK);
        assert_int_equal(start.global().runtime->backends()[0].pool_size, row.size);
    }
}

void children_come_and_go()
{
    Start start;
    start.site.set_property("worker.list=w");
    (void)start.site.set("JkWatchdogInterval", {"3600"});
    assert_int_equal(start.start(), OK);
    apr_pool_t* child_pool = nullptr;
    apr_pool_create(&child_pool, start.site.pool());
    httpd::child_init(child_pool, start.site.main());
    assert_non_null(start.global().child);
    lb::Segment& segment = start.global().runtime->segment();
    assert_int_equal(segment.claimed_columns(), 1);
    apr_pool_destroy(child_pool);
    start.global().child = nullptr;
    const pid_t pid = ::getpid();
    httpd::child_status(start.site.main(), pid, 0, 0, MPM_CHILD_STARTED);
    assert_int_equal(segment.claimed_columns(), 1);
    httpd::child_status(start.site.main(), pid, 0, 0, MPM_CHILD_EXITED);
    assert_int_equal(segment.claimed_columns(), 0);
}

// Before the first request: nothing is left to be done by it, with others at its side.
void a_child_begins_with_what_was_edited()
{
    Start start;
    start.site.set_property("worker.list=w");
    start.site.set_property("worker.w.host=127.0.0.1");
    assert_int_equal(start.start(), OK);
    const httpd::Runtime& runtime = *start.global().runtime;
    const auto edit = [](const char* property, const char* value, const char* configured) {
        return lb::Edit{lb::EditKind::worker,       {}, "w", property, value,
                        lb::fingerprint(configured)};
    };
    const std::vector<lb::Edit> edits{edit("reply_timeout", "7", "0"),
                                      edit("host", "no.such.host.invalid", "127.0.0.1")};
    assert_true(start.global().runtime->segment().edits().write(edits, 1).has_value());
    httpd::child_init(start.site.pool(), start.site.main());
    assert_int_equal(runtime.backends()[0].settings().reply_timeout, 7);
    assert_false(runtime.backends()[0].destination().address.is_valid());
    assert_text_holds(start.log(), "changed at run time, cannot be resolved by this process");
}

void without_a_runtime_children_do_nothing()
{
    Start start;
    assert_int_equal(start.check(), OK);
    httpd::child_init(start.site.pool(), start.site.main());
    assert_null(start.global().child);
    httpd::child_status(start.site.main(), ::getpid(), 0, 0, MPM_CHILD_EXITED);
}

void too_many_children_share_a_column()
{
    Start start;
    start.site.set_property("worker.list=w");
    fakes().daemons = 1;  // three columns, the last one for latecomers
    assert_int_equal(start.start(), OK);
    lb::Segment& segment = start.global().runtime->segment();
    (void)segment.claim_column(0x7ffffff1);
    (void)segment.claim_column(0x7ffffff2);
    httpd::child_init(start.site.pool(), start.site.main());
    assert_true(start.global().child->column().is_shared());
    assert_text_holds(start.log(), "[CHILD_INIT] [");
}

}  // namespace

Group runtime_startup_tests()
{
    return {"runtime/startup",
            {
                jk_test(a_good_configuration_starts),
                jk_test(wrong_workers_stop_the_start),
                jk_test(a_wrong_rule_does_not),
                jk_test(strict_config_stops_at_warnings),
                jk_test(a_configuration_test_shows_warnings),
                jk_test(the_first_pass_only_opens_logs),
                jk_test(the_default_log_comes_with_a_warning),
                jk_test(a_log_that_cannot_be_opened_stops_the_start),
                jk_test(servers_share_a_log_of_one_name),
                jk_test(shared_memory_directives_are_explained),
                jk_test(a_backend_without_address_is_complained_about),
                jk_test(each_request_of_a_child_has_a_connection),
                jk_test(children_come_and_go),
                jk_test(a_child_begins_with_what_was_edited),
                jk_test(without_a_runtime_children_do_nothing),
                jk_test(too_many_children_share_a_column),
            }};
}

}  // namespace jk::test
