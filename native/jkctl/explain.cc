// A request's way, in the order of httpd and of the module's mapper: virtual host, httpd's own
// treatment of the path, spelling, canonical form, rules, unsafe characters, worker, member.
// Tested by tests/adapter/jkctl/explain_test.cc and tests/system/test_jkctl_explain.py.
#include "jkctl/explain.h"

#include <algorithm>
#include <ostream>
#include <string_view>

#include "base/text.h"
#include "base/wording.h"
#include "jkctl/httpd_path.h"
#include "jkctl/virtual_hosts.h"
#include "route/uri_pattern.h"
#include "route/uri_text.h"

namespace jk::ctl {

namespace {

using site::Option;

/// The first rule, of those that count, that matches; an exclusion only where it is about `worker`.
const route::Rule* first_match(const route::UriRules& rules, std::string_view path,
                               const std::string* excluded_worker)
{
    for (const route::Rule& rule : rules.all()) {
        const bool is_meant = excluded_worker == nullptr
                                  ? !rule.is_exclusion
                                  : rule.is_exclusion && (rule.target.worker == *excluded_worker ||
                                                          rule.target.worker == "*");
        if (is_meant && !rule.is_disabled && route::matches(rule.pattern, path)) {
            return &rule;
        }
    }
    return nullptr;
}

route::PathRules path_rules(const site::Options& options)
{
    return {options.has(Option::allow_backslash), options.has(Option::allow_overlong_utf8)};
}

std::string lowered(std::string_view text)
{
    std::string result{text};
    std::transform(result.begin(), result.end(), result.begin(), lower);
    return result;
}

std::string shown(const route::Rule& rule)
{
    return concat({"rule ", rule.pattern, " (", to_text(rule.place), ")"});
}

/// A rule that nearly takes the path, and what keeps it from that; empty: none.
std::string near_miss(const route::UriRules& rules, const std::string& path)
{
    for (const route::Rule& rule : rules.all()) {
        if (rule.is_exclusion) {
            continue;
        }
        if (rule.is_disabled && route::matches(rule.pattern, path)) {
            return concat({shown(rule), " would match, but it is disabled"});
        }
        if (route::matches(rule.pattern, path + "/")) {
            return concat({shown(rule), " takes ", path, "/ but not ", path, ": mount both as ",
                           path, "|/*"});
        }
        if (path.ends_with('/') && route::matches(rule.pattern, path.substr(0, path.size() - 1))) {
            return concat({shown(rule), " takes the path without the slash at its end only"});
        }
        if (route::matches(lowered(rule.pattern), lowered(path))) {
            return concat({shown(rule), " differs in capital and small letters only"});
        }
    }
    return {};
}

/// Follows one request; each step says whether it goes on.
class Walk {
public:
    Walk(const Site& site, const ExplainedRequest& request) : site_(site), request_(request) {}

    [[nodiscard]] Explanation run()
    {
        (void)(passes_server() && passes_httpd() && passes_spelling() && passes_rules() &&
               passes_unsafe());
        return std::move(result_);
    }

private:
    bool refuse(int status, std::string why)
    {
        result_.fate = Fate::refused;
        result_.status = status;
        result_.why.push_back(std::move(why));
        return false;
    }
    bool leave_alone(std::string why)
    {
        result_.fate = Fate::left_alone;
        result_.why.push_back(std::move(why));
        return false;
    }

    bool passes_server();
    bool passes_httpd();
    bool passes_spelling();
    bool passes_rules();
    bool passes_unsafe();
    void find_worker();
    void find_member(const conf::LbWorker& lb);
    [[nodiscard]] std::string forwarded_uri() const;

    const Site& site_;
    const ExplainedRequest& request_;
    Explanation result_;
};

bool Walk::passes_server()
{
    ServerChoice choice = choose_server(site_, request_.url, request_.address);
    result_.server = &site_.servers[choice.server];
    result_.why_server = std::move(choice.why);
    if (!is_listened_to(site_, request_.url.port)) {
        result_.why.push_back(concat({"no Listen takes port ", decimal(request_.url.port),
                                      ": this is what would happen if one did"}));
    }
    return true;
}

bool Walk::passes_httpd()
{
    HttpdPath treated = httpd_path(request_.url.path, *result_.server);
    result_.path = std::move(treated.path);
    return treated.status == 0 ||
           refuse(treated.status, concat({"httpd refuses the path: ", treated.why}));
}

bool Walk::passes_spelling()
{
    const Server& server = *result_.server;
    if (server.rules.is_empty() && server.mount_file.empty()) {
        return leave_alone(server.place.line == 0 || site_.servers.front().rules.is_empty()
                               ? "nothing is mounted on this server"
                               : "nothing is mounted on this virtual host; JkMountCopy On would "
                                 "give it the main server's rules");
    }
    const Result<void> spelling = route::check_spelling(result_.path, path_rules(server.options));
    if (!spelling.has_value()) {
        return refuse(400, concat({"the path is ambiguous: ", spelling.error().text}));
    }
    std::string path = result_.path;
    const Result<std::size_t> length = route::normalise(path.data(), path.size());
    if (!length.has_value()) {
        return refuse(400, concat({"the path is ambiguous: ", length.error().text}));
    }
    path.resize(*length);
    result_.canonical = std::move(path);
    return true;
}

bool Walk::passes_rules()
{
    const route::UriRules& rules = result_.server->rules;
    const route::Rule* const matching = first_match(rules, result_.canonical, nullptr);
    result_.rule = rules.match(result_.canonical);
    if (result_.rule != nullptr) {
        return true;
    }
    if (matching == nullptr) {
        result_.why.emplace_back("no rule matches");
        const std::string near = near_miss(rules, result_.canonical);
        return near.empty() ? false : leave_alone(near);
    }
    result_.rule = matching;
    result_.exclusion = first_match(rules, result_.canonical, &matching->target.worker);
    return leave_alone(
        concat({shown(*matching), " would take it",
                result_.exclusion == nullptr ? "" : ", but the exclusion ",
                result_.exclusion == nullptr
                    ? ""
                    : concat({result_.exclusion->pattern, " at ", to_text(result_.exclusion->place),
                              " takes it out"})}));
}

bool Walk::passes_unsafe()
{
    const site::Options& options = result_.server->options;
    const std::string& seen =
        options.has(Option::forward_uri_compat) ? result_.path : result_.canonical;
    if (options.has(Option::reject_unsafe_uri) && seen.find_first_of("%\\") != std::string::npos) {
        return refuse(404, "JkOptions +RejectUnsafeURI: the decoded path holds % or a backslash");
    }
    const Result<void> received = route::check_received(request_.url.path, path_rules(options));
    if (options.has(Option::forward_uri_compat_unparsed) && !received.has_value()) {
        return refuse(400,
                      concat({"JkOptions +ForwardURICompatUnparsed: ", received.error().text}));
    }
    find_worker();
    return true;
}

void Walk::find_worker()
{
    result_.worker = result_.rule->target.worker;
    const conf::ListedWorker* const worker = site_.workers.find(result_.worker);
    if (worker == nullptr) {
        (void)refuse(500, result_.worker.empty()
                              ? std::string{"the rule names no worker"}
                              : concat({"no worker ", result_.worker, " is in worker.list"}));
        return;
    }
    result_.worker_type = conf::to_text(worker->type);
    result_.fate = worker->type == conf::WorkerType::status ? Fate::status_page : Fate::forwarded;
    if (worker->type == conf::WorkerType::lb) {
        find_member(site_.workers.lb[worker->index]);
    }
}

void Walk::find_member(const conf::LbWorker& lb)
{
    const std::string uri = forwarded_uri();
    result_.member =
        choose_member(site_.workers, lb, result_.rule->target.options, {uri, request_.cookies});
    if (result_.member.way == Way::nobody) {
        (void)refuse(503, concat({"balancer ", lb.name, " has no member for it"}));
    }
}

/// The path in which the balancer looks for the session's id.
std::string Walk::forwarded_uri() const
{
    const site::Options& options = result_.server->options;
    if (options.has(Option::forward_uri_compat_unparsed)) {
        return request_.url.path;
    }
    const route::Forward form = options.has(Option::forward_uri_escaped)  ? route::Forward::escaped
                                : options.has(Option::forward_uri_compat) ? route::Forward::compat
                                                                          : route::Forward::proxy;
    std::vector<std::uint8_t> room(route::encoded_size(result_.path));
    const Result<std::size_t> size = route::encode_path(result_.path, form, room);
    return {room.begin(), room.begin() + static_cast<std::ptrdiff_t>(size.value_or(0))};
}

/// What a person must know before the explanation.
void warn(const Site& site, const Complaints& complaints, Console& console)
{
    if (!site.is_refused) {
        return;
    }
    console.err << "jkctl explain: httpd would not start with this configuration; jkctl check says "
                   "why, this is what it would do otherwise\n";
    for (const Complaint& one : complaints) {
        if (one.severity == Severity::error) {
            console.err << jk::to_text(one) << '\n';
        }
    }
}

}  // namespace

Explanation explain_request(const Site& site, const ExplainedRequest& request)
{
    return Walk{site, request}.run();
}

Exit explain(const ExplainOptions& options, Console& console)
{
    const Result<Url> url = parse_url(options.url);
    if (!url.has_value()) {
        console.err << "jkctl explain: the URL " << jk::quoted(options.url) << ' '
                    << url.error().text << "; write http://host[:port]/path\n";
        return Exit::misuse;
    }
    Complaints complaints;
    const Site site = read_site(options.site, complaints);
    if (!site.is_readable) {
        console.err << "jkctl explain: " << jk::to_text(complaints.back()) << '\n';
        return Exit::misuse;
    }
    warn(site, complaints, console);
    const Explanation result = explain_request(site, {*url, options.address, options.cookies});
    console.out << (options.format == Format::json ? to_text(to_json(result)) : to_text(result));
    const bool goes_to_worker = result.fate == Fate::forwarded || result.fate == Fate::status_page;
    return goes_to_worker && !site.is_refused ? Exit::fine : Exit::refused;
}

}  // namespace jk::ctl
