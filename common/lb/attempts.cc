// One request's walk over the members.
//
// A round tries one member after the other, none twice, until the request was completely sent to
// `lb_retries` of them: what fails before that costs nothing and does not count (B13). When nobody
// is left, members in error are forced, once per request, and may be tried again. Then comes a
// pause, and the next round begins without marks.
//
// A member in recovering or forced is taken by a compare-and-swap to probing: one request at a time
// finds out how it is (B25). This object is then the probe, and ends it by report() or when it goes.
// Who loses the swap chooses again; each loss means that another request went on, so that ends.
// Tested by tests/unit/lb/{attempts,scenarios,endings,property}_test.cc.
#include "lb/attempts.h"

#include <algorithm>
#include <cassert>

namespace jk::lb {

namespace {

/// Counts in the member's `errors` (balancing.md 10).
bool is_member_error(Event event, Ending ending) noexcept
{
    return event == Event::hard_status || event == Event::timeout_over || ending == Ending::failed;
}

bool may_retry(const Outcome& outcome) noexcept
{
    switch (outcome.ending) {
    case Ending::success:
    case Ending::client_error: return false;
    case Ending::busy_limit:
    case Ending::no_connection: return true;
    default: return outcome.may_retry;
    }
}

std::uint32_t at_least_one(int setting) noexcept
{
    return setting < 1 ? 1 : static_cast<std::uint32_t>(setting);
}

}  // namespace

Attempts::Attempts(Balancer& balancer, Column column, std::uint32_t pid, const Affinity& affinity,
                   const Traits& traits, std::span<std::uint64_t> scratch) noexcept
    : balancer_(&balancer), column_(column), pid_(pid), affinity_(affinity), traits_(traits),
      done_(balancer.members().size(), scratch)
{}

Attempts::~Attempts()
{
    give_back();
    if (holds_probe_) {
        apply(balancer_->slot_of(current_.member), Event::prober_gone, chosen_);
    }
}

Candidate Attempts::next(TimePoint now) noexcept
{
    assert(!has_current_);
    const std::uint32_t rounds = at_least_one(balancer_->settings().retries);
    const std::chrono::milliseconds interval{balancer_->settings().retry_interval};
    while (may_go_on_ && round_ < rounds) {
        begin_round(now);
        if (sends_ < sends_per_round()) {
            if (const std::optional<Candidate> candidate = elect(now)) {
                return *candidate;
            }
            if (force_recovery(now)) {
                continue;
            }
            found_nobody_ = true;
        }
        ++round_;
        is_round_begun_ = false;
        if (round_ < rounds && interval.count() > 0) {
            Candidate later;
            later.kind = Candidate::Kind::pause;
            later.pause = interval;
            return later;
        }
    }
    return {};
}

/// Forgets what was tried, where the round has not begun yet.
void Attempts::begin_round(TimePoint now) noexcept
{
    if (is_round_begun_) {
        return;
    }
    is_round_begun_ = true;
    sends_ = 0;
    done_.clear();
    balancer_->end_busy(now);
}

std::uint32_t Attempts::sends_per_round() const noexcept
{
    const auto members = static_cast<std::uint32_t>(balancer_->members().size());
    return std::min(members, at_least_one(balancer_->settings().lb_retries));
}

const Affinity* Attempts::session() const noexcept
{
    const bool is_followed =
        balancer_->settings().sticky_session && !traits_.ignores_stickiness && affinity_.has_id();
    return is_followed ? &affinity_ : nullptr;
}

std::optional<Candidate> Attempts::elect(TimePoint now) noexcept
{
    std::optional<Choice> choice = candidates().choose(session());
    while (choice && !claim(*choice)) {
        choice = candidates().choose(session());
    }
    if (!choice) {
        return std::nullopt;
    }
    current_ = *choice;
    has_current_ = true;
    chosen_ = now;
    last_ = choice->member;
    first_ = first_ ? first_ : last_;
    const std::string_view forced = affinity_.forced_route();
    Candidate candidate;
    candidate.kind = Candidate::Kind::member;
    candidate.member = choice->member;
    candidate.route = forced.empty() ? choice->route : forced;
    candidate.activation = candidates().activation(choice->member);
    candidate.is_sticky = choice->is_own;
    candidate.reason = choice->reason;
    return candidate;
}

/// Makes this request the probe of a member that needs one. False where another one was faster.
/// A forced member is tried for that reason, whatever led to it.
bool Attempts::claim(Choice& choice) noexcept
{
    MemberSlot& slot = balancer_->slot_of(choice.member);
    const Standing standing = standing_of(slot);
    if (standing.state == State::forced) {
        choice.reason = Reason::forced;
    }
    if (standing.state == State::recovering || standing.state == State::forced) {
        holds_probe_ = begin_probe(slot, standing, pid_);
        return holds_probe_;
    }
    return candidates().is_usable(choice.member,
                                  choice.is_own && choice.is_led ? Claim::named : Claim::stand_in);
}

/// Puts the members in error to forced that this request could be given, also those that it tried.
/// Others stay as they are: the next request would have to try them for nothing. Returns whether
/// there were some: otherwise the right to do so is kept for a later round (B25).
bool Attempts::force_recovery(TimePoint now) noexcept
{
    if (has_forced_) {
        return false;
    }
    for (std::size_t i = 0; i < balancer_->members().size(); ++i) {
        const State state = balancer_->state(i);
        const bool was_forced_by_others = state == State::forced && done_.has(i);
        if ((state != State::error && !was_forced_by_others) ||
            !candidates().may_have(i, session())) {
            continue;
        }
        if (balancer_->force(i, now) || was_forced_by_others) {
            done_.unset(i);
            has_forced_ = true;
        }
    }
    return has_forced_;
}

void Attempts::began(TimePoint) noexcept
{
    assert(has_current_ && !has_begun_);
    has_begun_ = true;
    MemberSlot& slot = balancer_->slot_of(current_.member);
    column_.add(Count::member_busy, balancer_->segment_.index_of(slot));
    column_.add(Count::balancer_busy, balancer_->segment_.index_of(balancer_->slot()));
    balancer_->segment_.note_most(balancer_->slot().max_busy, Count::balancer_busy,
                                  balancer_->segment_.index_of(balancer_->slot()));
    if (session() == nullptr && !traits_.is_stateless) {
        slot.sessions.add(1);
    }
    const bool is_new = !current_.is_led && !traits_.is_stateless;
    balancer_->add_load(current_.member,
                        balancer_->policy().at_begin(is_new ? Visit::newcomer : Visit::known));
}

void Attempts::give_back() noexcept
{
    if (has_begun_) {
        has_begun_ = false;
        const Segment& segment = balancer_->segment_;
        column_.subtract(Count::member_busy, segment.index_of(balancer_->slot_of(current_.member)));
        column_.subtract(Count::balancer_busy, segment.index_of(balancer_->slot()));
    }
}

void Attempts::report(const Outcome& outcome, TimePoint now) noexcept
{
    assert(has_current_);
    const std::size_t member = current_.member;
    MemberSlot& slot = balancer_->slot_of(member);
    if (has_begun_) {
        balancer_->add_load(member, balancer_->policy().at_end(outcome));
    }
    const Event event = classify(outcome, now);
    give_back();
    slot.errors.add(is_member_error(event, outcome.ending) ? 1 : 0);
    const Move move = apply(slot, event, now);
    if (move.is_change() && move.to == State::busy) {
        balancer_->mark_busy();
    }
    has_current_ = false;
    holds_probe_ = false;
    may_go_on_ = may_retry(outcome);
    found_nobody_ = false;
    sends_ += outcome.was_sent ? 1 : 0;
    done_.set(member);
}

Event Attempts::classify(const Outcome& outcome, TimePoint now) const noexcept
{
    const WorkerSlot& worker = balancer_->worker_of(current_.member);
    const auto allowed = static_cast<std::int64_t>(balancer_->settings().max_reply_timeouts);
    switch (outcome.ending) {
    case Ending::success: return classify_answer(outcome, Event::success);
    case Ending::client_error: return classify_answer(outcome, Event::client_error);
    case Ending::soft_status: return classify_answer(outcome, Event::soft_status);
    case Ending::hard_status: return Event::hard_status;
    case Ending::reply_timeout:
        if (std::int64_t{worker.reply_timeouts.load()} > allowed) {
            return Event::timeout_over;
        }
        return holds_probe_ ? Event::probe_failed : Event::timeout_within;
    case Ending::framing: return holds_probe_ ? Event::probe_failed : Event::framing;
    case Ending::busy_limit: return Event::busy_limit;
    case Ending::no_connection:
        if (holds_probe_) {
            return Event::probe_unmade;
        }
        return balancer_->is_full(current_.member) ? Event::busy_limit : Event::no_connection;
    case Ending::failed: return classify_failure(now);
    }
    return Event::framing;
}

/// B19: what began before the last error says nothing about the time after it. The probe does: it
/// was made to find that out, whatever old requests failed meanwhile.
Event Attempts::classify_answer(const Outcome& outcome, Event event) const noexcept
{
    const std::int64_t began = to_micros(outcome.began != TimePoint{} ? outcome.began : chosen_);
    const std::int64_t error = balancer_->slot_of(current_.member).last_error_time.load();
    return !holds_probe_ && began < error ? Event::stale_success : event;
}

/// balancing.md 6.3. The worker's account was ended before: what is in flight are others.
Event Attempts::classify_failure(TimePoint now) const noexcept
{
    const Member& member = balancer_->members()[current_.member];
    const std::int64_t first_error = member.slot->first_error_time.load();
    const std::int64_t escalation =
        std::int64_t{balancer_->settings().error_escalation_time} * 1'000'000;
    const bool is_global =
        escalation <= 0 ||
        !balancer_->segment_.exceeds(Count::worker_busy,
                                     balancer_->segment_.index_of(*member.worker), 0) ||
        (first_error != 0 && to_micros(now) - first_error >= escalation);
    if (is_global) {
        return Event::global_failure;
    }
    return holds_probe_ ? Event::probe_failed : Event::local_failure;
}

}  // namespace jk::lb
