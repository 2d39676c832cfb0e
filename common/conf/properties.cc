// The property language. Statements go into a vector in the order of their first appearance, and
// an ordered index finds them by name and by prefix. A value remembers which properties it was
// made of, so that what a secret was made of can be kept out of every display, in both directions:
// $(password) used in a secret, and a secret used in something else.
// Tested by tests/unit/conf/properties_test.cc.
#include "conf/properties.h"

#include <algorithm>

#include "base/nearest_name.h"
#include "base/text.h"
#include "base/variables.h"
#include "base/wording.h"
#include "conf/statement_checks.h"

namespace jk::conf {

namespace {

constexpr std::string_view worker_prefix = "worker.";
constexpr std::string_view reference_suffix = ".reference";
constexpr std::size_t directive_limit = 8192;
constexpr int most_levels = 20;

bool is_reference(std::string_view name) noexcept
{
    return name.starts_with(worker_prefix) && name.ends_with(reference_suffix) &&
           name.size() > worker_prefix.size() + reference_suffix.size();
}

/// What to know of a variable: nothing is wrong with any name.
constexpr KnownName variable{};

}  // namespace

Properties::Properties(Environment environment) : environment_(std::move(environment)) {}

void Properties::complain(Severity severity, const Place& place, std::string text)
{
    complaints_.push_back({severity, place, std::move(text)});
}

void Properties::add_line(std::string_view line, const Place& place)
{
    if (line.size() > directive_limit) {
        complain(Severity::error, place,
                 concat({"the property is longer than ", decimal(directive_limit),
                         " bytes; shorten it: ",
                         quoted(line.substr(0, std::min<std::size_t>(line.find('='), 40)))}));
        return;
    }
    take(line, place);
    mark_secrets();
}

void Properties::add_file(std::string_view text, const std::string& file)
{
    Lines lines{text};
    while (const std::optional<Line> line = lines.next()) {
        const Place place{file, line->number};
        if (line->is_too_long()) {
            complain(Severity::error, place,
                     concat({"the line is longer than ", decimal(line_limit),
                             " bytes; shorten or split it (lists may be continued by a second "
                             "line with the same name)"}));
        } else {
            take(line->text, place);
            const auto begin = static_cast<std::size_t>(line->text.data() - text.data());
            if (text.substr(begin + line->text.size()).starts_with('#')) {
                doubt_comment(line->text, place);
            }
        }
    }
    mark_secrets();
}

/// A "#" right behind a value is a comment, where a secret may have been meant to go on.
void Properties::doubt_comment(std::string_view line, const Place& place)
{
    const Statement statement = split_statement(line).value_or(Statement{});
    const KnownName known = find_known_name(last_part(statement.name)).value_or(KnownName{});
    if (known.is_secret ||
        (!statement.name.empty() && !statement.name.starts_with(worker_prefix))) {
        complain(Severity::warning, place,
                 concat({escaped(statement.name),
                         " ends before the \"#\", which begins a comment; put a blank before it, "
                         "or write the line as JkWorkerProperty, where it is an ordinary "
                         "character"}));
    }
}

void Properties::define(std::string_view name, std::string_view value)
{
    defined_.emplace_back(name);
    if (const auto known = index_.find(name); known != index_.end()) {
        properties_[known->second].value = value;
        return;
    }
    index_.emplace(name, properties_.size());
    properties_.push_back({std::string{name}, std::string{value}, {}, std::string{name}});
}

/// Takes a line without its comment.
void Properties::take(std::string_view line, const Place& place)
{
    const std::optional<Statement> statement = split_statement(line);
    if (!statement) {
        complain(Severity::warning, place, ignored_line(line));
        return;
    }
    const std::string_view name = statement->name;
    if (!name.starts_with(worker_prefix)) {
        put(*statement, variable, place);
        return;
    }
    const std::optional<KnownName> known = find_known_name(last_part(name));
    if (!known) {
        complain(Severity::error, place, unknown_property(name));
        return;
    }
    if (known->use != NameUse::current) {
        complain(Severity::warning, place, retired_property(name, *known));
    }
    if (std::string misplaced = misplaced_property(name); !misplaced.empty()) {
        complain(Severity::warning, place, std::move(misplaced));
    }
    put(*statement, *known, place);
}

void Properties::put(const Statement& statement, const KnownName& known, const Place& place)
{
    const auto found = index_.find(statement.name);
    const std::size_t at = found == index_.end() ? properties_.size() : found->second;
    std::string value = expand(statement, at, place);
    if (is_quoted(value)) {
        complain(Severity::warning, place,
                 concat({escaped(statement.name),
                         ": the quotes are taken as part of the value; remove them"}));
    }
    if (found != index_.end()) {
        put_again(properties_[at], std::move(value), known, place);
    } else {
        std::string name{statement.name};
        index_.emplace(name, at);
        properties_.push_back({name, std::move(value), place, name, known.is_secret});
    }
    properties_[at].is_spelled = is_spelled_out(statement.value);
}

/// A second statement of one name: lists add up, otherwise the later one counts. The values stand
/// in the warning only where no secret can be among them: not for variables, whose use is unknown.
void Properties::put_again(Property& property, std::string value, const KnownName& known,
                           const Place& place)
{
    if (known.is_list) {
        property.earlier.emplace_back(property.value.size(), property.place);
        property.value += "," + value;
        property.place = place;
        return;
    }
    const bool may_show = !known.name.empty() && !known.is_secret && !property.holds_secret;
    complain(Severity::warning, place,
             concat({escaped(property.name), may_show ? " = " + quoted(value) : "",
                     " replaces the value", may_show ? " " + quoted(property.value) : "",
                     property.place.file.empty() ? "" : " of " + to_text(property.place),
                     "; remove one of the two"}));
    property.value = std::move(value);
    property.place = place;
}

/// Answers a variable; `user` is the place of the property that its value goes into.
std::optional<std::string> Properties::look_up(std::string_view name, std::size_t user)
{
    const auto found = index_.find(name);
    if (found == index_.end()) {
        return environment_ ? environment_(name) : std::nullopt;
    }
    properties_[found->second].is_used = true;
    if (std::find(defined_.begin(), defined_.end(), name) == defined_.end()) {
        uses_.emplace_back(user, found->second);
    }
    return properties_[found->second].value;
}

std::string Properties::expand(const Statement& statement, std::size_t user, const Place& place)
{
    const auto answer = [&](std::string_view name) { return look_up(name, user); };
    Expansion expansion = expand_variables(statement.value, answer);
    for (const std::string& name : expansion.unknown) {
        complain(Severity::warning, place,
                 concat({escaped(statement.name), ": the variable $(", escaped(name),
                         ") is not defined above this line nor in the environment, and stays as "
                         "it is; define it first"}));
    }
    if (expansion.is_cut_short) {
        complain(Severity::warning, place,
                 concat({escaped(statement.name), " has more than 21 variables; those behind the "
                                                  "21st stay as they are, spread them out"}));
    }
    return std::move(expansion.text);
}

void Properties::resolve_references()
{
    std::vector<std::size_t> references;
    for (const auto& [name, at] : index_) {
        if (is_reference(name)) {
            references.push_back(at);
        }
    }
    std::sort(references.begin(), references.end());
    for (const std::size_t at : references) {
        const std::string name = properties_[at].name;
        const std::string prefix = name.substr(0, name.size() - reference_suffix.size());
        const bool is_new = levels_.find(prefix) == levels_.end();
        if (resolve(prefix, 1) < 0 && is_new) {
            complain(Severity::error, properties_[at].place,
                     concat({escaped(name), " = ", quoted(properties_[at].value),
                             ": references lead in a circle, or through more than ",
                             decimal(most_levels), " workers; write the properties out"}));
        }
    }
    mark_secrets();
}

/// Completes everything below `prefix` and returns through how many references; -1 where they are
/// too many, which a circle is too.
int Properties::resolve(const std::string& prefix, int depth)
{
    if (const auto known = levels_.find(prefix); known != levels_.end()) {
        return known->second;
    }
    const Property* const reference = find(concat({prefix, reference_suffix}));
    if (reference == nullptr) {
        return 0;
    }
    if (depth > most_levels) {
        return -1;
    }
    const Property copy = *reference;
    const int below = resolve(copy.value, depth + 1);
    const int levels = below < 0 || below == most_levels ? -1 : below + 1;
    levels_.emplace(prefix, levels);
    const std::string target = copy.value + ".";
    const auto first = index_.lower_bound(target);
    if (first == index_.end() || !first->first.starts_with(target)) {
        complain(
            Severity::error, copy.place,
            concat({escaped(copy.name), " names ", quoted(copy.value), ", but there is no ",
                    "property ", escaped(target), "..; ", advice_on_target(copy.value, prefix)}));
    } else if (levels > 0) {
        copy_below(target, prefix + ".");
    }
    return levels;
}

/// What to write instead of a target that has no property in the reference of `user`.
std::string Properties::advice_on_target(const std::string& target, std::string_view user) const
{
    if (has_worker(target)) {
        return concat({"write worker.", escaped(target)});
    }
    NearestName nearest{target};
    for (const auto& [name, unused] : index_) {
        const std::string_view owner = std::string_view{name}.substr(0, name.rfind('.'));
        if (name.starts_with(worker_prefix) && owner != user) {
            nearest.offer(owner);
        }
    }
    return nearest.best().empty() ? std::string{"define it or remove the reference"}
                                  : concat({"did you mean ", escaped(nearest.best()), "?"});
}

/// Copies what begins with `from` to the same name beginning with `to`, unless it is there.
void Properties::copy_below(const std::string& from, const std::string& to)
{
    std::vector<std::size_t> sources;
    for (auto one = index_.lower_bound(from); one != index_.end() && one->first.starts_with(from);
         ++one) {
        sources.push_back(one->second);
    }
    std::sort(sources.begin(), sources.end());
    for (const std::size_t at : sources) {
        std::string name = to + properties_[at].name.substr(from.size());
        if (index_.emplace(name, properties_.size()).second) {
            uses_.emplace_back(properties_.size(), at);
            Property copy = properties_[at];
            copy.name = std::move(name);
            properties_.push_back(std::move(copy));
        }
    }
}

/// Spreads `holds_secret` along `uses_` until nothing changes.
void Properties::mark_secrets()
{
    while (spread_secrets()) {
    }
}

/// Marks what stands at the other end of a secret; true when there was anything to mark.
bool Properties::spread_secrets()
{
    bool has_changed = false;
    for (const auto& [user, used] : uses_) {
        const bool differs = properties_[user].holds_secret != properties_[used].holds_secret;
        has_changed = has_changed || differs;
        properties_[user].holds_secret = properties_[user].holds_secret || differs;
        properties_[used].holds_secret = properties_[used].holds_secret || differs;
    }
    return has_changed;
}

const Place& Property::place_of(std::string_view element) const
{
    std::size_t begin = 0;
    for (const auto& [end, where] : earlier) {
        std::string_view rest = std::string_view{value}.substr(begin, end - begin);
        while (const auto piece = next_piece(rest, " \t,")) {
            if (*piece == element) {
                return where;
            }
        }
        begin = end;
    }
    return place;
}

const Property* Properties::find(std::string_view name) const noexcept
{
    const auto found = index_.find(name);
    return found == index_.end() ? nullptr : &properties_[found->second];
}

const Property* Properties::find_of_worker(std::string_view worker, std::string_view property) const
{
    return find(concat({worker_prefix, worker, ".", property}));
}

std::optional<std::string_view> Properties::of_worker(std::string_view worker,
                                                      std::string_view property) const
{
    const Property* const found = find_of_worker(worker, property);
    return found == nullptr ? std::nullopt : std::optional<std::string_view>{found->value};
}

bool Properties::has_worker(std::string_view worker) const
{
    const std::string prefix = concat({worker_prefix, worker, "."});
    const auto first = index_.lower_bound(prefix);
    return first != index_.end() && first->first.starts_with(prefix);
}

}  // namespace jk::conf
