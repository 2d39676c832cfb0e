// The rule table: rules as written → sorted by rank → indexed by literal texts. Maps and
// exclusions have an index each, because an exclusion counts whatever its rank.
// Tested by tests/unit/route/uri_rules_test.cc.
#include "route/uri_rules.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/wording.h"
#include "route/pattern_checks.h"
#include "route/uri_file.h"
#include "route/uri_pattern.h"

namespace jk::route {

namespace {

std::string_view without_mark(std::string_view pattern, char mark, bool& is_marked) noexcept
{
    is_marked = pattern.starts_with(mark);
    return pattern.substr(is_marked ? 1 : 0);
}

/// What comes first is tried first: more slashes, longer, higher source, defined earlier.
auto rank(const Rule& rule, std::size_t defined)
{
    const auto slashes = std::count(rule.pattern.begin(), rule.pattern.end(), '/');
    return std::tuple{-slashes, -static_cast<std::ptrdiff_t>(rule.pattern.size()), rule.source,
                      defined};
}

/// What a wrong rule costs: only the `mount` property of a worker stops the start.
std::string_view cost_of(const Rule& rule) noexcept
{
    return rule.source == Source::worker_definition ? " cannot be used: " : " is left out: ";
}

std::string why_skipped(const Rule& rule, std::string_view half)
{
    const std::string_view written = rule.written;
    const bool is_star = half.starts_with('*') || half.starts_with('?');
    const std::string advice = half.empty() ? std::string{"write a pattern on each side of the bar"}
                               : is_star    ? concat({"write ", quoted(concat({"/", half}))})
                               : written.starts_with("!-")
                                   ? std::string{"write -! for a disabled exclusion"}
                                   : std::string{"begin it with a slash"};
    return concat({"the rule ", quoted(written), cost_of(rule),
                   half.empty() ? "a pattern is empty" : "its pattern does not begin with a slash",
                   "; ", advice});
}

/// Of a map that names no worker the pattern still says what is not to be served as a file.
std::string nameless(const Rule& rule)
{
    return concat({"the rule ", quoted(rule.written),
                   rule.is_exclusion  ? " is left out: it names no worker"
                   : rule.is_disabled ? " names no worker"
                                      : " names no worker, so its requests get 500",
                   "; write one before the first semicolon"});
}

}  // namespace

std::string_view to_text(Source source) noexcept
{
    switch (source) {
    case Source::uriworkermap: return "uriworkermap";
    case Source::jk_mount: return "JkMount";
    case Source::worker_definition: return "worker definition";
    }
    return {};
}

void UriRules::add(const Mount& mount, Complaints& complaints)
{
    std::string_view pattern = mount.pattern;
    Rule rule{{}, {}, mount.source, mount.place, mount.is_exclusion, false, false, mount.pattern};
    if (mount.source != Source::jk_mount) {
        pattern = without_mark(pattern, '-', rule.is_disabled);
        bool is_marked = false;
        pattern = without_mark(pattern, '!', is_marked);
        rule.is_exclusion = mount.is_exclusion || is_marked;
    }
    std::vector<std::string> warnings;
    rule.target = parse_target(mount.target, warnings);
    for (std::string& warning : warnings) {
        complaints.push_back({Severity::warning, mount.place, std::move(warning)});
    }
    if (rule.target.worker.empty()) {
        complaints.push_back({Severity::error, mount.place, nameless(rule)});
        if (rule.is_exclusion) {
            return;
        }
    }
    if (rule.is_exclusion && mount.target.find(';') != std::string_view::npos) {
        complaints.push_back({Severity::warning, mount.place,
                              concat({"the exclusion ", quoted(rule.written),
                                      " has extensions, which have no effect; remove them"})});
    }
    const std::size_t bar =
        mount.source == Source::worker_definition ? std::string_view::npos : pattern.find('|');
    const std::string_view first = pattern.substr(0, bar);
    add_one(std::string{first}, rule, complaints);
    if (bar != std::string_view::npos) {
        add_one(concat({first, pattern.substr(bar + 1)}), rule, complaints);
    }
}

/// Adds one half of a rule: all but the pattern is as in `like`.
void UriRules::add_one(std::string pattern, const Rule& like, Complaints& complaints)
{
    if (!pattern.starts_with('/')) {
        complaints.push_back({Severity::error, like.place, why_skipped(like, pattern)});
        return;
    }
    Rule rule = like;
    rule.is_wildcard = has_wildcard(pattern);
    rule.pattern = std::move(pattern);
    check_pattern(rule, complaints);
    rules_.push_back(std::move(rule));
}

void UriRules::add_file(
    std::string_view text, const std::string& file,
    const std::function<std::optional<std::string>(std::string_view)>& environment,
    Complaints& complaints)
{
    for (const FileRule& rule : read_uri_file(text, file, environment, complaints)) {
        add({rule.key, rule.value, Source::uriworkermap, rule.place}, complaints);
    }
}

/// Of the rules from JkMount with one key the last one takes the place of the first.
void UriRules::drop_replaced()
{
    std::vector<std::size_t> mounts;
    for (std::size_t at = 0; at < rules_.size(); ++at) {
        if (rules_[at].source == Source::jk_mount) {
            mounts.push_back(at);
        }
    }
    const auto key = [this](std::size_t at) {
        const Rule& rule = rules_[at];
        return std::tie(rule.pattern, rule.written, rule.is_exclusion);
    };
    std::stable_sort(mounts.begin(), mounts.end(),
                     [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
    std::vector<bool> is_replaced(rules_.size(), false);
    std::size_t first = 0;
    for (std::size_t at = 1; at < mounts.size(); ++at) {
        if (key(mounts[first]) != key(mounts[at])) {
            first = at;
            continue;
        }
        replaced_.push_back({std::move(rules_[mounts[first]]), rules_[mounts[at]].place});
        rules_[mounts[first]] = std::move(rules_[mounts[at]]);
        is_replaced[mounts[at]] = true;
    }
    std::vector<Rule> kept;
    kept.reserve(rules_.size());
    for (std::size_t at = 0; at < rules_.size(); ++at) {
        if (!is_replaced[at]) {
            kept.push_back(std::move(rules_[at]));
        }
    }
    rules_ = std::move(kept);
}

void UriRules::finish()
{
    drop_replaced();
    std::vector<std::pair<decltype(rank(rules_[0], 0)), std::size_t>> order;
    order.reserve(rules_.size());
    for (std::size_t at = 0; at < rules_.size(); ++at) {
        order.emplace_back(rank(rules_[at], at), at);
    }
    std::sort(order.begin(), order.end());
    std::vector<Rule> sorted;
    sorted.reserve(rules_.size());
    std::vector<std::uint32_t> maps;
    std::vector<std::uint32_t> exclusions;
    for (const auto& [unused, at] : order) {
        const auto number = static_cast<std::uint32_t>(sorted.size());
        if (!rules_[at].is_disabled) {
            (rules_[at].is_exclusion ? exclusions : maps).push_back(number);
        }
        sorted.push_back(std::move(rules_[at]));
    }
    rules_ = std::move(sorted);
    maps_.build(rules_, maps);
    exclusions_.build(rules_, exclusions);
}

const Rule* UriRules::match(std::string_view path) const noexcept
{
    if (!path.starts_with('/')) {
        return nullptr;
    }
    const std::uint32_t winner = maps_.first_match(rules_, path, {});
    if (winner == no_rule) {
        return nullptr;
    }
    const Rule& rule = rules_[winner];
    return is_excluded(path, rule.target.worker) ? nullptr : &rule;
}

bool UriRules::is_excluded(std::string_view path, std::string_view worker) const noexcept
{
    const std::string_view name = worker.empty() ? "*" : worker;  // who is nobody is one of all
    return exclusions_.first_match(rules_, path, name) != no_rule;
}

}  // namespace jk::route
