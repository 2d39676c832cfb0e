// One request's walk over the members: rounds, pauses, forced recovery (balancing.md 9.2).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "lb/affinity.h"
#include "lb/balancer.h"
#include "lb/candidates.h"
#include "lb/marks.h"
#include "lb/outcome.h"

namespace jk::lb {

/// What a request does next.
struct Candidate {
    enum class Kind : std::uint8_t {
        member,   ///< try `member`
        pause,    ///< sleep `pause`, then ask again
        give_up,  ///< no more: answer 503 where found_nobody(), else as the last attempt ended
    };
    Kind kind = Kind::give_up;
    std::size_t member = 0;
    /// The route to forward: the member's; the domain's name where the member stands in for another
    /// one of its domain; JK_ROUTE before both (balancing.md 8.3, B3, B4). Valid as long as balancer and request.
    std::string_view route;
    conf::Activation activation = conf::Activation::active;  ///< with the rule's overrides
    bool is_sticky = false;  ///< the session's own member: no session cookie is set
    Reason reason = Reason::least_load;
    std::chrono::milliseconds pause{0};
};

/// Lives in the request, used by one thread at a time. Its place is in itself, not on a stack: a
/// caller may put it aside and go on later in another thread. Neither allocates nor locks.
class Attempts {
public:
    /// `affinity` and `traits` are copied; what they view must outlive this, and so must the
    /// balancer. `scratch`: scratch_words() words that live as long. `pid` is the process's own.
    Attempts(Balancer& balancer, Column column, std::uint32_t pid, const Affinity& affinity,
             const Traits& traits, std::span<std::uint64_t> scratch = {}) noexcept;
    ~Attempts();  ///< gives back what is still counted as in flight, and a probe to error
    Attempts(const Attempts&) = delete;
    Attempts& operator=(const Attempts&) = delete;

    /// How many words of scratch a balancer of so many members needs: 0 up to 256 members.
    [[nodiscard]] static constexpr std::size_t scratch_words(std::size_t members) noexcept
    {
        return Marks::scratch_words(members);
    }

    /// Returns what to do now. Requires: the member returned before was reported.
    [[nodiscard]] Candidate next(TimePoint now) noexcept;
    /// The member has a connection for us: counts load, session and what is in flight. Requires:
    /// next() returned a member that is not reported. Call at most once for it.
    void began(TimePoint now) noexcept;
    /// What became of the member returned by next(), whether began() was called or not. Requires:
    /// WorkerAccount::end() was called before, where its begin() was.
    void report(const Outcome& outcome, TimePoint now) noexcept;

    /// True when the last thing that happened was that no member was left, false when it was an
    /// attempt (balancing.md 9.3).
    [[nodiscard]] bool found_nobody() const noexcept { return found_nobody_; }
    [[nodiscard]] std::optional<std::size_t> first_member() const noexcept { return first_; }
    [[nodiscard]] std::optional<std::size_t> last_member() const noexcept { return last_; }

private:
    [[nodiscard]] std::optional<Candidate> elect(TimePoint now) noexcept;
    [[nodiscard]] bool claim(Choice& choice) noexcept;
    [[nodiscard]] bool force_recovery(TimePoint now) noexcept;
    void begin_round(TimePoint now) noexcept;
    [[nodiscard]] std::uint32_t sends_per_round() const noexcept;

    [[nodiscard]] Event classify(const Outcome& outcome, TimePoint now) const noexcept;
    [[nodiscard]] Event classify_answer(const Outcome& outcome, Event event) const noexcept;
    [[nodiscard]] Event classify_failure(TimePoint now) const noexcept;
    void give_back() noexcept;

    [[nodiscard]] const Affinity* session() const noexcept;
    [[nodiscard]] Candidates candidates() const noexcept { return {*balancer_, traits_, done_}; }

    Balancer* balancer_;
    Column column_;
    std::uint32_t pid_;
    Affinity affinity_;
    Traits traits_;
    Marks done_;  ///< members tried in this round

    std::optional<std::size_t> first_, last_;
    Choice current_;
    TimePoint chosen_{};        ///< when current_ was
    bool has_current_ = false;  ///< current_ is not reported yet
    bool has_begun_ = false;    ///< … and counted as in flight
    bool holds_probe_ = false;  ///< … and this request is its probe
    bool has_forced_ = false;   ///< forced recovery: once per request
    bool may_go_on_ = true;
    bool found_nobody_ = false;
    bool is_round_begun_ = false;
    std::uint32_t round_ = 0;
    std::uint32_t sends_ = 0;  ///< members to which the request was sent in this round (B13)
};

}  // namespace jk::lb
