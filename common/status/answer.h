// A status request, from query string to finished page: query → command → changes → document → text.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "conf/settings.h"
#include "status/access.h"
#include "status/change.h"
#include "status/commands.h"
#include "status/document.h"
#include "status/legacy_names.h"
#include "status/query.h"
#include "status/snapshot.h"

namespace jk::status {

/// What goes back to the client.
struct Answer {
    int http_status = 200;  ///< 200, or 403 where who or how asks is refused (status.md 1)
    std::string_view content_type;
    std::string body;
    std::string refusal;       ///< for the log: empty unless something was refused or failed
    std::string_view warning;  ///< for the log: what the client should do in another way, or empty
};

/// What came in.
struct Request {
    std::string_view query;  ///< the raw query string
    std::string_view form;   ///< the body of a form, in the same notation, or empty
    Asker asker;
    std::string_view token;  ///< the one that belongs to the asker
};

/// A request for a classic command on its way: what it wants changed is the caller's to do, before
/// it is answered. Points to what it was made of, which must outlive it.
class Inquiry {
public:
    /// Reads and checks the request (status.md 4).
    Inquiry(const Request& request, const conf::StatusSettings& settings, const Snapshot& snapshot);
    Inquiry(const Inquiry&) = delete;
    Inquiry& operator=(const Inquiry&) = delete;

    /// What is to be done, all of it or nothing. Empty for a request that only looks, and for one
    /// that is refused.
    [[nodiscard]] std::span<const Change> changes() const noexcept { return changes_; }
    /// Makes the answer. `refusal` is what became of the changes: nothing where all are done.
    [[nodiscard]] Answer answer(const std::optional<Refusal>& refusal);

private:
    [[nodiscard]] std::string find_fault(const Asker& asker);
    [[nodiscard]] std::string run();

    Query query_;
    const Command* command_;
    Dialect dialect_;
    Document document_;
    int http_status_ = 200;
    std::vector<Change> changes_;
};

}  // namespace jk::status
