// The old dialects. What they can say is in the table of names; here is how they say it.
// Tested by tests/unit/status/legacy_names_test.cc.
#include "status/legacy_names.h"

#include <algorithm>
#include <array>

#include "conf/value.h"
#include "status/edit_names.h"

namespace jk::status {

namespace {

bool has_old_name(const Query& query) noexcept
{
    const auto rows = edit_names();
    return query.find("ws").has_value() || std::any_of(rows.begin(), rows.end(), [&](auto& row) {
               return !row.old_name.empty() && query.find(row.old_name).has_value();
           });
}

/// The parameters of the Ant task's update of a balancer.
constexpr std::array<std::string_view, 4> of_balancer{"lr", "lt", "ls", "lf"};

}  // namespace

Dialect dialect_of(const Query& query) noexcept
{
    if (query.has_name_with('v') || !has_old_name(query)) {
        return Dialect::current;
    }
    return query.find("l") && !query.find("sw") ? Dialect::old_member : Dialect::old;
}

Page in_place(Page page, Dialect dialect, const Query& query) noexcept
{
    if (dialect == Dialect::old_member) {
        page.member = page.worker.value_or("");
        page.worker = query.find("l");
    }
    return page;
}

bool wants_plain_line(Dialect dialect, const Query& query) noexcept
{
    const auto is_sent = [&](std::string_view name) { return query.find(name).has_value(); };
    return dialect == Dialect::old_member ||
           (dialect == Dialect::old && !is_sent("sw") &&
            std::any_of(of_balancer.begin(), of_balancer.end(), is_sent));
}

std::optional<OldActivation> old_activation(const Query& query)
{
    bool is_given = false;
    std::string_view last;
    for (const auto& [name, word] : {std::pair{"ws", "stopped"}, std::pair{"wd", "disabled"}}) {
        const auto text = query.find(name);
        if (!text) {
            continue;
        }
        const auto reading = conf::read_boolean(*text);
        if (!reading.value) {
            return OldActivation{std::string{*text}, name};
        }
        if (*reading.value) {
            return OldActivation{word, name};
        }
        is_given = true;
        last = name;
    }
    return is_given ? std::optional{OldActivation{"active", last}} : std::nullopt;
}

}  // namespace jk::status
