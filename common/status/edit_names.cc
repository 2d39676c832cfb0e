// The table of short names. Tested by tests/unit/status/edit_names_test.cc.
#include "status/edit_names.h"

#include <algorithm>
#include <array>

namespace jk::status {

namespace {

using lb::EditKind;

// name, whose, property, old name
constexpr std::array rows{
    EditName{"vlr", EditKind::balancer, "retries", "lr"},
    EditName{"vlri", EditKind::balancer, "retry_interval", ""},
    EditName{"vlt", EditKind::balancer, "recover_time", "lt"},
    EditName{"vlee", EditKind::balancer, "error_escalation_time", ""},
    EditName{"vlx", EditKind::balancer, "max_reply_timeouts", "lx"},
    EditName{"vls", EditKind::balancer, "sticky_session", "ls"},
    EditName{"vlf", EditKind::balancer, "sticky_session_force", "lf"},
    EditName{"vlm", EditKind::balancer, "method", "lm"},
    EditName{"vll", EditKind::balancer, "lock", "ll"},
    EditName{"vwa", EditKind::member, "activation", "wa"},
    EditName{"vwf", EditKind::member, "lbfactor", "wf"},
    EditName{"vwn", EditKind::member, "route", "wn"},
    EditName{"vwr", EditKind::member, "redirect", "wr"},
    EditName{"vwc", EditKind::member, "domain", "wc"},
    EditName{"vwd", EditKind::member, "distance", "wd"},
    EditName{"vahst", EditKind::worker, "host", ""},
    EditName{"vaprt", EditKind::worker, "port", ""},
    EditName{"vacpt", EditKind::worker, "connection_pool_timeout", ""},
    EditName{"vapng", EditKind::worker, "ping_timeout", ""},
    EditName{"vact", EditKind::worker, "connect_timeout", ""},
    EditName{"vapt", EditKind::worker, "prepost_timeout", ""},
    EditName{"vart", EditKind::worker, "reply_timeout", ""},
    EditName{"var", EditKind::worker, "retries", ""},
    EditName{"vari", EditKind::worker, "retry_interval", ""},
    EditName{"vacpi", EditKind::worker, "connection_ping_interval", ""},
    EditName{"varo", EditKind::worker, "recovery_options", ""},
    EditName{"vabl", EditKind::worker, "busy_limit", ""},
    EditName{"vamps", EditKind::worker, "max_packet_size", ""},
};

}  // namespace

std::span<const EditName> edit_names() noexcept
{
    return rows;
}

const EditName* find_edit_name(std::string_view name) noexcept
{
    const auto is_named = [name](const EditName& row) { return row.name == name; };
    const auto* const found = std::find_if(rows.begin(), rows.end(), is_named);
    return found == rows.end() ? nullptr : found;
}

bool may_be_set_for_all(const EditName& row) noexcept
{
    return row.kind != EditKind::balancer && row.property != "host" && row.property != "port";
}

}  // namespace jk::status
