// jkctl check: the configuration doctor of the module, without httpd.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jkctl/console.h"
#include "jkctl/kind.h"
#include "jkctl/report.h"
#include "jkctl/site.h"

namespace jk::ctl {

struct CheckOptions {
    std::vector<std::string> files;
    std::optional<Kind> kind;  ///< of all files; nullopt: of each by its content
    /// What the configuration is read with; `file` is not looked at, and an empty `root` is the
    /// folder of the file.
    SiteOptions site;
    Format format = Format::text;
};

/// Reads the files and returns all that the module would complain about: first each httpd
/// configuration by itself, then the workers files, together in their order as one, then the mount
/// files, against these workers where there are any. A file that cannot be read is a complaint in
/// `unreadable`; the report is of no use then.
[[nodiscard]] Report examine(const CheckOptions& options, Complaints& unreadable);

/// The command: writes the report. Fails with misuse where a file cannot be read, with refused
/// where httpd would not start.
[[nodiscard]] Exit check(const CheckOptions& options, Console& console);

}  // namespace jk::ctl
