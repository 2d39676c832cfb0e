// Fuzzes the search for session ids in a request's path and cookies. The first paragraph holds
// JK_ROUTE, the cookie's name, the parameter's name and the path, each on its line; the lines that
// follow are Cookie headers.
#include <algorithm>
#include <string>

#include "input.h"
#include "lb/affinity.h"

namespace {

using jk::fuzz::require;
using jk::lb::Affinity;
using jk::lb::SessionRoute;
using jk::lb::SessionSources;

bool is_from(std::string_view id, const SessionSources& sources)
{
    const auto holds_it = [&](std::string_view text) { return jk::fuzz::is_within(id, text); };
    return holds_it(sources.forced_route) || holds_it(sources.uri) ||
           std::any_of(sources.cookies.begin(), sources.cookies.end(), holds_it);
}

void check_route(std::string_view id)
{
    const SessionRoute route = jk::lb::route_of(id);
    const auto dots = std::count(id.begin(), id.end(), '.');
    require(dots > 0 || (route.first.empty() && route.last.empty()), "no route without a dot");
    require(dots == 0 || id.ends_with(route.first), "a route is the end of an id");
    require(dots != 1 || route.last.empty(), "a second route needs a second dot");
    require(route.last.find('.') == std::string_view::npos, "the last route holds no dot");
    require(route.first.starts_with(jk::lb::domain_of(route.first)), "a domain begins a route");
    require(jk::lb::domain_of(route.first).find('.') == std::string_view::npos,
            "a domain holds no dot");
}

void check(const SessionSources& sources)
{
    const Affinity affinity{sources};
    const auto ids = affinity.ids();
    require(ids.size() <= Affinity::max_ids, "no more than 16 ids are looked at");
    require(affinity.has_id() == !ids.empty(), "an id is one that was found");
    require(!affinity.has_only_empty_id() || ids.empty(), "an empty id counts where no other is");
    for (std::size_t at = 0; at < ids.size(); ++at) {
        require(!ids[at].empty() && is_from(ids[at], sources), "an id is a part of the request");
        if (sources.forced_route.empty()) {
            require(ids[at].find_first_of(";") == std::string_view::npos, "an id ends at a ;");
            check_route(ids[at]);
        } else {
            require(affinity.route(at).first == sources.forced_route, "JK_ROUTE is the route");
        }
    }
}

/// What every browser sends: a plain cookie among others that do not begin alike is found.
void check_plain_cookie(std::string_view any)
{
    std::string id;
    std::copy_if(any.begin(), any.end(), std::back_inserter(id),
                 [](char c) { return jk::is_token_char(c) && c != '"'; });
    if (id.empty()) {
        return;
    }
    const std::string cookies = "theme=dark; XJSESSIONID=no.x; JSESSIONID=" + id + "; a=b";
    const std::string_view header = cookies;
    SessionSources sources;
    sources.uri = "/a;jsessionidx=no.y/b";
    sources.cookies = {&header, 1};
    const Affinity affinity{sources};
    // the id may hold the name, "=" and more: then it is not the only one
    require(affinity.has_id() && affinity.ids().front() == id, "a plain cookie is found");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    jk::fuzz::Input input{data, size};
    jk::fuzz::Input first{data, 0};
    const std::string_view settings = input.paragraph();
    first = {reinterpret_cast<const std::uint8_t*>(settings.data()), settings.size()};
    SessionSources sources;
    sources.forced_route = first.line();
    sources.session_cookie = first.line();
    sources.session_path = first.line();
    sources.uri = first.rest_text();
    check_plain_cookie(input.rest_text());
    const auto cookies = jk::fuzz::lines_of(input.rest_text(), 64);
    sources.cookies = cookies;
    check(sources);
    return 0;
}
