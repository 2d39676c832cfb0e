// Tests common/conf/statement_checks. The sentences as a whole: properties_test.cc.
#include "conf/statement_checks.h"

#include <array>

#include "support/check.h"

namespace {

using namespace jk::conf;

struct NameCase {
    std::string_view name;
    std::string_view owner;
    std::string_view last;
    bool is_misplaced;
};
constexpr std::array name_cases{
    NameCase{"worker.list", "", "list", false},
    NameCase{"worker.maintain", "", "maintain", false},
    NameCase{"worker.w.list", "w", "list", true},
    NameCase{"worker.w.port", "w", "port", false},
    NameCase{"worker.a.b.port", "a.b", "port", false},
    NameCase{"worker.port", "", "port", true},
    NameCase{"worker..port", "", "port", true},
    NameCase{"worker.", "", "", true},
    NameCase{"other", "", "other", true},
    NameCase{"other.w.port", "", "port", true},
};

START_TEST(takes_names_apart)
{
    const NameCase& row = name_cases.at(static_cast<std::size_t>(_i));
    ck_assert_text_eq(owner_of(row.name), row.owner);
    ck_assert_text_eq(last_part(row.name), row.last);
    ck_assert(misplaced_property(row.name).empty() != row.is_misplaced);
}
END_TEST

START_TEST(keeps_values_out_of_sight)
{
    for (const std::string_view line : {"worker.w.secret hidden", "worker.w.secret:hidden",
                                        "worker.w.secret\thidden", "=hidden"}) {
        ck_assert(ignored_line(line).find("hidden") == std::string::npos);
    }
    ck_assert(ignored_line("novalue").starts_with("the line \"novalue\" is ignored"));
}
END_TEST

START_TEST(suggests_the_nearest)
{
    ck_assert_text_eq(
        unknown_property("worker.lb.balance_worker"),
        "worker.lb.balance_worker: there is no property \"balance_worker\"; did you mean "
        "balance_workers?");
    ck_assert_text_eq(unknown_property("worker.w.bogus"),
                      "worker.w.bogus: there is no property \"bogus\"; remove the line");
}
END_TEST

START_TEST(knows_quotes)
{
    ck_assert(is_quoted("\"a\""));
    ck_assert(is_quoted("'a'"));
    ck_assert(!is_quoted("\""));
    ck_assert(!is_quoted("\"a'"));
    ck_assert(!is_quoted("a"));
    ck_assert(!is_quoted(""));
}
END_TEST

}  // namespace

TCase* statement_checks_tests()
{
    TCase* tests = tcase_create("statement_checks");
    tcase_add_loop_test(tests, takes_names_apart, 0, static_cast<int>(name_cases.size()));
    tcase_add_test(tests, keeps_values_out_of_sight);
    tcase_add_test(tests, suggests_the_nearest);
    tcase_add_test(tests, knows_quotes);
    return tests;
}
