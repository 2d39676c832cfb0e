// What the configuration gets wrong: where, how bad, and what to do about it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace jk {

/// Where a statement stands. `line` 0 means the file as a whole.
struct Place {
    std::string file;
    unsigned line = 0;
};

enum class Severity : std::uint8_t {
    note,     ///< worth knowing, nothing is wrong
    warning,  ///< accepted; an error under JkOptions +StrictConfig
    error,    ///< refused: the server does not start (or, at a reload, the old state stays)
};

/// One complaint. `text` is a whole sentence for the log; foreign bytes in it are escaped.
struct Complaint {
    Severity severity = Severity::error;
    Place place;
    std::string text;
};

using Complaints = std::vector<Complaint>;

/// True when one of them is an error.
[[nodiscard]] bool has_error(const Complaints& complaints) noexcept;

void append(Complaints& to, const Complaints& more);

/// Takes out each complaint that an earlier one repeats word for word: servers share lines and
/// files, workers share templates, and each complains of them.
void drop_repeated(Complaints& complaints);

/// Brings them into the order in which somebody reads who mends them: by file, the one that is
/// mentioned first at the front, and by line; what is said of one line stays in its order.
void sort_by_place(Complaints& complaints);

/// "file:line", or the file alone where there is no line.
[[nodiscard]] std::string to_text(const Place& place);
/// "file:line: sentence", or the sentence alone where there is no file.
[[nodiscard]] std::string to_text(const Complaint& complaint);

}  // namespace jk
