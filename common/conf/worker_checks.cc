// Doubts about a worker set, each with what to do about it. Every check is a function of its own;
// check_workers() lists them. Tested by tests/unit/conf/worker_checks_test.cc.
#include "conf/worker_checks.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/nearest_name.h"
#include "base/text.h"
#include "base/wording.h"
#include "conf/ajp_properties.h"
#include "conf/known_names.h"
#include "conf/lb_properties.h"
#include "conf/setting_checks.h"
#include "conf/statement_checks.h"
#include "conf/status_properties.h"
#include "conf/unused_checks.h"

namespace jk::conf {

namespace {

using Names = std::set<std::string, std::less<>>;

constexpr std::string_view prefix = "worker.";
constexpr std::string_view unix_prefix = "unix:";
constexpr std::size_t longest_unix_path = 107;

/// Where the checks look and what they say.
struct Check {
    const Properties& properties;
    const WorkerSet& workers;
    Complaints& complaints;

    void complain(Severity severity, const Place& place, std::string text) const
    {
        complaints.push_back({severity, place, std::move(text)});
    }
    /// Where the property of a worker is written, else where the worker is named.
    [[nodiscard]] Place place_of(const AjpWorker& worker, std::string_view property) const
    {
        const Property* const found = properties.find_of_worker(worker.name, property);
        return found == nullptr ? worker.place : found->place;
    }
};

/// The type of each worker that was created.
using Types = std::map<std::string_view, WorkerType>;

Types types_of(const WorkerSet& workers)
{
    Types types;
    for (const AjpWorker& worker : workers.ajp) {
        types.emplace(worker.name, WorkerType::ajp13);
    }
    for (const ListedWorker& worker : workers.listed) {
        types.emplace(worker.name, worker.type);
    }
    return types;
}

/// The names that have properties, but belong to no worker that was created.
Names unused_names(const Properties& properties, const Types& types)
{
    Names names;
    for (const Property& property : properties.all()) {
        const std::string_view owner = owner_of(property.name);
        if (!owner.empty() && types.find(owner) == types.end()) {
            names.emplace(owner);
        }
    }
    return names;
}

void check_bare_worker(const Check& check, const AjpWorker& worker, const Names& unused)
{
    if (check.properties.has_worker(worker.name)) {
        return;
    }
    NearestName nearest{worker.name};
    for (const std::string& name : unused) {
        nearest.offer(name);
    }
    const std::string property = concat({"worker.", escaped(worker.name)});
    const std::string advice = nearest.best().empty()
                                   ? concat({"write ", property, ".host and ", property, ".port"})
                                   : concat({"did you mean ", quoted(nearest.best()), "?"});
    check.complain(Severity::warning, worker.place,
                   concat({"the worker ", quoted(worker.name), " has no property ", property,
                           "...: it is an ajp13 worker on localhost:8009; ", advice}));
}

/// Properties of workers, but no worker.list: they are for nothing.
void check_missing_list(const Check& check, const Names& unused)
{
    const auto is_for_nothing = [&](const Property& property) {
        return unused.find(owner_of(property.name)) != unused.end();
    };
    const std::vector<Property>& all = check.properties.all();
    const auto first = std::find_if(all.begin(), all.end(), is_for_nothing);
    check.complain(first == all.end() ? Severity::note : Severity::warning,
                   first == all.end() ? Place{} : first->place,
                   "there is no worker.list: the only worker is ajp13; write worker.list = and "
                   "the names of your workers");
}

void check_bare_workers(const Check& check, const Types& types)
{
    const Names unused = unused_names(check.properties, types);
    if (check.properties.find("worker.list") == nullptr) {
        check_missing_list(check, unused);
        return;
    }
    for (const AjpWorker& worker : check.workers.ajp) {
        check_bare_worker(check, worker, unused);
    }
}

template <class Settings>
bool has_row(std::span<const PropertySpec<Settings>> rows, std::string_view name) noexcept
{
    return std::any_of(rows.begin(), rows.end(), [name](const PropertySpec<Settings>& row) {
        return row.name == name || row.old_name == name;
    });
}

bool applies_to(std::string_view name, WorkerType type) noexcept
{
    switch (type) {
    case WorkerType::ajp13: return has_row(ajp_properties(), name);
    case WorkerType::lb: return has_row(lb_properties(), name);
    case WorkerType::status: return has_row(status_properties(), name);
    }
    return false;
}

void check_application(const Check& check, const Property& property, WorkerType type)
{
    const std::string_view last = last_part(property.name);
    const std::optional<KnownName> known = find_known_name(last);
    if (check.properties.find_of_worker(owner_of(property.name), "reference") != nullptr) {
        return;  // a template may serve workers of several types
    }
    const bool is_setting = known && known->use != NameUse::dead && last != "type" &&
                            last != "reference" && misplaced_property(property.name).empty();
    if (is_setting && !applies_to(last, type)) {
        check.complain(Severity::warning, property.place,
                       concat({escaped(property.name), " has no effect on a worker of type ",
                               to_text(type), "; remove it"}));
    }
}

/// What a variable was probably meant to be called, empty where it looks like none.
std::string meant_property(std::string_view name, const Types& types)
{
    if (name.starts_with('"') || name.starts_with('\'')) {
        return std::string{name.substr(1).starts_with(prefix) ? name.substr(1) : ""};
    }
    const std::string_view first = name.substr(0, name.find('.'));
    if (first.size() == name.size()) {
        return {};
    }
    const std::string_view behind = name.substr(first.size() + 1);
    const bool is_known = find_known_name(last_part(name)).has_value();
    if (types.find(first) != types.end() && is_known && last_part(name) == behind) {
        return concat({prefix, name});
    }
    NearestName nearest{first};
    nearest.offer("worker");
    const bool is_deep = behind.find('.') != std::string_view::npos;
    return !nearest.best().empty() && (is_deep || is_known) ? concat({prefix, behind})
                                                            : std::string{};
}

/// Variables that nobody asks for and that look like misspelt properties.
void check_variable(const Check& check, const Property& property, const Types& types)
{
    if (property.is_used || property.name.starts_with(prefix)) {
        return;
    }
    if (const std::string meant = meant_property(property.name, types); !meant.empty()) {
        check.complain(Severity::warning, property.place,
                       concat({escaped(property.name), " is a variable, and nothing uses it; did ",
                               "you mean ", escaped(meant), "?"}));
    }
}

void check_properties(const Check& check, const Types& types)
{
    for (const Property& property : check.properties.all()) {
        check_variable(check, property, types);
        const std::string_view owner = owner_of(property.name);
        if (const auto type = types.find(owner); !owner.empty() && type != types.end()) {
            check_application(check, property, type->second);
        }
    }
}

/// What the properties of each worker mean: worker and current name → name as written. A property
/// by its current name wins, as it does when the settings are read.
using Written = std::map<std::pair<std::string_view, std::string_view>, std::string_view>;

Written written_names(const Properties& properties)
{
    Written written;
    for (const Property& property : properties.all()) {
        const std::string_view last = last_part(property.name);
        const std::optional<KnownName> known = find_known_name(last);
        if (known && known->use == NameUse::current) {
            written[{owner_of(property.name), last}] = last;
        } else if (known && known->use == NameUse::old) {
            written.emplace(std::pair{owner_of(property.name), known->instead}, last);
        }
    }
    return written;
}

/// Old and dead properties whose successor is set too: what reading said of them, before it could
/// know, would have it written a second time.
void reword_retired(const Check& check)
{
    const Written written = written_names(check.properties);
    std::map<std::string, std::string> better;
    for (const Property& property : check.properties.all()) {
        const std::string_view last = last_part(property.name);
        const std::optional<KnownName> known = find_known_name(last);
        if (!known || known->use == NameUse::current || property.name != property.written) {
            continue;
        }
        const auto successor = written.find({owner_of(property.name), known->instead});
        if (successor != written.end() && successor->second != last) {
            better.emplace(retired_property(property.name, *known),
                           retired_property(property.name, *known, successor->second));
        }
    }
    for (Complaint& one : check.complaints) {
        if (const auto found = better.find(one.text); found != better.end()) {
            one.text = found->second;
        }
    }
}

void check_unix_host(const Check& check, const AjpWorker& worker)
{
    const std::string_view path = std::string_view{worker.settings.host}.substr(unix_prefix.size());
    if (!path.starts_with('/') || path.size() > longest_unix_path) {
        check.complain(
            Severity::error, check.place_of(worker, "host"),
            concat({"worker.", escaped(worker.name), ".host ", quoted(worker.settings.host),
                    " is no Unix socket; write unix: and ", "an absolute path of at most ",
                    decimal(longest_unix_path), " bytes"}));
    }
}

void check_address(const Check& check, const AjpWorker& worker)
{
    const std::string_view host = worker.settings.host;
    if (host.starts_with(unix_prefix)) {
        check_unix_host(check, worker);
        return;
    }
    const std::size_t colon = host.find(':');
    if (colon != std::string_view::npos && colon == host.rfind(':') &&
        parse_digits(host.substr(colon + 1))) {
        check.complain(Severity::warning, check.place_of(worker, "host"),
                       concat({"worker.", escaped(worker.name), ".host ", quoted(host),
                               " cannot be resolved; write the port as worker.",
                               escaped(worker.name), ".port = ", host.substr(colon + 1)}));
    }
    if (worker.settings.port == 0) {
        check.complain(Severity::warning, check.place_of(worker, "port"),
                       concat({"the worker ", quoted(worker.name),
                               " cannot be contacted, since its port is 0; write a port from 1 to "
                               "65535"}));
    }
}

/// What to write instead of a redirect that is no member's route.
std::string advice_on_redirect(const Check& check, const LbWorker& balancer,
                               std::string_view redirect)
{
    NearestName nearest{redirect};
    for (const std::size_t at : balancer.members) {
        const AjpWorker& member = check.workers.ajp[at];
        if (member.name == redirect) {
            return concat({"write the route of that member, ", quoted(member.settings.route)});
        }
        nearest.offer(member.settings.route);
    }
    return nearest.best().empty() ? std::string{"write the route of one"}
                                  : concat({"did you mean ", quoted(nearest.best()), "?"});
}

void check_redirects(const Check& check, const LbWorker& balancer)
{
    std::set<std::string_view> routes;
    for (const std::size_t member : balancer.members) {
        routes.insert(check.workers.ajp[member].settings.route);
    }
    for (const std::size_t member : balancer.members) {
        const AjpWorker& worker = check.workers.ajp[member];
        const std::string& redirect = worker.settings.redirect;
        const bool is_own = redirect == worker.settings.route;
        if (redirect.empty() || (!is_own && routes.find(redirect) != routes.end())) {
            continue;
        }
        const std::string begin =
            concat({"worker.", escaped(worker.name), ".redirect ", quoted(redirect)});
        check.complain(Severity::warning, check.place_of(worker, "redirect"),
                       is_own
                           ? concat({begin, " is its own route; write the route of another member"})
                           : concat({begin, " is the route of no member of ", quoted(balancer.name),
                                     "; ", advice_on_redirect(check, balancer, redirect)}));
    }
}

}  // namespace

void check_workers(const Properties& properties, const WorkerSet& workers, Complaints& complaints)
{
    const Check check{properties, workers, complaints};
    const Types types = types_of(workers);
    check_bare_workers(check, types);
    check_properties(check, types);
    for (const AjpWorker& worker : workers.ajp) {
        check_address(check, worker);
    }
    for (const LbWorker& balancer : workers.lb) {
        check_redirects(check, balancer);
    }
    check_settings(properties, workers, complaints);
    reword_retired(check);
    check_unused(properties, workers, complaints);
}

}  // namespace jk::conf
