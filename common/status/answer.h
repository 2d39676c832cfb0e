// A status request, from query string to finished page: query → command → document → text.
#pragma once

#include <string>
#include <string_view>

#include "conf/settings.h"
#include "status/snapshot.h"

namespace jk::status {

/// What goes back to the client.
struct Answer {
    int http_status = 200;  ///< 200, or 403 where who or how asks is refused (status.md 1)
    std::string_view content_type;
    std::string body;
    std::string_view refusal;  ///< for the log: empty unless something was refused or failed
};

/// Who asks, and how (status.md 12.1, S1).
struct Asker {
    std::string_view user;  ///< authenticated user; empty = none
    bool is_head = false;
};

/// Answers `query` (the raw query string) for a status worker. Reads `snapshot` only; changes
/// nothing.
[[nodiscard]] Answer answer(std::string_view query, const Asker& asker,
                            const conf::StatusSettings& settings, const Snapshot& snapshot);

}  // namespace jk::status
