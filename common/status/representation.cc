// Balancers, members and workers walk the rows of fields.h, as the other formats do; what is JSON's
// alone stands behind. Tested by tests/unit/status/representation_test.cc.
#include "status/representation.h"

#include <array>

#include "status/editable.h"
#include "status/escape.h"
#include "status/fields.h"
#include "status/words.h"

namespace jk::status {

namespace {

// --- Pieces --------------------------------------------------------------------------------------

void write_field(JsonWriter& json, const Field& field, const Value& value)
{
    json.name(field.name);
    switch (value.type) {
    case Value::Type::number: json.bare(value.text); return;
    case Value::Type::flag: json.flag(value.text == "True"); return;
    case Value::Type::absent:
    case Value::Type::text: json.text(value.text); return;
    }
}

void write_fields(JsonWriter& json, Kind kind, const Subject& subject)
{
    for_each_field(kind, subject, Order::markup, [&](const Field& field, const Value& value) {
        write_field(json, field, value);
    });
}

/// An object of nothing but the fields.
void write_header(JsonWriter& json, std::string_view name, Kind kind, const Document& document)
{
    json.name(name);
    json.begin_object();
    write_fields(json, kind, {&document});
    json.end_object();
}

void write_time(JsonWriter& json, const Snapshot& snapshot)
{
    json.name("time");
    json.seconds(to_micros(snapshot.now));
}

void write_text_or_null(JsonWriter& json, std::string_view name, std::string_view text)
{
    json.name(name);
    if (text.empty()) {
        json.null();
    } else {
        json.text(text);
    }
}

template <class List, class Write>
void write_array(JsonWriter& json, std::string_view name, const List& list, Write write)
{
    json.name(name);
    json.begin_array();
    for (const auto& one : list) {
        write(one);
    }
    json.end_array();
}

// --- What is measured ----------------------------------------------------------------------------

struct Share {
    std::string_view name;
    double share;
};
constexpr std::array quantiles{Share{"p50", 0.5}, Share{"p90", 0.9}, Share{"p99", 0.99}};

void write_distribution(JsonWriter& json, std::string_view name, const lb::Distribution& times)
{
    json.name(name);
    json.begin_object();
    json.member("count", times.count);
    json.name("sum");
    json.seconds(times.sum.count());
    for (const Share& quantile : quantiles) {
        json.name(quantile.name);
        if (times.count == 0) {
            json.null();
        } else {
            json.seconds(times.quantile(quantile.share).count());
        }
    }
    json.end_object();
}

void write_latency(JsonWriter& json, const Latency& latency)
{
    json.name("latency");
    json.begin_object();
    write_distribution(json, "connect", latency.connect);
    write_distribution(json, "first_byte", latency.first_byte);
    write_distribution(json, "total", latency.total);
    json.end_object();
}

/// That of all members together.
Latency latency_of(const BalancerView& balancer)
{
    Latency all;
    for (const MemberView& member : balancer.members) {
        all.add(member.worker.latency);
    }
    return all;
}

void write_measures(JsonWriter& json, const WorkerView& worker)
{
    json.member("attempts", worker.attempts);
    write_latency(json, worker.latency);
    json.name("verdicts");
    json.begin_object();
    for (const VerdictCount& verdict : worker.verdicts) {
        json.member(verdict.code, verdict.count);
    }
    json.end_object();
}

std::string_view to_text(Grade grade) noexcept
{
    switch (grade) {
    case Grade::good: return "good";
    case Grade::degraded: return "degraded";
    case Grade::bad: break;
    }
    return "bad";
}

// --- What is set ---------------------------------------------------------------------------------

/// `make` gives the editables of settings; the view has those in force, and perhaps the configured.
template <class View, class Make>
void write_editables(JsonWriter& json, const View& view, Make make)
{
    const Editables in_force = make(*view.settings);
    json.name("settings");
    write_settings(json, in_force);
    json.name("configured");
    if (view.configured == nullptr) {
        json.begin_object();
        json.end_object();
    } else {
        write_differing(json, make(*view.configured), in_force);
    }
    json.member("etag", entity_tag(in_force));
}

// --- Lists ---------------------------------------------------------------------------------------

void write_member_list(JsonWriter& json, const Document& document, const BalancerView& balancer)
{
    write_array(json, "members", balancer.members, [&](const MemberView& member) {
        write_member(json, {.document = &document,
                            .balancer = &balancer,
                            .member = &member,
                            .worker = &member.worker});
    });
}

void write_mount(JsonWriter& json, const Document& document, const Mount& mount, std::size_t id)
{
    json.begin_object();
    write_fields(json, Kind::map, {.document = &document, .map = &mount.map, .map_id = id});
    json.member("worker", mount.worker);
    json.end_object();
}

void write_failure(JsonWriter& json, const FailureView& failure)
{
    const lb::Failure& record = failure.record;
    json.begin_object();
    json.name("time");
    json.seconds(to_micros(record.time));
    write_text_or_null(json, "balancer", record.balancer);
    write_text_or_null(json, "member", record.member);
    json.member("verdict", failure.verdict);
    json.member("phase", failure.phase);
    json.member("status", record.status);
    json.member("attempts", record.attempts);
    json.member("milliseconds", record.milliseconds);
    json.member("what", record.what);
    json.member("method", record.method);
    json.member("uri", record.path);
    json.member("client", record.client);
    json.end_object();
}

void write_links(JsonWriter& json, std::string_view base)
{
    json.name("links");
    json.begin_object();
    for (const std::string_view name :
         {"balancers", "workers", "connections", "mounts", "failures"}) {
        json.member(name, link_to(base, name));
    }
    json.end_object();
}

}  // namespace

void write_service(JsonWriter& json, const Document& document, const Service& service)
{
    json.begin_object();
    json.member("version", 1);
    write_header(json, "server", Kind::server, document);
    write_header(json, "software", Kind::software, document);
    write_header(json, "time", Kind::time, document);
    write_text_or_null(json, "user", service.user);
    json.member("read_only", document.settings->read_only);
    write_text_or_null(json, "token", service.token);
    json.member("maintain", document.snapshot->maintain);
    write_links(json, service.base);
    json.name("properties");
    json.begin_object();
    json.name("balancer");
    write_description(json, editables_of_balancer({}));
    json.name("member");
    write_description(json, editables_of_member({}));
    json.name("worker");
    write_description(json, editables_of_worker({}));
    json.end_object();
    json.end_object();
}

void write_balancers(JsonWriter& json, const Document& document)
{
    json.begin_object();
    write_time(json, *document.snapshot);
    json.member("generation", document.snapshot->generation);
    write_array(json, "balancers", document.snapshot->balancers,
                [&](const BalancerView& balancer) { write_balancer(json, document, balancer); });
    json.end_object();
}

void write_balancer(JsonWriter& json, const Document& document, const BalancerView& balancer)
{
    json.begin_object();
    write_fields(json, Kind::balancer, {.document = &document, .balancer = &balancer});
    write_editables(json, balancer, editables_of_balancer);
    write_latency(json, latency_of(balancer));
    write_member_list(json, document, balancer);
    json.end_object();
}

void write_members(JsonWriter& json, const Document& document, const BalancerView& balancer)
{
    json.begin_object();
    write_time(json, *document.snapshot);
    write_member_list(json, document, balancer);
    json.end_object();
}

void write_member(JsonWriter& json, const Subject& subject)
{
    const MemberView& member = *subject.member;
    json.begin_object();
    write_fields(json, Kind::member, subject);
    json.member("balancer", subject.balancer->name);
    write_editables(json, member.worker, editables_of_member);
    json.member("grade", to_text(subject.document->rating.of(member.activation, member.state)));
    write_measures(json, member.worker);
    json.end_object();
}

void write_workers(JsonWriter& json, const Document& document)
{
    json.begin_object();
    write_time(json, *document.snapshot);
    write_array(json, "workers", document.snapshot->workers,
                [&](const WorkerView& worker) { write_worker(json, document, worker); });
    json.end_object();
}

void write_worker(JsonWriter& json, const Document& document, const WorkerView& worker)
{
    json.begin_object();
    write_fields(json, Kind::worker, {.document = &document, .worker = &worker});
    json.member("state", status::to_text(worker.state));
    write_editables(json, worker, editables_of_worker);
    json.member("grade", to_text(document.rating.of(conf::Activation::active, worker.state)));
    write_measures(json, worker);
    json.end_object();
}

void write_failures(JsonWriter& json, const Snapshot& snapshot)
{
    json.begin_object();
    write_time(json, snapshot);
    write_array(json, "failures", snapshot.failures,
                [&](const FailureView& failure) { write_failure(json, failure); });
    json.end_object();
}

void write_connections(JsonWriter& json, const std::vector<WorkerConnections>& connections)
{
    json.begin_object();
    write_array(json, "workers", connections, [&](const WorkerConnections& worker) {
        json.begin_object();
        json.member("name", worker.name);
        json.member("address", worker.address);
        json.member("connected", worker.connected);
        json.member("max_connected", worker.max_connected);
        json.member("busy", worker.busy);
        json.member("max_busy", worker.max_busy);
        json.member("pool_size", worker.pool_size);
        write_array(json, "children", worker.children, [&](const lb::WorkerShare& child) {
            json.begin_object();
            json.member("pid", child.pid);
            json.member("busy", child.busy);
            json.member("connected", child.connected);
            json.end_object();
        });
        json.end_object();
    });
    json.end_object();
}

void write_mounts(JsonWriter& json, const Document& document, const std::vector<Mount>& mounts)
{
    json.begin_object();
    write_array(json, "mounts", mounts, [&, id = std::size_t{0}](const Mount& mount) mutable {
        write_mount(json, document, mount, ++id);
    });
    json.end_object();
}

void write_route(JsonWriter& json, const Document& document, std::string_view url,
                 const Route& route)
{
    json.begin_object();
    json.member("url", url);
    json.member("host", route.host);
    json.member("path", route.path);
    write_text_or_null(json, "worker", route.rule ? route.rule->worker : "");
    json.name("rule");
    if (route.rule) {
        write_mount(json, document, *route.rule, route.rule_id);
    } else {
        json.null();
    }
    json.member("server", route.server);
    json.end_object();
}

std::string link_to(std::string_view base, std::string_view resource)
{
    std::string link;
    for (const std::string_view path : {base, std::string_view{"/api/v1/"}, resource}) {
        for (const char& c : path) {
            if (c == '/') {
                link += c;
            } else {
                append_query_value(link, {&c, 1});
            }
        }
    }
    return link;
}

std::string entity_tag(const BalancerView& balancer)
{
    return entity_tag(editables_of_balancer(*balancer.settings));
}

std::string entity_tag(const MemberView& member)
{
    return entity_tag(editables_of_member(*member.worker.settings));
}

std::string entity_tag(const WorkerView& worker)
{
    return entity_tag(editables_of_worker(*worker.settings));
}

}  // namespace jk::status
