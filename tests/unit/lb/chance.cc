// Requests by chance.
#include "lb/chance.h"

#include <new>

namespace jk::test {

namespace {

constexpr std::array<std::string_view, 5> cookies{"", "JSESSIONID=x.a", "JSESSIONID=x.b",
                                                  "JSESSIONID=x.zz", "JSESSIONID=x"};

lb::Traits draw_traits(Dice& dice)
{
    lb::Traits traits;
    traits.is_stateless = dice.roll(8) == 0;
    traits.ignores_stickiness = dice.roll(8) == 0;
    return traits;
}

}  // namespace

ChanceRequest::ChanceRequest(const Maker& maker, Dice& dice)
    : maker_(maker), attempts_(*maker.balancer, maker.column, maker.pid,
                               affinity_of(cookies[dice.roll(cookies.size())]), draw_traits(dice))
{}

ChanceRequest::~ChanceRequest()
{
    if (account_) {
        lb::Outcome outcome;
        outcome.ending = is_refused_ ? lb::Ending::busy_limit : lb::Ending::client_error;
        account_->end(outcome, {});
    }
}

std::optional<std::size_t> ChanceRequest::member() const
{
    return account_ ? std::optional{candidate_->member} : std::nullopt;
}

void ChanceRequest::begin(TimePoint now)
{
    const lb::Member& member = maker_.balancer->members()[candidate_->member];
    attempts_.began(now);
    account_.emplace(maker_.segment, *member.worker, maker_.column);
    is_refused_ = !account_->begin(maker_.balancer->busy_limit(candidate_->member));
}

/// Without a connection it can only be that; a third of the others fail.
lb::Outcome ChanceRequest::draw_outcome(Dice& dice) const
{
    lb::Outcome outcome;
    outcome.ending = static_cast<lb::Ending>(dice.roll(6));
    outcome.ending = dice.roll(4) == 0 ? lb::Ending::failed : outcome.ending;
    outcome.ending = !account_ ? lb::Ending::no_connection : outcome.ending;
    outcome.ending = is_refused_ ? lb::Ending::busy_limit : outcome.ending;
    outcome.may_retry = dice.roll(3) != 0;
    outcome.was_sent = dice.roll(2) == 0;
    outcome.bytes_read = dice.roll(1000);
    outcome.reply_timeouts = outcome.ending == lb::Ending::reply_timeout ? 1 : 0;
    return outcome;
}

bool ChanceRequest::step(Dice& dice, TimePoint now)
{
    chosen_by_load_.reset();
    if (!candidate_) {
        const lb::Candidate next = attempts_.next(now);
        if (next.kind == lb::Candidate::Kind::member) {
            candidate_ = next;
            if (is_first_ && next.reason == lb::Reason::least_load) {
                chosen_by_load_ = next.member;
            }
            is_first_ = false;
        }
        return next.kind != lb::Candidate::Kind::give_up;
    }
    if (!account_ && dice.roll(4) != 0) {
        begin(now);
        return true;
    }
    const lb::Outcome outcome = draw_outcome(dice);
    if (account_) {
        account_->end(outcome, now);
    }
    attempts_.report(outcome, now);
    account_.reset();
    candidate_.reset();
    is_refused_ = false;
    return outcome.ending != lb::Ending::success;
}

void Child::accept(Dice& dice)
{
    auto memory = std::make_unique<Room>();
    auto* const request = new (memory->bytes) ChanceRequest{maker_, dice};
    requests_.push_back({std::move(memory), request});
}

void Child::step(Dice& dice, TimePoint now)
{
    chosen_by_load_.reset();
    if (requests_.empty()) {
        return;
    }
    const std::size_t which = dice.roll(requests_.size());
    const bool is_over = !requests_[which].request->step(dice, now);
    chosen_by_load_ = requests_[which].request->chosen_by_load();
    if (is_over || dice.roll(50) == 0) {
        requests_[which].request->~ChanceRequest();
        requests_.erase(requests_.begin() + static_cast<std::ptrdiff_t>(which));
    }
}

void Child::finish(Dice& dice, TimePoint now)
{
    while (!requests_.empty()) {
        step(dice, now);
    }
}

void Child::count(std::vector<std::uint32_t>& members, std::vector<std::uint32_t>& workers) const
{
    for (const Entry& entry : requests_) {
        if (const std::optional<std::size_t> member = entry.request->member()) {
            members[*member] += 1;
            workers[*member] += entry.request->is_refused() ? 0 : 1;
        }
    }
}

}  // namespace jk::test
