// The words of the status for what the balancer knows as codes.
#pragma once

#include <string_view>

#include "conf/value.h"
#include "lb/member_slot.h"

namespace jk::status {

/// Returns the text of a state that clients compare: "OK/IDLE", "ERR/REC", ….
[[nodiscard]] std::string_view to_text(lb::State state) noexcept;
/// Returns the same in words, for people.
[[nodiscard]] std::string_view in_words(lb::State state) noexcept;

/// The texts of the other codes are those of the configuration: conf/value.h.
[[nodiscard]] std::string_view in_words(conf::Activation activation) noexcept;

}  // namespace jk::status
