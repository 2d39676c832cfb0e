// Doubts about arguments: a row per directive. Tested by tests/unit/site/arguments_test.cc.
#include "site/arguments.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>

#include "ajp/attribute_names.h"
#include "base/nearest_name.h"
#include "base/text.h"
#include "base/wording.h"

namespace jk::site {

namespace {

using namespace std::string_view_literals;

/// Each returns the sentence behind the directive's name; empty: nothing to say.
std::string doubtful_level(std::string_view word)
{
    constexpr std::array levels{"trace"sv, "debug"sv, "info"sv, "warn"sv, "error"sv, "emerg"sv};
    NearestName nearest{word};
    for (const std::string_view level : levels) {
        if (equals_caseless(level, word)) {
            return {};
        }
        nearest.offer(level);
    }
    const std::string advice =
        nearest.best().empty() ? "" : concat({"; did you mean ", quoted(nearest.best()), "?"});
    return concat({quoted(word), " is none of trace, debug, info, warn, error, emerg, so info is ",
                   "used", advice});
}

std::string doubtful_number(std::string_view number)
{
    return parse_digits(number).has_value()
               ? std::string{}
               : concat({quoted(number), " is no whole number; it is read as ",
                         decimal(seconds_of(number))});
}

std::string unused_size(std::string_view number)
{
    return parse_digits(number).has_value()
               ? std::string{}
               : concat({quoted(number),
                         " is no number of KiB; the directive can be taken out, it ",
                         "has no effect"});
}

std::string reserved_variable(std::string_view name)
{
    return ajp::is_reserved_attribute(name)
               ? concat({quoted(name),
                         " is not sent, since containers give this name a meaning of ",
                         "its own; use another one"})
               : std::string{};
}

std::string unknown_conversion(std::string_view format)
{
    constexpr std::string_view letters = "bBHmpqrRsTUvVw";
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] == '\\' && i + 1 < format.size()) {
            i += "nt\\"sv.find(format[i + 1]) != std::string_view::npos ? 1U : 0U;
        } else if (format[i] == '%') {
            ++i;
            if (i == format.size() || letters.find(format[i]) == std::string_view::npos) {
                return concat({quoted(format),
                               " has a % that is followed by none of b B H m p q r ",
                               "R s T U v V w; there is no request log until it is corrected"});
            }
        }
    }
    return {};
}

std::string unused_option(std::string_view word)
{
    return starts_with_caseless(word.substr(word.find_first_not_of("+-") == 1 ? 1 : 0),
                                "CollapseSlashes")
               ? concat({quoted(word), " has no effect any more and can be taken out: slashes are ",
                         "always collapsed for matching"})
               : std::string{};
}

struct Row {
    std::string_view directive;
    Severity severity;
    std::string (*doubt)(std::string_view argument);
};
constexpr std::array rows{
    Row{"JkLogLevel", Severity::warning, doubtful_level},
    Row{"JkMountFileReload", Severity::warning, doubtful_number},
    Row{"JkWatchdogInterval", Severity::warning, doubtful_number},
    Row{"JkShmSize", Severity::warning, unused_size},
    Row{"JkEnvVar", Severity::warning, reserved_variable},
    Row{"JkOptions", Severity::warning, unused_option},
    Row{"JkRequestLogFormat", Severity::error, unknown_conversion},
};

}  // namespace

void check_argument(std::string_view directive, std::string_view argument, const Place& place,
                    Complaints& complaints)
{
    for (const Row& row : rows) {
        if (equals_caseless(row.directive, directive)) {
            if (const std::string doubt = row.doubt(argument); !doubt.empty()) {
                complaints.push_back({row.severity, place, concat({row.directive, " ", doubt})});
            }
        }
    }
}

int seconds_of(std::string_view argument) noexcept
{
    const std::int64_t seconds = parse_leading_integer(argument).value_or(0);
    return static_cast<int>(std::clamp<std::int64_t>(seconds, 0, std::numeric_limits<int>::max()));
}

}  // namespace jk::site
