// Builds the workers: first those of worker.list in its order, then the members of the balancers
// among them, then what takes more than one worker to see (routes, secrets, and the checks of
// worker_checks). It goes on behind every error, so that all complaints come at once.
// Tested by tests/unit/conf/worker_set_test.cc.
#include "conf/worker_set.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "base/nearest_name.h"
#include "base/text.h"
#include "base/wording.h"
#include "conf/ajp_properties.h"
#include "conf/lb_properties.h"
#include "conf/settings_reader.h"
#include "conf/status_properties.h"
#include "conf/value.h"
#include "conf/worker_checks.h"

namespace jk::conf {

namespace {

constexpr std::size_t longest_name = 63;

struct TypeName {
    WorkerType type;
    std::string_view name;
};
constexpr std::array type_names{
    TypeName{WorkerType::ajp13, "ajp13"},
    TypeName{WorkerType::lb, "lb"},
    TypeName{WorkerType::status, "status"},
};
/// Other words for them that people try.
constexpr std::array foreign_type_names{
    TypeName{WorkerType::ajp13, "ajp"},        TypeName{WorkerType::ajp13, "tomcat"},
    TypeName{WorkerType::lb, "balancer"},      TypeName{WorkerType::lb, "loadbalancer"},
    TypeName{WorkerType::lb, "load_balancer"}, TypeName{WorkerType::status, "jkstatus"},
};

/// The type whose name `word` was probably meant to be.
std::optional<WorkerType> nearest_type(std::string_view word) noexcept
{
    NearestName nearest{word};
    for (const TypeName& row : type_names) {
        nearest.offer(row.name);
    }
    for (const TypeName& row : foreign_type_names) {
        nearest.offer(row.name);
    }
    const auto is_nearest = [&](const TypeName& row) { return row.name == nearest.best(); };
    for (const TypeName& row : type_names) {
        if (is_nearest(row)) {
            return row.type;
        }
    }
    const auto foreign =
        std::find_if(foreign_type_names.begin(), foreign_type_names.end(), is_nearest);
    return foreign == foreign_type_names.end() ? std::nullopt : std::optional{foreign->type};
}

bool is_plain_name(std::string_view name) noexcept
{
    const auto is_plain = [](char c) {
        const char l = lower(c);
        return is_digit(c) || (l >= 'a' && l <= 'z') || c == '_' || c == '-' || c == '.';
    };
    return std::all_of(name.begin(), name.end(), is_plain);
}

/// Which balancer's secret a member without its own has, by its place in WorkerSet::ajp.
using Lenders = std::map<std::size_t, const LbWorker*>;

class Builder {
public:
    Builder(const Properties& properties, Complaints& complaints)
        : properties_(properties), complaints_(complaints), reader_(properties, complaints)
    {}

    [[nodiscard]] WorkerSet build();

private:
    void complain(Severity severity, const Place& place, std::string text)
    {
        complaints_.push_back({severity, place, std::move(text)});
    }
    [[nodiscard]] Place place_of(std::string_view worker, std::string_view property,
                                 const Place& otherwise) const;

    template <class Worker> void note_mount_places(Worker& worker) const;
    void read_maintain();
    void add_listed();
    void add(const std::string& name, const Place& place);
    [[nodiscard]] std::size_t add_ajp(const std::string& name, const Place& place);
    void add_members(LbWorker& balancer);
    [[nodiscard]] bool may_be_member(const LbWorker& balancer, const std::string& name,
                                     const Place& place);
    void check_routes(const LbWorker& balancer);
    void inherit_secrets();
    void lend_secret(const LbWorker& balancer, Lenders& lenders);
    void check_name(const std::string& name, const Place& place);
    [[nodiscard]] WorkerType type_of(const std::string& name, const Place& place);

    const Properties& properties_;
    Complaints& complaints_;
    SettingsReader reader_;
    WorkerSet set_;
    std::map<std::string, std::size_t, std::less<>> ajp_by_name_;
};

WorkerSet Builder::build()
{
    read_maintain();
    add_listed();
    for (LbWorker& balancer : set_.lb) {
        add_members(balancer);
        check_routes(balancer);
    }
    inherit_secrets();
    set_.index_names();
    check_workers(properties_, set_, complaints_);
    drop_repeated(complaints_);
    return std::move(set_);
}

Place Builder::place_of(std::string_view worker, std::string_view property,
                        const Place& otherwise) const
{
    const Property* const found = properties_.find_of_worker(worker, property);
    return found == nullptr ? otherwise : found->place;
}

template <class Worker> void Builder::note_mount_places(Worker& worker) const
{
    const Property* const mount = properties_.find_of_worker(worker.name, "mount");
    for (const std::string& pattern : worker.settings.mount) {
        worker.mount_places.push_back(mount == nullptr ? worker.place : mount->place_of(pattern));
    }
}

void Builder::read_maintain()
{
    const Property* const property = properties_.find("worker.maintain");
    if (property == nullptr) {
        return;
    }
    const Reading<std::int64_t> reading = read_integer(property->value);
    if (!reading.remark.empty()) {
        complain(Severity::warning, property->place,
                 concat({"worker.maintain ", quoted(property->value), " ", reading.remark,
                         "; write a number of seconds"}));
    }
    constexpr std::int64_t most = 1000000000;
    const std::int64_t seconds = reading.value.value_or(set_.maintain);
    set_.maintain = static_cast<int>(std::clamp<std::int64_t>(seconds, 0, most));
}

void Builder::add_listed()
{
    const Property* const list = properties_.find("worker.list");
    const Place place = list == nullptr ? Place{} : list->place;
    const std::vector<std::string> names =
        read_list(list == nullptr ? std::string_view{"ajp13"} : list->value);
    if (names.empty()) {
        complain(Severity::error, place, "worker.list names no worker; name at least one");
    }
    std::set<std::string_view> seen;
    for (const std::string& name : names) {
        if (seen.insert(name).second) {
            add(name, list == nullptr ? Place{} : list->place_of(name));
        }
    }
}

/// Adds a worker of worker.list, whatever its type. One that is wrong is added too: the set will
/// not be used, but there may be more to say of it.
void Builder::add(const std::string& name, const Place& place)
{
    check_name(name, place);
    const WorkerType type = type_of(name, place);
    std::size_t index = 0;
    if (type == WorkerType::ajp13) {
        index = add_ajp(name, place);
    } else if (type == WorkerType::lb) {
        index = set_.lb.size();
        set_.lb.push_back({name, place, {}, {}});
        reader_.read(name, lb_properties(), set_.lb.back().settings);
        note_mount_places(set_.lb.back());
    } else {
        index = set_.status.size();
        set_.status.push_back({name, place, {}});
        reader_.read(name, status_properties(), set_.status.back().settings);
        note_mount_places(set_.status.back());
    }
    set_.listed.push_back({name, type, index});
}

/// Returns the place of the ajp13 worker `name` in the set, which it creates at the first mention.
std::size_t Builder::add_ajp(const std::string& name, const Place& place)
{
    const auto [known, is_new] = ajp_by_name_.emplace(name, set_.ajp.size());
    if (is_new) {
        set_.ajp.push_back({name, place, {}});
        AjpSettings& settings = set_.ajp.back().settings;
        settings.route = name;
        reader_.read(name, ajp_properties(), settings);
        note_mount_places(set_.ajp.back());
    }
    return known->second;
}

void Builder::add_members(LbWorker& balancer)
{
    const Property* const current = properties_.find_of_worker(balancer.name, "balance_workers");
    const Property* const list =
        current != nullptr ? current
                           : properties_.find_of_worker(balancer.name, "balanced_workers");
    if (balancer.settings.balance_workers.empty()) {
        complain(Severity::error, list == nullptr ? balancer.place : list->place,
                 concat({"the balancer ", escaped(balancer.name), " has no members; name them in ",
                         "worker.", escaped(balancer.name), ".balance_workers"}));
    }
    std::set<std::string_view> seen;
    for (const std::string& name : balancer.settings.balance_workers) {
        const Place& place = list->place_of(name);
        if (!seen.insert(name).second) {
            complain(Severity::error, list->place,
                     concat({"worker.", escaped(balancer.name), ".balance_workers names ",
                             quoted(name), " twice; remove one"}));
        } else if (may_be_member(balancer, name, place)) {
            balancer.members.push_back(add_ajp(name, place));
        }
    }
}

bool Builder::may_be_member(const LbWorker& balancer, const std::string& name, const Place& place)
{
    check_name(name, place);
    const WorkerType type = type_of(name, place);
    if (type != WorkerType::ajp13) {
        complain(Severity::error, place,
                 concat({"worker.", escaped(balancer.name), ".balance_workers names ", quoted(name),
                         ", which is of type ", to_text(type), "; members must be of type ajp13"}));
    }
    return type == WorkerType::ajp13;
}

void Builder::check_routes(const LbWorker& balancer)
{
    std::map<std::string_view, std::string_view> member_of;
    for (const std::size_t member : balancer.members) {
        const AjpWorker& worker = set_.ajp[member];
        const std::string& route = worker.settings.route;
        const auto [other, is_new] = member_of.emplace(route, worker.name);
        if (!is_new) {
            complain(Severity::error, place_of(worker.name, "route", worker.place),
                     concat({"the members ", quoted(other->second), " and ", quoted(worker.name),
                             " of the balancer ", escaped(balancer.name), " have the same route ",
                             quoted(route), "; give each the jvmRoute of its own backend"}));
        }
    }
}

void Builder::inherit_secrets()
{
    Lenders lenders;
    for (const LbWorker& balancer : set_.lb) {
        if (!balancer.settings.secret.empty()) {
            lend_secret(balancer, lenders);
        }
    }
    for (const auto& [member, balancer] : lenders) {
        set_.ajp[member].settings.secret = balancer->settings.secret;
    }
}

/// Makes the balancer the lender of all its members that have neither a secret nor a lender.
void Builder::lend_secret(const LbWorker& balancer, Lenders& lenders)
{
    for (const std::size_t member : balancer.members) {
        const AjpWorker& worker = set_.ajp[member];
        if (properties_.find_of_worker(worker.name, "secret") != nullptr) {
            continue;
        }
        const LbWorker& lender = *lenders.emplace(member, &balancer).first->second;
        if (lender.settings.secret != balancer.settings.secret) {
            complain(Severity::warning, worker.place,
                     concat({"the member ", quoted(worker.name), " has the secret of ",
                             quoted(lender.name), ", not that of ", quoted(balancer.name),
                             "; set worker.", escaped(worker.name), ".secret"}));
        }
    }
}

void Builder::check_name(const std::string& name, const Place& place)
{
    if (name.size() > longest_name) {
        complain(Severity::error, place,
                 concat({"the worker name ", quoted(name), " is ",
                         decimal(static_cast<std::int64_t>(name.size())),
                         " bytes long; shorten it to at most ", decimal(longest_name)}));
    }
    if (std::any_of(name.begin(), name.end(), is_control)) {
        complain(
            Severity::error, place,
            concat({"the worker name ", quoted(name), " holds a control character; remove it"}));
    } else if (!is_plain_name(name)) {
        complain(Severity::warning, place,
                 concat({"the worker name ", quoted(name), " holds unusual characters; use ",
                         "letters, digits, \"_\", \"-\" and \".\" only"}));
    }
}

/// Returns the type of a worker; where its word is none, after an error, what it may have meant.
WorkerType Builder::type_of(const std::string& name, const Place& place)
{
    const std::string_view word = properties_.of_worker(name, "type").value_or("ajp13");
    for (const TypeName& row : type_names) {
        if (word == row.name) {
            return row.type;
        }
    }
    const bool is_retired = word == "ajp12" || word == "ajp14" || word == "jni";
    const std::optional<WorkerType> nearest = is_retired ? WorkerType::ajp13 : nearest_type(word);
    complain(Severity::error, place_of(name, "type", place),
             concat({"worker.", escaped(name), ".type ", quoted(word),
                     is_retired ? " is no longer supported" : " is no type of worker", "; write ",
                     nearest ? to_text(*nearest) : "ajp13, lb or status"}));
    return nearest.value_or(WorkerType::ajp13);
}

}  // namespace

std::string_view to_text(WorkerType type) noexcept
{
    const auto row = std::find_if(type_names.begin(), type_names.end(),
                                  [type](const TypeName& one) { return one.type == type; });
    return row == type_names.end() ? std::string_view{} : row->name;
}

const ListedWorker* WorkerSet::find(std::string_view name) const noexcept
{
    const auto before = [this](std::size_t at, std::string_view wanted) {
        return listed[at].name < wanted;
    };
    const auto found = std::lower_bound(by_name_.begin(), by_name_.end(), name, before);
    return found == by_name_.end() || listed[*found].name != name ? nullptr : &listed[*found];
}

void WorkerSet::index_names()
{
    by_name_.resize(listed.size());
    for (std::size_t at = 0; at < listed.size(); ++at) {
        by_name_[at] = at;
    }
    std::sort(by_name_.begin(), by_name_.end(),
              [this](std::size_t a, std::size_t b) { return listed[a].name < listed[b].name; });
}

WorkerSet build_workers(const Properties& properties, Complaints& complaints)
{
    return Builder{properties, complaints}.build();
}

}  // namespace jk::conf
