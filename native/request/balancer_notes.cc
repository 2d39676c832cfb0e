// Balancer notes: a row each. Tested by tests/adapter/request/balancer_notes_test.cc and
// tests/system/test_balancing.py.
#include "request/balancer_notes.h"

#include <array>

#include "conf/value.h"
#include "lb/member_state.h"

namespace jk::httpd {

namespace {

/// What the values are taken from.
struct Source {
    apr_pool_t* pool;
    const lb::Balancer& balancer;
    lb::WorkerAccount account;
    std::size_t member;

    [[nodiscard]] const lb::Member& of() const noexcept { return balancer.members()[member]; }
    [[nodiscard]] const char* number(std::uint64_t value) const noexcept
    {
        return apr_psprintf(pool, "%" APR_UINT64_T_FMT, static_cast<apr_uint64_t>(value));
    }
};

/// A note under both its names. The texts of states and activations are literals.
struct Row {
    const char* first;
    const char* last;
    const char* (*value)(const Source& source) noexcept;
};

constexpr std::array rows{
    Row{"JK_LB_FIRST_NAME", "JK_LB_LAST_NAME",
        [](const Source& s) noexcept { return s.of().name.c_str(); }},
    Row{"JK_LB_FIRST_VALUE", "JK_LB_LAST_VALUE",
        [](const Source& s) noexcept { return s.number(s.balancer.load(s.member)); }},
    Row{"JK_LB_FIRST_ACCESSED", "JK_LB_LAST_ACCESSED",
        [](const Source& s) noexcept { return s.number(s.of().worker->used.load()); }},
    Row{"JK_LB_FIRST_SESSIONS", "JK_LB_LAST_SESSIONS",
        [](const Source& s) noexcept { return s.number(s.of().slot->sessions.load()); }},
    Row{"JK_LB_FIRST_READ", "JK_LB_LAST_READ",
        [](const Source& s) noexcept { return s.number(s.of().worker->read.load()); }},
    Row{"JK_LB_FIRST_TRANSFERRED", "JK_LB_LAST_TRANSFERRED",
        [](const Source& s) noexcept { return s.number(s.of().worker->transferred.load()); }},
    Row{"JK_LB_FIRST_ERRORS", "JK_LB_LAST_ERRORS",
        [](const Source& s) noexcept { return s.number(s.of().slot->errors.load()); }},
    Row{"JK_LB_FIRST_BUSY", "JK_LB_LAST_BUSY",
        [](const Source& s) noexcept { return s.number(s.account.busy()); }},
    Row{"JK_LB_FIRST_ACTIVATION", "JK_LB_LAST_ACTIVATION",
        [](const Source& s) noexcept {
            return conf::to_text(s.balancer.activation(s.member)).data();
        }},
    Row{"JK_LB_FIRST_STATE", "JK_LB_LAST_STATE",
        [](const Source& s) noexcept { return lb::to_text(s.balancer.state(s.member)).data(); }},
};

}  // namespace

void set_balancer_notes(request_rec* request, Tried tried, const TriedMember& who) noexcept
{
    const Source source{request->pool, *who.set.balancer,
                        who.child.account(who.set.backends[who.member]), who.member};
    for (const Row& row : rows) {
        apr_table_setn(request->notes, tried == Tried::first ? row.first : row.last,
                       row.value(source));
    }
}

}  // namespace jk::httpd
