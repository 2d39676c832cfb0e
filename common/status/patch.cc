// A patch is stricter than a form: workers.properties takes "disable", "d" and 1 for `disabled`, and
// a typing error for a stopped member must not start it. Numbers and booleans may be texts, since
// that is what a shell script has.
// Tested by tests/unit/status/patch_test.cc.
#include "status/patch.h"

#include <algorithm>

#include "base/text.h"

namespace jk::status {

namespace {

using Type = BodyMember::Type;

bool is_whole_number(std::string_view text) noexcept
{
    const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
    return !digits.empty() && std::all_of(digits.begin(), digits.end(), is_digit);
}

std::string list_of(std::span<const Choice> choices)
{
    std::string list;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        list += i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ";
        list += choices[i].value;
    }
    return list;
}

bool is_choice(const Input& input, std::string_view text) noexcept
{
    return std::any_of(input.choices.begin(), input.choices.end(),
                       [&](const Choice& choice) { return equals_caseless(choice.value, text); });
}

/// Says what is wrong with a value, empty for nothing.
std::string wrong_with(const BodyMember& given, const Input& input)
{
    const bool is_text = given.type == Type::text;
    switch (input.type) {
    case Input::Type::number:
        return (is_text || given.type == Type::number) && is_whole_number(given.text)
                   ? ""
                   : "is no whole number";
    case Input::Type::flag:
        return given.type == Type::flag ||
                       (is_text && (given.text == "true" || given.text == "false"))
                   ? ""
                   : "is neither true nor false";
    case Input::Type::choice:
        return is_text && is_choice(input, given.text) ? "" : "is not " + list_of(input.choices);
    case Input::Type::text: break;
    }
    return is_text ? "" : "is no text; put it between quotation marks";
}

Change change_of(const BodyMember& given, const Editable& editable, const Location& location)
{
    Change change{.kind = editable.kind, .property = given.name, .value = given.text};
    change.asked_as = given.name;
    if (editable.kind != lb::EditKind::worker) {
        change.balancer = location.balancer;
    }
    if (editable.kind != lb::EditKind::balancer) {
        change.worker = location.worker;
    }
    return change;
}

}  // namespace

Patch read_patch(const std::vector<BodyMember>& members, const Location& location,
                 const Editables& editables)
{
    Patch patch;
    for (const BodyMember& given : members) {
        const Editable* const editable = find(editables, given.name);
        if (editable == nullptr) {
            return {{}, given.name, "cannot be changed here; GET /api/v1/ lists what can"};
        }
        if (std::string remark = wrong_with(given, editable->input); !remark.empty()) {
            return {{}, given.name, std::move(remark)};
        }
        patch.changes.push_back(change_of(given, *editable, location));
    }
    return patch;
}

}  // namespace jk::status
