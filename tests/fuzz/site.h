// What the status is asked about by its fuzz targets: a balancer of two members, a direct worker,
// and a status worker, with mounts, whose settings take changes as the module's do.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "conf/settings.h"
#include "status/change.h"
#include "status/snapshot.h"

namespace jk::fuzz {

/// Not copied: the snapshot points into it.
struct Site {
    Site();
    Site(const Site&) = delete;
    Site& operator=(const Site&) = delete;

    /// Makes all of the changes, or none and says which cannot be made. Checks of each that there
    /// is what it names.
    [[nodiscard]] std::optional<status::Refusal> carry_out(std::span<const status::Change> changes);

    conf::LbSettings lb;
    conf::AjpSettings node1, node2, single;
    conf::StatusSettings status;
    status::Snapshot snapshot;

private:
    [[nodiscard]] conf::AjpSettings* settings_of(const status::Change& change) noexcept;
};

/// Every tag in `text` is one that the renderers write, with attributes of theirs: nothing foreign
/// has become markup. Requires: `text` is HTML or XML as they write it.
void require_own_markup(std::string_view text);

}  // namespace jk::fuzz
