// The line language. Tested by tests/unit/base/lines_test.cc.
#include "base/lines.h"

#include <algorithm>

#include "base/text.h"

namespace jk {

std::optional<Statement> split_statement(std::string_view line) noexcept
{
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) {
        return std::nullopt;
    }
    const Statement statement{trim(line.substr(0, equals)), trim(line.substr(equals + 1))};
    if (statement.name.empty() || statement.value.empty()) {
        return std::nullopt;
    }
    return statement;
}

Lines::Lines(std::string_view text) noexcept : rest_(text)
{
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (rest_.starts_with(byte_order_mark)) {
        rest_.remove_prefix(byte_order_mark.size());
    }
}

std::optional<Line> Lines::next() noexcept
{
    while (!rest_.empty()) {
        const std::size_t end = std::min(rest_.find('\n'), rest_.size());
        const std::string_view whole = rest_.substr(0, end);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        ++number_;
        const std::string_view text = trim(whole.substr(0, whole.find('#')));
        if (!text.empty()) {
            return Line{text, number_};
        }
    }
    return std::nullopt;
}

}  // namespace jk
