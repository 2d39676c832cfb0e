// The properties of an ajp13 worker, standalone or member of a balancer.
#pragma once

#include <span>

#include "conf/property_spec.h"

namespace jk::conf {

/// The rows of AjpSettings, in the order in which they are read and settled. Static.
[[nodiscard]] std::span<const PropertySpec<AjpSettings>> ajp_properties() noexcept;

}  // namespace jk::conf
