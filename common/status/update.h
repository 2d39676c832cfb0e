// Updates: from the parameters of a query to changes, and from what became of them to the message
// for the client (status.md 4 and 10).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "status/change.h"
#include "status/legacy_names.h"
#include "status/query.h"
#include "status/selection.h"

namespace jk::status {

/// What an update asks for.
struct Update {
    std::vector<Change> changes;  ///< in the order of the members, then of the table of names
    std::string error;            ///< for the client; empty where all could be understood
};

/// Returns the changes that `query` asks for. Parameters that do not belong to `target` are left
/// out, values are not looked at.
[[nodiscard]] Update read_update(const Query& query, const Target& target, Dialect dialect);

/// Returns the message for a refused update. `form` says whether the members were named by a pattern.
[[nodiscard]] std::string update_message(const Refusal& refusal, std::span<const Change> changes,
                                         SubWorker form);

}  // namespace jk::status
