// Columns are rows of a list: a name and a function from the thing to the cell.
// Tested by tests/adapter/jkctl/overview_test.cc.
#include "jkctl/overview.h"

#include <cmath>
#include <span>
#include <vector>

#include "base/wording.h"
#include "jkctl/table.h"

namespace jk::ctl {

namespace {

struct Column {
    std::string_view name;
    Table::Align align;
    Cell (*cell)(const Json& thing);
};

/// Any value on one line.
std::string shown(const Json& value)
{
    if (value.is_null()) {
        return "";
    }
    if (const auto* const flag = std::get_if<bool>(&value.value())) {
        return *flag ? "true" : "false";
    }
    if (const auto* const whole = std::get_if<std::int64_t>(&value.value())) {
        return decimal(*whole);
    }
    return std::string{value.text()};
}

template <const auto& name> Cell plain(const Json& thing)
{
    return {shown(thing[name])};
}

/// A number that had better be 0.
template <const auto& name> Cell unwanted(const Json& thing)
{
    return {shown(thing[name]), thing[name].number() > 0 ? Mood::bad : Mood::plain};
}

Cell activation(const Json& member)
{
    const std::string_view word = member["settings"]["activation"].text();
    return {std::string{word}, word == "active" ? Mood::plain : Mood::degraded};
}

Cell state(const Json& thing)
{
    return {std::string{thing["state"].text()}, mood_of(thing["grade"].text())};
}

/// The time in which 99 of 100 requests end.
Cell slow(const Json& thing)
{
    const Json& seconds = thing["latency"]["total"]["p99"];
    const double milliseconds = std::round(seconds.number() * 1000);
    return {seconds.is_null() ? "" : decimal(static_cast<std::int64_t>(milliseconds)) + " ms"};
}

// clang-format off
constexpr char name[] = "name", balancer[] = "balancer", method[] = "method",
               member_count[] = "member_count", good[] = "good", degraded[] = "degraded",
               bad[] = "bad", busy[] = "busy", max_busy[] = "max_busy", address[] = "address",
               route[] = "route", lbfactor[] = "lbfactor", elected[] = "elected", used[] = "used",
               errors[] = "errors", connected[] = "connected";

constexpr auto left = Table::Align::left;
constexpr auto right = Table::Align::right;
// name, align, cell
constexpr Column balancer_columns[] = {
    {"BALANCER", left, plain<name>},
    {"METHOD", left, plain<method>},
    {"MEMBERS", right, plain<member_count>},
    {"GOOD", right, plain<good>},
    {"DEGRADED", right, plain<degraded>},
    {"BAD", right, unwanted<bad>},
    {"IN FLIGHT", right, plain<busy>},
    {"MOST", right, plain<max_busy>},
};
constexpr Column member_columns[] = {
    {"BALANCER", left, plain<balancer>},
    {"MEMBER", left, plain<name>},
    {"ACTIVATION", left, activation},
    {"STATE", left, state},
    {"ADDRESS", left, plain<address>},
    {"ROUTE", left, plain<route>},
    {"FACTOR", right, plain<lbfactor>},
    {"IN FLIGHT", right, plain<busy>},
    {"REQUESTS", right, plain<elected>},
    {"ERRORS", right, unwanted<errors>},
    {"P99", right, slow},
};
constexpr Column worker_columns[] = {
    {"WORKER", left, plain<name>},
    {"STATE", left, state},
    {"ADDRESS", left, plain<address>},
    {"CONNECTIONS", right, plain<connected>},
    {"IN FLIGHT", right, plain<busy>},
    {"REQUESTS", right, plain<used>},
    {"ERRORS", right, unwanted<errors>},
    {"P99", right, slow},
};
// clang-format on

std::string table_of(std::span<const Column> columns, const Json::Array& things, Colour colour)
{
    std::vector<Table::Column> names;
    for (const Column& column : columns) {
        names.push_back({column.name, column.align});
    }
    Table table{std::move(names)};
    for (const Json& thing : things) {
        std::vector<Cell> row;
        for (const Column& column : columns) {
            row.push_back(column.cell(thing));
        }
        table.add(std::move(row));
    }
    return table.text(colour);
}

}  // namespace

std::string balancer_table(const Json::Array& balancers, Colour colour)
{
    return table_of(balancer_columns, balancers, colour);
}

std::string member_table(const Json::Array& members, Colour colour)
{
    return table_of(member_columns, members, colour);
}

std::string worker_table(const Json::Array& workers, Colour colour)
{
    return table_of(worker_columns, workers, colour);
}

std::string setting_lines(const Json& thing)
{
    std::string lines;
    for (const auto& [property, value] : thing["settings"].members()) {
        lines += concat({escaped(property), "=", escaped(shown(value))});
        if (const Json& configured = thing["configured"][property]; !configured.is_null()) {
            lines += concat({"    # configured: ", escaped(shown(configured))});
        }
        lines += '\n';
    }
    return lines;
}

std::string member_line(const Json& member)
{
    return concat({escaped(member["name"].text()), " is ",
                   escaped(member["settings"]["activation"].text()), " (",
                   escaped(member["state"].text()), "), ", shown(member["busy"]), " in flight"});
}

}  // namespace jk::ctl
