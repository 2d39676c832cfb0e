// The resources of the JSON API as JSON: the fields of the classic formats, with types, and what
// only programs want to know.
#pragma once

#include <string>
#include <string_view>

#include "status/document.h"
#include "status/findings.h"
#include "status/json_writer.h"
#include "status/resource.h"

namespace jk::status {

/// What the API says about itself.
struct Service {
    std::string_view base;  ///< of its URL: what stands before /api/v1, decoded
    std::string_view user;  ///< who asks; empty = none
    std::string_view token;
};

/// Each writes one value. `document` gives the snapshot and the rating.
void write_service(JsonWriter& json, const Document& document, const Service& service);
void write_balancers(JsonWriter& json, const Document& document);
void write_balancer(JsonWriter& json, const Document& document, const BalancerView& balancer);
void write_members(JsonWriter& json, const Document& document, const BalancerView& balancer);
void write_member(JsonWriter& json, const Subject& subject);
void write_workers(JsonWriter& json, const Document& document);
void write_worker(JsonWriter& json, const Document& document, const WorkerView& worker);
void write_failures(JsonWriter& json, const Snapshot& snapshot);

void write_connections(JsonWriter& json, const std::vector<WorkerConnections>& connections);
void write_mounts(JsonWriter& json, const Document& document, const std::vector<Mount>& mounts);
void write_route(JsonWriter& json, const Document& document, std::string_view url,
                 const Route& route);

/// Returns the path of a resource, percent-encoded.
[[nodiscard]] std::string link_to(std::string_view base, std::string_view resource);

/// The entity tags of the settings.
[[nodiscard]] std::string entity_tag(const BalancerView& balancer);
[[nodiscard]] std::string entity_tag(const MemberView& member);
[[nodiscard]] std::string entity_tag(const WorkerView& worker);

}  // namespace jk::status
