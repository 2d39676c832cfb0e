// The snapshot: names, addresses and settings from the runtime, numbers from the shared slots, rules
// from the mount tables of all servers. Settings are those in force, edits included; but what a
// member without an address is set to is not what is in force, for it is stopped.
// Tested by tests/adapter/status/survey_test.cc and tests/system/test_status.py.
#include "status/survey.h"

#include <optional>
#include <string>
#include <vector>

#include "config/server_config.h"
#include "lb/edited_settings.h"
#include "pool.h"
#include "product.h"
#include "runtime/child.h"
#include "status/figures.h"
#include "status/mounts.h"

namespace jk::httpd {

namespace {

/// The rules of all servers that name `worker` or any.
std::vector<status::MapView> maps_of(const std::vector<status::Mount>& mounts,
                                     const std::string& worker)
{
    std::vector<status::MapView> maps;
    for (const status::Mount& mount : mounts) {
        if (mount.worker == worker || mount.worker == "*") {
            maps.push_back(mount.map);
        }
    }
    return maps;
}

std::optional<TimePoint> time_of(std::int64_t micros)
{
    return micros == 0 ? std::nullopt : std::optional{from_micros(micros)};
}

status::WorkerView view_of(const Child& child, std::size_t index)
{
    const Backend& backend = child.runtime().backends()[index];
    const lb::WorkerAccount account = child.account(index);
    const lb::WorkerSlot& slot = *backend.slot;
    status::WorkerView worker;
    worker.name = backend.worker->name;
    worker.settings = &backend.settings();
    worker.configured = &backend.worker->settings;
    worker.address = backend.destination().address.text;
    worker.used = slot.used.load();
    worker.transferred = slot.transferred.load();
    worker.read = slot.read.load();
    worker.errors = slot.errors.load();
    worker.client_errors = slot.client_errors.load();
    worker.reply_timeouts = slot.reply_timeouts.load();
    worker.busy = account.busy();
    worker.max_busy = slot.max_busy.load();
    worker.connected = account.connections();
    worker.max_connected = slot.max_connected.load();
    worker.last_reset = from_micros(slot.last_reset.load());
    worker.error_time = time_of(slot.error_time.load());
    worker.state = lb::to_state(slot.state.load());
    add_measures(account.measures(), worker);
    return worker;
}

/// What the views of the members are made from, and where what they point to stays.
struct Survey {
    const Child& child;
    status::Snapshot& snapshot;
    std::optional<lb::EditList> edits{};  ///< read where the first member has no address
};

/// What a member was set to, by the configuration or an edit.
conf::Activation activation_of(Survey& survey, const BalancedSet& set, const Backend& backend)
{
    if (!survey.edits) {
        std::uint32_t ignored = 0;
        survey.edits.emplace(survey.child.runtime().segment().edits().all(ignored));
    }
    conf::AjpSettings settings = backend.worker->settings;
    survey.edits->apply({lb::EditKind::member, set.worker->name, backend.worker->name}, settings);
    return settings.activation;
}

/// The settings in force of a worker as this member: the balancer says what is its own in it.
conf::AjpSettings settings_of(Survey& survey, const BalancedSet& set, std::size_t index)
{
    const lb::Balancer& balancer = *set.balancer;
    const Backend& backend = survey.child.runtime().backends()[set.backends[index]];
    conf::AjpSettings settings = backend.settings();
    settings.activation = backend.destination().address.is_valid()
                              ? balancer.activation(index)
                              : activation_of(survey, set, backend);
    settings.route = balancer.route(index);
    settings.redirect = balancer.redirect(index);
    settings.domain = balancer.domain(index);
    settings.distance = balancer.distance(index);
    settings.lbfactor = static_cast<int>(balancer.factor(index));
    return settings;
}

status::MemberView view_of(Survey& survey, const BalancedSet& set, std::size_t index)
{
    const lb::Balancer& balancer = *set.balancer;
    const lb::MemberSlot& slot = *balancer.members()[index].slot;
    status::MemberView member;
    member.worker = view_of(survey.child, set.backends[index]);
    member.worker.settings =
        &survey.snapshot.member_settings.emplace_back(settings_of(survey, set, index));
    member.activation = balancer.activation(index);
    member.state = balancer.state(index);
    member.lb_mult = balancer.unit(index);
    member.lb_value = balancer.load(index);
    member.sessions = slot.sessions.load();
    member.errors = slot.errors.load();
    member.first_error_time = time_of(slot.first_error_time.load());
    member.last_error_time = time_of(slot.last_error_time.load());
    return member;
}

status::BalancerView view_of(Survey& survey, const BalancedSet& set)
{
    const lb::Balancer& balancer = *set.balancer;
    status::BalancerView view;
    view.name = set.worker->name;
    view.settings = &set.balancer->settings();
    view.configured = &set.worker->settings;
    for (std::size_t i = 0; i < set.backends.size(); ++i) {
        view.members.push_back(view_of(survey, set, i));
    }
    view.busy = balancer.busy();
    view.max_busy = balancer.slot().max_busy.load();
    view.last_maintenance = from_micros(balancer.slot().last_maintenance.load());
    view.last_reset = from_micros(balancer.slot().last_reset.load());
    return view;
}

void add_workers(const Global& global, const std::vector<status::Mount>& mounts,
                 status::Snapshot& snapshot)
{
    Runtime& runtime = *global.runtime;
    Survey survey{*global.child, snapshot};
    for (const conf::ListedWorker& one : global.workers.listed) {
        switch (one.type) {
        case conf::WorkerType::lb:
            snapshot.balancers.push_back(view_of(survey, runtime.balanced()[one.index]));
            snapshot.balancers.back().maps = maps_of(mounts, one.name);
            break;
        case conf::WorkerType::ajp13:
            snapshot.workers.push_back(view_of(*global.child, one.index));
            snapshot.workers.back().maps = maps_of(mounts, one.name);
            break;
        case conf::WorkerType::status: snapshot.others.push_back(one.name); break;
        }
    }
}

}  // namespace

status::Snapshot take_snapshot(request_rec* request, const Global& global, Mounts mounts)
{
    status::Snapshot snapshot;
    const char* const name =
        apr_table_get(request->subprocess_env, config_of(request).local_name_indicator);
    snapshot.server_name = name == nullptr ? ap_get_server_name(request) : name;
    snapshot.server_port = ap_get_server_port(request);
    snapshot.web_server = ap_get_server_description();
    snapshot.jk_version = product_token;
    snapshot.uri = request->uri;
    snapshot.now = now();
    apr_time_exp_t local;
    apr_time_exp_lt(&local, to_micros(snapshot.now));
    snapshot.utc_offset = local.tm_gmtoff;
    snapshot.maintain = global.workers.maintain;
    snapshot.generation = global.runtime->edits_taken();  // before the settings
    snapshot.configuration = &global.shown;
    snapshot.failures = failures_of(global.runtime->segment());
    add_workers(global, mounts == Mounts::all ? all_mounts(request) : std::vector<status::Mount>{},
                snapshot);
    return snapshot;
}

}  // namespace jk::httpd
