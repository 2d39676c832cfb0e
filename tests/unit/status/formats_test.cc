// Tests common/status/formats.
#include "status/formats.h"

#include "support/check.h"

namespace {

using jk::status::find_format;

START_TEST(names_and_types)
{
    ck_assert_uint_eq(jk::status::formats().size(), 4);
    ck_assert_text_eq(find_format("html")->content_type, "text/html; charset=utf-8");
    ck_assert_text_eq(find_format("xml")->content_type, "text/xml");
    ck_assert_text_eq(find_format("txt")->content_type, "text/plain");
    ck_assert_text_eq(find_format("prop")->content_type, "text/plain");
}
END_TEST

START_TEST(names_are_exact)
{
    ck_assert_ptr_null(find_format("XML"));
    ck_assert_ptr_null(find_format(""));
    ck_assert_ptr_null(find_format("json"));
    ck_assert_text_eq(jk::status::fallback_format().name, "prop");
}
END_TEST

}  // namespace

TCase* formats_tests()
{
    TCase* tests = tcase_create("formats");
    tcase_add_test(tests, names_and_types);
    tcase_add_test(tests, names_are_exact);
    return tests;
}
