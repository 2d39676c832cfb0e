// Inputs from rows: parameters from the edit names, labels from the fields, limits, help and type from
// the properties.
// Tested by tests/unit/status/inputs_test.cc.
#include "status/inputs.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <type_traits>
#include <variant>

#include "conf/ajp_properties.h"
#include "conf/lb_properties.h"
#include "status/edit_names.h"
#include "status/fields.h"

namespace jk::status {

namespace {

constexpr std::array<Choice, 3> activations{{
    {"active", "ACT"},
    {"disabled", "DIS"},
    {"stopped", "STP"},
}};
constexpr std::array<Choice, 5> methods{{
    {"Request", "Request"},
    {"Traffic", "Traffic"},
    {"Busyness", "Busyness"},
    {"Sessions", "Sessions"},
    {"Next", "Next"},
}};
constexpr std::array<Choice, 2> locks{{
    {"Optimistic", "Optimistic"},
    {"Pessimistic", "Pessimistic"},
}};

template <class Code> constexpr std::span<const Choice> choices_of() noexcept
{
    if constexpr (std::is_same_v<Code, conf::Activation>) {
        return activations;
    } else if constexpr (std::is_same_v<Code, conf::Method>) {
        return methods;
    } else if constexpr (std::is_same_v<Code, conf::Lock>) {
        return locks;
    } else {
        return {};
    }
}

template <class Code> constexpr Input::Type type_of() noexcept
{
    if constexpr (std::is_same_v<Code, bool>) {
        return Input::Type::flag;
    } else if constexpr (std::is_integral_v<Code>) {
        return Input::Type::number;
    } else {
        return choices_of<Code>().empty() ? Input::Type::text : Input::Type::choice;
    }
}

/// What the setting is called where it is shown.
std::string_view label_of(const EditName& name) noexcept
{
    const bool is_balancer = name.kind == lb::EditKind::balancer;
    for (const Field& field : fields_of(is_balancer ? Kind::balancer : Kind::member)) {
        if (field.name == name.property) {
            return field.title;
        }
    }
    assert(name.property == "retry_interval");  // the only one that can be changed and is not shown
    return "Retry interval (ms)";
}

/// Requires: there is a property of that name.
template <class Settings>
Input make_input(const EditName& name, std::span<const conf::PropertySpec<Settings>> properties,
                 const Settings& settings)
{
    const auto is_named = [&name](const auto& property) { return property.name == name.property; };
    const auto found = std::find_if(properties.begin(), properties.end(), is_named);
    assert(found != properties.end());
    Input input;
    input.parameter = name.name;
    input.property = name.property;
    input.label = label_of(name);
    input.help = found->help;
    input.least = std::max(found->limits.least, found->limits.least_edited);
    input.most = std::min(found->limits.most, found->limits.most_edited);
    input.value = conf::get(*found, settings);
    const auto look_at = [&input]<class Code>(Code Settings::* /*field*/) {
        input.type = type_of<Code>();
        input.choices = choices_of<Code>();
    };
    std::visit(look_at, found->field);
    return input;
}

template <class Settings>
std::vector<Input> make_inputs(lb::EditKind kind,
                               std::span<const conf::PropertySpec<Settings>> properties,
                               const Settings& settings)
{
    std::vector<Input> inputs;
    for (const EditName& name : edit_names()) {
        if (name.kind == kind) {
            inputs.push_back(make_input(name, properties, settings));
        }
    }
    return inputs;
}

}  // namespace

std::vector<Input> balancer_inputs(const conf::LbSettings& settings)
{
    return make_inputs(lb::EditKind::balancer, conf::lb_properties(), settings);
}

std::vector<Input> member_inputs(const conf::AjpSettings& settings)
{
    return make_inputs(lb::EditKind::member, conf::ajp_properties(), settings);
}

std::vector<Input> connection_inputs(const conf::AjpSettings& settings)
{
    return make_inputs(lb::EditKind::worker, conf::ajp_properties(), settings);
}

std::vector<Input> shared_inputs(const conf::AjpSettings& settings)
{
    std::vector<Input> inputs;
    for (const auto& make : {member_inputs, connection_inputs}) {
        for (Input& input : make(settings)) {
            if (may_be_set_for_all(*find_edit_name(input.parameter))) {
                inputs.push_back(std::move(input));
            }
        }
    }
    return inputs;
}

}  // namespace jk::status
