// Settings of servers: what a virtual host inherits, what it gets by default, and whom a log line
// is about.
#include "config/server_config.h"

#include <cstdlib>
#include <string>

#include "config/directives.h"
#include "config/global.h"
#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::config_of;
using httpd::Level;
using httpd::LogContext;
using httpd::MountCopy;
using httpd::Option;
using httpd::ServerConfig;
using httpd::TextRow;

/// A main server, a virtual host without any directive, and one with one.
struct Three {
    Site site;
    server_rec* silent = site.add_host();
    server_rec* other = site.add_host();

    Three() { (void)site.set(other, "JkMount", {"/other/*", "w9"}); }
};

void defaults_are_those_of_the_reference()
{
    Site site;
    site.finish();
    const ServerConfig& config = site.config();
    assert_null(config.log_file);
    assert_null(config.log_stamp_format);
    assert_string_equal(config.worker_indicator, "JK_WORKER_NAME");
    assert_string_equal(config.request_id_indicator, "UNIQUE_ID");
    assert_string_equal(config.ignore_cl_indicator, "JK_IGNORE_CL");
    assert_string_equal(config.https_indicator, "HTTPS");
    assert_string_equal(config.ssl_protocol_indicator, "SSL_PROTOCOL");
    assert_string_equal(config.certs_indicator, "SSL_CLIENT_CERT");
    assert_string_equal(config.cipher_indicator, "SSL_CIPHER");
    assert_string_equal(config.session_indicator, "SSL_SESSION_ID");
    assert_string_equal(config.key_size_indicator, "SSL_CIPHER_USEKEYSIZE");
    assert_string_equal(config.cert_chain_prefix, "SSL_CLIENT_CERT_CHAIN_");
    assert_int_equal(config.log.level, Level::info);
    assert_true(config.has(Option::forward_uri_proxy));
    assert_true(config.has(Option::forward_key_size));
    assert_false(config.needs_common_vars);
}

void every_text_is_inherited_and_replaced()
{
    static const TextRow* row = nullptr;
    for (int wanted = 0; wanted < 20; ++wanted) {
        std::pair<int, int> place{wanted, 0};
        httpd::for_each_text(
            [](const TextRow& one, void* data) {
                auto& [number, at] = *static_cast<std::pair<int, int>*>(data);
                row = at++ == number ? &one : row;
            },
            &place);
        Three all;
        server_rec* const own = all.site.add_host();
        (void)all.site.set(row->directive, {"MAIN"});
        (void)all.site.set(own, row->directive, {"OWN"});
        all.site.finish();
        assert_string_equal(config_of(all.silent).*(row->field), "MAIN");
        assert_string_equal(config_of(all.other).*(row->field), "MAIN");
        assert_string_equal(config_of(own).*(row->field), "OWN");
        assert_string_equal(all.site.config().*(row->field), "MAIN");
    }
}

void a_text_of_a_host_stays_there()
{
    Three all;
    (void)all.site.set(all.other, "JkLocalAddrIndicator", {"OWN"});
    all.site.finish();
    assert_string_equal(all.site.config().local_addr_indicator, "JK_LOCAL_ADDR");
    assert_string_equal(config_of(all.silent).local_addr_indicator, "JK_LOCAL_ADDR");
}

void level_flag_and_reload_are_inherited()
{
    Three all;
    (void)all.site.set("JkLogLevel", {"debug"});
    (void)all.site.set("JkExtractSSL", {"Off"});
    (void)all.site.set("JkMountFileReload", {"5"});
    (void)all.site.set("JkLogStampFormat", {"%H "});
    (void)all.site.set(all.other, "JkLogLevel", {"error"});
    (void)all.site.set(all.other, "JkExtractSSL", {"On"});
    (void)all.site.set(all.other, "JkMountFileReload", {"0"});
    all.site.finish();
    const ServerConfig& silent = config_of(all.silent);
    assert_int_equal(silent.log.level, Level::debug);
    assert_false(silent.extract_ssl.value_or(true));
    assert_int_equal(silent.mount_file_reload.value_or(-1), 5);
    assert_string_equal(silent.log.stamp_format, "%H ");
    const ServerConfig& other = config_of(all.other);
    assert_int_equal(other.log.level, Level::error);
    assert_true(other.extract_ssl.value_or(false));
    assert_int_equal(other.mount_file_reload.value_or(-1), 0);
}

void a_silent_host_has_settings_of_its_own()
{
    Three all;
    (void)all.site.set("JkMount", {"/m/*", "w1"});
    (void)all.site.set("JkOptions", {"FlushPackets -ForwardKeySize"});
    all.site.finish();
    ServerConfig& silent = config_of(all.silent);
    assert_ptr_not_equal(&silent, &all.site.config());
    assert_true(silent.mounts.empty());
    assert_null(silent.mount_file);
    assert_ptr_equal(silent.global, all.site.config().global);
    assert_ptr_equal(config_of(all.other).global, all.site.config().global);
    assert_true(silent.has(Option::flush_packets));
    assert_false(silent.has(Option::forward_key_size));
}

void options_merge_over_those_of_the_main_server()  // D3, D34
{
    Three all;
    (void)all.site.set("JkOptions", {"+FlushPackets +ForwardLocalAddress"});
    (void)all.site.set(all.other, "JkOptions",
                       {"-FlushPackets +FlushPackets +ForwardPhysicalAddress"});
    all.site.finish();
    const ServerConfig& other = config_of(all.other);
    assert_false(other.has(Option::flush_packets));
    assert_true(other.has(Option::forward_physical_address));
    assert_false(other.has(Option::forward_local_address));
    assert_true(other.has(Option::forward_key_size));
    assert_true(config_of(all.silent).has(Option::flush_packets));
    assert_true(config_of(all.silent).has(Option::forward_local_address));
}

std::string env_vars(const server_rec* server)
{
    std::string all;
    for (const httpd::EnvVar& one : config_of(server).env_vars) {
        all += std::string{one.name} + "=" + (one.fallback == nullptr ? "" : one.fallback) + " ";
    }
    return all;
}

void variables_of_a_host_come_first()
{
    Three all;
    (void)all.site.set("JkEnvVar", {"A", "1"});
    (void)all.site.set("JkEnvVar", {"B", "2"});
    (void)all.site.set("JkEnvVar", {"C"});
    (void)all.site.set(all.other, "JkEnvVar", {"X", "9"});
    (void)all.site.set(all.other, "JkEnvVar", {"B", "8"});
    all.site.finish();
    assert_text_equal(env_vars(all.site.main()), "A=1 B=2 C= ");
    assert_text_equal(env_vars(all.silent), "A=1 B=2 C= ");
    assert_text_equal(env_vars(all.other), "X=9 B=8 A=1 C= ");
    assert_true(config_of(all.silent).needs_common_vars);
}

void variables_are_the_same_in_any_case()
{
    Three all;
    (void)all.site.set("JkEnvVar", {"Tenant", "1"});
    (void)all.site.set("JkEnvVar", {"tENANT", "2"});
    (void)all.site.set(all.other, "JkEnvVar", {"TENANT", "9"});
    all.site.finish();
    assert_text_equal(env_vars(all.site.main()), "Tenant=2 ");
    assert_text_equal(env_vars(all.other), "TENANT=9 ");
}

void common_variables_are_made_where_the_configuration_reads_one()
{
    ap_directive_t log{};
    log.directive = "LogFormat";
    log.args = "\"%{SERVER_NAME}e\" x";
    ap_conftree = &log;
    Three all;
    (void)all.site.set(all.other, "JkExtractSSL", {"Off"});
    all.site.finish();
    ap_conftree = nullptr;
    assert_true(all.site.config().needs_common_vars);
    assert_true(config_of(all.silent).needs_common_vars);
    assert_false(config_of(all.other).needs_common_vars);
    Site indicated;
    (void)indicated.set("JkRemoteUserIndicator", {"remote_user"});
    indicated.finish();
    assert_true(indicated.config().needs_common_vars);
}

void mount_copy_all_is_the_default_of_hosts()  // D8, D9
{
    struct {
        const char* main;
        const char* host;
        MountCopy want;
    } const rows[] = {
        {"All", nullptr, MountCopy::on},    {"All", "Off", MountCopy::off},
        {"All", "On", MountCopy::on},       {"On", nullptr, MountCopy::unset},
        {"Off", nullptr, MountCopy::unset}, {"Off", "On", MountCopy::on},
        {nullptr, "On", MountCopy::on},
    };
    for (const auto& row : rows) {
        Three all;
        if (row.main != nullptr) {
            (void)all.site.set("JkMountCopy", {row.main});
        }
        if (row.host != nullptr) {
            (void)all.site.set(all.other, "JkMountCopy", {row.host});
        }
        all.site.finish();
        assert_int_equal(config_of(all.other).mount_copy, row.want);
        const MountCopy silent = config_of(all.silent).mount_copy;
        assert_int_equal(silent == MountCopy::on,
                         std::string_view{row.main == nullptr ? "" : row.main} == "All");
    }
}

void the_environment_of_the_process_can_be_used()
{
    ::setenv("ADAPTER_TEST_HOST", "example.org", 1);
    Site site;
    site.set_property("worker.w.host=$(ADAPTER_TEST_HOST)");
    ::unsetenv("ADAPTER_TEST_HOST");
    assert_text_equal(site.config().global->properties.of_worker("w", "host").value_or(""),
                      "example.org");
}

void a_line_about_a_request_has_its_id()
{
    Site site;
    (void)site.set("JkRequestIdIndicator", {"MY_ID"});
    site.finish();
    request_rec* const request = site.request("/x");
    assert_null(httpd::log_context(request).request_id);
    set_env(request, "UNIQUE_ID", "u1");
    assert_string_equal(httpd::log_context(request).request_id, "u1");
    set_env(request, "MY_ID", "");
    assert_string_equal(httpd::log_context(request).request_id, "u1");
    set_env(request, "MY_ID", "m1");
    assert_string_equal(httpd::log_context(request).request_id, "m1");
}

void lines_go_to_the_servers_log_once_it_is_open()
{
    Site site;
    site.finish();
    const LogContext before = httpd::log_context(site.main(), "CONFIG");
    assert_null(before.log);
    assert_ptr_equal(before.server, site.main());
    assert_string_equal(before.request_id, "CONFIG");
    site.config().log.file = httpd::open_log(site.pool(), site.main(), "x.log");
    assert_ptr_equal(httpd::log_context(site.main(), "CONFIG").log, &site.config().log);
}

}  // namespace

Group config_server_config_tests()
{
    return {"config/server_config",
            {
                jk_test(defaults_are_those_of_the_reference),
                jk_test(every_text_is_inherited_and_replaced),
                jk_test(a_text_of_a_host_stays_there),
                jk_test(level_flag_and_reload_are_inherited),
                jk_test(a_silent_host_has_settings_of_its_own),
                jk_test(options_merge_over_those_of_the_main_server),
                jk_test(variables_of_a_host_come_first),
                jk_test(variables_are_the_same_in_any_case),
                jk_test(common_variables_are_made_where_the_configuration_reads_one),
                jk_test(mount_copy_all_is_the_default_of_hosts),
                jk_test(the_environment_of_the_process_can_be_used),
                jk_test(a_line_about_a_request_has_its_id),
                jk_test(lines_go_to_the_servers_log_once_it_is_open),
            }};
}

}  // namespace jk::test
