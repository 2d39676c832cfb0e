// Tests common/status/patch.
#include "status/patch.h"

#include <array>

#include "support/check.h"

namespace {

using namespace jk::status;
using jk::lb::EditKind;
using Type = BodyMember::Type;

Patch patch_of_member(const std::vector<BodyMember>& members)
{
    return read_patch(members, *locate("balancers/lb/members/m"), editables_of_member({}));
}

START_TEST(each_property_becomes_an_edit_of_its_owner)
{
    const Patch patch = patch_of_member({{"activation", Type::text, "disabled"},
                                         {"lbfactor", Type::number, "3"},
                                         {"reply_timeout", Type::number, "5000"}});
    ck_assert_text_eq(patch.remark, "");
    ck_assert_uint_eq(patch.changes.size(), 3);
    const Change& own = patch.changes[0];
    ck_assert(own.kind == EditKind::member && own.action == Action::edit);
    ck_assert_text_eq(own.balancer, "lb");
    ck_assert_text_eq(own.worker, "m");
    ck_assert_text_eq(own.property, "activation");
    ck_assert_text_eq(own.value, "disabled");
    ck_assert_text_eq(own.asked_as, "activation");
    const Change& in_all_balancers = patch.changes[2];
    ck_assert(in_all_balancers.kind == EditKind::worker);
    ck_assert_text_eq(in_all_balancers.balancer, "");
    ck_assert_text_eq(in_all_balancers.worker, "m");
}
END_TEST

START_TEST(a_balancer_is_named_alone)
{
    const Patch patch = read_patch({{"sticky_session", Type::flag, "false"}},
                                   *locate("balancers/lb"), editables_of_balancer({}));
    ck_assert_uint_eq(patch.changes.size(), 1);
    ck_assert(patch.changes[0].kind == EditKind::balancer);
    ck_assert_text_eq(patch.changes[0].worker, "");
}
END_TEST

struct Case {
    BodyMember given;
    bool is_taken;
};
const std::array cases{
    Case{{"lbfactor", Type::number, "2"}, true},
    Case{{"lbfactor", Type::number, "-2"}, true},  // whose limits the property has
    Case{{"lbfactor", Type::text, "2"}, true},
    Case{{"lbfactor", Type::number, "2.0"}, false},
    Case{{"lbfactor", Type::number, "1e3"}, false},
    Case{{"lbfactor", Type::text, "2k"}, false},
    Case{{"lbfactor", Type::text, ""}, false},
    Case{{"lbfactor", Type::text, "-"}, false},
    Case{{"lbfactor", Type::flag, "true"}, false},
    Case{{"lbfactor", Type::null, ""}, false},
    Case{{"lbfactor", Type::nested, ""}, false},
    Case{{"activation", Type::text, "Stopped"}, true},
    Case{{"activation", Type::text, "stoped"}, false},
    Case{{"activation", Type::text, "d"}, false},
    Case{{"activation", Type::number, "1"}, false},
    Case{{"route", Type::text, ""}, true},
    Case{{"route", Type::number, "1"}, false},
    Case{{"secret", Type::text, "x"}, false},
    Case{{"socket_timeout", Type::number, "1"}, false},
    Case{{"sticky_session", Type::flag, "true"}, false},
    Case{{"", Type::text, "x"}, false},
};

START_TEST(values_have_the_type_of_their_property)
{
    const Case& row = cases.at(static_cast<std::size_t>(_i));
    const Patch patch = patch_of_member({{"distance", Type::number, "0"}, row.given});
    ck_assert_uint_eq(patch.changes.size(), row.is_taken ? 2 : 0);
    ck_assert(patch.remark.empty() == row.is_taken);
    ck_assert(patch.refused_property.has_value() != row.is_taken);
    ck_assert_text_eq(patch.refused_property.value_or(row.given.name), row.given.name);
}
END_TEST

START_TEST(booleans_may_be_texts)
{
    for (const auto& [given, is_taken] :
         {std::pair{BodyMember{"sticky_session", Type::text, "false"}, true},
          std::pair{BodyMember{"sticky_session", Type::flag, "true"}, true},
          std::pair{BodyMember{"sticky_session", Type::text, "no"}, false},
          std::pair{BodyMember{"sticky_session", Type::number, "0"}, false}}) {
        const Patch patch = read_patch({given}, *locate("balancers/lb"), editables_of_balancer({}));
        ck_assert_uint_eq(patch.changes.size(), is_taken ? 1 : 0);
    }
}
END_TEST

START_TEST(a_refusal_says_what_would_do)
{
    const Patch patch = patch_of_member({{"activation", Type::text, "on"}});
    ck_assert_text_eq(patch.remark, "is not active, disabled or stopped");
}
END_TEST

START_TEST(every_property_fits_into_a_body)
{
    const auto fits = [](const Editables& all) { return all.size() <= most_body_members; };
    ck_assert(fits(editables_of_member({})) && fits(editables_of_balancer({})));
}
END_TEST

}  // namespace

TCase* patch_tests()
{
    TCase* const tests = tcase_create("patch");
    tcase_add_test(tests, each_property_becomes_an_edit_of_its_owner);
    tcase_add_test(tests, a_balancer_is_named_alone);
    tcase_add_loop_test(tests, values_have_the_type_of_their_property, 0, cases.size());
    tcase_add_test(tests, booleans_may_be_texts);
    tcase_add_test(tests, a_refusal_says_what_would_do);
    tcase_add_test(tests, every_property_fits_into_a_body);
    return tests;
}
