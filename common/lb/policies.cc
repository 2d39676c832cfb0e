// The balancing methods, one row each. The member with the least load is elected; ties rotate
// (candidates.cc). With factors 1, 2, 3 the units are 6, 3, 2, and one request after the other gives
//
//     elected    a  b  c  c  b  c | a …      a was elected once, b twice, c three times
//     load of a  6  6  6  6  6  6
//             b  0  3  3  3  6  6
//             c  0  0  2  4  4  6            after six elections all are equal: again from here
//
// for Request; for Sessions and Next, when every request is new; for Traffic, when all answers have
// the same size. Under Busyness nothing is in flight when the next request comes: `abc`.
//
// To add a method: its enumerator in conf/settings.h, its words in conf/value.cc, a row here, and a
// function where none of these counts what it should.
// Tested by tests/unit/lb/policies_test.cc.
#include "lb/policies.h"

#include <array>

namespace jk::lb {

namespace {

std::uint64_t every_attempt(Visit) noexcept
{
    return 1;
}
std::uint64_t newcomers(Visit visit) noexcept
{
    return visit == Visit::newcomer ? 1 : 0;
}
std::uint64_t nothing(Visit) noexcept
{
    return 0;
}

std::uint64_t bytes(const Outcome& outcome) noexcept
{
    return outcome.bytes_read + outcome.bytes_written;
}
std::uint64_t nothing_more(const Outcome&) noexcept
{
    return 0;
}

using enum conf::Method;

// clang-format off
constexpr std::array table{
    //     method    decay                   in flight  at begin       at end
    Policy{request,  Decay::halve,           false,     every_attempt, nothing_more},
    Policy{traffic,  Decay::halve,           false,     nothing,       bytes},
    Policy{busyness, Decay::none,            true,      nothing,       nothing_more},
    Policy{sessions, Decay::halve,           false,     newcomers,     nothing_more},
    Policy{next,     Decay::subtract_least,  false,     newcomers,     nothing_more},
};
// clang-format on

constexpr bool is_in_order()
{
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (static_cast<std::size_t>(table[i].method) != i) {
            return false;
        }
    }
    return true;
}
static_assert(is_in_order());

}  // namespace

const Policy& policy_of(conf::Method method) noexcept
{
    return table[static_cast<std::size_t>(method)];
}

std::span<const Policy> policies() noexcept
{
    return table;
}

}  // namespace jk::lb
