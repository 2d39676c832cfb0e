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
#include "conf/lb_properties.h"
#include "conf/setting_checks.h"
#include "conf/status_properties.h"

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

/// The worker's name in `worker.<name>.<property>`, empty for worker.list and the like.
std::string_view owner_of(std::string_view property) noexcept
{
    const std::size_t last_dot = property.rfind('.');
    return !property.starts_with(prefix) || last_dot < prefix.size()
               ? std::string_view{}
               : property.substr(prefix.size(), last_dot - prefix.size());
}

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

void check_bare_workers(const Check& check, const Types& types)
{
    if (check.properties.find("worker.list") == nullptr) {
        check.complain(Severity::note, {},
                       "there is no worker.list: the only worker is ajp13; write worker.list = and "
                       "the names of your workers");
        return;
    }
    const Names unused = unused_names(check.properties, types);
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
    const std::string_view last =
        std::string_view{property.name}.substr(property.name.rfind('.') + 1);
    const std::optional<KnownName> known = find_known_name(last);
    if (check.properties.find_of_worker(owner_of(property.name), "reference") != nullptr) {
        return;  // a template may serve workers of several types
    }
    const bool is_setting =
        known && known->use != NameUse::dead && last != "type" && last != "reference";
    if (is_setting && !applies_to(last, type)) {
        check.complain(Severity::warning, property.place,
                       concat({escaped(property.name), " has no effect on a worker of type ",
                               to_text(type), "; remove it"}));
    }
}

/// Names each worker that has properties but is neither listed, nor a member, nor a template.
void check_unused(const Check& check, const Property& property, Names& mentioned)
{
    const std::string_view owner = owner_of(property.name);
    if (!mentioned.emplace(owner).second) {
        return;
    }
    check.complain(Severity::note, property.place,
                   concat({"the worker ", quoted(owner),
                           " is never used; name it in worker.list or in a balance_workers"}));
}

void check_properties(const Check& check, const Types& types)
{
    Names mentioned;
    for (const Property& property : check.properties.all()) {
        if (property.name.starts_with(prefix) && property.name.ends_with(".reference") &&
            property.value.starts_with(prefix)) {
            mentioned.insert(property.value.substr(prefix.size()));
        }
    }
    for (const Property& property : check.properties.all()) {
        const std::string_view owner = owner_of(property.name);
        if (owner.empty()) {
            continue;
        }
        if (const auto type = types.find(owner); type != types.end()) {
            check_application(check, property, type->second);
        } else {
            check_unused(check, property, mentioned);
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

void check_redirects(const Check& check, const LbWorker& balancer)
{
    std::set<std::string_view> routes;
    for (const std::size_t member : balancer.members) {
        routes.insert(check.workers.ajp[member].settings.route);
    }
    for (const std::size_t member : balancer.members) {
        const AjpWorker& worker = check.workers.ajp[member];
        const std::string& redirect = worker.settings.redirect;
        if (!redirect.empty() && routes.find(redirect) == routes.end()) {
            check.complain(Severity::warning, check.place_of(worker, "redirect"),
                           concat({"worker.", escaped(worker.name), ".redirect ", quoted(redirect),
                                   " is the route of no member of ", quoted(balancer.name),
                                   "; write the route of one"}));
        }
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
}

}  // namespace jk::conf
