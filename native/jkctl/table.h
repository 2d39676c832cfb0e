// Tables for people: columns under each other, numbers at the right.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "jkctl/console.h"

namespace jk::ctl {

/// How good a thing is; its colour on a terminal.
enum class Mood : std::uint8_t { plain, good, degraded, bad };

/// What the server's grade of a member is here; plain for a word that is none.
[[nodiscard]] Mood mood_of(std::string_view grade) noexcept;

struct Cell {
    std::string text;
    Mood mood = Mood::plain;
};

class Table {
public:
    enum class Align : std::uint8_t { left, right };
    struct Column {
        std::string_view name;
        Align align = Align::left;
    };

    /// Requires: the names live as long as the table.
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    /// Requires: a cell for each column.
    void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }

    /// Returns the names and the rows, each a line. Foreign bytes in them are made harmless, an
    /// empty cell is "-".
    [[nodiscard]] std::string text(Colour colour) const;

private:
    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

}  // namespace jk::ctl
