// The Jk* directives, as native/config/directives.cc takes them from httpd: the same checks in the
// same order. Tested by tests/adapter/jkctl/jk_directives_test.cc; that the words are the module's,
// by tests/system/test_jkctl.py.
#include "jkctl/jk_directives.h"

#include <filesystem>

#include "base/text.h"
#include "base/wording.h"
#include "jkctl/httpd_lines.h"
#include "site/arguments.h"

namespace jk::ctl {

namespace {

/// What httpd itself says of the arguments' number; empty: nothing.
std::string wrong_number(const site::Directive& directive, std::string_view what)
{
    return concat({directive.name, what, ", ", directive.help});
}

bool is_flag(std::string_view word) noexcept
{
    return equals_caseless(word, "on") || equals_caseless(word, "off");
}

/// Where httpd, and the module's own check, do not allow it; empty: it may stand there.
std::string misplaced(const site::Directive& directive, const Context& context)
{
    if (directive.where != site::Where::section && context.path.has_value()) {
        return concat({directive.name, " not allowed in <", context.section, "> context"});
    }
    if (directive.where == site::Where::global && context.kind == ServerKind::virtual_host) {
        return concat({directive.name, " cannot occur within <VirtualHost> section"});
    }
    return {};
}

std::string add_mount(const JkStatement& statement, const JkWords& words, const Context& context,
                      ServerDraft& draft)
{
    const char* const name = statement.directive->name;
    if (!context.path && !words.second) {
        return concat({name, " needs a path and a worker here: ", name, " /path/* worker"});
    }
    if (context.path && words.second) {
        return concat({name, " cannot have a path inside <Location ", *context.path,
                       ">: the section gives it"});
    }
    const std::string& pattern = context.path ? *context.path : words.first;
    if (!pattern.starts_with('/')) {
        return concat({name, ": the path '", pattern, "' must begin with a slash"});
    }
    draft.lines.push_back({pattern, context.path ? words.first : *words.second,
                           route::Source::jk_mount, statement.place,
                           std::string_view{name} == "JkUnMount"});
    return {};
}

std::string set_mount_copy(const std::string& word, const Context& context, ServerDraft& draft)
{
    if (equals_caseless(word, "on")) {
        draft.copy = site::MountCopy::on;
    } else if (equals_caseless(word, "off")) {
        draft.copy = site::MountCopy::off;
    } else if (!equals_caseless(word, "all")) {
        return concat({"JkMountCopy: '", word, "' is none of On, Off, All"});
    } else if (context.kind == ServerKind::virtual_host) {
        return "JkMountCopy All is for the main server; inside <VirtualHost> use On or Off";
    } else {
        draft.copy = site::MountCopy::all;
    }
    return {};
}

std::string add_options(const JkStatement& statement, ServerDraft& draft)
{
    for (std::string_view rest = statement.arguments; !rest.empty();) {
        const std::string word = next_word(rest);
        const Result<void> added = draft.words.add(word);
        if (!added.has_value()) {
            const std::string_view nearest = added.error().code == Errc::unknown_name
                                                 ? site::nearest_option(word)
                                                 : std::string_view{};
            return concat({"JkOptions: '", word, "' ", added.error().text,
                           nearest.empty() ? "" : "; did you mean ", nearest,
                           nearest.empty() ? "" : "?"});
        }
        site::check_argument("JkOptions", word, statement.place, draft.doubts);
    }
    return {};
}

}  // namespace

std::string JkDirectives::existing_file(const char* directive, const std::string& name,
                                        std::string& path) const
{
    const std::string absolute = from_root_(name);
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(absolute, ignored)) {
        return concat({directive, ": '", absolute,
                       "' is not an existing file; give its path, absolute or from ServerRoot"});
    }
    path = absolute;
    return {};
}

std::string JkDirectives::set_workers_file(const std::string& name)
{
    if (!workers_file_.empty()) {
        return concat(
            {"JkWorkersFile is allowed only once; '", workers_file_, "' is already named"});
    }
    std::string refusal = existing_file("JkWorkersFile", name, workers_file_);
    misses_workers_ = !refusal.empty();
    return refusal;
}

std::string JkDirectives::set(const JkStatement& statement, const JkWords& words,
                              const Context& context, ServerDraft& draft)
{
    const std::string_view name = statement.directive->name;
    if (name == "JkMount" || name == "JkUnMount") {
        return add_mount(statement, words, context, draft);
    }
    if (name == "JkWorkersFile") {
        return set_workers_file(words.first);
    }
    if (name == "JkMountFile") {
        return existing_file("JkMountFile", words.first, draft.mount_file);
    }
    if (name == "JkMountCopy") {
        return set_mount_copy(words.first, context, draft);
    }
    if (name == "JkStripSession" && !is_flag(words.first)) {
        return concat({"JkStripSession: '", words.first, "' is neither On nor Off"});
    }
    site::check_argument(name, words.first, statement.place, draft.doubts);
    return {};
}

std::string JkDirectives::take(const JkStatement& statement, const Context& context,
                               ServerDraft& draft)
{
    const site::Directive& directive = *statement.directive;
    if (std::string refusal = misplaced(directive, context); !refusal.empty()) {
        return refusal;
    }
    if (directive.arguments == site::Arguments::line) {
        if (std::string_view{directive.name} == "JkOptions") {
            return add_options(statement, draft);
        }
        properties_.add_line(statement.arguments, statement.place);
        return {};
    }
    std::string_view rest = statement.arguments;
    JkWords words{next_word(rest)};
    if (directive.arguments == site::Arguments::flag) {
        return is_flag(words.first) ? std::string{}
                                    : concat({directive.name, " must be On or Off"});
    }
    const bool may_be_two = directive.arguments == site::Arguments::one_or_two;
    if (may_be_two && !rest.empty()) {
        words.second = next_word(rest);
    }
    if (words.first.empty() || !rest.empty()) {
        return wrong_number(directive, may_be_two ? " takes 1-2 arguments" : " takes one argument");
    }
    return set(statement, words, context, draft);
}

}  // namespace jk::ctl
