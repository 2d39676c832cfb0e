// Tests common/base/complaint.
#include "base/complaint.h"

#include "support/check.h"

namespace {

START_TEST(one_error_among_others_counts)
{
    ck_assert(!jk::has_error({}));
    ck_assert(!jk::has_error({{jk::Severity::note, {}, "a"}, {jk::Severity::warning, {}, "b"}}));
    ck_assert(jk::has_error({{jk::Severity::note, {}, "a"}, {jk::Severity::error, {}, "b"}}));
}
END_TEST

START_TEST(names_its_place)
{
    ck_assert_text_eq(jk::to_text(jk::Place{"w.properties", 12}), "w.properties:12");
    ck_assert_text_eq(jk::to_text(jk::Place{"w.properties", 0}), "w.properties");
    ck_assert_text_eq(jk::to_text(jk::Complaint{jk::Severity::error, {"w", 4294967295U}, "no"}),
                      "w:4294967295: no");
    ck_assert_text_eq(jk::to_text(jk::Complaint{jk::Severity::error, {}, "no"}), "no");
}
END_TEST

}  // namespace

TCase* complaint_tests()
{
    TCase* tests = tcase_create("complaint");
    tcase_add_test(tests, one_error_among_others_counts);
    tcase_add_test(tests, names_its_place);
    return tests;
}
