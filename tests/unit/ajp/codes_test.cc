// Tests common/ajp/codes.
#include "ajp/codes.h"

#include <array>
#include <string>

#include "support/check.h"

namespace {

using jk::ajp::is_bodyless;
using jk::ajp::method_code;
using jk::ajp::request_header_code;
using jk::ajp::response_header_name;

START_TEST(methods_have_codes)
{
    ck_assert(method_code("OPTIONS") == 1);
    ck_assert(method_code("GET") == 2);
    ck_assert(method_code("HEAD") == 3);
    ck_assert(method_code("POST") == 4);
    ck_assert(method_code("PROPFIND") == 8);
    ck_assert(method_code("VERSION-CONTROL") == 17);
    ck_assert(method_code("SEARCH") == 21);
    ck_assert(method_code("MKACTIVITY") == 27);
}
END_TEST

START_TEST(other_methods_have_none)
{
    for (const std::string_view method : {"get", "PATCH", "QUERY", "CONNECT", "", "GETX", "GE"}) {
        ck_assert(!method_code(method).has_value());
    }
}
END_TEST

struct HeaderCase {
    std::string_view name;
    std::uint16_t code;
};
constexpr std::array request_cases{
    HeaderCase{"Accept", 0xa001},
    HeaderCase{"accept-CHARSET", 0xa002},
    HeaderCase{"Accept-Encoding", 0xa003},
    HeaderCase{"Accept-Language", 0xa004},
    HeaderCase{"Authorization", 0xa005},
    HeaderCase{"Connection", 0xa006},
    HeaderCase{"Content-Type", 0xa007},
    HeaderCase{"CONTENT-LENGTH", 0xa008},
    HeaderCase{"Cookie", 0xa009},
    HeaderCase{"Cookie2", 0xa00a},
    HeaderCase{"host", 0xa00b},
    HeaderCase{"Pragma", 0xa00c},
    HeaderCase{"Referer", 0xa00d},
    HeaderCase{"User-Agent", 0xa00e},
};

START_TEST(request_headers_have_codes)
{
    const HeaderCase& row = request_cases.at(static_cast<std::size_t>(_i));
    ck_assert(request_header_code(row.name) == row.code);
    ck_assert(!request_header_code(std::string{row.name} + "x").has_value());
    ck_assert(!request_header_code(row.name.substr(1)).has_value());
}
END_TEST

START_TEST(other_request_headers_have_none)
{
    for (const std::string_view name : {"", "X", "Content_Type", "Date", "Set-Cookie"}) {
        ck_assert(!request_header_code(name).has_value());
    }
}
END_TEST

START_TEST(response_codes_have_names)
{
    ck_assert_text_eq(response_header_name(0xa001).value_or("-"), "Content-Type");
    ck_assert_text_eq(response_header_name(0xa002).value_or("-"), "Content-Language");
    ck_assert_text_eq(response_header_name(0xa003).value_or("-"), "Content-Length");
    ck_assert_text_eq(response_header_name(0xa006).value_or("-"), "Location");
    ck_assert_text_eq(response_header_name(0xa007).value_or("-"), "Set-Cookie");
    ck_assert_text_eq(response_header_name(0xa00b).value_or("-"), "WWW-Authenticate");
}
END_TEST

START_TEST(every_other_number_has_none)
{
    for (unsigned code = 0; code <= 0xffff; ++code) {
        const bool is_known = code > 0xa000 && code < 0xa00c;
        ck_assert(response_header_name(static_cast<std::uint16_t>(code)).has_value() == is_known);
    }
}
END_TEST

struct BodyCase {
    std::string_view method;
    std::uint16_t status;
    bool is_bodyless;
};
constexpr std::array body_cases{
    BodyCase{"GET", 200, false}, BodyCase{"GET", 204, true},  BodyCase{"GET", 205, true},
    BodyCase{"POST", 304, true}, BodyCase{"HEAD", 200, true}, BodyCase{"head", 200, false},
    BodyCase{"GET", 206, false},
};

START_TEST(some_responses_have_no_body)
{
    const BodyCase& row = body_cases.at(static_cast<std::size_t>(_i));
    ck_assert(is_bodyless(row.method, row.status) == row.is_bodyless);
}
END_TEST

}  // namespace

TCase* codes_tests()
{
    TCase* tests = tcase_create("codes");
    tcase_add_test(tests, methods_have_codes);
    tcase_add_test(tests, other_methods_have_none);
    tcase_add_loop_test(tests, request_headers_have_codes, 0,
                        static_cast<int>(request_cases.size()));
    tcase_add_test(tests, other_request_headers_have_none);
    tcase_add_test(tests, response_codes_have_names);
    tcase_add_test(tests, every_other_number_has_none);
    tcase_add_loop_test(tests, some_responses_have_no_body, 0, static_cast<int>(body_cases.size()));
    return tests;
}
