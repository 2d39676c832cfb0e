// Tests common/base/complaint.
#include "base/complaint.h"

#include <string>

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

START_TEST(says_nothing_twice)
{
    using jk::Severity;
    jk::Complaints complaints{{Severity::warning, {"u", 1}, "a"}};
    jk::append(complaints, {{Severity::warning, {"u", 2}, "a"},
                            {Severity::warning, {"u", 1}, "a"},
                            {Severity::warning, {"u", 1}, "b"}});
    jk::drop_repeated(complaints);
    ck_assert_uint_eq(complaints.size(), 3);
    ck_assert_text_eq(jk::to_text(complaints[0]), "u:1: a");
    ck_assert_text_eq(jk::to_text(complaints[1]), "u:2: a");
    ck_assert_text_eq(jk::to_text(complaints[2]), "u:1: b");
}
END_TEST

START_TEST(sorts_by_file_and_line)
{
    using jk::Severity;
    jk::Complaints complaints{
        {Severity::note, {"w", 12}, "a"},   {Severity::error, {"httpd.conf", 3}, "b"},
        {Severity::warning, {"w", 9}, "c"}, {Severity::warning, {"a", 1}, "d"},
        {Severity::error, {"w", 9}, "e"},   {Severity::note, {}, "f"},
        {Severity::note, {"w", 0}, "g"},    {Severity::note, {"httpd.conf", 2}, "h"}};
    jk::sort_by_place(complaints);
    std::string order;
    for (const jk::Complaint& one : complaints) {
        order += one.text;
    }
    ck_assert_text_eq(order, "gceahbdf");
}
END_TEST

}  // namespace

TCase* complaint_tests()
{
    TCase* tests = tcase_create("complaint");
    tcase_add_test(tests, one_error_among_others_counts);
    tcase_add_test(tests, names_its_place);
    tcase_add_test(tests, says_nothing_twice);
    tcase_add_test(tests, sorts_by_file_and_line);
    return tests;
}
