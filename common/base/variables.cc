// Variables: one walk from left to right over the text as written, so that nothing that was
// inserted is looked at again. Tested by tests/unit/base/variables_test.cc.
#include "base/variables.h"

namespace jk {

namespace {

constexpr int most_substitutions = 21;

}  // namespace

Expansion expand_variables(std::string_view value, const VariableLookup& lookup)
{
    Expansion result;
    int substitutions = 0;
    for (;;) {
        const std::size_t open = value.find("$(");
        const std::size_t close = value.find(')', open == std::string_view::npos ? open : open + 2);
        if (close == std::string_view::npos) {
            break;
        }
        if (substitutions == most_substitutions) {
            result.is_cut_short = true;
            break;
        }
        const std::string_view name = value.substr(open + 2, close - open - 2);
        result.text += value.substr(0, open);
        if (const std::optional<std::string> found = lookup(name)) {
            result.text += *found;
            ++substitutions;
        } else {
            result.text += value.substr(open, close + 1 - open);
            result.unknown.emplace_back(name);
        }
        value.remove_prefix(close + 1);
    }
    result.text += value;
    return result;
}

bool is_spelled_out(std::string_view value)
{
    const auto nothing = [](std::string_view) { return std::optional<std::string>{""}; };
    return !expand_variables(value, nothing).text.empty();
}

}  // namespace jk
