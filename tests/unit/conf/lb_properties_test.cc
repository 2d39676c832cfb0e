// Tests common/conf/lb_properties.
#include "conf/lb_properties.h"

#include "conf/built.h"
#include "conf/rows.h"
#include "support/check.h"

namespace {

jk::conf::LbSettings settings_of(const std::string& lines)
{
    return jk::test::build("worker.list=lb\nworker.lb.type=lb\n" + lines).workers.lb.at(0).settings;
}

START_TEST(rows_are_sound)
{
    ck_assert_text_eq(jk::test::fault_of(jk::conf::lb_properties()), "");
}
END_TEST

START_TEST(escalation_follows_the_recover_time)
{
    ck_assert_int_eq(settings_of("").error_escalation_time, 30);
    ck_assert_int_eq(settings_of("worker.lb.recover_time=11").error_escalation_time, 5);
    ck_assert_int_eq(settings_of("worker.lb.recover_time=0").error_escalation_time, 0);
    ck_assert_int_eq(settings_of("worker.lb.error_escalation_time=0").error_escalation_time, 0);
}
END_TEST

START_TEST(takes_members_by_their_old_name)
{
    ck_assert_uint_eq(settings_of("worker.lb.balanced_workers=a,b").balance_workers.size(), 2);
    const auto settings =
        settings_of("worker.lb.balanced_workers=a,b\nworker.lb.balance_workers=c");
    ck_assert_uint_eq(settings.balance_workers.size(), 1);
    ck_assert_text_eq(settings.balance_workers.at(0), "c");
}
END_TEST

}  // namespace

TCase* lb_properties_tests()
{
    TCase* tests = tcase_create("lb_properties");
    tcase_add_test(tests, rows_are_sound);
    tcase_add_test(tests, escalation_follows_the_recover_time);
    tcase_add_test(tests, takes_members_by_their_old_name);
    return tests;
}
