// The Jk* directives: a row each.
#pragma once

#include <array>

#include "config/server_config.h"
#include "httpd_api.h"
#include "site/directives.h"

namespace jk::httpd {

/// The table for the module record, ended by an empty row. An object and not a function: the record
/// is to be made at compile time, since nothing of ours may run when the module is loaded.
using site::directive_count;
extern const std::array<command_rec, directive_count + 1> directive_table;

/// A text setting: where it is kept, what it is unless said otherwise, its directive.
struct TextRow {
    const char* directive;
    const char* ServerConfig::*field;
    const char* fallback;  ///< nullptr: stays unset
};

/// Calls `visit(row)` for each text setting: merging and defaults follow from the rows.
void for_each_text(void (*visit)(const TextRow& row, void* data), void* data) noexcept;

}  // namespace jk::httpd
