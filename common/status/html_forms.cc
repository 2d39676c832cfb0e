// Forms: each input has its label and says what it is good for; a flag has a hidden companion before
// it, so that a cleared box is sent too (S5). Tested by tests/unit/status/html_forms_test.cc.
#include "status/html_forms.h"

#include <algorithm>

#include "conf/value.h"
#include "status/field_value.h"
#include "status/inputs.h"

namespace jk::status {

namespace {

void append_hidden(Html& html, std::string_view name, std::string_view value)
{
    html.raw("<input type=\"hidden\" name=\"").text(name).raw("\" value=\"").text(value);
    html.raw("\">\n");
}

/// Everything that `page` keeps, as hidden inputs.
void append_page(Html& html, const Page& page)
{
    for (const Parameter& parameter : parameters_of(page)) {
        append_hidden(html, parameter.name, parameter.value);
    }
}

void begin_change(Html& html, const Document& document, const Page& to)
{
    html.raw("<form method=\"post\" action=\"?\">\n");
    append_page(html, to);
    append_hidden(html, "token", document.token);
}

/// The page with another command, about another worker, that leads back to the one shown now.
Page way_to(std::string_view command, const Subject& subject)
{
    const Document& document = *subject.document;
    Page to = document.page;
    to.command = command;
    to.from = document.is_list ? "list" : "show";
    to.from_member = document.is_list ? std::nullopt : document.page.member;
    to.worker = subject.balancer != nullptr ? subject.balancer->name : subject.worker->name;
    to.member.reset();
    if (subject.member != nullptr) {
        to.member = subject.worker->name;
    }
    return to;
}

std::string_view name_of(const Subject& subject) noexcept
{
    return subject.worker != nullptr ? subject.worker->name : subject.balancer->name;
}

bool may_change(const Document& document) noexcept
{
    return !document.is_read_only() && !document.token.empty();
}

void append_button(Html& html, const Subject& subject, std::string_view command,
                   std::string_view label)
{
    begin_change(html, *subject.document, way_to(command, subject));
    html.raw("<button aria-label=\"").text(label).raw(" ").text(name_of(subject)).raw("\">");
    html.text(label).raw("</button>\n</form>\n");
}

bool has_failed(lb::State state) noexcept
{
    return state == lb::State::error || state == lb::State::probing || state == lb::State::forced;
}

// Inputs.

/// Appends the attributes that every kind of input has. The help is that of the setting, whatever the
/// input is called.
void append_names(Html& html, const Input& input, std::string_view name)
{
    html.raw(" id=\"").text(name).raw("\" name=\"").text(name);
    html.raw("\" aria-describedby=\"help-").text(input.parameter).raw("\"");
}

void append_choices(Html& html, const Input& input, std::string_view name)
{
    html.raw("<select");
    append_names(html, input, name);
    html.raw(">");
    for (const Choice& choice : input.choices) {
        html.raw("<option value=\"").text(choice.value).raw("\"");
        html.raw(choice.shown == input.value ? " selected>" : ">").text(choice.value);
        html.raw("</option>");
    }
    html.raw("</select>");
}

/// What stands in the file may be sent, too, although a change could not be that: without it in the
/// limits a browser sends nothing of the form.
void admit(Input& input, std::string_view value)
{
    const auto number = conf::read_integer(value).value;
    if (number && input.type == Input::Type::number) {
        input.least = static_cast<int>(std::min<std::int64_t>(input.least, *number));
        input.most = static_cast<int>(std::max<std::int64_t>(input.most, *number));
    }
}

/// The inputs of what is in force, with the limits of a form. `view` has it as configured, too, or
/// not; `make` gives the inputs of settings.
template <class View, class Make> std::vector<Input> inputs_of(const View& view, Make make)
{
    std::vector<Input> inputs = make(*view.settings);
    const std::vector<Input> configured =
        make(view.configured == nullptr ? *view.settings : *view.configured);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        admit(inputs[i], inputs[i].value);
        admit(inputs[i], configured[i].value);
    }
    return inputs;
}

void append_number(Html& html, const Input& input, std::string_view name)
{
    html.raw("<input type=\"number\" required");
    append_names(html, input, name);
    html.raw(" min=\"").text(number_value(input.least).text);
    html.raw("\" max=\"").text(number_value(input.most).text);
    html.raw("\" value=\"").text(input.value).raw("\">");
}

void append_flag(Html& html, const Input& input, std::string_view name)
{
    append_hidden(html, name, "0");
    html.raw("<input type=\"checkbox\" value=\"1\"");
    append_names(html, input, name);
    html.raw(input.value == "True" ? " checked>" : ">");
}

void append_text(Html& html, const Input& input, std::string_view name)
{
    html.raw("<input type=\"text\"");
    append_names(html, input, name);
    html.raw(" maxlength=\"").text(number_value(input.most).text);
    html.raw("\" value=\"").text(input.value).raw("\">");
}

void append_input(Html& html, const Input& input, std::string_view name)
{
    switch (input.type) {
    case Input::Type::number: return append_number(html, input, name);
    case Input::Type::text: return append_text(html, input, name);
    case Input::Type::flag: return append_flag(html, input, name);
    case Input::Type::choice: return append_choices(html, input, name);
    }
}

void append_field(Html& html, const Input& input)
{
    html.raw("<p class=\"field\"><label for=\"").text(input.parameter).raw("\">");
    html.text(input.label).raw("</label> ");
    append_input(html, input, input.parameter);
    html.raw(" <small id=\"help-").text(input.parameter).raw("\">").text(input.help);
    html.raw("</small></p>\n");
}

void append_group(Html& html, std::string_view title, const std::vector<Input>& inputs)
{
    html.raw("<fieldset>\n<legend>").text(title).raw("</legend>\n");
    for (const Input& input : inputs) {
        append_field(html, input);
    }
    html.raw("</fieldset>\n");
}

// Forms.

void begin_edit(Html& html, const Document& document, std::string_view title, std::string_view name)
{
    html.raw("<h2>").text(title).raw(" ").text(name).raw("</h2>\n");
    Page to = document.page;
    to.command = "update";
    begin_change(html, document, to);
}

/// The buttons, and the way back.
void end_edit(Html& html, const Page& page)
{
    html.raw("<p class=\"buttons\"><button>Save</button> ").link(way_back(page), "Cancel");
    html.raw("</p>\n</form>\n");
}

/// Appends the same input once for each member, as val0, val1, …; nothing where there is none of
/// that parameter.
void append_member_values(Html& html, const Form& form)
{
    for (std::size_t i = 0; i < form.balancer->members.size(); ++i) {
        const WorkerView& worker = form.balancer->members[i].worker;
        const std::string name = "val" + number_value(i).text;
        for (const Input& input : inputs_of(worker, shared_inputs)) {
            if (input.parameter == form.attribute) {
                html.raw("<p class=\"field\"><label for=\"").text(name).raw("\">");
                html.text(worker.name).raw("</label> ");
                append_input(html, input, name);
                html.raw("</p>\n");
            }
        }
    }
}

/// The label of a parameter that all members have; empty where it has none.
Input shared_input(std::string_view parameter)
{
    for (const Input& input : shared_inputs({})) {
        if (input.parameter == parameter) {
            return input;
        }
    }
    return {};
}

void append_shared_edit(Html& html, const Document& document)
{
    const Form& form = document.form;
    const Input input = shared_input(form.attribute);
    begin_edit(html, document, "Edit the members of balancer", form.balancer->name);
    append_hidden(html, "att", input.parameter);
    html.raw("<fieldset>\n<legend>").text(input.label).raw("</legend>\n<p><small id=\"help-");
    html.text(input.parameter).raw("\">").text(input.help).raw("</small></p>\n");
    append_member_values(html, form);
    html.raw("</fieldset>\n");
    end_edit(html, document.page);
}

}  // namespace

void append_edit(Html& html, const Document& document)
{
    const Form& form = document.form;
    if (!form.attribute.empty()) {
        return append_shared_edit(html, document);
    }
    if (form.member != nullptr) {
        const WorkerView& worker = form.member->worker;
        begin_edit(html, document, "Edit member", worker.name);
        append_group(html, "In balancer " + form.balancer->name, inputs_of(worker, member_inputs));
        append_group(html, "Connections", inputs_of(worker, connection_inputs));
    } else if (form.balancer != nullptr) {
        begin_edit(html, document, "Edit balancer", form.balancer->name);
        append_group(html, "Settings", inputs_of(*form.balancer, balancer_inputs));
    } else {
        begin_edit(html, document, "Edit worker", form.worker->name);
        append_group(html, "Connections", inputs_of(*form.worker, connection_inputs));
    }
    end_edit(html, document.page);
}

void append_actions(Html& html, const Subject& subject)
{
    if (!may_change(*subject.document)) {
        return;
    }
    html.raw("<div class=\"actions\">\n<a href=\"").text(query_of(way_to("edit", subject)));
    html.raw("\" aria-label=\"Edit ").text(name_of(subject)).raw("\">Edit</a>\n");
    append_button(html, subject, "reset", "Reset");
    if (subject.member != nullptr && has_failed(subject.member->state)) {
        append_button(html, subject, "recover", "Recover");
    }
    html.raw("</div>\n");
}

void append_attribute_choice(Html& html, const Subject& balancer)
{
    if (!may_change(*balancer.document)) {
        return;
    }
    const std::string id = "att-" + balancer.balancer->name;
    html.raw("<form method=\"get\" action=\"?\">\n");
    append_page(html, way_to("edit", balancer));
    html.raw("<p><label for=\"").text(id).raw("\">Edit one setting of all members</label>\n");
    html.raw("<select id=\"").text(id).raw("\" name=\"att\">");
    for (const Input& input : shared_inputs({})) {
        html.raw("<option value=\"").text(input.parameter).raw("\">").text(input.label);
        html.raw("</option>");
    }
    html.raw("</select>\n<button>Edit</button></p>\n</form>\n");
}

}  // namespace jk::status
