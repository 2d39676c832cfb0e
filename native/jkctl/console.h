// Where a command writes to, and what it ends with.
#pragma once

#include <cstdint>
#include <iosfwd>

namespace jk::ctl {

/// The exit status of jkctl, the same for every command.
enum class Exit : std::uint8_t {
    fine = 0,      ///< done; httpd would start
    refused = 1,   ///< httpd would not start, something would be lost, a URL goes to no worker, a
                   ///< server did not do what it was asked for
    misuse = 2,    ///< wrong use, or a file that cannot be read or written
    too_late = 3,  ///< what was waited for did not happen in time
};

enum class Colour : std::uint8_t { none, ansi };

/// Whether a line on `err` tells how long work is going on.
enum class Progress : std::uint8_t { none, line };

/// In which form a result is written.
enum class Format : std::uint8_t { text, json };

/// Lives as long as the command runs. Results go to `out`, all that is wrong with the use to `err`.
struct Console {
    std::ostream& out;
    std::ostream& err;
    Colour colour = Colour::none;  ///< of `out`
    Progress progress = Progress::none;
};

}  // namespace jk::ctl
