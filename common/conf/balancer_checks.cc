// Contradictions in balancers: a row each where one balancer's settings are enough to see it, a
// function each where members are compared. Tested by tests/unit/conf/balancer_checks_test.cc.
#include "conf/balancer_checks.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"
#include "base/wording.h"

namespace jk::conf {

namespace {

/// One balancer, and where to look and complain.
struct Look {
    const Properties& properties;
    const WorkerSet& workers;
    const LbWorker& balancer;
    Complaints& complaints;

    [[nodiscard]] const LbSettings& settings() const noexcept { return balancer.settings; }
    [[nodiscard]] bool has(std::string_view property) const
    {
        return properties.find_of_worker(balancer.name, property) != nullptr;
    }
    [[nodiscard]] Place place_of(std::string_view worker, std::string_view property) const
    {
        const Property* const found = properties.find_of_worker(worker, property);
        return found != nullptr                ? found->place
               : property == "balance_workers" ? balancer.place
                                               : place_of(balancer.name, "balance_workers");
    }
    void complain(Severity severity, const Place& place, std::string text) const
    {
        complaints.push_back({severity, place, std::move(text)});
    }
    [[nodiscard]] const AjpWorker& member(std::size_t at) const { return workers.ajp[at]; }
};

bool forces_nothing(const Look& look)
{
    return look.settings().sticky_session_force && !look.settings().sticky_session;
}

/// Who wrote worker.maintain too knows of it.
bool recovers_late(const Look& look)
{
    return look.has("recover_time") && look.properties.find("worker.maintain") == nullptr &&
           look.settings().recover_time < look.workers.maintain;
}

bool escalates_late(const Look& look)
{
    return look.settings().error_escalation_time > look.settings().recover_time;
}

bool pauses_long(const Look& look)
{
    constexpr std::int64_t most = 60000;
    return (look.settings().retries - std::int64_t{1}) * look.settings().retry_interval > most;
}

bool has_no_cookie(const Look& look)
{
    return !is_token(look.settings().session_cookie);
}

bool searches_nothing(const Look& look)
{
    return look.settings().session_path.find_first_of("=/?") != std::string::npos;
}

bool has_no_cookie_path(const Look& look)
{
    return !look.settings().session_cookie_path.starts_with('/');
}

struct Row {
    bool (*is_wrong)(const Look&);
    Severity severity;
    std::string_view property;
    std::string_view text;
};
// when, how bad, property to point at, sentence behind its name
constexpr std::array rows{
    Row{forces_nothing, Severity::warning, "sticky_session_force",
        "has no effect, since sticky_session is off; remove one of the two"},
    Row{recovers_late, Severity::warning, "recover_time",
        "is shorter than worker.maintain, whose default is 60, and members come back at "
        "maintenance only; write worker.maintain, as short as this"},
    Row{escalates_late, Severity::note, "error_escalation_time",
        "is longer than recover_time: a member that fails now and then stays in use for longer "
        "than one that is in error stays out"},
    Row{pauses_long, Severity::warning, "retry_interval",
        "times retries makes a request wait for more than a minute; make one of them smaller"},
    Row{has_no_cookie, Severity::warning, "session_cookie",
        "is no name that a cookie can have, so no session is found; write its name alone"},
    Row{searches_nothing, Severity::warning, "session_path",
        "holds \"=\", \"/\" or \"?\", so no session is found; write it like ;jsessionid"},
    Row{has_no_cookie_path, Severity::warning, "session_cookie_path",
        "does not begin with a slash, so browsers ignore it; begin it with one"},
};

void check_rows(const Look& look)
{
    for (const Row& row : rows) {
        if (row.is_wrong(look)) {
            look.complain(
                row.severity, look.place_of(look.balancer.name, row.property),
                concat({"worker.", escaped(look.balancer.name), ".", row.property, " ", row.text}));
        }
    }
}

/// The names of the members for which `lacks` is true, with commas between.
template <class Lacks> std::string members_that(const Look& look, const Lacks& lacks)
{
    std::string names;
    for (const std::size_t at : look.balancer.members) {
        if (lacks(look.member(at))) {
            names += concat({names.empty() ? "" : ", ", look.member(at).name});
        }
    }
    return names;
}

void check_routeless(const Look& look)
{
    const std::string names = members_that(look, [&](const AjpWorker& worker) {
        return look.properties.find_of_worker(worker.name, "route") == nullptr &&
               look.properties.find_of_worker(worker.name, "jvm_route") == nullptr;
    });
    if (look.settings().sticky_session && !names.empty()) {
        look.complain(Severity::note, look.place_of(look.balancer.name, "balance_workers"),
                      concat({"members of ", quoted(look.balancer.name),
                              " without a route of their own: ", escaped(names),
                              "; the jvmRoute of each backend must be the member's name, else set "
                              "the member's route"}));
    }
}

void check_patient(const Look& look)
{
    const std::string names = members_that(
        look, [](const AjpWorker& worker) { return worker.settings.reply_timeout == 0; });
    if (!names.empty()) {
        look.complain(Severity::note, look.place_of(look.balancer.name, "balance_workers"),
                      concat({"members of ", quoted(look.balancer.name),
                              " without a reply_timeout: ", escaped(names),
                              "; a backend that hangs is not noticed, set one"}));
    }
}

/// A balancer all of whose members are disabled or stopped.
void check_activations(const Look& look)
{
    const auto is_active = [&](std::size_t at) {
        return look.member(at).settings.activation == Activation::active;
    };
    const std::vector<std::size_t>& members = look.balancer.members;
    if (!members.empty() && std::none_of(members.begin(), members.end(), is_active)) {
        look.complain(Severity::warning, look.place_of(look.balancer.name, "balance_workers"),
                      concat({"no member of ", quoted(look.balancer.name),
                              " is active, so new sessions get 503; make one of them active"}));
    }
}

/// A weight so small beside another that its member gets next to nothing.
void check_factors(const Look& look)
{
    constexpr std::int64_t most = 1000;
    const auto lighter = [&](std::size_t a, std::size_t b) {
        return look.member(a).settings.lbfactor < look.member(b).settings.lbfactor;
    };
    const std::vector<std::size_t>& members = look.balancer.members;
    const auto [least, greatest] = std::minmax_element(members.begin(), members.end(), lighter);
    if (least == members.end()) {
        return;
    }
    const AjpWorker& light = look.member(*least);
    const AjpWorker& heavy = look.member(*greatest);
    if (heavy.settings.lbfactor > light.settings.lbfactor * most) {
        look.complain(
            Severity::warning, look.place_of(heavy.name, "lbfactor"),
            concat({"worker.", escaped(heavy.name), ".lbfactor is more than ", decimal(most),
                    " times that of ", quoted(light.name),
                    ", which gets next to no requests; make it smaller, or the other one disabled "
                    "if it only stands by"}));
    }
}

/// A member whose route is the name of another member: they may have been taken for each other.
void check_crossed_routes(const Look& look)
{
    for (const std::size_t at : look.balancer.members) {
        const std::string& route = look.member(at).settings.route;
        const auto is_other = [&](std::size_t other) {
            return other != at && look.member(other).name == route;
        };
        const std::vector<std::size_t>& members = look.balancer.members;
        if (std::any_of(members.begin(), members.end(), is_other)) {
            look.complain(
                Severity::warning, look.place_of(look.member(at).name, "route"),
                concat({"worker.", escaped(look.member(at).name), ".route ", quoted(route),
                        " is the name of another member of ", quoted(look.balancer.name),
                        "; check that both routes are the jvmRoute of their backend"}));
        }
    }
}

}  // namespace

void check_balancers(const Properties& properties, const WorkerSet& workers, Complaints& complaints)
{
    for (const LbWorker& balancer : workers.lb) {
        const Look look{properties, workers, balancer, complaints};
        check_rows(look);
        check_routeless(look);
        check_patient(look);
        check_activations(look);
        check_factors(look);
        check_crossed_routes(look);
    }
}

}  // namespace jk::conf
