// The tests of jkctl, all in one cmocka group (support/cmocka.h says why).
#include "support/groups.h"

namespace jk::test {

Group jkctl_check_tests();
Group jkctl_command_line_tests();
Group jkctl_connection_tests();
Group jkctl_conversion_tests();
Group jkctl_convert_tests();
Group jkctl_drain_tests();
Group jkctl_errand_tests();
Group jkctl_explain_tests();
Group jkctl_explanation_tests();
Group jkctl_http_tests();
Group jkctl_httpd_lines_tests();
Group jkctl_httpd_path_tests();
Group jkctl_httpd_reader_tests();
Group jkctl_httpd_variables_tests();
Group jkctl_jk_directives_tests();
Group jkctl_json_tests();
Group jkctl_kind_tests();
Group jkctl_member_choice_tests();
Group jkctl_overview_tests();
Group jkctl_remote_tests();
Group jkctl_report_tests();
Group jkctl_server_settings_tests();
Group jkctl_service_tests();
Group jkctl_site_tests();
Group jkctl_table_tests();
Group jkctl_text_file_tests();
Group jkctl_url_tests();
Group jkctl_virtual_hosts_tests();

}  // namespace jk::test

int main()
{
    using namespace jk::test;
    constexpr Group (*files[])() = {
        jkctl_check_tests,         jkctl_command_line_tests,
        jkctl_connection_tests,    jkctl_conversion_tests,
        jkctl_convert_tests,       jkctl_drain_tests,
        jkctl_errand_tests,        jkctl_explain_tests,
        jkctl_explanation_tests,   jkctl_http_tests,
        jkctl_httpd_lines_tests,   jkctl_httpd_path_tests,
        jkctl_httpd_reader_tests,  jkctl_httpd_variables_tests,
        jkctl_jk_directives_tests, jkctl_json_tests,
        jkctl_kind_tests,          jkctl_member_choice_tests,
        jkctl_overview_tests,      jkctl_remote_tests,
        jkctl_report_tests,        jkctl_server_settings_tests,
        jkctl_service_tests,       jkctl_site_tests,
        jkctl_table_tests,         jkctl_text_file_tests,
        jkctl_url_tests,           jkctl_virtual_hosts_tests,
    };
    return run_groups("jkctl", files) == 0 ? 0 : 1;
}
