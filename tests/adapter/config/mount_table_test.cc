// Mount tables: whose rules a server has, and how its mount file is read again.
#include "config/mount_table.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::config_of;
using httpd::MountTable;

/// The worker that a server's rules give a path to; "none", or "no table".
std::string worker_of(const server_rec* server, const char* path)
{
    const MountTable* const table = config_of(server).table;
    if (table == nullptr) {
        return "no table";
    }
    const route::Rule* const rule = table->rules().match(path);
    return rule == nullptr ? "none" : rule->target.worker;
}

/// A site with workers w1 to w3, and a virtual host.
struct Mounts {
    Site site;
    server_rec* host = site.add_host();

    Mounts()
    {
        site.set_property("worker.list=w1,w2,w3");
        site.set_property("worker.w3.mount=/property/*");
    }
    void mount(server_rec* server, const char* path, const char* worker)
    {
        assert_text_equal(site.set(server, "JkMount", {path, worker}), "");
    }
    void use_file(server_rec* server, const char* name, std::string_view text)
    {
        (void)site.file(name, text);
        assert_text_equal(site.set(server, "JkMountFile", {name}), "");
    }
    [[nodiscard]] std::string main(const char* path) const { return worker_of(site.main(), path); }
    [[nodiscard]] std::string other(const char* path) const { return worker_of(host, path); }
    /// A request that comes so many seconds from now looks whether the file changed.
    void ask(server_rec* server, int seconds = 100)
    {
        request_rec* const request = site.request("/x", server);
        request->request_time += apr_time_from_sec(seconds);
        config_of(server).table->reload_when_changed(request);
    }
};

void a_server_has_its_own_lines()
{
    Mounts mounts;
    mounts.mount(mounts.site.main(), "/m/*", "w1");
    mounts.mount(mounts.site.main(), "/both", "w1");
    mounts.mount(mounts.host, "/h/*", "w2");
    (void)mounts.site.set(mounts.host, "JkUnMount", {"/h/no/*", "*"});
    (void)mounts.site.build();
    assert_text_equal(mounts.main("/m/x"), "w1");
    assert_text_equal(mounts.main("/h/x"), "none");
    assert_text_equal(mounts.main("/property/x"), "w3");
    assert_text_equal(mounts.other("/h/x"), "w2");
    assert_text_equal(mounts.other("/h/no/x"), "none");
    assert_text_equal(mounts.other("/m/x"), "none");
    assert_text_equal(mounts.other("/property/x"), "none");
}

void a_silent_host_mounts_nothing()  // D7
{
    Mounts mounts;
    mounts.mount(mounts.site.main(), "/m/*", "w1");
    (void)mounts.site.build();
    assert_text_equal(mounts.other("/m/x"), "no table");
}

void of_one_path_the_last_line_counts()
{
    Mounts mounts;
    mounts.mount(mounts.site.main(), "/m/*", "w1");
    mounts.mount(mounts.site.main(), "/m/*", "w2");
    (void)mounts.site.build();
    assert_text_equal(mounts.main("/m/x"), "w2");
}

void a_host_that_copies_has_the_main_servers_table()  // D7
{
    Mounts mounts;
    mounts.mount(mounts.site.main(), "/m/*", "w1");
    (void)mounts.site.set("JkUnMount", {"/m/no", "w1"});
    mounts.use_file(mounts.site.main(), "u.properties", "/file/*=w2\n");
    (void)mounts.site.set(mounts.host, "JkMountCopy", {"On"});
    (void)mounts.site.build();
    assert_text_equal(mounts.other("/m/x"), "w1");
    assert_text_equal(mounts.other("/m/no"), "none");
    assert_text_equal(mounts.other("/file/x"), "w2");
    assert_text_equal(mounts.other("/property/x"), "w3");
    assert_ptr_not_equal(config_of(mounts.host).table, mounts.site.config().table);
}

void copied_lines_give_way_to_own_ones()  // D7
{
    Mounts mounts;
    mounts.mount(mounts.site.main(), "/both/*", "w1");
    mounts.mount(mounts.site.main(), "/m/*", "w1");
    (void)mounts.site.set("JkUnMount", {"/m/no", "*"});
    (void)mounts.site.set(mounts.host, "JkMountCopy", {"On"});
    mounts.mount(mounts.host, "/both/*", "w2");
    mounts.mount(mounts.host, "/m/no", "w3");  // another key than the exclusion's
    (void)mounts.site.build();
    assert_text_equal(mounts.other("/both/x"), "w2");
    assert_text_equal(mounts.other("/m/x"), "w1");
    assert_text_equal(mounts.other("/m/no"), "none");
    assert_text_equal(mounts.other("/property/x"), "none");  // it has lines of its own
    assert_text_equal(mounts.main("/both/x"), "w1");
}

void an_own_file_replaces_the_copied_one()
{
    Mounts mounts;
    mounts.use_file(mounts.site.main(), "main.properties", "/file/*=w1\n");
    mounts.mount(mounts.site.main(), "/m/*", "w1");
    (void)mounts.site.set("JkMountCopy", {"All"});
    mounts.use_file(mounts.host, "host.properties", "/own/*=w2\n");
    (void)mounts.site.build();
    assert_text_equal(mounts.other("/file/x"), "none");
    assert_text_equal(mounts.other("/own/x"), "w2");
    assert_text_equal(mounts.other("/m/x"), "w1");
    assert_text_equal(mounts.other("/property/x"), "none");
}

void all_can_be_declined()  // D8, D9
{
    for (const char* const word : {"All", "On"}) {
        Mounts mounts;
        mounts.mount(mounts.site.main(), "/m/*", "w1");
        (void)mounts.site.set("JkMountCopy", {word});
        if (std::string_view{word} == "All") {
            (void)mounts.site.set(mounts.host, "JkMountCopy", {"Off"});
        }
        (void)mounts.site.build();
        assert_text_equal(mounts.other("/m/x"), "no table");
    }
}

void a_rule_without_its_worker_is_named()
{
    Mounts mounts;
    mounts.mount(mounts.site.main(), "/m/*", "nobody");
    const std::string complaints = text_of(mounts.site.build());
    assert_text_holds(complaints, "httpd.conf:7: ");
    assert_text_holds(complaints, "nobody");
    assert_text_equal(mounts.main("/m/x"), "nobody");
}

void a_bad_line_of_a_file_costs_that_line_only()
{
    Mounts mounts;
    mounts.mount(mounts.site.main(), "/m/*", "w1");
    mounts.use_file(mounts.site.main(), "u.properties", "worker.x=y\n/file/*=w2\n");
    assert_text_holds(text_of(mounts.site.build()), "u.properties:1: ");
    assert_text_equal(mounts.main("/m/x"), "w1");
    assert_text_equal(mounts.main("/file/x"), "w2");
}

/// A site whose main server has one rule and this file.
struct Filed : Mounts {
    const char* path = nullptr;

    explicit Filed(std::string_view text = "/old/*=w1\n", const char* reload = "60")
    {
        mount(site.main(), "/m/*", "w3");
        use_file(site.main(), "u.properties", text);
        (void)site.set("JkMountFileReload", {reload});
        path = site.config().mount_file;
        (void)site.build();
    }
    void change(std::string_view text) { (void)site.file("u.properties", text); }
};

void a_changed_file_is_read_again_once_it_is_due()
{
    Filed filed;
    const route::Rule* const before = filed.site.config().table->rules().match("/old/x");
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
        request_rec* const request = site.request("/x", host);
        request->request_time += apr_time_from_sec(100);
        config_of(host).table->reload_when_changed(request);
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

Group config_mount_table_tests()
{
    return {"config/mount_table",
            {
                jk_test(a_server_has_its_own_lines),
                jk_test(a_silent_host_mounts_nothing),
                jk_test(of_one_path_the_last_line_counts),
                jk_test(a_host_that_copies_has_the_main_servers_table),
                jk_test(copied_lines_give_way_to_own_ones),
                jk_test(an_own_file_replaces_the_copied_one),
                jk_test(all_can_be_declined),
                jk_test(a_rule_without_its_worker_is_named),
                jk_test(a_bad_line_of_a_file_costs_that_line_only),
                jk_test(a_changed_file_is_read_again_once_it_is_due),
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
