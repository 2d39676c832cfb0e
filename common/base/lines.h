// The line language that workers.properties and mount files share (workers.md 1.2): one statement
// `name = value` per physical line, `#` begins a comment anywhere, nothing can be escaped.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace jk {

/// The longest line of a file, without its comment and line break.
constexpr std::size_t line_limit = 8191;

/// A name and its value, neither of them empty: views into the line.
struct Statement {
    std::string_view name;
    std::string_view value;
};

/// Splits `line` at its first `=` and trims both sides; nullopt for a line that says nothing: one
/// without `=` or with an empty side.
[[nodiscard]] std::optional<Statement> split_statement(std::string_view line) noexcept;

/// One line of a file: a view into the text.
struct Line {
    std::string_view text;  ///< without comment, line break and outer blanks
    unsigned number = 0;    ///< from 1
    /// Longer than `line_limit`: to be refused, since the original reads its pieces as lines.
    [[nodiscard]] bool is_too_long() const noexcept { return text.size() > line_limit; }
};

/// Walks the lines of a file's text. A byte order mark at the beginning is passed over.
class Lines {
public:
    /// Requires: `text` outlives the walk and what it returned.
    explicit Lines(std::string_view text) noexcept;

    /// Returns the next line that holds more than blanks and comment; nullopt at the end.
    [[nodiscard]] std::optional<Line> next() noexcept;

private:
    std::string_view rest_;
    unsigned number_ = 0;
};

}  // namespace jk
