// The line language of httpd's configuration. A backslash at the end continues every line, comments
// too. Tested by tests/adapter/jkctl/httpd_lines_test.cc.
#include "jkctl/httpd_lines.h"

#include "base/text.h"

namespace jk::ctl {

namespace {

std::string_view without_blanks_in_front(std::string_view text) noexcept
{
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    return text;
}

/// The word between quotes, which `rest` begins with. A backslash protects quote and backslash.
std::string quoted_word(std::string_view& rest)
{
    const char quote = rest.front();
    std::string word;
    std::size_t i = 1;
    for (; i < rest.size() && rest[i] != quote; ++i) {
        if (rest[i] == '\\' && i + 1 < rest.size() &&
            (rest[i + 1] == quote || rest[i + 1] == '\\')) {
            ++i;
        }
        word += rest[i];
    }
    rest.remove_prefix(std::min(rest.size(), i + 1));
    return word;
}

}  // namespace

std::string HttpdLines::next_joined()
{
    std::string joined;
    bool goes_on = true;
    while (goes_on && !rest_.empty()) {
        const std::size_t end = rest_.find('\n');
        std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        ++number_;
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        goes_on = end != std::string_view::npos && line.ends_with('\\');
        joined += line.substr(0, line.size() - (goes_on ? 1 : 0));
    }
    return joined;
}

std::optional<HttpdLine> HttpdLines::next()
{
    while (!rest_.empty()) {
        const std::string joined = next_joined();
        const std::string_view line = trim(joined);
        if (!line.empty() && line.front() != '#') {
            return HttpdLine{std::string{line}, number_};
        }
    }
    return std::nullopt;
}

std::string next_word(std::string_view& rest)
{
    rest = without_blanks_in_front(rest);
    std::string word;
    if (!rest.empty() && (rest.front() == '"' || rest.front() == '\'')) {
        word = quoted_word(rest);
    } else {
        std::size_t end = 0;
        while (end < rest.size() && !is_blank(rest[end])) {
            ++end;
        }
        word = rest.substr(0, end);
        rest.remove_prefix(end);
    }
    rest = without_blanks_in_front(rest);
    return word;
}

std::string with_variables(std::string_view text, const Variables& variables)
{
    std::string result;
    for (;;) {
        const std::size_t begin = text.find("${");
        const std::size_t end = begin == std::string_view::npos ? begin : text.find('}', begin);
        if (end == std::string_view::npos) {
            return result.append(text);
        }
        const auto value = variables(std::string{text.substr(begin + 2, end - begin - 2)});
        result.append(text.substr(0, begin));
        result.append(value ? std::string_view{*value} : text.substr(begin, end + 1 - begin));
        text.remove_prefix(end + 1);
    }
}

}  // namespace jk::ctl
