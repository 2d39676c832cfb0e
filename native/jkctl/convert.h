// jkctl convert: workers.properties to JkWorkerProperty lines, and back.
#pragma once

#include <cstdint>
#include <string>

#include "jkctl/console.h"

namespace jk::ctl {

/// What is to come out.
enum class Form : std::uint8_t { directives, properties };

struct ConvertOptions {
    std::string file;
    std::string output;  ///< the file to write; empty: the console
    Form form = Form::directives;
};

/// The command. Fails with refused where something would be lost, and then writes nothing; with
/// misuse where a file cannot be read or written, or is of the other kind.
[[nodiscard]] Exit convert(const ConvertOptions& options, Console& console);

}  // namespace jk::ctl
