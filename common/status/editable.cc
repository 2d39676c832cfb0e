// The inputs of the forms are the properties of the API: what can be edited is said once, in the
// rows of inputs.cc. Tested by tests/unit/status/editable_test.cc.
#include "status/editable.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "base/text.h"

namespace jk::status {

namespace {

void append(Editables& editables, lb::EditKind kind, std::vector<Input> inputs)
{
    for (Input& input : inputs) {
        editables.push_back({kind, std::move(input)});
    }
}

/// The word of workers.properties for what the status pages show.
std::string_view word_of(const Input& input) noexcept
{
    for (const Choice& choice : input.choices) {
        if (choice.shown == input.value) {
            return choice.value;
        }
    }
    return input.value;
}

void write_value(JsonWriter& json, const Input& input)
{
    switch (input.type) {
    case Input::Type::number: json.bare(input.value); return;
    case Input::Type::flag: json.flag(input.value == "True"); return;
    case Input::Type::choice: json.text(word_of(input)); return;
    case Input::Type::text: json.text(input.value); return;
    }
}

std::string_view name_of(Input::Type type) noexcept
{
    switch (type) {
    case Input::Type::number: return "number";
    case Input::Type::flag: return "boolean";
    case Input::Type::choice: return "choice";
    case Input::Type::text: break;
    }
    return "text";
}

void write_limits(JsonWriter& json, const Input& input)
{
    if (input.type == Input::Type::number && input.least != std::numeric_limits<int>::min()) {
        json.member("min", input.least);
    }
    const bool has_most = input.type == Input::Type::number || input.type == Input::Type::text;
    if (has_most && input.most != std::numeric_limits<int>::max()) {
        json.member("max", input.most);
    }
}

void write_choices(JsonWriter& json, const Input& input)
{
    if (input.type != Input::Type::choice) {
        return;
    }
    json.name("choices");
    json.begin_array();
    for (const Choice& choice : input.choices) {
        json.text(choice.value);
    }
    json.end_array();
}

/// True for the tag with what mod_deflate and mod_brotli append to it, inside the quotes, when they
/// compress the answer.
bool is_compressed(std::string_view given, std::string_view tag) noexcept
{
    const std::string_view begin = tag.substr(0, tag.size() - 1);
    return given.starts_with(begin) &&
           (given.substr(begin.size()) == "-gzip\"" || given.substr(begin.size()) == "-br\"");
}

}  // namespace

Editables editables_of_balancer(const conf::LbSettings& settings)
{
    Editables editables;
    append(editables, lb::EditKind::balancer, balancer_inputs(settings));
    return editables;
}

Editables editables_of_member(const conf::AjpSettings& settings)
{
    Editables editables;
    append(editables, lb::EditKind::member, member_inputs(settings));
    append(editables, lb::EditKind::worker, connection_inputs(settings));
    return editables;
}

Editables editables_of_worker(const conf::AjpSettings& settings)
{
    Editables editables;
    append(editables, lb::EditKind::worker, connection_inputs(settings));
    return editables;
}

const Editable* find(const Editables& editables, std::string_view property) noexcept
{
    const auto found = std::find_if(editables.begin(), editables.end(), [&](const Editable& one) {
        return one.input.property == property;
    });
    return found == editables.end() ? nullptr : &*found;
}

void write_settings(JsonWriter& json, const Editables& editables)
{
    json.begin_object();
    for (const Editable& one : editables) {
        json.name(one.input.property);
        write_value(json, one.input);
    }
    json.end_object();
}

void write_differing(JsonWriter& json, const Editables& editables, const Editables& others)
{
    json.begin_object();
    for (std::size_t i = 0; i < editables.size(); ++i) {
        if (editables[i].input.value != others[i].input.value) {
            json.name(editables[i].input.property);
            write_value(json, editables[i].input);
        }
    }
    json.end_object();
}

void write_description(JsonWriter& json, const Editables& editables)
{
    json.begin_array();
    for (const Editable& one : editables) {
        json.begin_object();
        json.member("name", one.input.property);
        json.member("parameter", one.input.parameter);
        json.member("type", name_of(one.input.type));
        write_choices(json, one.input);
        write_limits(json, one.input);
        json.member("help", one.input.help);
        json.end_object();
    }
    json.end_array();
}

std::string entity_tag(const Editables& editables)
{
    std::string text;
    for (const Editable& one : editables) {
        text += one.input.property;
        text += '=';
        text += one.input.value;
        text += '\n';  // no value holds one
    }
    std::array<char, 16> digits{};
    constexpr int hexadecimal = 16;
    char* const end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                    lb::fingerprint(text), hexadecimal)
                          .ptr;
    return '"' + std::string{digits.data(), end} + '"';
}

bool is_match(std::string_view if_match, std::string_view entity_tag) noexcept
{
    while (const auto one = next_piece(if_match, ", \t")) {
        if (*one == "*" || *one == entity_tag || is_compressed(*one, entity_tag)) {
            return true;
        }
    }
    return false;
}

}  // namespace jk::status
