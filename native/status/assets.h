// The files of the status page, as bytes in the module.
#pragma once

#include <span>
#include <string_view>

#include "httpd_api.h"

namespace jk::httpd {

/// A file of native/status/assets/. All views last as long as the module.
struct Asset {
    std::string_view name;   ///< of the file, without a folder
    const char* entity_tag;  ///< strong, with its quotes
    std::string_view bytes;
};

/// All of them, in no order that means something.
[[nodiscard]] std::span<const Asset> assets() noexcept;

/// The file that `path` names: it ends with "/assets/" and the file's name. nullptr: it names none.
[[nodiscard]] const Asset* asset_at(std::string_view path) noexcept;

/// Answers `request` with the file, or with 304 where the client has it. Asks nobody who the client
/// is. Returns OK or an HTTP status.
[[nodiscard]] int serve_asset(request_rec* request, const Asset& asset);

}  // namespace jk::httpd
