// Tests common/conf/status_properties.
#include "conf/status_properties.h"

#include "conf/built.h"
#include "conf/rows.h"
#include "support/check.h"

namespace {

jk::conf::StatusSettings settings_of(const std::string& lines)
{
    return jk::test::build("worker.list=st\nworker.st.type=status\n" + lines)
        .workers.status.at(0)
        .settings;
}

START_TEST(rows_are_sound)
{
    ck_assert_text_eq(jk::test::fault_of(jk::conf::status_properties()), "");
}
END_TEST

START_TEST(a_minus_stands_for_nothing)
{
    ck_assert_text_eq(settings_of("worker.st.ns=-").ns, "");
    ck_assert_text_eq(settings_of("worker.st.xmlns=-none").xmlns, "");
    ck_assert_text_eq(settings_of("worker.st.ns=x:").ns, "x:");
    ck_assert_text_eq(settings_of("worker.st.doctype=-x").doctype, "-x");
}
END_TEST

START_TEST(lists_add_up)
{
    const auto settings = settings_of("worker.st.user=bob\nworker.st.user=eve,joe");
    ck_assert_uint_eq(settings.user.size(), 3);
    ck_assert_text_eq(settings.user[2], "joe");
}
END_TEST

}  // namespace

TCase* status_properties_tests()
{
    TCase* tests = tcase_create("status_properties");
    tcase_add_test(tests, rows_are_sound);
    tcase_add_test(tests, a_minus_stands_for_nothing);
    tcase_add_test(tests, lists_add_up);
    return tests;
}
