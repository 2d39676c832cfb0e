// The section is one text, written at once into what mod_status has written so far. The numbers are
// those of the classic page: of a member's worker in all balancers, but for the errors.
// Tested by tests/adapter/status/server_status_test.cc and tests/system/test_server_status.py.
#include "status/server_status.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/wording.h"
#include "config/global.h"
#include "config/server_config.h"
#include "guard.h"
#include "runtime/child.h"
#include "status/escape.h"
#include "status/words.h"

namespace jk::httpd {

namespace {

struct MemberRow {
    std::string_view name;
    lb::State state;
    conf::Activation activation;
    std::uint64_t busy, errors, requests;

    /// True where requests may go to it, as far as its state says.
    [[nodiscard]] bool is_up() const noexcept
    {
        return state != lb::State::error && state != lb::State::probing;
    }
};

struct BalancerRow {
    std::string_view name;
    std::uint64_t busy;
    std::vector<MemberRow> members;
};

MemberRow row_of(const Child& child, const BalancedSet& set, std::size_t index)
{
    const lb::Balancer& balancer = *set.balancer;
    const std::size_t backend = set.backends[index];
    const lb::WorkerAccount account = child.account(backend);
    return {child.runtime().backends()[backend].worker->name,
            balancer.state(index),
            balancer.activation(index),
            account.busy(),
            balancer.members()[index].slot->errors.load(),
            account.slot().used.load()};
}

BalancerRow row_of(const Child& child, const BalancedSet& set)
{
    BalancerRow row{set.worker->name, set.balancer->busy(), {}};
    for (std::size_t i = 0; i < set.backends.size(); ++i) {
        row.members.push_back(row_of(child, set, i));
    }
    return row;
}

std::string number(std::uint64_t value)
{
    return decimal(static_cast<std::int64_t>(value));
}

// --- For programs --------------------------------------------------------------------------------

/// "JkBalancer[lb]", "Member[node1]": without what a reader of the lines might stumble over.
std::string key(std::string_view kind, std::string_view name)
{
    std::string key = concat({kind, "["});
    status::append_query_value(key, name);
    return key + "]";
}

struct Measured {
    std::string_view name;
    std::uint64_t value;
};

void append_lines(std::string& out, const std::string& key, std::initializer_list<Measured> all)
{
    for (const Measured& one : all) {
        out += concat({key, one.name, ": ", number(one.value), "\n"});
    }
}

void append_lines(std::string& out, const BalancerRow& balancer)
{
    const std::string whole = key("JkBalancer", balancer.name);
    std::uint64_t up = 0;
    for (const MemberRow& member : balancer.members) {
        up += member.is_up() ? 1U : 0U;
    }
    append_lines(out, whole,
                 {{"Members", balancer.members.size()}, {"Up", up}, {"Busy", balancer.busy}});
    for (const MemberRow& member : balancer.members) {
        append_lines(out, whole + key("Member", member.name),
                     {{"Up", member.is_up() ? 1U : 0U},
                      {"Active", member.activation == conf::Activation::active ? 1U : 0U},
                      {"Busy", member.busy},
                      {"Errors", member.errors},
                      {"Requests", member.requests}});
    }
}

// --- For people ----------------------------------------------------------------------------------

/// How a table and a list differ.
struct Markup {
    std::string_view begin_table, end_table, begin_row, end_row, begin_cell, end_cell;
};
constexpr Markup table{
    "<table border=\"0\" cellspacing=\"4\">\n", "</table>\n", "<tr>", "</tr>\n", "<td>", "</td>"};
constexpr Markup list{"<ul>\n", "</ul>\n", "<li>", "</li>\n", "", " "};

void append_row(std::string& out, const Markup& markup,
                std::initializer_list<std::string_view> cells)
{
    out += markup.begin_row;
    for (const std::string_view cell : cells) {
        out += markup.begin_cell;
        status::append_markup(out, cell);
        out += markup.end_cell;
    }
    out += markup.end_row;
}

void append_page(std::string& out, const Markup& markup, const BalancerRow& balancer)
{
    out += "<h2>Balancer ";
    status::append_markup(out, balancer.name);
    out += concat({"</h2>\n<p>", number(balancer.busy), " in flight</p>\n", markup.begin_table});
    append_row(out, markup, {"Member", "State", "Activation", "In flight", "Errors", "Requests"});
    for (const MemberRow& member : balancer.members) {
        append_row(out, markup,
                   {member.name, status::to_text(member.state), status::in_words(member.activation),
                    number(member.busy), number(member.errors), number(member.requests)});
    }
    out += markup.end_table;
}

std::string section(const Child& child, int flags)
{
    const bool is_short = (flags & AP_STATUS_SHORT) != 0;
    std::string out = is_short ? "" : "<hr />\n<h1>Balancers of mod_jk</h1>\n";
    for (const BalancedSet& set : child.runtime().balanced()) {
        const BalancerRow balancer = row_of(child, set);
        if (is_short) {
            append_lines(out, balancer);
        } else {
            append_page(out, (flags & AP_STATUS_NOTABLE) != 0 ? list : table, balancer);
        }
    }
    return out;
}

}  // namespace

int show_on_server_status(request_rec* request, int flags) noexcept
{
    return guarded(request->server, DECLINED, [&] {
        const Global* const global = config_of(request).global;
        if (global == nullptr || global->child == nullptr ||
            global->child->runtime().balanced().empty()) {
            return DECLINED;
        }
        global->child->await_edits();
        const std::string text = section(*global->child, flags);
        ap_rwrite(text.data(), static_cast<int>(text.size()), request);
        return OK;
    });
}

}  // namespace jk::httpd
