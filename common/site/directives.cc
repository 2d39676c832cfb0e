// Looking up Jk* directives. Tested by tests/unit/site/directives_test.cc.
#include "site/directives.h"

#include "base/nearest_name.h"
#include "base/text.h"

namespace jk::site {

const Directive* find_directive(std::string_view name) noexcept
{
    for (const Directive& one : directives) {
        if (equals_caseless(one.name, name)) {
            return &one;
        }
    }
    return nullptr;
}

std::string_view nearest_directive(std::string_view name) noexcept
{
    NearestName nearest{name};
    for (const Directive& one : directives) {
        nearest.offer(one.name);
    }
    return nearest.best();
}

}  // namespace jk::site
