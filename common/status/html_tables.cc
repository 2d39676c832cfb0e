// Sections and tables of the HTML page. Settings, summaries and maps come from the rows of fields
// by their traits; what happens at run time has the columns of html_cells.cc.
// Tested by tests/unit/status/html_tables_test.cc.
#include "status/html_tables.h"

#include "status/field_value.h"
#include "status/fields.h"
#include "status/html_cells.h"
#include "status/html_forms.h"

namespace jk::status {

namespace {

/// Which rows of fields.cc a table is made of.
enum class Part : std::uint8_t { settings, summary, all };

bool belongs(const Field& field, Part part) noexcept
{
    return part == Part::all || field.is(is_name) ||
           field.is(is_setting) == (part == Part::settings);
}

void begin_table(Html& html, std::string_view caption)
{
    html.raw("<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"").text(caption);
    html.raw("\"><table>\n<caption>").text(caption).raw("</caption>\n");
}

void end_table(Html& html)
{
    html.raw("</table></div>\n");
}

void append_head(Html& html, std::string_view title)
{
    html.raw("<th scope=\"col\">").text(title).raw("</th>");
}

/// Appends the head of a table of fields: the titles of those that `example` has.
void append_field_heads(Html& html, Kind kind, const Subject& example, Part part)
{
    html.raw("<tr>");
    for (const Field& field : fields_of(kind)) {
        if (belongs(field, part) && read(field, example).type != Value::Type::absent) {
            append_head(html, field.title);
        }
    }
    html.raw("</tr>\n");
}

void append_field_row(Html& html, Kind kind, const Subject& subject, Part part)
{
    html.raw("<tr>");
    const auto cell = [&](const Field& field, const Value& value) {
        if (belongs(field, part)) {
            html.raw(field.is(is_name) ? "<th scope=\"row\">" : "<td>").text(value.text);
            html.raw(field.is(is_name) ? "</th>" : "</td>");
        }
    };
    for_each_field(kind, subject, Order::markup, cell);
    html.raw("</tr>\n");
}

/// A table of one object.
void append_fields(Html& html, Kind kind, const Subject& subject, Part part)
{
    begin_table(html, part == Part::settings ? "Settings" : "Summary");
    append_field_heads(html, kind, subject, part);
    append_field_row(html, kind, subject, part);
    end_table(html);
}

void append_column_heads(Html& html, std::span<const Column> columns)
{
    html.raw("<tr>");
    for (const Column& column : columns) {
        append_head(html, column.title);
    }
    html.raw("</tr>\n");
}

void append_column_row(Html& html, const Subject& subject, std::span<const Column> columns)
{
    html.raw("<tr>");
    for (const Column& column : columns) {
        append_cell(html, subject, column);
    }
    html.raw("</tr>\n");
}

/// Begins a block with its switch. Returns whether it is shown.
bool begin_block(Html& html, const Document& document, Option option, std::string_view what)
{
    append_switch(html, document, option, what);
    return !document.page.has(option);
}

/// Returns the members that the document shows.
std::vector<Subject> members_of(const Subject& balancer)
{
    const MemberView* const only = balancer.document->only_member;
    std::vector<Subject> subjects;
    for (const MemberView& member : balancer.balancer->members) {
        if (only == nullptr || only == &member) {
            subjects.push_back({.document = balancer.document,
                                .balancer = balancer.balancer,
                                .member = &member,
                                .worker = &member.worker});
        }
    }
    return subjects;
}

void append_members(Html& html, const Subject& balancer)
{
    const Document& document = *balancer.document;
    if (!begin_block(html, document, hide_members, "members")) {
        return;
    }
    const std::vector<Subject> members = members_of(balancer);
    if (members.empty()) {
        html.raw("<p>This balancer has no members.</p>\n");
        return;
    }
    begin_table(html, "Members");
    append_column_heads(html, member_columns());
    for (const Subject& member : members) {
        append_column_row(html, member, member_columns());
    }
    end_table(html);
    append_attribute_choice(html, balancer);
    if (begin_block(html, document, hide_worker_settings, "connection settings")) {
        begin_table(html, "Connection settings of the members");
        append_field_heads(html, Kind::member, members.front(), Part::settings);
        for (const Subject& member : members) {
            append_field_row(html, Kind::member, member, Part::settings);
        }
        end_table(html);
    }
}

/// Appends the mount rules of a balancer or of a direct worker.
void append_maps(Html& html, Subject subject, const std::vector<MapView>& maps)
{
    if (!begin_block(html, *subject.document, hide_maps, "mounts")) {
        return;
    }
    if (maps.empty()) {
        html.raw("<p>No mount leads here.</p>\n");
        return;
    }
    begin_table(html, "Mounts, in the order in which they are tried");
    for (const MapView& map : maps) {
        subject.map = &map;
        ++subject.map_id;
        if (subject.map_id == 1) {
            append_field_heads(html, Kind::map, subject, Part::all);
        }
        append_field_row(html, Kind::map, subject, Part::all);
    }
    end_table(html);
}

/// Begins the section of one worker: its name is the heading, and a link to it alone.
void begin_worker(Html& html, const Document& document, std::string_view what,
                  std::string_view name)
{
    Page to = document.page;
    to.command = "show";
    to.worker = name;
    to.member.reset();
    html.raw("<section class=\"worker\">\n<h3>").text(what).raw(" ");
    html.choice(to, name, !document.is_list && document.only_member == nullptr);
    html.raw("</h3>\n");
}

void append_balancer(Html& html, const Subject& subject)
{
    const Document& document = *subject.document;
    begin_worker(html, document, "Balancer", subject.balancer->name);
    append_actions(html, subject);
    if (begin_block(html, document, hide_balancer_summary, "balancer summary")) {
        append_fields(html, Kind::balancer, subject, Part::summary);
    }
    append_members(html, subject);
    if (begin_block(html, document, hide_balancer_settings, "balancer settings")) {
        append_fields(html, Kind::balancer, subject, Part::settings);
    }
    append_maps(html, subject, subject.balancer->maps);
    html.raw("</section>\n");
}

void append_worker(Html& html, const Subject& subject)
{
    const Document& document = *subject.document;
    begin_worker(html, document, "Worker", subject.worker->name);
    begin_table(html, "Requests and connections");
    append_column_heads(html, worker_columns());
    append_column_row(html, subject, worker_columns());
    end_table(html);
    if (begin_block(html, document, hide_worker_settings, "connection settings")) {
        append_fields(html, Kind::worker, subject, Part::settings);
    }
    append_maps(html, subject, subject.worker->maps);
    html.raw("</section>\n");
}

/// Appends the heading of a list, with how many there are. Requires: the document is a list.
void append_list_head(Html& html, std::string_view what, std::size_t count)
{
    html.raw("<h2>").text(what).raw(" (").text(number_value(count).text).raw(")</h2>\n");
}

}  // namespace

void append_switch(Html& html, const Document& document, Option option, std::string_view what)
{
    Page to = document.page;
    to.options ^= option;
    std::string label = document.page.has(option) ? "Show " : "Hide ";
    html.raw("<p class=\"switch\">").link(to, label += what).raw("</p>\n");
}

void append_balancers(Html& html, const Document& document)
{
    if (document.is_list && !document.snapshot->balancers.empty()) {
        append_list_head(html, "Balancers", document.snapshot->balancers.size());
        append_switch(html, document, hide_balancers, "balancers");
    }
    for (const BalancerView* const balancer : document.balancers) {
        append_balancer(html, {.document = &document, .balancer = balancer});
    }
}

void append_workers(Html& html, const Document& document)
{
    if (document.is_list && !document.snapshot->workers.empty()) {
        append_list_head(html, "Workers without a balancer", document.snapshot->workers.size());
        append_switch(html, document, hide_workers, "workers");
    }
    for (const WorkerView* const worker : document.workers) {
        append_worker(html, {.document = &document, .worker = worker});
    }
}

}  // namespace jk::status
