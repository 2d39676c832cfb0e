// What a check found, for people and for scripts.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/complaint.h"
#include "jkctl/console.h"
#include "jkctl/json.h"

namespace jk::ctl {

/// The result of looking at files.
struct Report {
    std::vector<std::string> files;  ///< all that were read
    Complaints complaints;           ///< in the order of the doctor
    bool is_refused = false;         ///< httpd would not start
};

/// How many complaints there are of each severity.
struct Counts {
    std::size_t errors = 0;
    std::size_t warnings = 0;
    std::size_t notes = 0;
};

[[nodiscard]] Counts count(const Complaints& complaints) noexcept;

/// Returns the word of a severity: "note", "warning", "error".
[[nodiscard]] std::string_view to_text(Severity severity) noexcept;

/// Returns "file:line: severity: text" with a line break at its end.
[[nodiscard]] std::string to_text(const Complaint& complaint, Colour colour);

/// Returns a line for each complaint and one that sums them up.
[[nodiscard]] std::string to_text(const Report& report, Colour colour);

/// Returns the members files, complaints (each file, line, severity, text), counts, verdict: the
/// word "starts" or "refused".
[[nodiscard]] Json to_json(const Report& report);

}  // namespace jk::ctl
