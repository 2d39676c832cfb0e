// Tests common/status/edit_names.
#include "status/edit_names.h"

#include <set>
#include <string>

#include "conf/settings.h"
#include "lb/edited_settings.h"
#include "support/check.h"

namespace {

using jk::lb::EditKind;
using jk::status::EditName;

/// True where the property can be edited, whatever its values are.
bool is_known(const EditName& row)
{
    jk::conf::LbSettings lb;
    jk::conf::AjpSettings ajp;
    const std::string property{row.property};
    for (const char* const value : {"1", "x"}) {
        const auto result = row.kind == EditKind::balancer
                                ? jk::lb::set_edited(lb, property, value)
                                : jk::lb::set_edited(row.kind, ajp, property, value);
        if (result.is_set) {
            return true;
        }
    }
    return property == "max_packet_size";  // for which 1 is too small
}

START_TEST(each_row_is_of_a_property_that_can_be_edited)
{
    std::set<std::string_view> names;
    for (const EditName& row : jk::status::edit_names()) {
        ck_assert_msg(is_known(row), "%s", std::string{row.property}.c_str());
        ck_assert(names.insert(row.name).second);
        ck_assert(row.old_name.empty() || names.insert(row.old_name).second);
        const std::string_view begin = row.kind == EditKind::balancer ? "vl"
                                       : row.kind == EditKind::member ? "vw"
                                                                      : "va";
        ck_assert(row.name.starts_with(begin));
    }
    ck_assert_uint_eq(jk::status::edit_names().size(), 9 + 6 + 13);
}
END_TEST

START_TEST(names_are_found)
{
    ck_assert_text_eq(jk::status::find_edit_name("vwf")->property, "lbfactor");
    ck_assert_ptr_null(jk::status::find_edit_name("wf"));
    ck_assert_ptr_null(jk::status::find_edit_name(""));
    ck_assert_ptr_null(jk::status::find_edit_name("VWF"));
}
END_TEST

START_TEST(places_and_balancers_are_set_one_by_one)
{
    for (const EditName& row : jk::status::edit_names()) {
        const bool is_single =
            row.kind == EditKind::balancer || row.name == "vahst" || row.name == "vaprt";
        ck_assert_int_eq(jk::status::may_be_set_for_all(row), !is_single);
    }
}
END_TEST

}  // namespace

TCase* edit_names_tests()
{
    TCase* tests = tcase_create("edit_names");
    tcase_add_test(tests, each_row_is_of_a_property_that_can_be_edited);
    tcase_add_test(tests, names_are_found);
    tcase_add_test(tests, places_and_balancers_are_set_one_by_one);
    return tests;
}
