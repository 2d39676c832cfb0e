// Tests common/status/inputs.
#include "status/inputs.h"

#include <set>

#include "status/edit_names.h"
#include "support/check.h"

namespace {

using jk::status::Input;

std::vector<Input> all_inputs()
{
    std::vector<Input> all = jk::status::balancer_inputs({});
    for (const auto& make : {jk::status::member_inputs, jk::status::connection_inputs}) {
        const std::vector<Input> more = make(jk::conf::AjpSettings{});
        all.insert(all.end(), more.begin(), more.end());
    }
    return all;
}

Input input_of(std::string_view parameter)
{
    for (Input& input : all_inputs()) {
        if (input.parameter == parameter) {
            return std::move(input);
        }
    }
    ck_abort_msg("there is no input %.*s", static_cast<int>(parameter.size()), parameter.data());
}

START_TEST(everything_that_can_be_changed_has_one)
{
    std::set<std::string_view> parameters;
    for (const Input& input : all_inputs()) {
        ck_assert(parameters.insert(input.parameter).second);
        ck_assert(!input.label.empty() && !input.help.empty() && !input.property.empty());
    }
    ck_assert_uint_eq(parameters.size(), jk::status::edit_names().size());
    for (const jk::status::EditName& name : jk::status::edit_names()) {
        ck_assert_uint_eq(parameters.count(name.name), 1);
    }
}
END_TEST

START_TEST(types_follow_from_the_settings)
{
    ck_assert(input_of("vlr").type == Input::Type::number);
    ck_assert(input_of("varo").type == Input::Type::number);
    ck_assert(input_of("vls").type == Input::Type::flag);
    ck_assert(input_of("vwn").type == Input::Type::text);
    ck_assert(input_of("vwa").type == Input::Type::choice);
    ck_assert_uint_eq(input_of("vwa").choices.size(), 3);
    ck_assert_uint_eq(input_of("vlm").choices.size(), 5);
    ck_assert_uint_eq(input_of("vll").choices.size(), 2);
}
END_TEST

START_TEST(limits_are_those_of_an_edit)
{
    ck_assert_int_eq(input_of("vlr").least, 1);
    ck_assert_int_eq(input_of("vlee").least, 0);
    ck_assert_int_eq(input_of("vaprt").most, 65535);
    ck_assert_int_eq(input_of("vwn").most, 63);
    for (const std::string_view pause : {"vlri", "vari", "vacpi"}) {
        ck_assert_int_eq(input_of(pause).least, 1);
    }
    ck_assert_int_eq(input_of("vwd").least, 0);
    ck_assert_int_eq(input_of("vamps").least, 7169);
    ck_assert_int_eq(input_of("vamps").most, 65536);
}
END_TEST

START_TEST(values_are_those_in_force)
{
    jk::conf::LbSettings lb;
    lb.retries = 7;
    lb.sticky_session = false;
    ck_assert_text_eq(jk::status::balancer_inputs(lb).front().value, "7");
    ck_assert_text_eq(jk::status::balancer_inputs(lb).at(5).value, "False");
    jk::conf::AjpSettings worker;
    worker.activation = jk::conf::Activation::stopped;
    const Input activation = jk::status::member_inputs(worker).front();
    ck_assert_text_eq(activation.value, "STP");
    ck_assert_text_eq(activation.choices.back().shown, "STP");
}
END_TEST

START_TEST(one_of_all_members_is_neither_host_nor_port)
{
    std::size_t count = 0;
    for (const Input& input : jk::status::shared_inputs({})) {
        ck_assert(input.property != "host" && input.property != "port");
        ++count;
    }
    ck_assert_uint_eq(count, 17);
}
END_TEST

}  // namespace

TCase* inputs_tests()
{
    TCase* tests = tcase_create("inputs");
    tcase_add_test(tests, everything_that_can_be_changed_has_one);
    tcase_add_test(tests, types_follow_from_the_settings);
    tcase_add_test(tests, limits_are_those_of_an_edit);
    tcase_add_test(tests, values_are_those_in_force);
    tcase_add_test(tests, one_of_all_members_is_neither_host_nor_port);
    return tests;
}
