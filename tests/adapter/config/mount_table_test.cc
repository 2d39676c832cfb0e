// Mount tables: whose rules a server has.
#include "config/mount_table.h"

#include <string>

#include "support/mounts.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::config_of;

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
            }};
}

}  // namespace jk::test
