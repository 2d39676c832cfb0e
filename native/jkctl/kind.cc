// Kinds by content: names of files are everybody's own business.
// Tested by tests/adapter/jkctl/kind_test.cc.
#include "jkctl/kind.h"

#include <algorithm>
#include <optional>

#include "base/lines.h"
#include "base/text.h"

namespace jk::ctl {

namespace {

bool is_word_char(char c) noexcept
{
    return is_digit(c) || c == '_' || (lower(c) >= 'a' && lower(c) <= 'z');
}

/// A directive: a word, blanks, and no "=" where a property would have it.
bool is_directive(std::string_view line) noexcept
{
    const auto end = std::find_if_not(line.begin(), line.end(), is_word_char);
    const auto size = static_cast<std::size_t>(end - line.begin());
    const std::string_view rest = trim(line.substr(size));
    return size != 0 && end != line.end() && is_blank(*end) && !rest.starts_with('=');
}

/// A pattern with its marks.
bool is_pattern(std::string_view name) noexcept
{
    const std::size_t marks = std::min(name.find_first_not_of("!-"), name.size());
    return name.substr(marks).starts_with('/');
}

std::optional<Kind> kind_of_line(std::string_view line) noexcept
{
    if (line.starts_with('<') || is_directive(line)) {
        return Kind::httpd;
    }
    const std::optional<Statement> statement = split_statement(line);
    if (!statement.has_value()) {
        return std::nullopt;
    }
    if (statement->name.starts_with("worker.")) {
        return Kind::workers;
    }
    return is_pattern(statement->name) ? std::optional{Kind::mounts} : std::nullopt;
}

}  // namespace

Kind kind_of(std::string_view text) noexcept
{
    bool has_statement = false;
    Lines lines{text};
    while (const std::optional<Line> line = lines.next()) {
        if (const std::optional<Kind> kind = kind_of_line(line->text)) {
            return *kind;
        }
        has_statement = has_statement || split_statement(line->text).has_value();
    }
    return has_statement ? Kind::workers : Kind::httpd;
}

}  // namespace jk::ctl
