// The checks of a request to the API in their order, and the resources behind the paths.
// Tested by tests/unit/status/plan_test.cc.
#include "status/plan.h"

#include <algorithm>
#include <cassert>

#include "base/text.h"
#include "status/query.h"
#include "status/representation.h"

namespace jk::status {

namespace {

/// What a location names in a snapshot; null where it names none of the kind.
struct Found {
    const BalancerView* balancer = nullptr;
    const MemberView* member = nullptr;  ///< of `balancer`
    const WorkerView* worker = nullptr;  ///< a direct one
};

Found find(const Location& location, const Snapshot& snapshot)
{
    Found found;
    for (const BalancerView& balancer : snapshot.balancers) {
        if (balancer.name != location.balancer) {
            continue;
        }
        found.balancer = &balancer;
        for (const MemberView& member : balancer.members) {
            found.member = member.worker.name == location.worker ? &member : found.member;
        }
    }
    for (const WorkerView& worker : snapshot.workers) {
        found.worker = worker.name == location.worker ? &worker : found.worker;
    }
    return found;
}

/// Says what does not exist, empty for nothing.
std::string missing(const Location& location, const Found& found)
{
    switch (location.row->resource) {
    case Resource::member:
        if (found.balancer != nullptr && found.member == nullptr) {
            return "The balancer has no member of this name.";
        }
        [[fallthrough]];
    case Resource::balancer:
    case Resource::members:
        return found.balancer != nullptr ? "" : "There is no balancer of this name in worker.list.";
    case Resource::worker:
        return found.worker != nullptr ? ""
                                       : "There is no ajp13 worker of this name in worker.list.";
    case Resource::service:
    case Resource::balancers:
    case Resource::workers:
    case Resource::connections:
    case Resource::mounts:
    case Resource::failures: break;
    }
    return {};
}

bool is_read(std::string_view method) noexcept
{
    return method == "GET" || method == "HEAD";
}

bool accepts(Access access, std::string_view method) noexcept
{
    switch (access) {
    case Access::read: return is_read(method);
    case Access::settings: return is_read(method) || method == "PATCH";
    case Access::action: break;
    }
    return method == "POST";
}

Editables editables_of(const Location& location, const Found& found)
{
    switch (location.row->resource) {
    case Resource::balancer: return editables_of_balancer(*found.balancer->settings);
    case Resource::member: return editables_of_member(*found.member->worker.settings);
    default: return editables_of_worker(*found.worker->settings);
    }
}

/// The change that an action is.
Change action_of(const Location& location)
{
    Change change{.action = location.row->action};
    change.kind = location.row->resource == Resource::balancer ? lb::EditKind::balancer
                  : location.row->resource == Resource::member ? lb::EditKind::member
                                                               : lb::EditKind::worker;
    change.balancer = location.balancer;
    change.worker = location.worker;
    return change;
}

// --- Checks, each with its problem ---------------------------------------------------------------

using Check = std::optional<Problem>;

/// Whether this asker may change anything, by this request.
Check check_right(const ApiRequest& request, const conf::StatusSettings& settings)
{
    if (settings.read_only) {
        return Problem{403, "This status worker is read-only: its property read_only is set."};
    }
    const std::string_view refusal = refuse_request(request.asker, request.token);
    if (!refusal.empty()) {
        return Problem{403, std::string{refusal}};
    }
    const std::string_view type = request.content_type.substr(0, request.content_type.find(';'));
    if (!equals_caseless(trim(type), "application/json")) {
        return Problem{415, "Send the header Content-Type: application/json."};
    }
    return std::nullopt;
}

Check check_body(const Body& body, Access access)
{
    switch (body.state) {
    case Body::State::too_large: return Problem{413, "The body may have 65536 bytes at most."};
    case Body::State::cut_off: return Problem{400, "The body is not complete."};
    case Body::State::malformed: return Problem{400, body.remark};
    case Body::State::empty:
        return access == Access::action
                   ? Check{}
                   : Problem{400, "The body is empty; send an object of properties."};
    case Body::State::object: break;
    }
    if (access == Access::action && !body.members.empty()) {
        return Problem{400, "An action takes no properties; send {} or nothing."};
    }
    return std::nullopt;
}

/// Puts the changes into the plan.
Check read_changes(const ApiRequest& request, const Body& body, const Snapshot& snapshot,
                   ApiPlan& plan)
{
    const Location& location = plan.location;
    const Editables editables = editables_of(location, find(location, snapshot));
    if (!request.if_match.empty() && !is_match(request.if_match, entity_tag(editables))) {
        return Problem{412, "Somebody else has changed the settings since they were read; read "
                            "them again."};
    }
    if (!request.if_match.empty()) {
        plan.generation = snapshot.generation;
    }
    if (location.row->access == Access::action) {
        plan.changes.push_back(action_of(location));
        return std::nullopt;
    }
    Patch patch = read_patch(body.members, location, editables);
    if (patch.refused_property) {
        return Problem{422, *patch.refused_property + " " + patch.remark, *patch.refused_property};
    }
    plan.changes = std::move(patch.changes);
    return std::nullopt;
}

Check read_query(const ApiRequest& request, ApiPlan& plan)
{
    const Query query{request.query};
    if (query.has_failed()) {
        return Problem{400, "The query cannot be decoded."};
    }
    if (const auto url = query.find("url");
        url && plan.location.row->resource == Resource::mounts) {
        plan.url = *url;
    }
    return std::nullopt;
}

/// What can be said before the body is looked at; puts the location into the plan.
Check check_head(const ApiRequest& request, const conf::StatusSettings& settings,
                 const Snapshot& snapshot, ApiPlan& plan)
{
    if (!may_enter(request.asker, settings)) {
        return Problem{403, "Access denied: the user is not in the list of this status worker."};
    }
    auto location = locate(request.path.resource);
    if (!location) {
        return Problem{404, "There is no such resource; GET /api/v1/ lists them."};
    }
    plan.location = std::move(*location);
    const Found found = find(plan.location, snapshot);
    if (std::string detail = missing(plan.location, found); !detail.empty()) {
        return Problem{404, std::move(detail)};
    }
    const Access access = plan.location.row->access;
    if (!accepts(access, request.method)) {
        return Problem{405, "This resource accepts " + std::string{allowed_methods(access)} + "."};
    }
    return is_read(request.method) ? Check{} : check_right(request, settings);
}

/// What is to be said behind check_head(); puts the rest into the plan.
Check check_rest(const ApiRequest& request, const Body& body, const Snapshot& snapshot,
                 ApiPlan& plan)
{
    if (is_read(request.method)) {
        return read_query(request, plan);
    }
    if (Check refused = check_body(body, plan.location.row->access)) {
        return refused;
    }
    return read_changes(request, body, snapshot, plan);
}

// --- Answers -------------------------------------------------------------------------------------

int status_of(Reason reason) noexcept
{
    switch (reason) {
    case Reason::wrong_state: return 409;
    case Reason::outdated: return 412;
    case Reason::failed: return 503;
    case Reason::unknown:
    case Reason::bad_value:
    case Reason::too_long:
    case Reason::unresolved:
    case Reason::taken: break;
    }
    return 422;
}

/// The problem of a change that could not be made.
Problem problem_of(const Refusal& refusal, const Change& change)
{
    const std::string& subject = change.asked_as.empty() ? change.worker : change.asked_as;
    return {status_of(refusal.reason), subject + " " + refusal.remark, change.asked_as};
}

ApiAnswer refused(const Problem& problem, const ApiRequest& request, const ApiPlan& plan)
{
    ApiAnswer answer = answer_of(problem);
    if (problem.http_status == 405) {
        answer.allow = allowed_methods(plan.location.row->access);
    }
    if (!is_read(request.method) || problem.http_status == 403) {
        answer.refusal = problem.detail;
    }
    return answer;
}

void write_mounts(JsonWriter& json, const ApiPlan& plan, const Findings& findings,
                  const Document& document)
{
    if (plan.url) {
        write_route(json, document, *plan.url, *findings.route);
    } else {
        write_mounts(json, document, findings.mounts);
    }
}

/// What check_head() has seen.
template <class View> const View& there(const View* view) noexcept
{
    assert(view != nullptr);
    return *view;
}

/// The resource, with its entity tag where it has one.
ApiAnswer shown(const ApiRequest& request, const ApiPlan& plan, const Findings& findings,
                const Document& document)
{
    JsonWriter json;
    ApiAnswer answer;
    const Found found = find(plan.location, *document.snapshot);
    switch (plan.location.row->resource) {
    case Resource::service:
        write_service(json, document, {request.path.base, request.asker.user, request.token});
        break;
    case Resource::balancers: write_balancers(json, document); break;
    case Resource::balancer:
        write_balancer(json, document, there(found.balancer));
        answer.entity_tag = entity_tag(*found.balancer);
        break;
    case Resource::members: write_members(json, document, there(found.balancer)); break;
    case Resource::member:
        write_member(json, {.document = &document,
                            .balancer = found.balancer,
                            .member = found.member,
                            .worker = &there(found.member).worker});
        answer.entity_tag = entity_tag(*found.member);
        break;
    case Resource::workers: write_workers(json, document); break;
    case Resource::worker:
        write_worker(json, document, there(found.worker));
        answer.entity_tag = entity_tag(*found.worker);
        break;
    case Resource::connections: write_connections(json, findings.connections); break;
    case Resource::mounts: write_mounts(json, plan, findings, document); break;
    case Resource::failures: write_failures(json, *document.snapshot); break;
    }
    answer.body = json.finish();
    return answer;
}

}  // namespace

bool may_have_body(std::string_view method) noexcept
{
    return method == "PATCH" || method == "POST";
}

std::optional<Problem> refuse_unread(const ApiRequest& request,
                                     const conf::StatusSettings& settings, const Snapshot& snapshot)
{
    ApiPlan ignored;
    return check_head(request, settings, snapshot, ignored);
}

ApiPlan plan(const ApiRequest& request, const Body& body, const conf::StatusSettings& settings,
             const Snapshot& snapshot)
{
    ApiPlan plan;
    plan.problem = check_head(request, settings, snapshot, plan);
    if (!plan.problem) {
        plan.problem = check_rest(request, body, snapshot, plan);
    }
    return plan;
}

ApiAnswer answer(const ApiRequest& request, const ApiPlan& plan, const Findings& findings,
                 const Document& document)
{
    if (plan.problem) {
        return refused(*plan.problem, request, plan);
    }
    if (findings.refusal) {
        return refused(problem_of(*findings.refusal, plan.changes[findings.refusal->index]),
                       request, plan);
    }
    if (plan.url && !findings.route) {
        return answer_of({400, "The url is neither a path nor http://host/path or https://…."});
    }
    return shown(request, plan, findings, document);
}

}  // namespace jk::status
