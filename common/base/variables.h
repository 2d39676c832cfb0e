// $(name) in the values of configuration files (workers.md 1.5).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jk {

/// Answers a name with its value, nullopt where it has none.
using VariableLookup = std::function<std::optional<std::string>(std::string_view name)>;

/// A value after expansion.
struct Expansion {
    std::string text;
    std::vector<std::string> unknown;  ///< names that nothing answered to: left as they stand
    bool is_cut_short = false;         ///< more than 21 substitutions: the rest left as it stands
};

/// Replaces every $(name) of `value` that `lookup` knows, up to 21 of them. What is inserted is not
/// expanded again; an unclosed `$(` stays.
[[nodiscard]] Expansion expand_variables(std::string_view value, const VariableLookup& lookup);

/// True where anything of `value` stands outside of every $(name).
[[nodiscard]] bool is_spelled_out(std::string_view value);

}  // namespace jk
