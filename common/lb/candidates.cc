// Chooses a member for a request.
//
// A session is followed first: its ids in order, of each the route behind the first dot and then
// that behind the last (B20). A route names a member exactly, else a domain. A named member that is
// not usable is replaced by its redirect, else by its domain. Who is left without a member, and
// everybody without a session, gets the best one: smallest distance, then least load, the first
// found from a start index that moves behind each choice, so that ties rotate. Stateless requests
// ignore the load. Where nobody is left, the first redirect of all is the last resort: that is how
// a disabled hot standby is reached.
//
// Nothing is locked: two requests may choose the same member on the same loads, and the load that
// both add makes up for it. The start index moves by compare-and-swap; a stateless request, whose
// only balance it is, chooses again where another thread was faster.
// Tested by tests/unit/lb/candidates_test.cc.
#include "lb/candidates.h"

#include <algorithm>
#include <array>
#include <utility>

namespace jk::lb {

namespace {

bool names(std::span<const std::string> list, std::string_view member) noexcept
{
    return std::any_of(list.begin(), list.end(),
                       [&](const std::string& name) { return name == member; });
}

// In the order of Reason.
constexpr std::array reason_texts{
    "the only member", "its session",  "its session's domain", "a redirect",
    "least load",      "next in turn", "last resort",          "forced, as all had failed",
};
static_assert(reason_texts.size() == static_cast<std::size_t>(Reason::forced) + 1);

}  // namespace

const char* to_text(Reason reason) noexcept
{
    return reason_texts[static_cast<std::size_t>(reason)];
}

conf::Activation Candidates::activation(std::size_t member) const noexcept
{
    if (!traits_->has_lists()) {
        return balancer_->activation(member);
    }
    const std::string_view name = balancer_->members()[member].name;
    if (names(traits_->stopped, name)) {
        return conf::Activation::stopped;
    }
    if (names(traits_->disabled, name)) {
        return conf::Activation::disabled;
    }
    if (names(traits_->active, name)) {
        return conf::Activation::active;
    }
    return balancer_->activation(member);
}

/// What its state, and what this request did, say of a member.
bool Candidates::is_well(std::size_t member, Claim claim) const noexcept
{
    if (alone_) {
        return member == *alone_;
    }
    if (done_->has(member)) {
        return false;
    }
    const Standing standing = standing_of(balancer_->slot_of(member));
    const bool is_shared_probe =
        claim == Claim::named && standing.state == State::probing && !standing.is_exclusive;
    return is_eligible(standing.state) || is_shared_probe;
}

bool Candidates::is_usable(std::size_t member, Claim claim) const noexcept
{
    if (!is_well(member, claim)) {
        return false;
    }
    const conf::Activation in_force = activation(member);
    return in_force == conf::Activation::active ||
           (in_force == conf::Activation::disabled && claim != Claim::fresh);
}

std::optional<Choice> Candidates::choose(const Affinity* session) const noexcept
{
    if (size() == 1 && is_usable(0, Claim::fresh)) {
        return Choice{0, balancer_->route(0), true, session != nullptr, Reason::only_member};
    }
    if (session != nullptr) {
        std::optional<Choice> choice = by_session(*session);
        if (choice || balancer_->settings().sticky_session_force) {
            return choice;
        }
    }
    std::optional<Choice> choice = by_load();
    return choice ? choice : by_redirect();
}

/// What choose() does, but for what it does to the start index: whoever is active gets requests by
/// load, unless a session binds this one.
bool Candidates::may_have(std::size_t member, const Affinity* session) const noexcept
{
    Candidates alone = *this;
    alone.alone_ = member;
    const bool is_bound = session != nullptr && balancer_->settings().sticky_session_force;
    if ((!is_bound || size() == 1) && alone.is_usable(member, Claim::fresh)) {
        return true;
    }
    return (session != nullptr && alone.by_session(*session)) || (!is_bound && alone.by_redirect());
}

std::optional<Choice> Candidates::by_session(const Affinity& session) const noexcept
{
    for (std::size_t i = 0; i < session.ids().size(); ++i) {
        const SessionRoute routes = session.route(i);
        for (const std::string_view route : {routes.first, routes.last}) {
            if (std::optional<Choice> choice = by_route(route, Claim::named)) {
                choice->is_led = true;
                return choice;
            }
        }
    }
    return std::nullopt;
}

/// balancing.md 8.2.
std::optional<Choice> Candidates::by_route(std::string_view route, Claim claim) const noexcept
{
    const std::optional<std::size_t> named = balancer_->find_route(route);
    if (!named) {
        return in_domain_of(route);
    }
    if (is_usable(*named, claim)) {
        return Choice{*named, balancer_->route(*named), claim == Claim::named, false,
                      Reason::session};
    }
    if (claim == Claim::named && balancer_->settings().sticky_session_force) {
        return std::nullopt;
    }
    return in_place_of(*named);
}

/// A route that no member has names a domain; whoever serves is told his own route then.
std::optional<Choice> Candidates::in_domain_of(std::string_view route) const noexcept
{
    std::optional<Choice> choice = by_domain(domain_of(route));
    if (choice) {
        choice->route = balancer_->route(choice->member);
    }
    return choice;
}

/// balancing.md 8.2, steps 6 to 8. An unusable redirect ends it: the domain is not tried then.
std::optional<Choice> Candidates::in_place_of(std::size_t member) const noexcept
{
    if (balancer_->redirect(member).empty()) {
        return by_domain(balancer_->domain(member));
    }
    const std::optional<std::size_t> target = balancer_->find_route(balancer_->redirect(member));
    if (!target || !is_usable(*target, Claim::stand_in)) {
        return std::nullopt;
    }
    return Choice{*target, balancer_->route(*target), false, false, Reason::redirect};
}

/// The best active member of a domain, the first of the list on ties. No domain has no members.
std::optional<Choice> Candidates::by_domain(std::string_view domain) const noexcept
{
    std::optional<std::size_t> best;
    std::pair<int, std::uint64_t> best_rank;
    const std::size_t end = alone_ ? *alone_ + 1 : size();
    for (std::size_t i = alone_.value_or(0); i < end && !domain.empty(); ++i) {
        if (balancer_->domain(i) != domain || !is_usable(i, Claim::fresh)) {
            continue;
        }
        const std::pair rank{balancer_->distance(i), balancer_->load(i)};
        if (!best || rank < best_rank) {
            best = i;
            best_rank = rank;
        }
    }
    return best ? std::optional{Choice{*best, balancer_->domain(*best), false, false,
                                       Reason::domain}}
                : std::nullopt;
}

std::optional<Choice> Candidates::by_load() const noexcept
{
    for (;;) {
        std::uint32_t start = balancer_->start_.load();
        const std::optional<std::size_t> best = best_from(start);
        if (!best) {
            return std::nullopt;
        }
        const auto behind = static_cast<std::uint32_t>((*best + 1) % size());
        if (balancer_->start_.replace(start, behind) || !traits_->is_stateless) {
            return Choice{*best, balancer_->route(*best), false, false,
                          traits_->is_stateless ? Reason::turn : Reason::least_load};
        }
    }
}

/// balancing.md 3.3: the walk from the start index over all members.
std::optional<std::size_t> Candidates::best_from(std::size_t start) const noexcept
{
    std::optional<std::size_t> best;
    std::pair<int, std::uint64_t> best_rank;
    std::size_t i = start < size() ? start : 0;
    for (std::size_t step = 0; step < size(); ++step, i = i + 1 < size() ? i + 1 : 0) {
        const bool is_beaten =
            best && std::pair{balancer_->distance(i), std::uint64_t{0}} >= best_rank;
        if (is_beaten || !is_usable(i, Claim::fresh)) {
            continue;
        }
        const std::pair rank{balancer_->distance(i),
                             traits_->is_stateless ? 0 : balancer_->load(i)};
        if (!best || rank < best_rank) {
            best = i;
            best_rank = rank;
        }
    }
    return best;
}

/// The last resort of 3.3. Not the request's own: a new session shall stay where it begins.
std::optional<Choice> Candidates::by_redirect() const noexcept
{
    for (std::size_t i = 0; i < size(); ++i) {
        if (!balancer_->redirect(i).empty()) {
            std::optional<Choice> choice = by_route(balancer_->redirect(i), Claim::stand_in);
            if (choice) {
                choice->reason = Reason::last_resort;
            }
            return choice;
        }
    }
    return std::nullopt;
}

}  // namespace jk::lb
