// Names and environment. The script is Debian's envvars, or one like it: assignments, read without
// a shell. Tested by tests/adapter/jkctl/httpd_variables_test.cc.
#include "jkctl/httpd_variables.h"

#include <algorithm>
#include <cstdlib>

#include "base/text.h"

namespace jk::ctl {

namespace {

bool is_name_char(char c) noexcept
{
    return is_digit(c) || c == '_' || (lower(c) >= 'a' && lower(c) <= 'z');
}

bool is_name(std::string_view text) noexcept
{
    return !text.empty() && !is_digit(text.front()) &&
           std::all_of(text.begin(), text.end(), is_name_char);
}

std::string_view without_quotes(std::string_view text) noexcept
{
    if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
        text.back() == text.front()) {
        return text.substr(1, text.size() - 2);
    }
    return text.substr(0, text.find_first_of(" \t;"));
}

/// Takes the name of a variable off `rest`, which begins behind its "$"; empty for none.
std::string_view take_name(std::string_view& rest) noexcept
{
    const bool has_brace = rest.starts_with('{');
    std::size_t end = has_brace ? 1 : 0;
    while (end < rest.size() && is_name_char(rest[end])) {
        ++end;
    }
    const std::string_view name = rest.substr(has_brace ? 1 : 0, end - (has_brace ? 1 : 0));
    rest.remove_prefix(has_brace && rest.substr(end).starts_with('}') ? end + 1 : end);
    return name;
}

}  // namespace

std::optional<std::string> process_environment(std::string_view name)
{
    const char* const value = std::getenv(std::string{name}.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>{value};
}

void HttpdVariables::define(std::string_view definition)
{
    const std::size_t mark = definition.find('=');
    const std::string name{definition.substr(0, mark)};
    names_.insert(name);
    if (mark != std::string_view::npos) {
        values_[name] = definition.substr(mark + 1);
    }
}

void HttpdVariables::define(const std::string& name, const std::string& value)
{
    names_.insert(name);
    values_[name] = value;
}

void HttpdVariables::undefine(const std::string& name)
{
    names_.erase(name);
    values_.erase(name);
}

void HttpdVariables::add_script(std::string_view text)
{
    while (const auto piece = next_piece(text, "\n")) {
        std::string_view line = trim(*piece);
        if (line.starts_with("export ")) {
            line = trim(line.substr(7));
        }
        const std::size_t mark = line.find('=');
        const std::string_view name = line.substr(0, mark);
        if (mark == std::string_view::npos || !is_name(name)) {
            continue;
        }
        std::string value;
        std::string_view rest = without_quotes(line.substr(mark + 1));
        while (!rest.empty()) {
            const std::size_t dollar = rest.find('$');
            value += rest.substr(0, dollar);
            rest.remove_prefix(dollar == std::string_view::npos ? rest.size() : dollar + 1);
            if (dollar != std::string_view::npos) {
                value += environment(take_name(rest)).value_or("");
            }
        }
        script_.insert_or_assign(std::string{name}, value);
    }
}

bool HttpdVariables::is_defined(const std::string& name) const
{
    return names_.count(name) != 0;
}

std::optional<std::string> HttpdVariables::value(const std::string& name) const
{
    const auto found = values_.find(name);
    return found != values_.end() ? std::optional{found->second} : environment(name);
}

std::optional<std::string> HttpdVariables::environment(std::string_view name) const
{
    if (const auto found = script_.find(name); found != script_.end()) {
        return found->second;
    }
    return process_environment(name);
}

}  // namespace jk::ctl
