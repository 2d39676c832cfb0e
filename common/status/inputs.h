// What a form can change: the properties of status.md 10 with the names of their parameters, as the
// inputs that a form is made of.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "conf/settings.h"

namespace jk::status {

/// A value to choose. `shown` is how the setting itself is shown.
struct Choice {
    std::string_view value;
    std::string_view shown;
};

/// An input: literals, but for the value.
struct Input {
    enum class Type : std::uint8_t { number, text, flag, choice };
    std::string_view parameter;  ///< "vwf"
    std::string_view property;   ///< "lbfactor", its name in workers.properties
    std::string_view label;
    std::string_view help;
    Type type = Type::text;
    int least = 0;  ///< of a number
    int most = 0;   ///< of a number; of a text its length in bytes
    std::span<const Choice> choices{};
    std::string value{};  ///< as the settings show it: "1", "True", "DIS"
};

/// Each returns its inputs with the values of `settings`, in the order in which a form shows them.
[[nodiscard]] std::vector<Input> balancer_inputs(const conf::LbSettings& settings);
/// What a worker has as a member.
[[nodiscard]] std::vector<Input> member_inputs(const conf::AjpSettings& settings);
/// What a worker has wherever it is used.
[[nodiscard]] std::vector<Input> connection_inputs(const conf::AjpSettings& settings);

/// What can be changed of all members in one request (status.md 10.4).
[[nodiscard]] std::vector<Input> shared_inputs(const conf::AjpSettings& settings);

}  // namespace jk::status
