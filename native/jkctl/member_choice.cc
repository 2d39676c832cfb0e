// Asks the module's own balancer, over a segment of its own in which nothing has happened yet, and
// then finds out in words what led to its answer.
// Tested by tests/adapter/jkctl/member_choice_test.cc and tests/system/test_jkctl_explain.py.
#include "jkctl/member_choice.h"

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <optional>
#include <utility>

#include "base/wording.h"
#include "lb/affinity.h"
#include "lb/balancer.h"
#include "lb/candidates.h"
#include "lb/marks.h"
#include "lb/segment.h"
#include "status/words.h"

namespace jk::ctl {

namespace {

struct FreeAligned {
    void operator()(std::byte* memory) const noexcept
    {
        ::operator delete[](memory, std::align_val_t{lb::line});
    }
};
using Memory = std::unique_ptr<std::byte[], FreeAligned>;

Memory zeroed(std::size_t size)
{
    auto* const memory =
        static_cast<std::byte*>(::operator new[](size, std::align_val_t{lb::line}));
    std::fill_n(memory, size, std::byte{0});
    return Memory{memory};
}

lb::Member member_of(const conf::AjpWorker& worker)
{
    lb::Member member;
    member.name = worker.name;
    lb::describe(worker.settings, member);
    return member;
}

std::string listed(const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

/// One request at a balancer that has just been made.
class Election {
public:
    Election(const conf::WorkerSet& workers, const conf::LbWorker& lb,
             const route::RuleOptions& rule, const SessionPlaces& places);

    [[nodiscard]] MemberChoice run();

private:
    [[nodiscard]] lb::BalancerConfig make_config(const conf::WorkerSet& workers);
    [[nodiscard]] const lb::Member& member(std::size_t index) const
    {
        return balancer_->members()[index];
    }
    [[nodiscard]] const lb::Affinity* followed_session() const noexcept;
    [[nodiscard]] std::optional<std::size_t> named_member(std::string_view route) const noexcept;
    [[nodiscard]] std::vector<std::string> nearest(std::optional<std::string_view> domain) const;
    void describe_session();
    void describe_activations();
    void describe(const lb::Choice& chosen);
    void describe_led(const lb::Choice& chosen);

    const conf::LbWorker& lb_;
    Memory memory_;
    lb::Segment segment_;
    std::unique_ptr<lb::Balancer> balancer_;
    std::vector<std::string_view> cookies_;
    lb::Affinity affinity_;
    lb::Traits traits_;
    std::vector<std::uint64_t> scratch_;
    lb::Marks done_;
    lb::Candidates candidates_;
    MemberChoice result_;
};

lb::Affinity affinity_of(const conf::LbSettings& settings, const route::RuleOptions& rule,
                         std::string_view uri, std::span<const std::string_view> cookies)
{
    lb::SessionSources sources;
    sources.uri = uri;
    sources.cookies = cookies;
    sources.session_cookie = rule.session_cookie ? *rule.session_cookie : settings.session_cookie;
    sources.session_path = rule.session_path ? *rule.session_path : settings.session_path;
    return lb::Affinity{sources};
}

lb::Traits traits_of(const route::RuleOptions& rule) noexcept
{
    return {rule.stateless, rule.sticky_ignore, rule.active, rule.disabled, rule.stopped};
}

lb::Shape shape_of(const conf::LbWorker& lb) noexcept
{
    const auto members = static_cast<std::uint32_t>(lb.members.size());
    return {members, 1, members, 1};
}

Election::Election(const conf::WorkerSet& workers, const conf::LbWorker& lb,
                   const route::RuleOptions& rule, const SessionPlaces& places)
    : lb_(lb), memory_(zeroed(lb::Segment::size_for(shape_of(lb)))),
      segment_(lb::Segment::format(memory_.get(), shape_of(lb))),
      balancer_(std::make_unique<lb::Balancer>(make_config(workers), segment_)),
      cookies_(places.cookies.begin(), places.cookies.end()),
      affinity_(affinity_of(lb.settings, rule, places.uri, cookies_)), traits_(traits_of(rule)),
      scratch_(lb::Marks::scratch_words(lb.members.size())), done_(lb.members.size(), scratch_),
      candidates_(*balancer_, traits_, done_)
{}

lb::BalancerConfig Election::make_config(const conf::WorkerSet& workers)
{
    constexpr TimePoint now{};
    lb::BalancerConfig config;
    config.settings = &lb_.settings;
    config.slot = segment_.balancer(lb_.name, now);
    for (const std::size_t index : lb_.members) {
        lb::Member one = member_of(workers.ajp[index]);
        one.slot = segment_.member(lb_.name, one.name, now);
        one.worker = segment_.worker(one.name, now);
        config.members.push_back(std::move(one));
    }
    return config;
}

const lb::Affinity* Election::followed_session() const noexcept
{
    const bool is_followed =
        lb_.settings.sticky_session && !traits_.ignores_stickiness && affinity_.has_id();
    return is_followed ? &affinity_ : nullptr;
}

std::optional<std::size_t> Election::named_member(std::string_view route) const noexcept
{
    for (std::size_t i = 0; i < balancer_->members().size() && !route.empty(); ++i) {
        if (member(i).route == route) {
            return i;
        }
    }
    return std::nullopt;
}

/// The usable members of the smallest distance, in a domain where one is given.
std::vector<std::string> Election::nearest(std::optional<std::string_view> domain) const
{
    std::vector<std::string> names;
    int least = 0;
    for (std::size_t i = 0; i < balancer_->members().size(); ++i) {
        const bool is_meant = !domain || member(i).domain == *domain;
        if (!is_meant || !candidates_.is_usable(i, lb::Claim::fresh)) {
            continue;
        }
        if (names.empty() || member(i).distance < least) {
            names.clear();
            least = member(i).distance;
        }
        if (member(i).distance == least) {
            names.push_back(member(i).name);
        }
    }
    return names;
}

void Election::describe_session()
{
    if (!affinity_.has_id()) {
        result_.why.emplace_back("no session");
        return;
    }
    result_.session = affinity_.ids().front();
    const std::string shown = jk::quoted(result_.session);
    if (followed_session() == nullptr) {
        result_.why.push_back(concat({"session ", shown, " is not followed: ",
                                      lb_.settings.sticky_session ? "the rule says sticky_ignore"
                                                                  : "sticky_session is off"}));
    } else if (affinity_.route(0).first.empty()) {
        result_.why.push_back(concat({"session ", shown, " names no route"}));
    } else {
        result_.why.push_back(
            concat({"session ", shown, " has route ", jk::quoted(affinity_.route(0).first)}));
    }
}

void Election::describe_activations()
{
    for (std::size_t i = 0; i < balancer_->members().size(); ++i) {
        const conf::Activation in_force = candidates_.activation(i);
        if (in_force != conf::Activation::active) {
            result_.why.push_back(concat({member(i).name, " is ", status::in_words(in_force),
                                          in_force == member(i).activation ? "" : " by the rule"}));
        }
    }
}

/// Which of the session's routes led to the member, and how.
void Election::describe_led(const lb::Choice& chosen)
{
    if (chosen.is_own) {
        result_.way = Way::session_route;
        return;
    }
    for (std::size_t i = 0; i < affinity_.ids().size(); ++i) {
        const lb::SessionRoute routes = affinity_.route(i);
        for (const std::string_view route : {routes.first, routes.last}) {
            const auto named = named_member(route);
            if (named && !member(*named).redirect.empty() &&
                member(*named).redirect == member(chosen.member).route) {
                result_.way = Way::redirect;
                result_.why.push_back(concat(
                    {member(chosen.member).name, " is the redirect of ", member(*named).name}));
                return;
            }
        }
    }
    result_.way = Way::domain;
    result_.members = nearest(member(chosen.member).domain);
    result_.why.push_back(
        concat({result_.members.size() == 1 ? "" : "the least loaded of ", listed(result_.members),
                " in domain ", member(chosen.member).domain}));
}

void Election::describe(const lb::Choice& chosen)
{
    result_.members = {member(chosen.member).name};
    result_.route = chosen.route;
    if (balancer_->members().size() == 1) {
        result_.way = Way::only_member;
        return;
    }
    if (chosen.is_led) {
        describe_led(chosen);
        return;
    }
    std::vector<std::string> names = nearest(std::nullopt);
    if (names.empty()) {
        result_.way = Way::last_resort;
        result_.why.emplace_back("it is the first redirect, and no other may have new sessions");
        return;
    }
    result_.way = Way::load;
    result_.why.push_back(names.size() == 1 ? concat({"only ", names.front(), " may have it"})
                                            : concat({"the least loaded of ", listed(names)}));
    result_.route = names.size() == 1 ? result_.route : "";
    result_.members = std::move(names);
}

MemberChoice Election::run()
{
    describe_session();
    describe_activations();
    if (const auto chosen = candidates_.choose(followed_session())) {
        describe(*chosen);
    } else {
        result_.why.emplace_back(lb_.settings.sticky_session_force && followed_session() != nullptr
                                     ? "sticky_session_force forbids any other member"
                                     : "no member may have it");
    }
    return std::move(result_);
}

constexpr std::array<std::pair<Way, std::string_view>, 7> words{{
    {Way::nobody, "nobody"},
    {Way::only_member, "only member"},
    {Way::session_route, "session route"},
    {Way::redirect, "redirect"},
    {Way::domain, "domain"},
    {Way::load, "load"},
    {Way::last_resort, "last resort"},
}};

}  // namespace

std::string_view to_text(Way way) noexcept
{
    return words[static_cast<std::size_t>(way)].second;
}

MemberChoice choose_member(const conf::WorkerSet& workers, const conf::LbWorker& lb,
                           const route::RuleOptions& rule, const SessionPlaces& places)
{
    return Election{workers, lb, rule, places}.run();
}

}  // namespace jk::ctl
