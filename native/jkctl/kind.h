// What kind of configuration file a text is.
#pragma once

#include <cstdint>
#include <string_view>

namespace jk::ctl {

enum class Kind : std::uint8_t {
    httpd,    ///< directives of httpd
    workers,  ///< a JkWorkersFile
    mounts,   ///< a JkMountFile
};

/// Returns the kind by the first line that only one kind has: `worker.…=` is a workers file, a
/// pattern before a `=` a mount file, a section or a directive httpd's. Without such a line: a text
/// with a `=` is a workers file, any other httpd's.
[[nodiscard]] Kind kind_of(std::string_view text) noexcept;

}  // namespace jk::ctl
