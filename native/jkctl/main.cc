// jkctl: looks after the configuration of mod_jk without httpd, and after a running one.
// Tested by tests/system/test_jkctl.py and test_jkctl_remote.py.
#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>

#include <unistd.h>

#include "jkctl/command_line.h"

namespace {

/// Colours only where somebody looks at them and wants them (https://no-color.org).
jk::ctl::Colour colour_of_output()
{
    const char* const unwanted = std::getenv("NO_COLOR");
    const char* const terminal = std::getenv("TERM");
    const bool may = ::isatty(STDOUT_FILENO) != 0 && (unwanted == nullptr || *unwanted == '\0') &&
                     terminal != nullptr && std::string_view{terminal} != "dumb";
    return may ? jk::ctl::Colour::ansi : jk::ctl::Colour::none;
}

/// A line that is written over and over is for terminals that can.
jk::ctl::Progress progress_of_errors()
{
    const char* const terminal = std::getenv("TERM");
    const bool may =
        ::isatty(STDERR_FILENO) != 0 && terminal != nullptr && std::string_view{terminal} != "dumb";
    return may ? jk::ctl::Progress::line : jk::ctl::Progress::none;
}

}  // namespace

int main(int count, char** arguments)
{
    try {
        jk::ctl::Console console{std::cout, std::cerr, colour_of_output(), progress_of_errors()};
        const jk::ctl::Exit exit =
            jk::ctl::run({arguments + std::min(count, 1), arguments + count}, console);
        if (std::cout.flush().fail()) {
            std::cerr << "jkctl: the output cannot be written\n";
            return static_cast<int>(jk::ctl::Exit::misuse);
        }
        return static_cast<int>(exit);
    } catch (const std::exception& error) {
        std::cerr << "jkctl: " << error.what() << '\n';
        return static_cast<int>(jk::ctl::Exit::misuse);
    }
}
