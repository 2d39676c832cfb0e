// The command line: which commands there are, and what they are told.
#pragma once

#include <string>
#include <vector>

#include "jkctl/console.h"

namespace jk::ctl {

/// Runs the command that `arguments`, without the program's own name, ask for.
[[nodiscard]] Exit run(std::vector<std::string> arguments, Console& console);

}  // namespace jk::ctl
