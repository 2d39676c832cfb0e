// The tests of jkctl, all in one cmocka group (support/cmocka.h says why).
#include <cstdio>
#include <list>
#include <string>

#include "support/cmocka.h"

namespace jk::test {

Group jkctl_check_tests();
Group jkctl_command_line_tests();
Group jkctl_conversion_tests();
Group jkctl_convert_tests();
Group jkctl_explain_tests();
Group jkctl_explanation_tests();
Group jkctl_httpd_lines_tests();
Group jkctl_httpd_path_tests();
Group jkctl_httpd_reader_tests();
Group jkctl_httpd_variables_tests();
Group jkctl_jk_directives_tests();
Group jkctl_json_tests();
Group jkctl_kind_tests();
Group jkctl_member_choice_tests();
Group jkctl_report_tests();
Group jkctl_server_settings_tests();
Group jkctl_site_tests();
Group jkctl_text_file_tests();
Group jkctl_url_tests();
Group jkctl_virtual_hosts_tests();

}  // namespace jk::test

int main()
{
    using namespace jk::test;
    constexpr Group (*files[])() = {
        jkctl_check_tests,         jkctl_command_line_tests,
        jkctl_conversion_tests,    jkctl_convert_tests,
        jkctl_explain_tests,       jkctl_explanation_tests,
        jkctl_httpd_lines_tests,   jkctl_httpd_path_tests,
        jkctl_httpd_reader_tests,  jkctl_httpd_variables_tests,
        jkctl_jk_directives_tests, jkctl_json_tests,
        jkctl_kind_tests,          jkctl_member_choice_tests,
        jkctl_report_tests,        jkctl_server_settings_tests,
        jkctl_site_tests,          jkctl_text_file_tests,
        jkctl_url_tests,           jkctl_virtual_hosts_tests,
    };
    (void)std::setvbuf(stdout, nullptr, _IOLBF, 0);  // a test that hangs or dies leaves its name
    std::list<std::string> names;                    // cmocka keeps pointers to them
    std::vector<CMUnitTest> all;
    for (const auto file : files) {
        for (CMUnitTest test : file().tests) {
            test.name = names.emplace_back(std::string{file().name} + ": " + test.name).c_str();
            all.push_back(test);
        }
    }
    return _cmocka_run_group_tests("jkctl", all.data(), all.size(), nullptr, nullptr) == 0 ? 0 : 1;
}
