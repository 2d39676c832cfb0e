// Doubts about arguments of directives: what is said, and that nothing is said of good ones.
#include "site/arguments.h"

#include <string>

#include "support/check.h"

namespace {

using jk::Complaints;
using jk::Severity;
using jk::site::check_argument;
using jk::site::seconds_of;

/// "file:line: text" of the one complaint; empty where there is none.
std::string doubt(std::string_view directive, std::string_view argument)
{
    Complaints complaints;
    check_argument(directive, argument, {"httpd.conf", 7}, complaints);
    ck_assert_uint_le(complaints.size(), 1);
    return complaints.empty() ? "" : to_text(complaints[0]);
}

struct Good {
    std::string_view directive, argument;
};
constexpr Good good_arguments[] = {
    {"JkLogLevel", "debug"},
    {"jkloglevel", "EMERG"},
    {"JkMountFileReload", "0"},
    {"JkWatchdogInterval", "60"},
    {"JkShmSize", "1048576"},
    {"JkEnvVar", "REMOTE_USER"},
    {"JkEnvVar", "SSL_CLIENT_S_DN"},
    {"JkOptions", "+ForwardKeySize"},
    {"JkRequestLogFormat", "%b%B%H%m%p%q%r%R%s%T%U%v%V%w \\n \\x \\"},
    {"JkRequestLogFormat", ""},
    {"JkRequestLogFormat", "plain \\\\"},
    {"JkMount", "/x"},
    {"Unknown", "x"},
};

START_TEST(good_arguments_pass)
{
    const Good& one = good_arguments[_i];
    ck_assert_str_eq(doubt(one.directive, one.argument).c_str(), "");
}
END_TEST

struct Doubtful {
    std::string_view directive, argument, says;
};
constexpr Doubtful doubtful_arguments[] = {
    {"JkLogLevel", "debgu", "httpd.conf:7: JkLogLevel \"debgu\" is none of"},
    {"JkLogLevel", "warning", "info is used"},
    {"JkLogLevel", "warm", "did you mean \"warn\"?"},
    {"JkMountFileReload", "1m", "no whole number; it is read as 1"},
    {"JkMountFileReload", "-1", "read as 0"},
    {"JkWatchdogInterval", "often", "read as 0"},
    {"JkWatchdogInterval", "99999999999", ""},
    {"JkShmSize", "large", "has no effect"},
    {"JkEnvVar", "remote_user", "is not sent"},
    {"JkEnvVar", "AJP_REMOTE_PORT", "use another one"},
    {"JkOptions", "+CollapseSlashesAll", "can be taken out"},
    {"JkOptions", "collapseslashesnone", "no effect any more"},
    {"JkRequestLogFormat", "%w %%", "there is no request log"},
    {"JkRequestLogFormat", "%", "followed by none of"},
    {"JkRequestLogFormat", "\\\\%x", "followed by none of"},
};

START_TEST(doubtful_ones_are_named)
{
    const Doubtful& one = doubtful_arguments[_i];
    const std::string said = doubt(one.directive, one.argument);
    ck_assert_msg(said.find(one.says) != std::string::npos, "%s", said.c_str());
    ck_assert(said.empty() == one.says.empty());
}
END_TEST

START_TEST(a_request_log_that_cannot_be_made_is_an_error)
{
    Complaints complaints;
    check_argument("JkRequestLogFormat", "%y", {}, complaints);
    check_argument("JkLogLevel", "y", {}, complaints);
    ck_assert(complaints[0].severity == Severity::error);
    ck_assert(complaints[1].severity == Severity::warning);
}
END_TEST

START_TEST(seconds_are_the_leading_digits)
{
    ck_assert_int_eq(seconds_of("60"), 60);
    ck_assert_int_eq(seconds_of(" 5s"), 5);
    ck_assert_int_eq(seconds_of("-3"), 0);
    ck_assert_int_eq(seconds_of("x"), 0);
    ck_assert_int_eq(seconds_of("99999999999"), 2147483647);
    ck_assert_int_eq(seconds_of("99999999999999999999"), 0);
}
END_TEST

}  // namespace

TCase* arguments_tests()
{
    TCase* tests = tcase_create("arguments");
    tcase_add_loop_test(tests, good_arguments_pass, 0, static_cast<int>(std::size(good_arguments)));
    tcase_add_loop_test(tests, doubtful_ones_are_named, 0,
                        static_cast<int>(std::size(doubtful_arguments)));
    tcase_add_test(tests, a_request_log_that_cannot_be_made_is_an_error);
    tcase_add_test(tests, seconds_are_the_leading_digits);
    return tests;
}
