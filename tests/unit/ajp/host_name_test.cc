// Tests common/ajp/host_name (security.md HD-9).
#include "ajp/host_name.h"

#include <string_view>

#include "support/check.h"

namespace {

using jk::ajp::check_host;

START_TEST(ordinary_hosts_pass)
{
    for (const std::string_view host :
         {"localhost", "a", "www.example.com", "www.example.com.", "xn--bcher-kva.example", "a-b.c",
          "10.0.0.1", "1.example", "example.com:80", "example.com:", "example.com:65535", "[::1]",
          "[::1]:8443", "WWW.Example.COM", ""}) {
        ck_assert_msg(check_host(host).has_value(), "%s", std::string{host}.c_str());
    }
}
END_TEST

START_TEST(what_a_container_refuses_is_named)
{
    struct Case {
        std::string_view host, word;
    };
    for (const Case& one : {
             Case{"my_host", "letters"},
             Case{"a.my_host.example:80", "letters"},
             Case{"ex ample", "letters"},
             Case{"ex@mple", "letters"},
             Case{"caf\xc3\xa9.example", "letters"},
             Case{"-a.example", "hyphen"},
             Case{"a-.example", "hyphen"},
             Case{"a.example-", "hyphen"},
             Case{"a..example", "empty"},
             Case{".example", "empty"},
             Case{"example..", "empty"},
             Case{".", "empty"},
             Case{":80", "empty"},
             Case{"example:80a", "port"},
             Case{"example:65536", "port"},
             Case{"example:-1", "port"},
             Case{"example:80:81", "port"},
             Case{"[::1", "letters"},
             Case{"[::1]80", "follows"},
             Case{"[::1]:x", "port"},
         }) {
        const jk::Result<void> checked = check_host(one.host);
        ck_assert_msg(!checked.has_value(), "%s", std::string{one.host}.c_str());
        ck_assert_msg(checked.error().text.find(one.word) != std::string_view::npos, "%s",
                      std::string{one.host}.c_str());
    }
}
END_TEST

}  // namespace

TCase* host_name_tests()
{
    TCase* tests = tcase_create("host_name");
    tcase_add_test(tests, ordinary_hosts_pass);
    tcase_add_test(tests, what_a_container_refuses_is_named);
    return tests;
}
