// Cells of the HTML page. Tested by tests/unit/status/html_cells_test.cc.
#include "status/html_cells.h"

#include <array>

#include "base/text.h"
#include "status/calendar.h"
#include "status/field_value.h"
#include "status/fields.h"
#include "status/html_forms.h"
#include "status/words.h"

namespace jk::status {

namespace {

constexpr std::array member_rows{
    Column{"Member", "name", Cell::name},
    Column{"Actions", "", Cell::actions},
    Column{"Activation", "activation", Cell::activation},
    Column{"State", "state", Cell::state},
    Column{"Distance", "distance"},
    Column{"Factor", "lbfactor"},
    Column{"Unit of load", "lbmult"},
    Column{"Load", "lbvalue"},
    Column{"Requests", "elected", Cell::rate},
    Column{"Sessions", "sessions", Cell::rate},
    Column{"Errors", "errors"},
    Column{"Client errors", "client_errors"},
    Column{"Reply timeouts", "reply_timeouts"},
    Column{"Sent", "transferred", Cell::size},
    Column{"Received", "read", Cell::size},
    Column{"In flight / most", "busy", Cell::pair, "max_busy"},
    Column{"Connections / most", "connected", Cell::pair, "max_connected"},
    Column{"Route", "route"},
    Column{"Redirect", "redirect"},
    Column{"Domain", "domain"},
    Column{"Retried in (s)", "time_to_recover_min", Cell::pair, "time_to_recover_max"},
    Column{"Since reset (s)", "last_reset_ago"},
    Column{"Failing since", "error_time_datetime", Cell::since},
};

constexpr std::array worker_rows{
    Column{"Worker", "name", Cell::name},
    Column{"Actions", "", Cell::actions},
    Column{"State", "", Cell::state},
    Column{"Requests", "used", Cell::rate},
    Column{"Errors", "errors"},
    Column{"Client errors", "client_errors"},
    Column{"Reply timeouts", "reply_timeouts"},
    Column{"Sent", "transferred", Cell::size},
    Column{"Received", "read", Cell::size},
    Column{"In flight / most", "busy", Cell::pair, "max_busy"},
    Column{"Connections / most", "connected", Cell::pair, "max_connected"},
    Column{"Since reset (s)", "last_reset_ago"},
    Column{"Failing since", "error_time_datetime", Cell::since},
};

Kind kind_of(const Subject& subject) noexcept
{
    return subject.member != nullptr ? Kind::member : Kind::worker;
}

std::string value(const Subject& subject, std::string_view field)
{
    return read(kind_of(subject), field, subject).text;
}

std::string_view grade_class(Grade grade) noexcept
{
    switch (grade) {
    case Grade::good: return "good";
    case Grade::degraded: return "degraded";
    case Grade::bad: return "bad";
    }
    return "bad";
}

// Cells.

void append_state(Html& html, const Subject& subject)
{
    const auto* const member = subject.member;
    const lb::State state = member != nullptr ? member->state : subject.worker->state;
    const auto activation = member != nullptr ? member->activation : conf::Activation::active;
    const Grade grade = subject.document->rating.of(activation, state);
    html.raw("<span class=\"").raw(grade_class(grade)).raw("\">").text(in_words(state));
    html.raw("</span> <code>").text(to_text(state)).raw("</code>");
}

void append_activation(Html& html, const Subject& subject)
{
    const conf::Activation activation = subject.member->activation;
    html.text(in_words(activation)).raw(" <code>").text(to_text(activation)).raw("</code>");
}

void append_rate(Html& html, const Subject& subject, std::string_view field, Cell cell)
{
    const auto show = [cell](std::uint64_t number, const std::string& plain) {
        return cell == Cell::size ? readable_size(number) : plain;
    };
    const std::string plain = value(subject, field);
    const std::uint64_t total = parse_digits(plain).value_or(0);
    const auto seconds = parse_digits(value(subject, "last_reset_ago")).value_or(0);
    html.text(show(total, plain));
    if (seconds > 0) {
        const std::uint64_t rate = total / seconds;
        html.raw(" <small>").text(show(rate, number_value(rate).text)).raw("/s</small>");
    }
}

void append_since(Html& html, const Subject& subject)
{
    const auto time =
        subject.member != nullptr ? subject.member->first_error_time : subject.worker->error_time;
    if (time) {
        html.text(readable_time(*time, subject.document->snapshot->utc_offset));
        html.raw(" <small>").text(value(subject, "error_time_ago")).raw(" s ago</small>");
    }
}

void append_name(Html& html, const Subject& subject)
{
    Page to = subject.document->page;
    to.command = "show";
    to.worker = subject.member != nullptr ? subject.balancer->name : subject.worker->name;
    to.member.reset();
    if (subject.member != nullptr) {
        to.member = subject.worker->name;
    }
    html.raw("<th scope=\"row\">").link(to, subject.worker->name).raw("</th>");
}

}  // namespace

std::span<const Column> member_columns() noexcept
{
    return member_rows;
}

std::span<const Column> worker_columns() noexcept
{
    return worker_rows;
}

void append_cell(Html& html, const Subject& subject, const Column& column)
{
    if (column.cell == Cell::name) {
        return append_name(html, subject);
    }
    html.raw("<td>");
    switch (column.cell) {
    case Cell::state: append_state(html, subject); break;
    case Cell::activation: append_activation(html, subject); break;
    case Cell::rate:
    case Cell::size: append_rate(html, subject, column.field, column.cell); break;
    case Cell::since: append_since(html, subject); break;
    case Cell::actions: append_actions(html, subject); break;
    case Cell::pair:
        html.text(value(subject, column.field)).raw(" / ").text(value(subject, column.second));
        break;
    case Cell::plain:
    case Cell::name: html.text(value(subject, column.field)); break;
    }
    html.raw("</td>");
}

}  // namespace jk::status
