// Changes that the status was asked for, done.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "config/global.h"
#include "httpd_api.h"
#include "status/change.h"

namespace jk::httpd {

/// Who changes something, for the log.
struct Author {
    request_rec* request;
    std::string_view status_worker;
};

/// Does all of `changes` or nothing, and logs each that made a difference at info: who, what, old
/// and new value. With a generation of the edits only where it is the last one: Reason::outdated
/// else. Returns the first that cannot be done; the caller reports it. May block.
[[nodiscard]] std::optional<status::Refusal>
execute(const Author& author, const Global& global, std::span<const status::Change> changes,
        std::optional<std::uint32_t> generation = std::nullopt);

}  // namespace jk::httpd
