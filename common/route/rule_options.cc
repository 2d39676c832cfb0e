// Rule extensions: a row each, with the function that reads its value into its field.
// Tested by tests/unit/route/rule_options_test.cc.
#include "route/rule_options.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <limits>

#include "base/nearest_name.h"
#include "base/text.h"
#include "base/wording.h"

namespace jk::route {

namespace {

using Options = RuleOptions;

/// A reader returns what is wrong with the value, empty when nothing is.
using Reader = std::string_view (*)(Options&, std::string_view);

struct Number {
    int value = 0;
    std::string_view remark;
};

/// A plain integer that can be negated; anything behind it is ignored, with a remark.
Number read_number(std::string_view text) noexcept
{
    const std::optional<std::int64_t> number = parse_leading_integer(text);
    constexpr std::int64_t most = std::numeric_limits<int>::max();
    if (!number || *number > most || *number < -most) {
        return {0, "is no number and is ignored"};
    }
    const std::string_view digits = text.substr(text.find_first_of("0123456789"));
    const bool is_plain = digits.find_first_not_of("0123456789") == std::string_view::npos;
    return {static_cast<int>(*number), is_plain ? "" : "is read only as far as its number goes"};
}

bool is_ignored(const Number& number) noexcept
{
    return number.remark.ends_with("ignored");
}

std::string_view read_reply_timeout(Options& options, std::string_view text)
{
    const Number number = read_number(text);
    if (!is_ignored(number)) {
        options.reply_timeout = number.value < 0 ? std::nullopt : std::optional<int>{number.value};
    }
    return number.remark;
}

template <auto field> std::string_view read_switch(Options& options, std::string_view text)
{
    const Number number = read_number(text);
    if (!is_ignored(number)) {
        options.*field = number.value != 0;
    }
    return number.remark;
}

std::string_view read_server_errors(Options& options, std::string_view text)
{
    const Number number = read_number(text);
    options.use_server_errors = std::max(number.value, 0);
    return number.remark;
}

template <std::vector<std::string> Options::*field, std::string Options::*written>
std::string_view read_members(Options& options, std::string_view text)
{
    options.*written = text;
    while (const auto piece = next_piece(text, ", \t")) {
        (options.*field).emplace_back(*piece);
    }
    return {};
}

std::string_view read_statuses(Options& options, std::string_view text)
{
    options.fail_on_status_text = text;
    options.fail_on_status.emplace();
    std::string_view remark;
    while (const auto piece = next_piece(text, ", \t")) {
        const Number number = read_number(*piece);
        options.fail_on_status->push_back(number.value);
        if (number.value == 0 || !number.remark.empty()) {
            remark = "holds something that is no status";
        }
    }
    return remark;
}

template <std::optional<std::string> Options::*field>
std::string_view read_text(Options& options, std::string_view text)
{
    if (has_control(text)) {
        return "holds a control character and is ignored";
    }
    options.*field = std::string{text};
    return {};
}

std::string_view read_session_path(Options& options, std::string_view text)
{
    const std::string_view remark = read_text<&Options::session_path>(options, text);
    if (remark.empty()) {
        options.session_path->insert(0, 1, ';');
    }
    return remark;
}

enum class Repeat : std::uint8_t { last_counts, first_counts };
enum class For : std::uint8_t { any_worker, balancer };

struct Row {
    std::string_view name;
    Repeat repeat;
    For use;
    Reader read;
};
// name, repeated, workers, reader
constexpr std::array rows{
    Row{"reply_timeout", Repeat::last_counts, For::any_worker, read_reply_timeout},
    Row{"sticky_ignore", Repeat::last_counts, For::balancer, read_switch<&Options::sticky_ignore>},
    Row{"stateless", Repeat::last_counts, For::balancer, read_switch<&Options::stateless>},
    Row{"use_server_errors", Repeat::last_counts, For::any_worker, read_server_errors},
    Row{"active", Repeat::first_counts, For::balancer,
        read_members<&Options::active, &Options::active_text>},
    Row{"disabled", Repeat::first_counts, For::balancer,
        read_members<&Options::disabled, &Options::disabled_text>},
    Row{"stopped", Repeat::first_counts, For::balancer,
        read_members<&Options::stopped, &Options::stopped_text>},
    Row{"fail_on_status", Repeat::first_counts, For::any_worker, read_statuses},
    Row{"session_cookie", Repeat::first_counts, For::balancer, read_text<&Options::session_cookie>},
    Row{"session_path", Repeat::first_counts, For::balancer, read_session_path},
    Row{"set_session_cookie", Repeat::first_counts, For::balancer,
        read_switch<&Options::set_session_cookie>},
    Row{"session_cookie_path", Repeat::first_counts, For::balancer,
        read_text<&Options::session_cookie_path>},
};

/// One extension as written; no value where there is no `=`.
struct Extension {
    std::string_view name;
    std::optional<std::string_view> value;
};

/// Returns the next extension and moves `rest` behind it. The empty value of `;session_path=;sid`
/// is the text behind the second semicolon.
std::optional<Extension> next_extension(std::string_view& rest)
{
    const auto piece = next_piece(rest, ";");
    if (!piece) {
        return std::nullopt;
    }
    const std::string_view text = trim(*piece);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) {
        return Extension{text, std::nullopt};
    }
    Extension extension{text.substr(0, equals), text.substr(equals + 1)};
    std::string_view ahead = rest;
    const auto next = next_piece(ahead, ";");
    if (extension.name == "session_path" && extension.value->empty() && next &&
        next->find('=') == std::string_view::npos) {
        extension.value = trim(*next);
        rest = ahead;
    }
    return extension;
}

const Row* find_row(std::string_view name) noexcept
{
    const auto found =
        std::find_if(rows.begin(), rows.end(), [name](const Row& row) { return row.name == name; });
    return found == rows.end() ? nullptr : &*found;
}

std::string unknown_extension(std::string_view name)
{
    if (find_row(trim(name)) != nullptr) {
        return concat({"the rule extension ", quoted(name),
                       " ends with a blank and is ignored; write no blanks around its \"=\""});
    }
    NearestName nearest{name};
    for (const Row& row : rows) {
        nearest.offer(row.name);
    }
    const std::string begin = concat({"the rule extension ", quoted(name),
                                      " is unknown and is "
                                      "ignored; "});
    return nearest.best().empty() ? concat({begin, "remove it"})
                                  : concat({begin, "did you mean ", nearest.best(), "?"});
}

using Members = std::vector<std::string>;

/// Names the members of `later` that stand in one of the others too.
void warn_of_overlap(const Members& later, std::initializer_list<const Members*> earlier,
                     std::vector<std::string>& warnings)
{
    for (const std::string& member : later) {
        const auto has_member = [&](const Members* list) {
            return std::find(list->begin(), list->end(), member) != list->end();
        };
        if (std::any_of(earlier.begin(), earlier.end(), has_member)) {
            warnings.push_back(concat({"the member ", quoted(member),
                                       " stands in two of active, disabled and stopped, and the "
                                       "last of them counts; remove one"}));
        }
    }
}

}  // namespace

RuleTarget parse_target(std::string_view text, std::vector<std::string>& warnings)
{
    const std::size_t end = std::min(text.find(';'), text.size());
    RuleTarget target{std::string{trim(text.substr(0, end))}, {}};
    std::string_view rest = text.substr(end);
    std::array<bool, rows.size()> is_seen{};
    while (const std::optional<Extension> extension = next_extension(rest)) {
        const Row* const row = find_row(extension->name);
        if (row == nullptr) {
            warnings.push_back(unknown_extension(extension->name));
            continue;
        }
        if (row->use == For::balancer) {
            std::string& names = target.options.balancer_only;
            names = concat({names, names.empty() ? "" : ", ", row->name});
        }
        const std::string_view value = extension->value.value_or(std::string_view{});
        const std::string subject = concat({"the rule extension ", row->name, " ", quoted(value)});
        bool& has_value = is_seen[static_cast<std::size_t>(row - rows.data())];
        if (value.empty()) {
            warnings.push_back(
                concat({"the rule extension ", row->name, " has no value and is ignored; write ",
                        row->name, "=value"}));
        } else if (has_value && row->repeat == Repeat::first_counts) {
            warnings.push_back(subject + " stands there again and is ignored; remove one");
        } else if (const auto remark = row->read(target.options, value); !remark.empty()) {
            warnings.push_back(concat({subject, " ", remark, "; correct it"}));
        }
        has_value = has_value || !value.empty();
    }
    const Options& options = target.options;
    warn_of_overlap(options.disabled, {&options.active}, warnings);
    warn_of_overlap(options.stopped, {&options.active, &options.disabled}, warnings);
    return target;
}

}  // namespace jk::route
