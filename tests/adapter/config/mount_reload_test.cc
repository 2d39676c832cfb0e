// Mount tables: how their file is read again, and what becomes of the rules that were in force.
#include "config/mount_table.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

#include "support/mounts.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::config_of;
using httpd::MountTable;

void a_changed_file_is_read_again_once_it_is_due()
{
    Filed filed;
    const route::Rule* const before =
        filed.site.config().table->rules_for(filed.site.pool()).match("/old/x");
    filed.change("/new/longer/*=w2\n");
    filed.ask(filed.site.main(), 59);
    assert_text_equal(filed.main("/old/x"), "w1");
    filed.ask(filed.site.main(), 62);
    assert_text_equal(filed.main("/old/x"), "none");
    assert_text_equal(filed.main("/new/longer/x"), "w2");
    assert_text_equal(filed.main("/m/x"), "w3");
    assert_text_equal(filed.main("/property/x"), "w3");
    assert_text_equal(before->target.worker, "w1");  // who holds it may go on using it
    filed.change("/third/rule/x/*=w2\n");
    filed.ask(filed.site.main(), 100);  // less than 60 s after the last check
    assert_text_equal(filed.main("/third/rule/x/y"), "none");
    filed.ask(filed.site.main(), 200);
    assert_text_equal(filed.main("/third/rule/x/y"), "w2");
}

void replaced_rules_stay_until_their_last_user_is_gone()
{
    Filed filed;
    const MountTable& table = *filed.site.config().table;
    apr_pool_t* request = nullptr;
    apr_pool_create(&request, filed.site.pool());
    apr_pool_t* other = nullptr;
    apr_pool_create(&other, filed.site.pool());
    const route::Rule* const used = table.rules_for(request).match("/old/x");
    (void)table.rules_for(other);
    for (int version = 1; version <= 5; ++version) {
        filed.change("/new/" + std::string(static_cast<std::size_t>(version), 'x') + "/*=w2\n");
        filed.ask(filed.site.main(), 100 * version);
    }
    assert_int_equal(table.kept(), 2);  // those in force, and those that are used
    assert_text_equal(filed.main("/new/xxxxx/x"), "w2");
    apr_pool_destroy(other);
    filed.ask(filed.site.main(), 600);
    assert_int_equal(table.kept(), 2);
    assert_text_equal(used->target.worker, "w1");
    apr_pool_destroy(request);
    filed.ask(filed.site.main(), 700);
    assert_int_equal(table.kept(), 1);
    assert_text_equal(filed.main("/new/xxxxx/x"), "w2");
}

/// Readers that hold rules for a moment, while the file changes again and again.
void rules_may_be_replaced_while_requests_match()
{
    Filed filed;
    const MountTable& table = *filed.site.config().table;
    std::atomic<bool> is_over{false};
    std::atomic<int> wrong{0};
    const auto read = [&] {
        apr_pool_t* pool = nullptr;
        apr_pool_create_unmanaged_ex(&pool, nullptr, nullptr);
        while (!is_over.load()) {
            const route::Rule* const rule = table.rules_for(pool).match("/always/x");
            wrong += rule != nullptr && rule->target.worker != "w2" ? 1 : 0;
            apr_pool_clear(pool);
        }
        apr_pool_destroy(pool);
    };
    std::thread first{read};
    std::thread second{read};
    for (int version = 1; version <= 200; ++version) {
        filed.change("/always/*=w2\n/" + std::to_string(version) + "=w1\n");
        filed.ask(filed.site.main(), 100 * version);
    }
    is_over.store(true);
    first.join();
    second.join();
    filed.ask(filed.site.main(), 100 * 201);
    assert_int_equal(wrong.load(), 0);
    assert_int_equal(table.kept(), 1);
    assert_text_equal(filed.main("/200"), "w1");
}

void an_unchanged_text_is_not_built_again()
{
    Filed filed;
    const route::UriRules* const before = &filed.site.config().table->rules();
    filed.change("/old/*=w1\n");
    filed.ask(filed.site.main());
    assert_ptr_equal(&filed.site.config().table->rules(), before);
    assert_false(fakes().has_logged(APLOG_INFO, "was read again"));
    filed.change("/new/*=w1\n");  // the same size
    filed.ask(filed.site.main(), 200);
    assert_text_equal(filed.main("/new/x"), "w1");
    filed.change("/old/*=w1\n");
    filed.ask(filed.site.main(), 300);
    assert_text_equal(filed.main("/old/x"), "w1");
}

void a_file_that_was_just_written_is_read_when_it_rests()
{
    Filed filed;
    filed.change("/new/*=w2\n/new/private/*=w2\n");
    const apr_time_t due = apr_time_now() + apr_time_from_sec(100);
    const auto write_at = [&](apr_time_t time) {
        apr_file_mtime_set(filed.path, time, filed.site.pool());
    };
    write_at(due - apr_time_from_msec(1500));
    filed.ask_at(filed.site.main(), due);
    assert_text_equal(filed.main("/old/x"), "w1");
    filed.change("/new/*=w2\n/new/private/*=w2\n!/new/private/*=w2\n");  // the rest of it
    write_at(due + apr_time_from_msec(500));
    filed.ask_at(filed.site.main(), due + apr_time_from_msec(900));  // less than a second later
    filed.ask_at(filed.site.main(), due + apr_time_from_msec(1100));
    assert_text_equal(filed.main("/old/x"), "w1");
    filed.ask_at(filed.site.main(), due + apr_time_from_msec(2600));
    assert_text_equal(filed.main("/new/x"), "w2");
    assert_text_equal(filed.main("/new/private/x"), "none");
}

void a_file_that_is_written_at_the_start_is_looked_at_again_soon()
{
    Mounts mounts;
    mounts.use_file(mounts.site.main(), "u.properties", "/new/*=w1\n");
    const char* const path = mounts.site.config().mount_file;
    apr_file_mtime_set(path, apr_time_now(), mounts.site.pool());
    (void)mounts.site.build();
    (void)mounts.site.file("u.properties", "/new/*=w1\n!/new/private/*=w1\n");
    mounts.ask(mounts.site.main(), 4);
    assert_text_equal(mounts.main("/new/private/x"), "none");
}

void a_time_far_ahead_is_no_reason_to_wait()
{
    Filed filed;
    filed.change("/new/longer/*=w2\n");
    apr_file_mtime_set(filed.path, apr_time_now() + apr_time_from_sec(86400), filed.site.pool());
    filed.ask(filed.site.main());
    assert_text_equal(filed.main("/new/longer/x"), "w2");
}

void a_clock_that_was_set_back_delays_no_check()
{
    Filed filed;
    filed.ask(filed.site.main(), 7200);
    filed.change("/new/longer/*=w2\n");
    filed.ask(filed.site.main(), 7150);  // less than the interval: threads' clocks differ
    assert_text_equal(filed.main("/old/x"), "w1");
    filed.ask(filed.site.main(), 3600);
    assert_text_equal(filed.main("/new/longer/x"), "w2");
}

void without_an_interval_it_is_never_read_again()
{
    Filed filed{"/old/*=w1\n", "0"};
    filed.change("/new/longer/*=w2\n");
    filed.ask(filed.site.main(), 100000);
    assert_text_equal(filed.main("/old/x"), "w1");
}

apr_time_t modified(const Filed& filed)
{
    apr_finfo_t info{};
    apr_stat(&info, filed.path, APR_FINFO_MTIME, filed.site.pool());
    return info.mtime;
}

void each_sign_of_a_change_counts()
{
    {
        Filed filed;  // another size, the same time
        const apr_time_t time = modified(filed);
        filed.change("/new/longer/*=w2\n");
        apr_file_mtime_set(filed.path, time, filed.site.pool());
        filed.ask(filed.site.main());
        assert_text_equal(filed.main("/new/longer/x"), "w2");
    }
    {
        Filed filed;  // an older time, the same size
        const apr_time_t time = modified(filed);
        filed.change("/new/*=w2\n");
        apr_file_mtime_set(filed.path, time - apr_time_from_sec(5), filed.site.pool());
        filed.ask(filed.site.main());
        assert_text_equal(filed.main("/new/x"), "w2");
    }
    Filed filed;  // another file of the same size and time
    const apr_time_t time = modified(filed);
    const char* const other = filed.site.file("other", "/new/*=w2\n");
    apr_file_mtime_set(other, time, filed.site.pool());
    apr_file_rename(other, filed.path, filed.site.pool());
    filed.ask(filed.site.main());
    assert_text_equal(filed.main("/new/x"), "w2");
}

void a_file_with_an_error_leaves_the_rules()
{
    Filed filed;
    filed.change("/new/*=w2\nworker.x=y\n");
    filed.ask(filed.site.main());
    assert_text_equal(filed.main("/old/x"), "w1");
    assert_text_equal(filed.main("/new/x"), "none");
    assert_true(fakes().has_logged(APLOG_ERR, "u.properties:2: "));
    assert_true(fakes().has_logged(APLOG_ERR, "the rules in force stay"));
    filed.change("/newer/one/*=w2\n");
    filed.ask(filed.site.main(), 200);
    assert_text_equal(filed.main("/newer/one/x"), "w2");
}

void a_file_that_is_gone_leaves_the_rules()
{
    Filed filed;
    apr_file_remove(filed.path, filed.site.pool());
    filed.ask(filed.site.main());
    assert_text_equal(filed.main("/old/x"), "w1");
    assert_true(fakes().has_logged(APLOG_ERR, "cannot be read"));
    filed.change("/new/*=w2\n");
    filed.ask(filed.site.main(), 200);
    assert_text_equal(filed.main("/new/x"), "w2");
}

/// As a user who may not read it: root may read everything.
void a_file_that_cannot_be_read_is_tried_again()
{
    Filed filed;
    const bool is_root = ::geteuid() == 0;
    (void)::chmod(ap_server_root, 0755);
    filed.change("/new/longer/*=w2\n");
    (void)::chmod(filed.path, 0);
    assert_int_equal(is_root ? ::seteuid(65534) : 0, 0);
    filed.ask(filed.site.main());
    assert_int_equal(is_root ? ::seteuid(0) : 0, 0);
    assert_text_equal(filed.main("/old/x"), "w1");
    (void)::chmod(filed.path, 0644);
    filed.ask(filed.site.main(), 200);
    assert_text_equal(filed.main("/new/longer/x"), "w2");
}

void an_emptied_file_has_no_rules()
{
    Filed filed;
    filed.change("");
    filed.ask(filed.site.main());
    assert_text_equal(filed.main("/old/x"), "none");
    assert_text_equal(filed.main("/m/x"), "w3");
}

void an_empty_file_may_be_filled_later()
{
    for (const bool copies : {false, true}) {
        Site site;
        site.set_property("worker.list=w1");
        server_rec* const host = site.add_host();
        (void)site.file("u.properties", "");
        (void)site.set(copies ? site.main() : host, "JkMountFile", {"u.properties"});
        (void)site.set(host, "JkMountCopy", {copies ? "On" : "Off"});
        (void)site.build();
        assert_non_null(config_of(host).table);
        (void)site.file("u.properties", "/new/*=w1\n");
        config_of(host).table->reload_when_changed(site.request("/x", host),
                                                   apr_time_now() + apr_time_from_sec(100));
        assert_text_equal(worker_of(host, "/new/x"), "w1");
    }
}

void a_host_has_its_own_interval()
{
    Mounts mounts;
    mounts.use_file(mounts.site.main(), "u.properties", "/old/*=w1\n");
    (void)mounts.site.set(mounts.host, "JkMountCopy", {"On"});
    (void)mounts.site.set(mounts.host, "JkMountFileReload", {"5"});
    (void)mounts.site.build();
    (void)mounts.site.file("u.properties", "/new/longer/*=w2\n");
    mounts.ask(mounts.host, 10);
    mounts.ask(mounts.site.main(), 10);
    assert_text_equal(mounts.other("/new/longer/x"), "w2");
    assert_text_equal(mounts.main("/old/x"), "w1");
}

}  // namespace

Group config_mount_reload_tests()
{
    return {"config/mount_reload",
            {
                jk_test(a_changed_file_is_read_again_once_it_is_due),
                jk_test(replaced_rules_stay_until_their_last_user_is_gone),
                jk_test(rules_may_be_replaced_while_requests_match),
                jk_test(an_unchanged_text_is_not_built_again),
                jk_test(a_file_that_was_just_written_is_read_when_it_rests),
                jk_test(a_file_that_is_written_at_the_start_is_looked_at_again_soon),
                jk_test(a_time_far_ahead_is_no_reason_to_wait),
                jk_test(a_clock_that_was_set_back_delays_no_check),
                jk_test(without_an_interval_it_is_never_read_again),
                jk_test(each_sign_of_a_change_counts),
                jk_test(a_file_with_an_error_leaves_the_rules),
                jk_test(a_file_that_is_gone_leaves_the_rules),
                jk_test(a_file_that_cannot_be_read_is_tried_again),
                jk_test(an_emptied_file_has_no_rules),
                jk_test(an_empty_file_may_be_filled_later),
                jk_test(a_host_has_its_own_interval),
            }};
}

}  // namespace jk::test
