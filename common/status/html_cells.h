// Columns of the HTML page for what happens at run time, and how their cells are written.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "status/document.h"
#include "status/html.h"

namespace jk::status {

/// How a cell is written.
enum class Cell : std::uint8_t {
    plain,
    name,        ///< as head of its row, with a link to the worker alone
    activation,  ///< in words
    state,       ///< in words and colour
    rate,        ///< with what that makes per second
    size,        ///< the same for bytes
    pair,        ///< two fields: "now / at most"
    since,       ///< a time, and how long ago
    actions,     ///< what can be done with it; nothing where nothing may be changed
};

struct Column {
    std::string_view title;
    std::string_view field;  ///< a row of worker_fields(); empty where the cell reads none
    Cell cell = Cell::plain;
    std::string_view second{};
};

[[nodiscard]] std::span<const Column> member_columns() noexcept;
[[nodiscard]] std::span<const Column> worker_columns() noexcept;

/// Appends the cell of `column` for a member or a direct worker.
void append_cell(Html& html, const Subject& subject, const Column& column);

}  // namespace jk::status
