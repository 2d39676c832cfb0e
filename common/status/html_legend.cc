// What the words of the page mean. Tested by tests/unit/status/html_legend_test.cc.
#include "status/html_tables.h"

#include <array>

namespace jk::status {

namespace {

struct Term {
    std::string_view word;
    std::string_view meaning;
};

constexpr std::array legend_terms{
    Term{"Activation", "What the configuration or an administrator wants of a member. Active "
                       "members get any request, disabled ones only those of their own sessions, "
                       "stopped ones none."},
    Term{"State", "What the balancer has learnt about a member. OK/IDLE: not used since the last "
                  "maintenance. OK: works. OK/BUSY: all connections it may have are in use. ERR: "
                  "failed, gets nothing for now. ERR/REC: the next request tries it. ERR/FRC: the "
                  "same, because no other member was left. ERR/PRB: a request is trying it."},
    Term{"Distance", "Members that are farther away get requests only when nearer ones cannot."},
    Term{"Factor", "Share of the load: a member with 2 gets twice as much as one with 1."},
    Term{"Unit of load, load", "What one request adds to a member's load, and the load so far. The "
                               "member with the least load comes next."},
    Term{"Client errors", "Requests that the client broke off or got wrong."},
    Term{"Reply timeouts", "Answers that did not come in time; halved at each maintenance."},
    Term{"Route, redirect, domain", "The name in the session id that binds a session to a member, "
                                    "the route to use in its stead when it fails, and the group "
                                    "of members that share sessions."},
    Term{"Retried in", "When a failed member is given another chance, at the earliest and latest."},
};

}  // namespace

void append_legend(Html& html, const Document& document)
{
    html.raw("<section aria-labelledby=\"legend\">\n<h2 id=\"legend\">Legend</h2>\n");
    append_switch(html, document, hide_legend, "legend");
    if (!document.page.has(hide_legend)) {
        html.raw("<dl>\n");
        for (const Term& term : legend_terms) {
            html.raw("<dt>").text(term.word).raw("</dt><dd>").text(term.meaning).raw("</dd>\n");
        }
        html.raw("</dl>\n");
    }
    html.raw("</section>\n");
}

}  // namespace jk::status
