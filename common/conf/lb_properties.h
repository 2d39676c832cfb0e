// The properties of an lb worker.
#pragma once

#include <span>

#include "conf/property_spec.h"

namespace jk::conf {

/// The rows of LbSettings, in the order in which they are read and settled. Static.
[[nodiscard]] std::span<const PropertySpec<LbSettings>> lb_properties() noexcept;

}  // namespace jk::conf
