// Widths first, then lines; colours stand outside of the widths.
// Tested by tests/adapter/jkctl/table_test.cc.
#include "jkctl/table.h"

#include <algorithm>
#include <array>

#include "base/wording.h"

namespace jk::ctl {

namespace {

constexpr std::array beginnings{std::string_view{}, std::string_view{"\x1b[32m"},
                                std::string_view{"\x1b[33m"}, std::string_view{"\x1b[1;31m"}};
constexpr std::string_view plain = "\x1b[0m";

std::string shown(const Cell& cell)
{
    return cell.text.empty() ? "-" : escaped(cell.text);
}

std::string coloured(const std::string& text, Mood mood, Colour colour)
{
    const std::string_view begin = beginnings[static_cast<std::size_t>(mood)];
    return colour == Colour::none || begin.empty() ? text : concat({begin, text, plain});
}

/// A cell with the blanks before the next one.
std::string padded(const Cell& cell, std::size_t width, Table::Align align, Colour colour)
{
    const std::string text = shown(cell);
    const std::string blanks(width - text.size(), ' ');
    const bool is_right = align == Table::Align::right;
    return concat(
        {is_right ? blanks : "", coloured(text, cell.mood, colour), is_right ? "" : blanks, "  "});
}

}  // namespace

Mood mood_of(std::string_view grade) noexcept
{
    return grade == "good"       ? Mood::good
           : grade == "degraded" ? Mood::degraded
           : grade == "bad"      ? Mood::bad
                                 : Mood::plain;
}

std::string Table::text(Colour colour) const
{
    std::vector<std::vector<Cell>> lines(1);
    for (const Column& column : columns_) {
        lines.front().push_back({std::string{column.name}});
    }
    lines.insert(lines.end(), rows_.begin(), rows_.end());
    std::vector<std::size_t> widths(columns_.size());
    for (const std::vector<Cell>& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            widths[i] = std::max(widths[i], shown(line[i]).size());
        }
    }
    std::string text;
    for (const std::vector<Cell>& cells : lines) {
        std::string line;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            line += padded(cells[i], widths[i], columns_[i].align, colour);
        }
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

}  // namespace jk::ctl
