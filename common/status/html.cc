// HTML writer, links and sizes. Tested by tests/unit/status/html_test.cc.
#include "status/html.h"

#include <utility>

#include "status/escape.h"
#include "status/field_value.h"

namespace jk::status {

namespace {

constexpr std::uint64_t step = 1024;
constexpr std::uint64_t last_plain = 972;  // from here on a unit is shorter

void add(std::string& query, std::string_view name, std::string_view value)
{
    query += query.size() == 1 ? "" : "&";
    query += name;
    query += '=';
    append_query_value(query, value);
}

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

std::string query_of(const Page& page)
{
    const Page standard;
    std::string query{'?'};
    if (page.command != standard.command) {
        add(query, "cmd", page.command);
    }
    if (page.format != standard.format) {
        add(query, "mime", page.format);
    }
    if (page.worker) {
        add(query, "w", *page.worker);
    }
    if (page.member) {
        add(query, "sw", *page.member);
    }
    if (page.options != 0) {
        add(query, "opt", number_value(page.options).text);
    }
    if (page.refresh != 0) {
        add(query, "re", number_value(page.refresh).text);
    }
    return query;
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
