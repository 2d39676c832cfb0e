// Tests common/status/legacy_names.
#include "status/legacy_names.h"

#include <array>

#include "support/check.h"

namespace {

using jk::status::Dialect;
using jk::status::Query;

struct DialectCase {
    std::string_view query;
    Dialect dialect;
    bool wants_line;
};
constexpr std::array dialect_cases{
    DialectCase{"w=lb&vlr=3", Dialect::current, false},
    DialectCase{"w=lb&vlr=3&lr=3", Dialect::current, false},
    DialectCase{"w=lb&att=vwf&val0=3&wf=1", Dialect::current, false},
    DialectCase{"w=lb", Dialect::current, false},
    DialectCase{"w=lb&sw=a&x=1", Dialect::current, false},
    DialectCase{"w=lb&lr=3&lt=70&ls=true&lf=false", Dialect::old, true},
    DialectCase{"w=lb&lm=b", Dialect::old, false},
    DialectCase{"w=lb&sw=a&wf=2", Dialect::old, false},
    DialectCase{"w=lb&sw=a&lr=2", Dialect::old, false},
    DialectCase{"w=a&l=lb&wf=2", Dialect::old_member, true},
    DialectCase{"w=a&l=lb&ws=true", Dialect::old_member, true},
    DialectCase{"w=a&l=lb", Dialect::current, false},
};

START_TEST(dialects)
{
    const DialectCase& row = dialect_cases.at(static_cast<std::size_t>(_i));
    const Query query{row.query};
    const Dialect dialect = jk::status::dialect_of(query);
    ck_assert(dialect == row.dialect);
    ck_assert_int_eq(jk::status::wants_plain_line(dialect, query), row.wants_line);
}
END_TEST

START_TEST(a_member_changes_places_with_its_balancer)
{
    const Query query{"w=a&l=lb&wf=2"};
    const auto page = in_place(page_of(query), Dialect::old_member, query);
    ck_assert_text_eq(page.worker.value(), "lb");
    ck_assert_text_eq(page.member.value(), "a");
    const auto same = in_place(page_of(query), Dialect::old, query);
    ck_assert_text_eq(same.worker.value(), "a");
    ck_assert(!same.member);
}
END_TEST

struct ActivationCase {
    std::string_view query;
    std::string_view value;  ///< empty: nothing is said
    std::string_view asked_as;
};
constexpr std::array activation_cases{
    ActivationCase{"wf=1", "", ""},
    ActivationCase{"wd=true", "disabled", "wd"},
    ActivationCase{"wd=false", "active", "wd"},
    ActivationCase{"ws=true&wd=true", "stopped", "ws"},
    ActivationCase{"ws=false&wd=true", "disabled", "wd"},
    ActivationCase{"ws=false&wd=false", "active", "wd"},
    ActivationCase{"ws=false", "active", "ws"},
    ActivationCase{"ws=zzz&wd=true", "zzz", "ws"},
};

START_TEST(activations_in_two_booleans)
{
    const ActivationCase& row = activation_cases.at(static_cast<std::size_t>(_i));
    const auto activation = jk::status::old_activation(Query{row.query});
    ck_assert_int_eq(activation.has_value(), !row.value.empty());
    if (activation) {
        ck_assert_text_eq(activation->value, row.value);
        ck_assert_text_eq(activation->asked_as, row.asked_as);
    }
}
END_TEST

}  // namespace

TCase* legacy_names_tests()
{
    TCase* tests = tcase_create("legacy_names");
    tcase_add_loop_test(tests, dialects, 0, static_cast<int>(dialect_cases.size()));
    tcase_add_test(tests, a_member_changes_places_with_its_balancer);
    tcase_add_loop_test(tests, activations_in_two_booleans, 0,
                        static_cast<int>(activation_cases.size()));
    return tests;
}
