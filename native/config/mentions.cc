// Looks through httpd's directive tree, which is whole while the configuration is checked.
// Tested by tests/adapter/config/mentions_test.cc, tests/system/test_balancing.py and
// tests/system/test_old_habits.py.
#include "config/mentions.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "pool.h"

namespace jk::httpd {

namespace {

/// True when `holds` does for a directive of `tree`, at any depth.
template <class Predicate>
bool any_directive(const ap_directive_t* tree, const Predicate& holds) noexcept
{
    for (; tree != nullptr; tree = tree->next) {
        if (holds(*tree) || any_directive(tree->first_child, holds)) {
            return true;
        }
    }
    return false;
}

/// `%{SERVER_NAME}e` of access logs and headers.
bool is_format(std::string_view rest) noexcept
{
    const std::size_t end = rest.find('}');
    return end != std::string_view::npos && rest.substr(end + 1).starts_with('e') &&
           is_common_var(rest.substr(0, end));
}

/// `env=NAME`, `reqenv('NAME')`, `%{ENV:NAME}` and their like, behind the word.
bool is_look_up(std::string_view rest) noexcept
{
    const std::size_t name = rest.find_first_not_of("=(:!'\" ");
    return name != std::string_view::npos && name > 0 && is_common_var(rest.substr(name));
}

bool names_common_var(std::string_view args) noexcept
{
    for (std::size_t at = 0; at < args.size(); ++at) {
        const std::string_view rest = args.substr(at);
        if ((rest.front() == '{' && is_format(rest.substr(1))) ||
            (starts_with_caseless(rest, "env") && is_look_up(rest.substr(3)))) {
            return true;
        }
    }
    return false;
}

/// What such a directive runs may read any variable.
bool is_of_script(std::string_view directive) noexcept
{
    constexpr std::array languages{"Lua", "Perl", "Python"};
    return std::any_of(languages.begin(), languages.end(), [&](const char* language) {
        return starts_with_caseless(directive, language);
    });
}

}  // namespace

bool mentions(const ap_directive_t* tree, std::string_view text) noexcept
{
    return any_directive(tree, [&](const ap_directive_t& one) {
        return view(one.args).find(text) != std::string_view::npos;
    });
}

bool is_common_var(std::string_view name) noexcept
{
    constexpr std::array prefixes{"HTTP_",    "SERVER_", "REMOTE_",  "DOCUMENT_", "CONTEXT_",
                                  "REQUEST_", "SCRIPT_", "CONTENT_", "PATH",      "AUTH_"};
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const char* prefix) { return starts_with_caseless(name, prefix); });
}

bool may_read_common_vars() noexcept
{
    return any_directive(ap_conftree, [](const ap_directive_t& one) {
        return is_of_script(view(one.directive)) || names_common_var(view(one.args));
    });
}

bool may_read_balancer_notes() noexcept
{
    constexpr std::array scripting{"mod_lua.c", "mod_perl.c", "mod_python.c"};
    return mentions(ap_conftree, "JK_LB_") ||
           std::any_of(scripting.begin(), scripting.end(),
                       [](const char* name) { return ap_find_linked_module(name) != nullptr; });
}

}  // namespace jk::httpd
