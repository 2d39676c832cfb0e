// Fuzzes mount rules: the text of a mount file, then after an empty line JkMount and JkUnMount
// lines (pattern, blank, target; a ! in front for JkUnMount), after another empty line paths.
//
// What matches is compared with a matcher that tries every rule in turn by the textbook's table.
#include <optional>
#include <string>

#include "input.h"
#include "route/rule_checks.h"
#include "route/rule_conflicts.h"
#include "route/uri_pattern.h"
#include "route/uri_rules.h"
#include "route/uri_text.h"

namespace {

using jk::fuzz::require;
using jk::route::Rule;
using jk::route::UriRules;

constexpr std::size_t most_lines = 24;

/// row[j]: whether the pattern so far matches the first j characters of the path.
bool naive_match(std::string_view pattern, std::string_view path)
{
    std::vector<bool> row(path.size() + 1, false);
    row[0] = true;
    for (const char c : pattern) {
        std::vector<bool> next(path.size() + 1, false);
        next[0] = c == '*' && row[0];
        for (std::size_t at = 1; at <= path.size(); ++at) {
            next[at] =
                c == '*' ? row[at] || next[at - 1] : row[at - 1] && (c == '?' || c == path[at - 1]);
        }
        row = std::move(next);
    }
    return row.back();
}

const Rule* naive_winner(const UriRules& rules, std::string_view path)
{
    const Rule* winner = nullptr;
    for (const Rule& rule : rules.all()) {
        if (winner == nullptr && !rule.is_disabled && !rule.is_exclusion &&
            naive_match(rule.pattern, path)) {
            winner = &rule;
        }
    }
    for (const Rule& rule : rules.all()) {
        const std::string& worker = rule.target.worker;
        if (winner != nullptr && !rule.is_disabled && rule.is_exclusion &&
            (worker == "*" || worker == winner->target.worker) && naive_match(rule.pattern, path)) {
            return nullptr;
        }
    }
    return winner;
}

void check_rank(const UriRules& rules)
{
    const auto slashes = [](const Rule& rule) {
        return std::count(rule.pattern.begin(), rule.pattern.end(), '/');
    };
    const std::vector<Rule>& all = rules.all();
    for (std::size_t at = 1; at < all.size(); ++at) {
        const Rule& before = all[at - 1];
        require(slashes(before) > slashes(all[at]) ||
                    (slashes(before) == slashes(all[at]) &&
                     before.pattern.size() >= all[at].pattern.size()),
                "more slashes come first, then the longer pattern");
    }
}

void check_patterns(std::string_view a, std::string_view b, std::string_view path)
{
    const bool by_a = jk::route::matches(a, path);
    const bool by_b = jk::route::matches(b, path);
    require(by_a == naive_match(a, path), "a pattern matches what the table says");
    require(!by_b || by_a || !jk::route::covers(a, b), "what covers a pattern matches its paths");
    require(!by_a || !by_b || jk::route::may_overlap(a, b), "patterns of one path overlap");
    require(jk::route::may_overlap(a, b) == jk::route::may_overlap(b, a), "overlap is mutual");
}

void check_path(const UriRules& rules, std::string path)
{
    const auto length = jk::route::normalise(path.data(), path.size());
    if (!length) {
        return;
    }
    path.resize(*length);
    const Rule* const winner = rules.match(path);
    require(path != "*" || winner == nullptr, "no rule maps the asterisk");
    require(path == "*" || winner == naive_winner(rules, path), "the best rule wins");
    const std::vector<Rule>& all = rules.all();
    for (std::size_t at = 0; at < all.size(); ++at) {
        const Rule& other = all[(at + 1) % all.size()];
        check_patterns(all[at].pattern, other.pattern, path);
        require(!jk::route::matches(all[at].pattern, path) ||
                    jk::route::why_it_never_matches(all[at].pattern).empty(),
                "what never matches does not match");
    }
}

void check_complaints(const jk::Complaints& complaints, std::size_t lines)
{
    for (const jk::Complaint& complaint : complaints) {
        require(!complaint.text.empty() && !jk::fuzz::has_control(complaint.text),
                "a complaint is one line of text");
        require(complaint.place.line > 0 && complaint.place.line <= lines,
                "a complaint has a line");
    }
}

void add_lines(std::string_view text, UriRules& rules, jk::Complaints& complaints)
{
    unsigned number = 0;
    for (std::string_view line : jk::fuzz::lines_of(text, most_lines)) {
        jk::route::Mount mount;
        mount.is_exclusion = line.starts_with('!');
        line.remove_prefix(mount.is_exclusion ? 1 : 0);
        const std::size_t blank = std::min(line.find(' '), line.size());
        mount.pattern = line.substr(0, blank);
        mount.target = jk::trim(line.substr(blank));
        mount.place = {"httpd.conf", ++number};
        rules.add(mount, complaints);
    }
}

/// What is said of the rules is said of a line, and with each set of workers.
void check_advice(const UriRules& rules, std::size_t lines)
{
    jk::route::TargetWorkers workers;
    workers["w"] = {};
    workers["lb"] = {true, {"a", "b"}, 30, "a"};
    jk::Complaints complaints;
    jk::route::check_rules(rules, workers, complaints);
    const UriRules* const table = &rules;
    jk::route::check_conflicts({&table, 1}, workers, complaints);
    check_complaints(complaints, lines);
}

std::optional<std::string> environment(std::string_view name)
{
    return name.starts_with('E') ? std::optional<std::string>{name.substr(1)} : std::nullopt;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    jk::fuzz::Input input{data, size};
    const std::string_view file = input.paragraph();
    const std::string_view lines = input.paragraph();
    UriRules rules;
    jk::Complaints complaints;
    const auto breaks = static_cast<std::size_t>(std::count(file.begin(), file.end(), '\n'));
    if (breaks >= most_lines) {
        return 0;
    }
    rules.add_file(file, "uriworkermap.properties", environment, complaints);
    add_lines(lines, rules, complaints);
    check_complaints(complaints, most_lines);
    rules.finish();
    check_rank(rules);
    check_advice(rules, most_lines);
    for (const std::string_view path : jk::fuzz::lines_of(input.rest_text(), most_lines)) {
        check_path(rules, std::string{path});
    }
    return 0;
}
