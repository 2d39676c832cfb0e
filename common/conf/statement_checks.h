// What is wrong with one statement of workers.properties, in words: a whole sentence each.
#pragma once

#include <string>
#include <string_view>

#include "conf/known_names.h"

namespace jk::conf {

/// Returns what stands behind the last dot of a name, the whole of it where there is no dot.
[[nodiscard]] std::string_view last_part(std::string_view name) noexcept;

/// Returns the worker's name in `worker.<name>.<property>`, empty where there is none.
[[nodiscard]] std::string_view owner_of(std::string_view name) noexcept;

/// Returns why a line counts for nothing. It does not quote the whole of it, which may be secret.
[[nodiscard]] std::string ignored_line(std::string_view line);

/// Returns what is said of a property whose last part is no known name, with the nearest one.
[[nodiscard]] std::string unknown_property(std::string_view name);

/// Returns what is said of an old or dead name, where its worker has the property `successor`
/// instead already, or has none (empty). Requires: `known` is one.
[[nodiscard]] std::string retired_property(std::string_view name, const KnownName& known,
                                           std::string_view successor = {});

/// Returns what is wrong with where a known name stands (worker.port, worker.tc1.list), empty when
/// nothing is.
[[nodiscard]] std::string misplaced_property(std::string_view name);

/// True for a value in quotes, which the language does not take off.
[[nodiscard]] bool is_quoted(std::string_view value) noexcept;

}  // namespace jk::conf
