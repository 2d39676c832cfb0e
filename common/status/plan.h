// The JSON API: request → plan → findings → answer. The core makes the plan and the answer; what
// lies between, changes and look-ups, is the adapter's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conf/settings.h"
#include "status/access.h"
#include "status/change.h"
#include "status/document.h"
#include "status/findings.h"
#include "status/patch.h"
#include "status/problem.h"
#include "status/resource.h"
#include "status/snapshot.h"

namespace jk::status {

/// What came in. Absent headers are empty.
struct ApiRequest {
    std::string_view method{};  ///< "GET"
    ApiPath path{};
    std::string_view query{};  ///< raw
    std::string_view content_type{};
    std::string_view if_match{};
    Asker asker{};
    std::string_view token{};  ///< the one that belongs to the asker
};

/// True where the plan of such a request may need its body.
[[nodiscard]] bool may_have_body(std::string_view method) noexcept;

/// The problem of a request that needs no look at its body: plan() finds the same one, whatever the
/// body is. nullopt: there is none.
[[nodiscard]] std::optional<Problem> refuse_unread(const ApiRequest& request,
                                                   const conf::StatusSettings& settings,
                                                   const Snapshot& snapshot);

/// What is to be done for a request: nothing but to answer where there is a problem; else `changes`
/// all at once, and what the resource of the location shows besides the snapshot (findings.h).
/// With a generation the changes are for that one alone: where edits are newer, the plan is to be
/// made again from a newer snapshot.
struct ApiPlan {
    std::optional<Problem> problem{};
    Location location{};
    std::vector<Change> changes{};
    std::optional<std::uint32_t> generation{};  ///< Snapshot::generation, where If-Match was sent
    std::optional<std::string> url{};           ///< of mounts: look up only this one
};

/// Makes the plan. The first thing that is wrong counts: who asks, the path, the method, the token,
/// the type of the body, the body itself, If-Match, each value.
[[nodiscard]] ApiPlan plan(const ApiRequest& request, const Body& body,
                           const conf::StatusSettings& settings, const Snapshot& snapshot);

/// Makes the answer. `snapshot` is one of after the changes.
[[nodiscard]] ApiAnswer answer(const ApiRequest& request, const ApiPlan& plan,
                               const Findings& findings, const Document& document);

}  // namespace jk::status
