// HTML writer, links and sizes. Tested by tests/unit/status/html_test.cc.
#include "status/html.h"

#include <utility>

#include "status/escape.h"
#include "status/field_value.h"

namespace jk::status {

namespace {

constexpr std::uint64_t step = 1024;
constexpr std::uint64_t last_plain = 972;  // from here on a unit is shorter

}  // namespace

Html& Html::text(std::string_view value)
{
    append_markup(out_, value);
    return *this;
}

Html& Html::link(const Page& to, std::string_view label)
{
    return raw("<a href=\"").text(query_of(to)).raw("\">").text(label).raw("</a>");
}

Html& Html::choice(const Page& to, std::string_view label, bool is_current)
{
    return is_current ? raw("<strong aria-current=\"true\">").text(label).raw("</strong>")
                      : link(to, label);
}

std::vector<Parameter> parameters_of(const Page& page)
{
    std::vector<Parameter> parameters{{"cmd", std::string{page.command}}};
    const auto add = [&parameters](std::string_view name, std::optional<std::string_view> value) {
        if (value) {
            parameters.push_back({name, std::string{*value}});
        }
    };
    const auto add_number = [&add](std::string_view name, std::uint32_t number) {
        if (number != 0) {
            add(name, number_value(number).text);
        }
    };
    if (page.format != Page{}.format) {
        add("mime", page.format);
    }
    add("w", page.worker);
    add("sw", page.member);
    add_number("opt", page.options);
    add_number("re", page.refresh);
    if (page.command != "list" && page.command != "show" && page.from == "show") {
        add("from", page.from);
        add("psw", page.from_member);
    }
    return parameters;
}

std::string query_of(const Page& page)
{
    std::string query;
    for (const Parameter& parameter : parameters_of(page)) {
        query += query.empty() ? "?" : "&";
        query += parameter.name;
        query += '=';
        append_query_value(query, parameter.value);
    }
    return query;
}

Page way_back(const Page& page) noexcept
{
    Page to;
    to.options = page.options;
    to.refresh = page.refresh;
    if (page.from == "show") {
        to.command = "show";
        to.worker = page.worker;
        to.member = page.from_member;
    }
    return to;
}

std::string readable_size(std::uint64_t bytes)
{
    constexpr std::string_view units = "KMGTPE";
    std::uint64_t whole = bytes;
    std::uint64_t rest = 0;
    std::size_t unit = 0;
    for (; whole > last_plain; ++unit) {
        rest = whole % step;
        whole /= step;
    }
    if (unit == 0) {
        return number_value(bytes).text;
    }
    const std::uint64_t tenths = (rest * 10 + step / 2) / step;
    std::string out;
    if (whole * 10 + tenths < 100) {
        out = number_value(whole + tenths / 10).text + '.' + number_value(tenths % 10).text;
    } else {
        out = number_value(whole + (rest >= step / 2 ? 1 : 0)).text;
    }
    return out + units[unit - 1];
}

}  // namespace jk::status
