// Every balancer, member or worker that a change names has a draft: its settings as they are, on which
// the changes are set one after the other. What the drafts differ in is what will be made.
// Tested by tests/adapter/runtime/edit_plan_test.cc.
#include "runtime/edit_plan.h"

#include <algorithm>
#include <map>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "base/wording.h"
#include "conf/ajp_properties.h"
#include "conf/lb_properties.h"

namespace jk::httpd {

namespace {

using status::Change;
using status::Reason;
using status::Refusal;

template <class Settings>
bool is_too_long(const conf::PropertySpec<Settings>& row, const std::string& value) noexcept
{
    return std::holds_alternative<std::string Settings::*>(row.field) &&
           value.size() > static_cast<std::size_t>(row.limits.most);
}

template <class Row> Reason reason_of(const Row* row, const Change& change) noexcept
{
    if (row == nullptr || (row->flags & conf::flag::editable) == 0) {
        return Reason::unknown;
    }
    return is_too_long(*row, change.value) ? Reason::too_long : Reason::bad_value;
}

}  // namespace

bool is_place(std::string_view property) noexcept
{
    return property == "host" || property == "port";
}

Address resolve_alone(const conf::AjpSettings& settings, std::string& why)
{
    struct Destroy {
        void operator()(apr_pool_t* pool) const noexcept { apr_pool_destroy(pool); }
    };
    apr_pool_t* made = nullptr;
    if (apr_pool_create(&made, nullptr) != APR_SUCCESS) {
        throw std::bad_alloc();
    }
    const std::unique_ptr<apr_pool_t, Destroy> pool{made};
    return resolve(pool.get(), settings, why);
}

bool is_same_place(const conf::AjpSettings& a, const conf::AjpSettings& b) noexcept
{
    return a.host == b.host && a.port == b.port;
}

std::optional<Refusal> EditPlan::add(std::size_t index)
{
    return changes_[index].kind == lb::EditKind::balancer ? add_to_balancer(index)
                                                          : add_to_worker(index);
}

std::optional<Refusal> EditPlan::check()
{
    for (const Edited& one : made_) {
        const std::string& property = changes_[one.index].property;
        auto refusal = property == "route"  ? check_route(one.index)
                       : is_place(property) ? check_address(one.index)
                                            : std::nullopt;
        if (refusal) {
            return refusal;
        }
    }
    return std::nullopt;
}

std::optional<Refusal> EditPlan::add_to_balancer(std::size_t index)
{
    const Change& change = changes_[index];
    const conf::LbWorker* const balancer = lb::find_balancer(configured_, change.target());
    if (balancer == nullptr) {
        return Refusal{index, Reason::unknown, "there is no balancer " + quoted(change.balancer)};
    }
    auto& draft = draft_of(balancers_, change.target(), balancer->settings);
    return put(index, conf::lb_properties(), draft, [&](conf::LbSettings& settings) {
        return lb::set_edited(lb::InEdit<conf::LbSettings>{settings, balancer->settings},
                              change.property, change.value);
    });
}

std::optional<Refusal> EditPlan::add_to_worker(std::size_t index)
{
    const Change& change = changes_[index];
    const conf::AjpWorker* const worker = lb::find_worker(configured_, change.target());
    if (worker == nullptr) {
        return Refusal{index, Reason::unknown, "there is no worker " + quoted(change.worker)};
    }
    auto& draft = draft_of(workers_, change.target(), worker->settings);
    return put(index, conf::ajp_properties(), draft, [&](conf::AjpSettings& settings) {
        return lb::set_edited(change.kind,
                              lb::InEdit<conf::AjpSettings>{settings, worker->settings},
                              change.property, change.value);
    });
}

template <class Rows, class Settings, class Set>
std::optional<Refusal> EditPlan::put(std::size_t index, Rows rows, Draft<Settings>& draft, Set set)
{
    const Change& change = changes_[index];
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [&](const auto& one) { return one.name == change.property; });
    const Settings before = draft.now;
    conf::Assignment result = set(draft.now);
    if (!result.is_set) {
        return Refusal{index, reason_of(row == rows.end() ? nullptr : &*row, change),
                       std::move(result.remark)};
    }
    if (!(draft.now == before)) {
        made_.push_back({index, conf::get(*row, before), conf::get(*row, draft.now)});
        if constexpr (std::is_same_v<Settings, conf::AjpSettings>) {
            const bool is_new = change.property == "route" && draft.now.domain != before.domain;
            made_.back().domain = is_new ? draft.now.domain : "";
        }
    }
    return std::nullopt;
}

template <class Settings>
EditPlan::Draft<Settings>& EditPlan::draft_of(std::vector<Draft<Settings>>& drafts,
                                              const lb::EditTarget& target,
                                              const Settings& configured) const
{
    const auto found = std::find_if(drafts.begin(), drafts.end(),
                                    [&](const auto& one) { return one.target == target; });
    if (found != drafts.end()) {
        return *found;
    }
    Settings settings = configured;
    edits_.apply(target, settings);
    return drafts.emplace_back(Draft<Settings>{target, settings, settings});
}

const EditPlan::WorkerDraft* EditPlan::find(const lb::EditTarget& target) const noexcept
{
    const auto found = std::find_if(workers_.begin(), workers_.end(),
                                    [&](const auto& one) { return one.target == target; });
    return found == workers_.end() ? nullptr : &*found;
}

EditPlan::Routes EditPlan::routes_of(const BalancedSet& set) const
{
    std::map<std::string_view, const std::string*> changed;
    for (const WorkerDraft& one : workers_) {
        if (one.target.kind == lb::EditKind::member && one.target.balancer == set.worker->name) {
            changed.emplace(one.target.worker, &one.now.route);
        }
    }
    Routes routes{&set, {}};
    for (std::size_t i = 0; i < set.backends.size(); ++i) {
        const auto draft = changed.find(set.balancer->members()[i].name);
        routes.all.emplace_back(draft == changed.end() ? set.balancer->route(i) : *draft->second,
                                i);
    }
    std::sort(routes.all.begin(), routes.all.end());
    return routes;
}

/// Nothing is added any more when they are asked for.
const EditPlan::Routes* EditPlan::find_routes(const std::string& balancer)
{
    const auto made = std::find_if(routes_.begin(), routes_.end(), [&](const Routes& one) {
        return one.set->worker->name == balancer;
    });
    if (made != routes_.end()) {
        return &*made;
    }
    const auto set = std::find_if(balanced_.begin(), balanced_.end(), [&](const BalancedSet& one) {
        return one.worker->name == balancer;
    });
    return set == balanced_.end() ? nullptr : &routes_.emplace_back(routes_of(*set));
}

std::optional<Refusal> EditPlan::check_route(std::size_t index)
{
    const Change& change = changes_[index];
    const std::string& route = find(change.target())->now.route;
    const Routes* const routes = find_routes(change.balancer);
    if (routes == nullptr || route.empty()) {
        return std::nullopt;
    }
    const auto first = std::lower_bound(routes->all.begin(), routes->all.end(),
                                        std::pair{std::string_view{route}, std::size_t{0}});
    for (auto one = first; one != routes->all.end() && one->first == route; ++one) {
        const std::string& other = routes->set->balancer->members()[one->second].name;
        if (other != change.worker) {
            return Refusal{index, Reason::taken,
                           concat({quoted(route), " is the route of the member ", quoted(other),
                                   ", too; each member needs its own"})};
        }
    }
    return std::nullopt;
}

std::optional<Refusal> EditPlan::check_address(std::size_t index)
{
    const WorkerDraft& draft = *find(changes_[index].target());
    if (draft.now.port == 0 || is_same_place(draft.before, draft.now)) {
        return std::nullopt;
    }
    std::string why;
    Address found = resolve_alone(draft.now, why);
    if (found.is_valid()) {
        found_.push_back({lb::find_worker(configured_, draft.target), draft.now, std::move(found)});
        return std::nullopt;
    }
    return Refusal{index, Reason::unresolved,
                   concat({escaped(draft.now.host), ":", decimal(draft.now.port)})};
}

}  // namespace jk::httpd
