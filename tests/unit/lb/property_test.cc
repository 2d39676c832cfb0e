// Tests common/lb by chance: requests, failures, children that are killed, maintenance, commands and
// edits of settings in any order, 10,000 times. At any moment the segment counts what is in flight
// and nothing else, and who is chosen for his load has the least of the nearest; afterwards nothing
// is in flight, and no member is left without requests for longer than its load explains.
//
// A failure names its seed: `constexpr std::uint64_t only = SEED` below repeats that one alone.
#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "lb/chance.h"
#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::conf::Activation;
using jk::lb::Count;
using jk::lb::State;
using jk::test::Child;
using jk::test::Dice;
using jk::test::Stage;

constexpr std::uint64_t only = 0;
constexpr int blocks = 20;  ///< each is a test
#if defined(__SANITIZE_THREAD__)
constexpr std::uint64_t seeds_per_block = 25;  // it is that much slower then
#else
constexpr std::uint64_t seeds_per_block = 500;
#endif
constexpr std::size_t own_columns = 2;  ///< children with one; the others share the last

/// Requires, and otherwise tells the seed.
#define REQUIRE(condition) ck_assert_msg(condition, "seed %llu", (unsigned long long)seed_)

constexpr std::array<std::uint64_t, 6> factors{1, 1, 2, 3, 7, 100};

std::vector<std::uint64_t> draw_factors(Dice& dice)
{
    std::vector<std::uint64_t> drawn(1 + dice.roll(6));
    for (std::uint64_t& factor : drawn) {
        factor = factors[dice.roll(factors.size())];
    }
    return drawn;
}

/// One course of events.
class Course {
public:
    explicit Course(std::uint64_t seed);
    void run();

private:
    [[nodiscard]] std::size_t size() const { return stage_.config.members.size(); }
    [[nodiscard]] Child make_child();
    void draw_member(jk::lb::Member& member);
    void draw_event();
    void kill(std::size_t which);
    void disturb();
    void edit();
    void edit_member(jk::lb::Member& member);
    void require_greatest_claim(const Child& child);
    void require_sums();
    void require_nothing_in_flight();
    void wait_for_recovery();
    void require_nobody_starves();
    [[nodiscard]] std::vector<std::size_t> nearest() const;
    [[nodiscard]] std::uint64_t patience(const std::vector<std::size_t>& members);

    std::uint64_t seed_;
    Dice dice_;
    Stage stage_;
    std::vector<Child> children_;
    std::uint32_t last_pid_ = 200;
};

Course::Course(std::uint64_t seed) : seed_(seed), dice_(seed), stage_(draw_factors(dice_))
{
    jk::conf::LbSettings& settings = stage_.settings;
    settings.method = static_cast<jk::conf::Method>(dice_.roll(5));
    settings.retries = static_cast<int>(dice_.roll(4));
    settings.lb_retries = static_cast<int>(dice_.roll(4));
    settings.max_reply_timeouts = static_cast<int>(dice_.roll(3));
    settings.sticky_session_force = dice_.roll(5) == 0;
    for (jk::lb::Member& member : stage_.config.members) {
        draw_member(member);
    }
    for (std::size_t i = 0; i < own_columns + 2; ++i) {
        children_.push_back(make_child());
    }
}

void Course::draw_member(jk::lb::Member& member)
{
    constexpr std::array activations{Activation::disabled, Activation::stopped};
    const std::uint64_t what = dice_.roll(16);
    member.activation = what < activations.size() ? activations[what] : Activation::active;
    member.distance = static_cast<int>(dice_.roll(6) == 0);
    member.busy_limit = dice_.roll(4) == 0 ? 2 : 0;
    member.pool_size = dice_.roll(4) == 0 ? 2 : 0;
    member.domain = dice_.roll(3) == 0 ? "east" : "";
    member.redirect = dice_.roll(6) == 0 ? "a" : "";
}

Child Course::make_child()
{
    const std::uint32_t pid = ++last_pid_;
    return Child{{&stage_.balancer(), stage_.segment, stage_.segment.claim_column(pid), pid}};
}

void Course::draw_event()
{
    const std::size_t which = dice_.roll(children_.size());
    const std::uint64_t what = dice_.roll(100);
    if (what < 20) {
        children_[which].accept(dice_);
    } else if (what < 94) {
        children_[which].step(dice_, stage_.now);
        require_greatest_claim(children_[which]);
    } else if (what < 96) {
        kill(which);
    } else if (what < 98) {
        edit();
    } else {
        disturb();
    }
}

/// One setting of a member, or the method, as the status changes it while requests are on the way.
void Course::edit()
{
    if (dice_.roll(8) == 0) {
        stage_.settings.method = static_cast<jk::conf::Method>(dice_.roll(5));
    } else {
        edit_member(stage_.config.members[dice_.roll(size())]);
    }
    stage_.put_in_force();
}

void Course::edit_member(jk::lb::Member& member)
{
    switch (dice_.roll(5)) {
    case 0:
        member.activation = static_cast<Activation>(dice_.roll(3));
        stage_.balancer().clear_loads();
        break;
    case 1: member.factor = factors[dice_.roll(factors.size())]; break;
    case 2: member.distance = static_cast<int>(dice_.roll(3)); break;
    case 3: member.route = member.name + (dice_.roll(2) == 0 ? "" : "2"); break;
    default: member.busy_limit = static_cast<std::uint32_t>(dice_.roll(3)); break;
    }
}

/// Nobody who may be chosen is nearer, or as near with less load, than who was chosen just now.
void Course::require_greatest_claim(const Child& child)
{
    const jk::lb::Balancer& balancer = stage_.balancer();
    const auto rank = [&](std::size_t i) {
        return std::pair{balancer.distance(i), balancer.load(i)};
    };
    if (!child.chosen_by_load()) {
        return;
    }
    for (std::size_t i = 0; i < size(); ++i) {
        const bool may_be_chosen =
            balancer.activation(i) == Activation::active && is_eligible(balancer.state(i));
        REQUIRE(!may_be_chosen || rank(*child.chosen_by_load()) <= rank(i));
    }
}

/// What a child counted in the shared column would stay, by contract: those are not killed.
void Course::kill(std::size_t which)
{
    if (which < own_columns) {
        const auto place = children_.begin() + static_cast<std::ptrdiff_t>(which);
        stage_.segment.release_column(place->pid());
        children_.erase(place);
        require_sums();  // before the next one takes the column, and empties it too
        children_.insert(children_.begin(), make_child());
    }
}

void Course::disturb()
{
    const std::size_t member = dice_.roll(size());
    switch (dice_.roll(10)) {
    case 0: stage_.balancer().reset(stage_.now); break;
    case 1: stage_.balancer().reset(member, stage_.now); break;
    case 2: (void)stage_.balancer().recover(member, stage_.now); break;
    case 3: stage_.balancer().clear_loads(); break;
    case 4: stage_.pass(std::chrono::seconds{61}); break;
    default: stage_.pass(std::chrono::seconds{10}); break;
    }
    stage_.balancer().maintain(stage_.now);
}

void Course::require_sums()
{
    std::vector<std::uint32_t> members(size()), workers(size());
    std::uint32_t all = 0;
    for (const Child& child : children_) {
        child.count(members, workers);
    }
    for (std::size_t i = 0; i < size(); ++i) {
        all += members[i];
        REQUIRE(stage_.balancer().busy(i) == members[i]);
        REQUIRE(stage_.segment.total(Count::worker_busy, i) == workers[i]);
        const jk::lb::Standing standing = standing_of(*stage_.config.members[i].slot);
        const bool is_living = std::any_of(children_.begin(), children_.end(), [&](const Child& c) {
            return c.pid() == standing.prober && c.size() > 0;
        });
        REQUIRE(standing.state != State::probing || is_living);
    }
    REQUIRE(stage_.balancer().busy() == all);
}

void Course::require_nothing_in_flight()
{
    REQUIRE(stage_.balancer().busy() == 0);
    for (std::size_t i = 0; i < size(); ++i) {
        REQUIRE(stage_.balancer().busy(i) == 0);
        REQUIRE(stage_.segment.total(Count::worker_busy, i) == 0);
        REQUIRE(stage_.balancer().state(i) != State::probing);
    }
}

/// Escalation, recover_time, and members that were forced in between.
void Course::wait_for_recovery()
{
    for (int minute = 0; minute < 4; ++minute) {
        stage_.pass(std::chrono::seconds{61});
        stage_.balancer().maintain(stage_.now);
    }
    for (std::size_t i = 0; i < size(); ++i) {
        REQUIRE(stage_.balancer().state(i) != State::error);
    }
}

/// The members that a request without a session may get.
std::vector<std::size_t> Course::nearest() const
{
    const std::vector<jk::lb::Member>& members = stage_.config.members;
    int least = std::numeric_limits<int>::max();
    for (const jk::lb::Member& member : members) {
        least = member.activation == Activation::active ? std::min(least, member.distance) : least;
    }
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (members[i].activation == Activation::active && members[i].distance == least) {
            found.push_back(i);
        }
    }
    return found;
}

/// After so many requests each of these was elected: until then all others caught up with the one
/// that has the greatest load, and the tie came round.
std::uint64_t Course::patience(const std::vector<std::size_t>& members)
{
    const jk::conf::Method method = stage_.settings.method;
    const std::uint64_t units = method == jk::conf::Method::traffic ? 100 : 1;  // what run() reads
    std::uint64_t most = 0, requests = members.size();
    for (const std::size_t i : members) {
        most = std::max(most, stage_.balancer().load(i));
    }
    for (const std::size_t i : members) {
        const std::uint64_t unit = stage_.balancer().unit(i) * units;
        requests += (most - stage_.balancer().load(i) + unit - 1) / unit;
    }
    return requests;
}

/// With all well again every member serves, as soon as its load lets it.
void Course::require_nobody_starves()
{
    const std::vector<std::size_t> members = nearest();
    if (members.empty()) {
        return;
    }
    std::vector<bool> has_served(size());
    const std::uint64_t requests = patience(members);
    for (std::uint64_t i = 0; i < requests; ++i) {
        const std::string trail = jk::test::run(stage_);
        REQUIRE(trail.size() == 1 && trail != "!");
        has_served[Stage::index(trail[0])] = true;
    }
    for (std::size_t i = 0; i < size(); ++i) {
        const bool may_serve = std::find(members.begin(), members.end(), i) != members.end();
        REQUIRE(has_served[i] == may_serve);
    }
}

void Course::run()
{
    const std::uint64_t events = 20 + dice_.roll(200);
    for (std::uint64_t event = 0; event < events; ++event) {
        draw_event();
        if (event % 8 == 0) {
            require_sums();
        }
    }
    for (Child& child : children_) {
        child.finish(dice_, stage_.now);
    }
    require_nothing_in_flight();
    wait_for_recovery();
    require_nobody_starves();
}

START_TEST(any_course_of_events_ends_well)
{
    const std::uint64_t first = 1 + static_cast<std::uint64_t>(_i) * seeds_per_block;
    for (std::uint64_t seed = first; seed < first + seeds_per_block; ++seed) {
        if (only == 0 || seed == only) {
            Course{seed}.run();
        }
    }
}
END_TEST

}  // namespace

TCase* property_tests()
{
    TCase* tests = tcase_create("property");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, any_course_of_events_ends_well, 0, blocks);
    return tests;
}
