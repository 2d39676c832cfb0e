// The properties of a status worker.
#pragma once

#include <span>

#include "conf/property_spec.h"

namespace jk::conf {

/// The rows of StatusSettings, in the order in which they are read and settled. Static.
[[nodiscard]] std::span<const PropertySpec<StatusSettings>> status_properties() noexcept;

}  // namespace jk::conf
