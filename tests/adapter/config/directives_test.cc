// The directives: the table, where each may stand, and what its arguments may be.
#include "config/directives.h"

#include <string>
#include <vector>

#include "config/global.h"
#include "site/directives.h"
#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::config_of;
using httpd::MountCopy;
using httpd::ServerConfig;

/// How httpd's own table says what site/directives.h says.
cmd_how how_of(site::Arguments arguments)
{
    switch (arguments) {
    case site::Arguments::one: return TAKE1;
    case site::Arguments::one_or_two: return TAKE12;
    case site::Arguments::line: return RAW_ARGS;
    case site::Arguments::flag: break;
    }
    return FLAG;
}

void the_table_is_that_of_all_programs()
{
    std::size_t rows = 0;
    for (const command_rec& row : httpd::directive_table) {
        if (row.name == nullptr) {
            continue;
        }
        ++rows;
        const site::Directive* const known = site::find_directive(row.name);
        assert_non_null(known);
        assert_string_equal(row.name, known->name);
        assert_string_equal(row.errmsg, known->help);
        assert_int_equal(row.args_how, how_of(known->arguments));
        const bool in_section = known->where == site::Where::section;
        assert_int_equal(row.req_override, in_section ? RSRC_CONF | ACCESS_CONF : RSRC_CONF);
    }
    assert_null(httpd::directive_table.back().name);
    assert_int_equal(rows, site::directives.size());
}

void only_mounts_may_stand_in_a_location()
{
    Site site;
    for (const site::Directive& one : site::directives) {
        const bool is_mount = std::string_view{one.name}.ends_with("Mount");
        const std::string failure = site.set(site.main(), one.name, {"w1"}, "/here");
        assert_int_equal(failure == "not allowed in <Location> context", !is_mount);
    }
}

void process_wide_directives_are_the_main_servers()
{
    Site site;
    server_rec* const host = site.add_host();
    for (const site::Directive& one : site::directives) {
        const bool is_refused =
            site.set(host, one.name, {"x"}).find("within <VirtualHost>") != std::string::npos;
        assert_int_equal(is_refused, one.where == site::Where::global);
    }
}

void every_text_is_kept()
{
    struct Visit {
        Site site;
        int count = 0;
    } all;
    httpd::for_each_text(
        [](const httpd::TextRow& row, void* data) {
            auto& [site, count] = *static_cast<Visit*>(data);
            const char* const value = apr_psprintf(site.pool(), "value-%d", count++);
            assert_text_equal(site.set(row.directive, {value}), "");
            assert_string_equal(site.config().*(row.field), value);
        },
        &all);
    assert_int_equal(all.count, 21);
}

void the_workers_file_is_named_once()  // D1
{
    Site site;
    const char* const file = site.file("w.properties", "");
    assert_text_equal(site.set("JkWorkersFile", {"w.properties"}), "");
    assert_string_equal(site.config().global->workers_file, file);
    assert_text_holds(site.set("JkWorkersFile", {file}), "only once");
}

void files_must_be_files()
{
    Site site;
    for (const char* const name : {"JkWorkersFile", "JkMountFile"}) {
        for (const char* const path : {"none", "/nonexistent/none", ".", "/dev/null"}) {
            const std::string failure = site.set(name, {path});
            assert_text_holds(failure, "not an existing file");
            assert_text_holds(failure, name);
        }
    }
    assert_null(site.config().global->workers_file);
    assert_null(site.config().mount_file);
}

void a_worker_property_is_one_line()
{
    Site site;
    assert_text_equal(site.set("JkWorkerProperty", {"worker.list=w1"}), "");
    assert_text_equal(site.set("JkWorkerProperty", {"worker.w1.host=a#b \"c\""}), "");
    assert_text_equal(site.set("JkWorkerProperty", {"no equals sign"}), "");
    assert_text_equal(site.set("JkWorkerProperty", {"worker.w1.secret="}), "");
    const auto& properties = site.config().global->properties;
    assert_text_equal(properties.of_worker("w1", "host").value_or(""), "a#b \"c\"");
    assert_false(has_error(properties.complaints()));
    // what is wrong is told with everything else, once all is read
    assert_text_equal(site.set("JkWorkerProperty", {"worker.w1.hots=x"}), "");
    const std::string too_long = "worker.w1.host=" + std::string(8192, 'x');
    assert_text_equal(site.set("JkWorkerProperty", {too_long.c_str()}), "");
    assert_text_holds(text_of(properties.complaints()), "hots");
    assert_text_holds(text_of(properties.complaints()), "longer than");
    assert_true(has_error(properties.complaints()));
}

void shared_memory_directives_have_no_effect()
{
    Site site;
    assert_text_equal(site.set("JkShmFile", {"logs/shm"}), "");
    assert_text_equal(site.set("JkShmSize", {"garbage"}), "");
    assert_string_equal(site.config().global->shm_file, "logs/shm");
    assert_string_equal(site.config().global->shm_size, "garbage");
}

void numbers_are_leading_digits()
{
    struct {
        const char* text;
        int value;
    } const rows[] = {{"5", 5}, {"0", 0}, {"-3", 0}, {"7s", 7}, {"x", 0}};
    for (const auto& row : rows) {
        Site site;
        assert_text_equal(site.set("JkWatchdogInterval", {row.text}), "");
        assert_int_equal(site.config().global->watchdog_interval, row.value);
        assert_text_equal(site.set("JkMountFileReload", {row.text}), "");
        assert_int_equal(site.config().mount_file_reload.value_or(-1), row.value);
    }
}

void a_mount_has_path_and_worker()
{
    Site site;
    assert_text_equal(site.set("JkMount", {"/a/*", "w1;reply_timeout=5"}), "");
    assert_text_equal(site.set("JkUnMount", {"/a/x", "*"}), "");
    const auto& mounts = site.config().mounts;
    assert_int_equal(mounts.size(), 2);
    assert_text_equal(mounts[0].pattern, "/a/*");
    assert_text_equal(mounts[0].target, "w1;reply_timeout=5");
    assert_false(mounts[0].is_exclusion);
    assert_text_equal(mounts[0].place.file, "httpd.conf");
    assert_int_equal(mounts[0].place.line, 7);
    assert_text_equal(mounts[1].target, "*");
    assert_true(mounts[1].is_exclusion);
}

void a_section_gives_the_path()  // D10
{
    Site site;
    assert_text_equal(site.set(site.main(), "JkMount", {"w1"}, "/loc"), "");
    assert_text_equal(site.set(site.main(), "JkUnMount", {"w1"}, "/loc/*"), "");
    assert_text_equal(site.config().mounts[0].pattern, "/loc");
    assert_text_equal(site.config().mounts[0].target, "w1");
    assert_true(site.config().mounts[1].is_exclusion);
}

void mounts_with_wrong_arguments_are_refused()
{
    Site site;
    for (const char* const name : {"JkMount", "JkUnMount"}) {
        assert_text_holds(site.set(name, {"/a"}), "needs a path");
        assert_text_holds(site.set(site.main(), name, {"/a", "w1"}, "/loc"), "cannot have a path");
        for (const char* const path : {"a/*", "!/a", "-/a", "*", "*.jsp", ""}) {
            assert_text_holds(site.set(name, {path, "w1"}), "must begin with a slash");
        }
        assert_text_holds(site.set(site.main(), name, {"w1"}, "^/x"), "must begin with a slash");
    }
    assert_true(site.config().mounts.empty());
}

void mount_copy_takes_three_words()
{
    struct {
        const char* word;
        MountCopy value;
    } const rows[] = {{"On", MountCopy::on},
                      {"off", MountCopy::off},
                      {"ALL", MountCopy::all},
                      {"on", MountCopy::on},
                      {"Off", MountCopy::off}};
    Site site;
    for (const auto& row : rows) {
        assert_text_equal(site.set("JkMountCopy", {row.word}), "");
        assert_int_equal(site.config().mount_copy, row.value);
    }
    for (const char* const word : {"yes", "1", "alle", "o"}) {
        assert_text_holds(site.set("JkMountCopy", {word}), "none of On, Off, All");
    }
    server_rec* const host = site.add_host();
    assert_text_equal(site.set(host, "JkMountCopy", {"On"}), "");
    assert_text_holds(site.set(host, "JkMountCopy", {"All"}), "main server");
    assert_int_equal(config_of(host).mount_copy, MountCopy::on);
}

void an_unknown_log_level_is_info()  // D4
{
    Site site;
    assert_text_equal(site.set("JkLogLevel", {"DEBUG"}), "");
    assert_int_equal(site.config().log_level.value_or(httpd::Level::emerg), httpd::Level::debug);
    assert_true(site.config().complaints.empty());
    assert_text_equal(site.set("JkLogLevel", {"bogus"}), "");
    assert_int_equal(site.config().log_level.value_or(httpd::Level::emerg), httpd::Level::info);
    assert_text_holds(text_of(site.config().complaints), "httpd.conf:7: JkLogLevel \"bogus\"");
}

void extract_ssl_is_a_flag()
{
    Site site;
    assert_text_equal(site.set("JkExtractSSL", {"Off"}), "");
    assert_false(site.config().extract_ssl.value_or(true));
    assert_text_equal(site.set("JkExtractSSL", {"On"}), "");
    assert_true(site.config().extract_ssl.value_or(false));
    assert_text_not_equal(site.set("JkExtractSSL", {"maybe"}), "");
}

void options_take_several_words()
{
    Site site;
    assert_text_equal(site.set("JkOptions", {""}), "");
    assert_text_equal(site.set("JkOptions", {"+FlushPackets   -ForwardKeySize\tFlushHeader"}), "");
    site.finish();
    assert_true(site.config().has(httpd::Option::flush_packets));
    assert_true(site.config().has(httpd::Option::flush_header));
    assert_false(site.config().has(httpd::Option::forward_key_size));
}

void wrong_options_are_named()  // D2
{
    Site site;
    assert_text_holds(site.set("JkOptions", {"FlushPackets Bogus"}), "'Bogus'");
    assert_text_holds(site.set("JkOptions", {"-ForwardURIProxy"}), "'-ForwardURIProxy'");
    assert_text_equal(site.set("JkOptions", {"CollapseSlashesAll"}), "");
    assert_text_holds(text_of(site.config().complaints),
                      "httpd.conf:7: JkOptions \"CollapseSlashesAll\"");
}

void a_reserved_variable_is_not_sent()  // AT-4
{
    Site site;
    assert_text_equal(site.set("JkEnvVar", {"remote_user", "root"}), "");
    assert_text_equal(site.set("JkEnvVar", {"REMOTE_USER"}), "");
    assert_int_equal(site.config().env_vars.size(), 1);
    assert_text_equal(site.config().env_vars[0].name, "REMOTE_USER");
    assert_text_holds(text_of(site.config().complaints), "httpd.conf:7: JkEnvVar \"remote_user\"");
}

void what_is_no_number_is_complained_about()
{
    Site site;
    assert_text_equal(site.set("JkMountFileReload", {"5m"}), "");
    assert_text_equal(site.set("JkWatchdogInterval", {"often"}), "");
    assert_int_equal(site.config().mount_file_reload.value_or(-1), 5);
    assert_int_equal(site.config().global->watchdog_interval, 0);
    assert_text_holds(text_of(site.config().complaints), "JkMountFileReload \"5m\"");
    assert_text_holds(text_of(site.config().complaints), "JkWatchdogInterval \"often\"");
}

void the_last_default_of_a_variable_wins()
{
    Site site;
    (void)site.set("JkEnvVar", {"A", "first"});
    (void)site.set("JkEnvVar", {"B", ""});
    (void)site.set("JkEnvVar", {"A", "second"});
    const auto& all = site.config().env_vars;
    assert_int_equal(all.size(), 2);
    assert_string_equal(all[0].name, "A");
    assert_string_equal(all[0].fallback, "second");
    assert_null(all[1].fallback);
    (void)site.set("JkEnvVar", {"A"});
    assert_null(site.config().env_vars[0].fallback);
}

}  // namespace

Group config_directives_tests()
{
    return {"config/directives",
            {
                jk_test(the_table_is_that_of_all_programs),
                jk_test(only_mounts_may_stand_in_a_location),
                jk_test(process_wide_directives_are_the_main_servers),
                jk_test(every_text_is_kept),
                jk_test(the_workers_file_is_named_once),
                jk_test(files_must_be_files),
                jk_test(a_worker_property_is_one_line),
                jk_test(shared_memory_directives_have_no_effect),
                jk_test(numbers_are_leading_digits),
                jk_test(a_mount_has_path_and_worker),
                jk_test(a_section_gives_the_path),
                jk_test(mounts_with_wrong_arguments_are_refused),
                jk_test(mount_copy_takes_three_words),
                jk_test(an_unknown_log_level_is_info),
                jk_test(extract_ssl_is_a_flag),
                jk_test(options_take_several_words),
                jk_test(wrong_options_are_named),
                jk_test(a_reserved_variable_is_not_sent),
                jk_test(what_is_no_number_is_complained_about),
                jk_test(the_last_default_of_a_variable_wins),
            }};
}

}  // namespace jk::test
