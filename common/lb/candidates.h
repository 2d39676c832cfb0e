// Which member a request is given: route, domain, distance, then load (balancing.md 3.3 and 8).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "conf/settings.h"
#include "lb/affinity.h"
#include "lb/balancer.h"
#include "lb/marks.h"

namespace jk::lb {

/// What a mount rule or the environment says for one request.
struct Traits {
    bool is_stateless = false;
    bool ignores_stickiness = false;
    /// Member names (rule extensions).
    std::span<const std::string> active = {}, disabled = {}, stopped = {};

    [[nodiscard]] bool has_lists() const noexcept
    {
        return !active.empty() || !disabled.empty() || !stopped.empty();
    }
};

/// Why a member was chosen, for whoever has to explain a request.
enum class Reason : std::uint8_t {
    only_member,  ///< the balancer has no other
    session,      ///< the session names it, or JK_ROUTE does
    domain,       ///< of the domain of the member that the session names
    redirect,     ///< the redirect of the member that the session names
    least_load,   ///< the best of those that may be used
    turn,         ///< … for a stateless request: the next one, whatever its load
    last_resort,  ///< nobody else may be used: the first redirect of the balancer's members
    forced,       ///< in error, but so are all: tried nevertheless
};

/// In a few words, e.g. "its session"; a literal.
[[nodiscard]] const char* to_text(Reason reason) noexcept;

/// A member, and how the request came to it.
struct Choice {
    std::size_t member = 0;
    /// To forward: the member's, or the domain's name where it stands in for another member.
    std::string_view route;
    bool is_own = false;  ///< the session names it, or there is no other: no cookie is set
    bool is_led = false;  ///< the session led to it, be it by redirect or domain
    Reason reason = Reason::least_load;
};

/// What a request claims: decides who is usable for it (balancing.md 5 and 6.1).
enum class Claim : std::uint8_t {
    fresh,     ///< nothing: active members in an eligible state
    stand_in,  ///< the redirect target: disabled ones too
    named,     ///< the session's own: disabled ones too, and those that another request probes (B8)
};

/// The members as one request sees them now: the rule's overrides applied, without those that it
/// is done with. Reads shared memory anew with every call. For one thread, on the stack.
class Candidates {
public:
    Candidates(Balancer& balancer, const Traits& traits, const Marks& done) noexcept
        : balancer_(&balancer), traits_(&traits), done_(&done)
    {}

    /// Chooses for a request with this session, nullptr where it has none; nullopt where nobody
    /// may have it.
    [[nodiscard]] std::optional<Choice> choose(const Affinity* session) const noexcept;

    /// The activation in force for this request: the last list that names the member wins.
    [[nodiscard]] conf::Activation activation(std::size_t member) const noexcept;
    [[nodiscard]] bool is_usable(std::size_t member, Claim claim) const noexcept;
    /// True where choose() would come to the member if it were well, untried, and the only one that
    /// is.
    [[nodiscard]] bool may_have(std::size_t member, const Affinity* session) const noexcept;

private:
    [[nodiscard]] std::optional<Choice> by_session(const Affinity& session) const noexcept;
    [[nodiscard]] std::optional<Choice> by_route(std::string_view route,
                                                 Claim claim) const noexcept;
    [[nodiscard]] std::optional<Choice> in_domain_of(std::string_view route) const noexcept;
    [[nodiscard]] std::optional<Choice> in_place_of(std::size_t member) const noexcept;
    [[nodiscard]] std::optional<Choice> by_domain(std::string_view domain) const noexcept;
    [[nodiscard]] std::optional<Choice> by_load() const noexcept;
    [[nodiscard]] std::optional<Choice> by_redirect() const noexcept;
    [[nodiscard]] std::optional<std::size_t> best_from(std::size_t start) const noexcept;
    [[nodiscard]] bool is_well(std::size_t member, Claim claim) const noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return balancer_->members().size(); }

    Balancer* balancer_;
    const Traits* traits_;
    const Marks* done_;
    /// Supposed to be well, and nobody else; nullopt: all are as they are.
    std::optional<std::size_t> alone_{};
};

}  // namespace jk::lb
