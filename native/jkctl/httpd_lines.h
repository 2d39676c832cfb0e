// The line language of httpd's configuration: continued lines, words, quotes, ${variables}.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace jk::ctl {

/// A line as httpd sees it: continued lines are one, outer blanks are gone.
struct HttpdLine {
    std::string text;
    unsigned number = 0;  ///< of its last physical line, as httpd counts
};

/// Walks the lines of a file's text, without empty ones and comments.
class HttpdLines {
public:
    /// Requires: `text` outlives the walk.
    explicit HttpdLines(std::string_view text) noexcept : rest_(text) {}

    [[nodiscard]] std::optional<HttpdLine> next();
    /// The number of the physical line that was read last.
    [[nodiscard]] unsigned number() const noexcept { return number_; }

private:
    [[nodiscard]] std::string next_joined();

    std::string_view rest_;
    unsigned number_ = 0;
};

/// Takes the next word off `rest`, quotes removed, with the blanks behind it; empty at the end, and
/// for "".
[[nodiscard]] std::string next_word(std::string_view& rest);

/// Answers a name with its value, nullopt where it has none.
using Variables = std::function<std::optional<std::string>(const std::string& name)>;

/// Returns `text` with each ${NAME} that `variables` answers replaced, once: what is inserted is
/// not looked at again. Others stay as they are.
[[nodiscard]] std::string with_variables(std::string_view text, const Variables& variables);

}  // namespace jk::ctl
