// The directives: the table, where each may stand, and what its arguments may be.
#include "config/directives.h"

#include <algorithm>
#include <string>
#include <vector>

#include "config/global.h"
#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::config_of;
using httpd::MountCopy;
using httpd::ServerConfig;

constexpr const char* all_names[] = {
    "JkWorkersFile",
    "JkWorkerProperty",
    "JkShmFile",
    "JkShmSize",
    "JkWatchdogInterval",
    "JkMount",
    "JkUnMount",
    "JkMountFile",
    "JkMountFileReload",
    "JkMountCopy",
    "JkWorkerIndicator",
    "JkLogFile",
    "JkLogLevel",
    "JkLogStampFormat",
    "JkAutoAlias",
    "JkRequestLogFormat",
    "JkStripSession",
    "JkRequestIdIndicator",
    "JkRemoteAddrIndicator",
    "JkRemotePortIndicator",
    "JkRemoteHostIndicator",
    "JkRemoteUserIndicator",
    "JkAuthTypeIndicator",
    "JkLocalNameIndicator",
    "JkLocalAddrIndicator",
    "JkLocalPortIndicator",
    "JkIgnoreCLIndicator",
    "JkExtractSSL",
    "JkHTTPSIndicator",
    "JkSSLPROTOCOLIndicator",
    "JkCERTSIndicator",
    "JkCIPHERIndicator",
    "JkSESSIONIndicator",
    "JkKEYSIZEIndicator",
    "JkCERTCHAINPrefix",
    "JkOptions",
    "JkEnvVar",
};

void the_table_is_complete()
{
    std::vector<std::string> want{std::begin(all_names), std::end(all_names)};
    std::vector<std::string> got;
    for (const command_rec& row : httpd::directive_table) {
        if (row.name != nullptr) {
            got.emplace_back(row.name);
            assert_non_null(row.errmsg);
        }
    }
    assert_null(httpd::directive_table.back().name);
    std::sort(want.begin(), want.end());
    std::sort(got.begin(), got.end());
    assert_true(got == want);
}

void only_mounts_may_stand_in_a_location()
{
    Site site;
    for (const char* const name : all_names) {
        const bool is_mount = std::string_view{name}.ends_with("Mount");
        const std::string failure = site.set(site.main(), name, {"w1"}, "/here");
        assert_int_equal(failure == "not allowed in <Location> context", !is_mount);
    }
}

void process_wide_directives_are_the_main_servers()
{
    Site site;
    server_rec* const host = site.add_host();
    for (const char* const name :
         {"JkWorkersFile", "JkWorkerProperty", "JkShmFile", "JkShmSize", "JkWatchdogInterval"}) {
        assert_text_holds(site.set(host, name, {"x"}), "cannot occur within <VirtualHost>");
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
    assert_text_holds(site.set("JkWorkerProperty", {"worker.w1.hots=x"}), "JkWorkerProperty");
    const std::string too_long = "worker.w1.host=" + std::string(8192, 'x');
    assert_text_not_equal(site.set("JkWorkerProperty", {too_long.c_str()}), "");
    assert_false(has_error(properties.complaints()));  // refused at once, not once more later
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
    assert_true(fakes().log.empty());
    assert_text_equal(site.set("JkLogLevel", {"bogus"}), "");
    assert_int_equal(site.config().log_level.value_or(httpd::Level::emerg), httpd::Level::info);
    assert_true(fakes().has_logged(APLOG_WARNING, "'bogus' at httpd.conf:7"));
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
    assert_true(fakes().has_logged(APLOG_WARNING, "'CollapseSlashesAll' at httpd.conf:7"));
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
                jk_test(the_table_is_complete),
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
                jk_test(the_last_default_of_a_variable_wins),
            }};
}

}  // namespace jk::test
