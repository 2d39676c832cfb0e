// The rows of a status worker (workers.md 6). Tested by tests/unit/conf/status_properties_test.cc.
#include "conf/status_properties.h"

#include <array>

namespace jk::conf {

namespace {

using S = StatusSettings;

/// A value that begins with a minus stands for nothing at all.
template <std::string S::*member> void settle_none(S& settings, const Given&)
{
    if ((settings.*member).starts_with('-')) {
        (settings.*member).clear();
    }
}

// name, field, default, limits, flags, help, old name, settle
constexpr std::array rows{
    PropertySpec<S>{"css", &S::css, "", {}, 0, "URL of a style sheet for the pages"},
    PropertySpec<S>{
        "read_only", &S::read_only, "False", {}, 0, "show, but change, reset and recover nothing"},
    PropertySpec<S>{"user", &S::user, "", {}, flag::list, "users who may come in; none: everybody"},
    PropertySpec<S>{"user_case_insensitive",
                    &S::user_case_insensitive,
                    "False",
                    {},
                    0,
                    "compare user names without case"},
    PropertySpec<S>{"allow_get_edit",
                    &S::allow_get_edit,
                    "scripts",
                    {},
                    0,
                    "changes accepted without a token: from scripts, on (all) or off (none)"},
    PropertySpec<S>{"good",
                    &S::good,
                    "",
                    {},
                    flag::list,
                    "activations and states that rate a member good, default a.o,a.n,a.b,a.r"},
    PropertySpec<S>{"bad",
                    &S::bad,
                    "",
                    {},
                    flag::list,
                    "activations and states that rate a member bad, default s,e"},
    PropertySpec<S>{"prefix", &S::prefix, "worker", {}, 0, "key prefix of the properties format"},
    PropertySpec<S>{
        "ns", &S::ns, "jk:", {}, 0, "prefix of XML elements; -: none", "", settle_none<&S::ns>},
    PropertySpec<S>{"xmlns",
                    &S::xmlns,
                    "xmlns:jk=\"http://tomcat.apache.org\"",
                    {},
                    0,
                    "attribute of the XML root; -: none",
                    "",
                    settle_none<&S::xmlns>},
    PropertySpec<S>{"doctype", &S::doctype, "", {}, 0, "line behind the XML header"},
    PropertySpec<S>{"mount", &S::mount, "", {}, flag::list, "URI patterns mapped to this worker"},
};

}  // namespace

std::span<const PropertySpec<StatusSettings>> status_properties() noexcept
{
    return rows;
}

}  // namespace jk::conf
