// Mount files: the line language of base/lines, keys unique, variables in values: earlier keys of
// the file and the environment. Tested by tests/unit/route/uri_file_test.cc.
#include "route/uri_file.h"

#include <map>
#include <optional>

#include "base/lines.h"
#include "base/wording.h"

namespace jk::route {

namespace {

class FileReader {
public:
    FileReader(const std::string& file, const VariableLookup& environment, Complaints& complaints)
        : file_(file), environment_(environment), complaints_(complaints)
    {}

    void take(const Line& line);
    [[nodiscard]] std::vector<FileRule> take_rules() { return std::move(rules_); }

private:
    void complain(Severity severity, unsigned line, std::string text)
    {
        complaints_.push_back({severity, {file_, line}, std::move(text)});
    }
    void put(const Statement& statement, unsigned line);
    [[nodiscard]] std::string expand(const Statement& statement, unsigned line);

    const std::string& file_;
    const VariableLookup& environment_;
    Complaints& complaints_;
    std::vector<FileRule> rules_;
    std::map<std::string, std::size_t, std::less<>> by_key_;
};

void FileReader::take(const Line& line)
{
    if (line.is_too_long()) {
        complain(Severity::error, line.number,
                 concat({"the line is longer than ", decimal(line_limit),
                         " bytes and is left out; shorten it"}));
        return;
    }
    const std::optional<Statement> statement = split_statement(line.text);
    if (!statement) {
        complain(Severity::warning, line.number,
                 concat({"the line ", quoted(line.text.substr(0, 80)),
                         " is ignored; write pattern=worker"}));
    } else if (statement->name.starts_with("worker.")) {
        complain(Severity::error, line.number,
                 concat({quoted(statement->name), " is no rule and is left out; worker properties ",
                         "belong into the JkWorkersFile"}));
    } else {
        put(*statement, line.number);
    }
}

void FileReader::put(const Statement& statement, unsigned line)
{
    std::string value = expand(statement, line);
    const auto [known, is_new] = by_key_.emplace(statement.name, rules_.size());
    if (is_new) {
        rules_.push_back({std::string{statement.name}, std::move(value), {file_, line}});
        return;
    }
    FileRule& rule = rules_[known->second];
    complain(Severity::warning, line,
             concat({quoted(statement.name), " = ", quoted(value), " replaces ", quoted(rule.value),
                     " of line ", decimal(rule.place.line), "; remove one of the two"}));
    rule.value = std::move(value);
    rule.place.line = line;
}

std::string FileReader::expand(const Statement& statement, unsigned line)
{
    const auto look_up = [this](std::string_view name) -> std::optional<std::string> {
        if (const auto known = by_key_.find(name); known != by_key_.end()) {
            return rules_[known->second].value;
        }
        return environment_ ? environment_(name) : std::nullopt;
    };
    Expansion expansion = expand_variables(statement.value, look_up);
    for (const std::string& name : expansion.unknown) {
        complain(Severity::warning, line,
                 concat({"the variable $(", escaped(name),
                         ") is not in the environment, and stays "
                         "as it is; define it before the start"}));
    }
    return std::move(expansion.text);
}

}  // namespace

std::vector<FileRule> read_uri_file(std::string_view text, const std::string& file,
                                    const VariableLookup& environment, Complaints& complaints)
{
    FileReader reader{file, environment, complaints};
    Lines lines{text};
    while (const std::optional<Line> line = lines.next()) {
        reader.take(*line);
    }
    return reader.take_rules();
}

}  // namespace jk::route
