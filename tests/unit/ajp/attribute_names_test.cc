// Tests common/ajp/attribute_names (security.md AT-4).
#include "ajp/attribute_names.h"

#include <string_view>

#include "support/check.h"

namespace {

using jk::ajp::is_reserved_attribute;

START_TEST(names_with_a_meaning_are_reserved)
{
    for (const std::string_view name : {"remote_user",
                                        "auth_type",
                                        "stored_method",
                                        "query_string",
                                        "secret",
                                        "context",
                                        "servlet_path",
                                        "route",
                                        "req_attribute",
                                        "ssl_cert",
                                        "ssl_cipher",
                                        "ssl_session",
                                        "ssl_key_size",
                                        "AJP_REMOTE_PORT",
                                        "AJP_LOCAL_ADDR",
                                        "AJP_SSL_PROTOCOL",
                                        "AJP_",
                                        "javax.servlet.include.request_uri",
                                        "jakarta.servlet.request.X509Certificate",
                                        "org.apache.catalina.core.DISPATCHER_TYPE"}) {
        ck_assert_msg(is_reserved_attribute(name), "%s", std::string{name}.c_str());
    }
}
END_TEST

START_TEST(names_in_daily_use_are_not)
{
    for (const std::string_view name :
         {"REMOTE_USER", "SSL_CLIENT_S_DN", "SSL_CIPHER", "Route", "routes", "contexts", "secrets",
          "ajp_remote_port", "JK_LB_ACTIVATION", "javax.servlet", "org.apachefoo", "HTTPS",
          "CERT_ISSUER", "UNIQUE_ID", ""}) {
        ck_assert_msg(!is_reserved_attribute(name), "%s", std::string{name}.c_str());
    }
}
END_TEST

}  // namespace

TCase* attribute_names_tests()
{
    TCase* tests = tcase_create("attribute_names");
    tcase_add_test(tests, names_with_a_meaning_are_reserved);
    tcase_add_test(tests, names_in_daily_use_are_not);
    return tests;
}
