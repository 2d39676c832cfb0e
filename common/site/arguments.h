// What is doubtful about an argument of a Jk* directive that is taken nevertheless.
#pragma once

#include <string_view>

#include "base/complaint.h"

namespace jk::site {

/// Appends what is to be said of one argument of `directive` (of JkOptions: of one word), with
/// `place`; nothing where nothing is. What such an argument leads to: an unknown level is info, text
/// for a number is 0, a reserved variable is not sent, a wrong format is no request log.
void check_argument(std::string_view directive, std::string_view argument, const Place& place,
                    Complaints& complaints);

/// Returns the seconds that an argument gives: its leading digits, 0 for a negative number or none,
/// the greatest int for a larger one.
[[nodiscard]] int seconds_of(std::string_view argument) noexcept;

}  // namespace jk::site
