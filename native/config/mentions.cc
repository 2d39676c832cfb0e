// Looks through httpd's directive tree, which is whole while the configuration is checked.
// Tested by tests/adapter/config/mentions_test.cc and tests/system/test_balancing.py.
#include "config/mentions.h"

#include <algorithm>
#include <array>

#include "pool.h"

namespace jk::httpd {

bool mentions(const ap_directive_t* tree, std::string_view text) noexcept
{
    for (; tree != nullptr; tree = tree->next) {
        if (view(tree->args).find(text) != std::string_view::npos ||
            mentions(tree->first_child, text)) {
            return true;
        }
    }
    return false;
}

bool may_read_balancer_notes() noexcept
{
    constexpr std::array scripting{"mod_lua.c", "mod_perl.c", "mod_python.c"};
    return mentions(ap_conftree, "JK_LB_") ||
           std::any_of(scripting.begin(), scripting.end(),
                       [](const char* name) { return ap_find_linked_module(name) != nullptr; });
}

}  // namespace jk::httpd
