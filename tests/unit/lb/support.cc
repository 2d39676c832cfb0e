// What the tests of common/lb share.
#include "lb/support.h"

#include <cstring>

namespace jk::test {

namespace {

constexpr lb::Shape stage_shape(std::size_t members)
{
    const auto count = static_cast<std::uint32_t>(members);
    return {count, 1, count, 4};
}

}  // namespace

Memory::Memory(std::size_t size) : data_(std::aligned_alloc(lb::line, size)), size_(size)
{
    std::memset(data_.get(), 0, size);
}

std::uint64_t Dice::roll(std::uint64_t sides)
{
    state_ += 0x9e3779b97f4a7c15;  // splitmix64
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (z ^ (z >> 31)) % sides;
}

Stage::Stage(const std::vector<std::uint64_t>& factors)
    : memory(lb::Segment::size_for(stage_shape(factors.size()))),
      segment(lb::Segment::format(memory.data(), stage_shape(factors.size()))),
      column(segment.claim_column(child)), fates(factors.size(), answers)
{
    config.settings = &settings;
    config.slot = segment.balancer("lb", now);
    for (std::size_t i = 0; i < factors.size(); ++i) {
        lb::Member member;
        member.name = i < 26 ? std::string(1, static_cast<char>('a' + i)) : "m" + std::to_string(i);
        member.route = member.name;
        member.factor = factors[i];
        member.slot = segment.member("lb", member.name, now);
        member.worker = segment.worker(member.name, now);
        config.members.push_back(std::move(member));
    }
}

lb::Balancer& Stage::balancer()
{
    if (balancer_ == nullptr) {
        balancer_ = std::make_unique<lb::Balancer>(config, segment);
    }
    return *balancer_;
}

lb::WorkerAccount Stage::account(char name)
{
    return {segment, worker(name), column};
}

std::string Stage::states()
{
    std::string text;
    for (std::size_t i = 0; i < config.members.size(); ++i) {
        text += (i > 0 ? " " : "") + std::string{lb::to_text(balancer().state(i))};
    }
    return text;
}

std::string Stage::loads()
{
    std::string text;
    for (std::size_t i = 0; i < config.members.size(); ++i) {
        text += (i > 0 ? " " : "") + std::to_string(balancer().load(i));
    }
    return text;
}

void Stage::set(char name, lb::State state)
{
    slot(name).standing.store(static_cast<std::uint64_t>(state));
    config.slot->busy_marks.add(1);
    if (state == lb::State::error) {
        slot(name).first_error_time.store(to_micros(now));
        slot(name).last_error_time.store(to_micros(now));
    }
}

lb::Affinity affinity_of(std::string_view cookie)
{
    lb::SessionSources sources;
    sources.cookies = {&cookie, cookie.empty() ? std::size_t{0} : std::size_t{1}};
    return lb::Affinity{sources};
}

Visitor::Visitor(Stage& stage, std::string_view session, const lb::Traits& traits)
    : cookie_(session.empty() ? "" : "JSESSIONID=" + std::string{session}),
      attempts(stage.balancer(), stage.column, child, affinity_of(cookie_), traits), stage_(&stage)
{}

char Visitor::next()
{
    candidate = attempts.next(stage_->now);
    switch (candidate.kind) {
    case lb::Candidate::Kind::pause: stage_->now += candidate.pause; return '.';
    case lb::Candidate::Kind::give_up: return '!';
    case lb::Candidate::Kind::member: break;
    }
    began_ = stage_->now;
    return static_cast<char>('a' + candidate.member);
}

bool Visitor::begin()
{
    const lb::Member& member = stage_->balancer().members()[candidate.member];
    attempts.began(stage_->now);
    lb::WorkerAccount account{stage_->segment, *member.worker, stage_->column};
    has_begun_ = account.begin(member.busy_limit);
    return has_begun_;
}

char Visitor::go()
{
    const char name = next();
    if (name >= 'a') {
        begin();
    }
    return name;
}

void Visitor::end(const Fate& fate)
{
    lb::Outcome outcome;
    outcome.ending = fate.ending;
    outcome.may_retry = fate.may_retry;
    outcome.was_sent = fate.was_sent;
    outcome.reply_timeouts = fate.reply_timeouts;
    outcome.bytes_read = fate.was_sent ? 90 : 0;
    outcome.bytes_written = fate.was_sent ? 10 : 0;
    outcome.began = began_;
    if (has_begun_ || fate.ending == lb::Ending::busy_limit) {
        const lb::Member& member = stage_->balancer().members()[candidate.member];
        lb::WorkerAccount account{stage_->segment, *member.worker, stage_->column};
        account.end(outcome, stage_->now);
        has_begun_ = false;
    }
    attempts.report(outcome, stage_->now);
}

std::string run(Stage& stage, std::string_view session, const lb::Traits& traits)
{
    Visitor visitor{stage, session, traits};
    std::string trail;
    for (;;) {
        trail += visitor.next();
        if (trail.back() == '!') {
            return trail;
        }
        if (trail.back() == '.') {
            continue;
        }
        Fate fate = stage.fates[visitor.candidate.member];
        if (fate.ending != lb::Ending::no_connection && !visitor.begin()) {
            fate = {.ending = lb::Ending::busy_limit, .was_sent = false};
        }
        visitor.end(fate);
        if (fate.ending == lb::Ending::success) {
            return trail;
        }
    }
}

std::string run_times(Stage& stage, int count, const lb::Traits& traits)
{
    std::string trail;
    for (int i = 0; i < count; ++i) {
        trail += run(stage, {}, traits);
    }
    return trail;
}

}  // namespace jk::test
