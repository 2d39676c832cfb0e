// One table: failure by stage. Where it says `asked`, recovery_options decide if configured, and if
// not the method does (balancing.md 11, "to build").
//
// An answer of which only the head came is dropped without a trace, so that a member that dies at
// that moment costs no idempotent request. Whoever wrote bit 2 asked for the contrary. An answer that
// contradicts its own head is the application's, and would be the same elsewhere.
// Tested by tests/unit/ajp/retry_test.cc.
#include "ajp/retry.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace jk::ajp {

namespace {

constexpr std::size_t index(auto value) noexcept
{
    return static_cast<std::size_t>(value);
}

enum class Repeat : std::uint8_t { no, yes, asked };

constexpr auto no = Repeat::no;
constexpr auto yes = Repeat::yes;
constexpr auto asked = Repeat::asked;  ///< as recovery_options, or the method, say

// clang-format off
constexpr std::array<std::array<Repeat, 4>, 11> repeats{{
    // unsent sent   answered spent
    {{ no,    no,    no,      no }},  // none
    {{ yes,   asked, asked,   no }},  // send
    {{ yes,   asked, asked,   no }},  // closed_no_head
    {{ yes,   asked, asked,   no }},  // closed_in_packet
    {{ no,    no,    asked,   no }},  // closed_in_body
    {{ yes,   asked, no,      no }},  // protocol
    {{ yes,   asked, asked,   no }},  // reply_timeout
    {{ yes,   yes,   yes,     no }},  // failing_status
    {{ yes,   yes,   yes,     no }},  // soft_status
    {{ no,    no,    no,      no }},  // client_gone
    {{ no,    no,    no,      no }},  // client_body
}};
// clang-format on
static_assert(repeats.size() == index(Failure::client_body) + 1);

constexpr std::array<std::string_view, 9> idempotent_methods{
    "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH",
};

// The bits of recovery_options.
constexpr std::uint32_t not_once_sent = 1;
constexpr std::uint32_t not_once_answered = 2;
constexpr std::uint32_t but_head = 8;
constexpr std::uint32_t but_get = 16;

bool allow_repeat(const RetryRules& retry, Stage stage, std::string_view method) noexcept
{
    if (!retry.is_configured) {
        return is_idempotent(method);
    }
    const std::uint32_t options = retry.recovery_options;
    if (stage == Stage::answered && (options & not_once_answered) != 0) {
        return false;
    }
    return (options & not_once_sent) == 0 || ((options & but_head) != 0 && method == "HEAD") ||
           ((options & but_get) != 0 && method == "GET");
}

}  // namespace

bool is_idempotent(std::string_view method) noexcept
{
    return std::find(idempotent_methods.begin(), idempotent_methods.end(), method) !=
           idempotent_methods.end();
}

bool may_retry(Failure failure, Stage stage, const RetryRules& rules,
               std::string_view method) noexcept
{
    const Repeat repeat = repeats[index(failure)][index(stage)];
    return repeat == yes || (repeat == asked && allow_repeat(rules, stage, method));
}

}  // namespace jk::ajp
