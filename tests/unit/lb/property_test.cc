// Tests common/lb by chance: requests, failures, children that are killed, maintenance and commands
// in any order. Afterwards nothing is in flight, and no member is left without requests.
#include <array>
#include <memory>
#include <new>
#include <optional>

#include "lb/attempts.h"
#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::lb::Count;
using jk::lb::Ending;
using jk::lb::State;
using jk::test::Dice;
using jk::test::Stage;

constexpr std::array<std::string_view, 5> cookies{"", "JSESSIONID=x.a", "JSESSIONID=x.b",
                                                  "JSESSIONID=x.zz", "JSESSIONID=x"};

/// A request, and what it is at.
struct Request {
    Request(Stage& stage, jk::lb::Column counts, std::uint32_t pid, Dice& dice)
        : attempts(stage.balancer(), counts, pid,
                   jk::test::affinity_of(cookies[dice.roll(cookies.size())]),
                   jk::lb::Traits{dice.roll(8) == 0, dice.roll(8) == 0, {}, {}, {}}),
          column(counts)
    {}
    /// Given up in order, at any time: the worker's account is the caller's to end.
    ~Request()
    {
        if (account) {
            jk::lb::Outcome outcome;
            outcome.ending = is_refused ? Ending::busy_limit : Ending::client_error;
            account->end(outcome, {});
        }
    }
    /// One step. Returns false when it is over.
    bool step(Stage& stage, Dice& dice);

    jk::lb::Attempts attempts;
    jk::lb::Column column;
    std::optional<jk::lb::Candidate> candidate;
    std::optional<jk::lb::WorkerAccount> account;
    bool is_refused = false;
};

bool Request::step(Stage& stage, Dice& dice)
{
    if (!candidate) {
        const jk::lb::Candidate next = attempts.next(stage.now);
        if (next.kind == jk::lb::Candidate::Kind::member) {
            candidate = next;
        }
        return next.kind != jk::lb::Candidate::Kind::give_up;
    }
    if (!account && dice.roll(4) != 0) {
        const jk::lb::Member& member = stage.balancer().members()[candidate->member];
        attempts.began(stage.now);
        account.emplace(stage.segment, *member.worker, column);
        is_refused = !account->begin(member.busy_limit);
        return true;
    }
    jk::lb::Outcome outcome;
    outcome.ending = static_cast<Ending>(dice.roll(6));
    outcome.ending = dice.roll(4) == 0 ? Ending::failed : outcome.ending;
    outcome.ending = !account ? Ending::no_connection : outcome.ending;
    outcome.ending = is_refused ? Ending::busy_limit : outcome.ending;
    outcome.may_retry = dice.roll(3) != 0;
    outcome.was_sent = dice.roll(2) == 0;
    if (account) {
        account->end(outcome, stage.now);
    }
    attempts.report(outcome, stage.now);
    account.reset();
    candidate.reset();
    is_refused = false;
    return outcome.ending != Ending::success;
}

/// A child process with its requests. Killed, it runs no destructor.
class Child {
public:
    Child(Stage& stage, std::uint32_t id) : pid(id), column_(stage.segment.claim_column(id)) {}

    void accept(Stage& stage, Dice& dice)
    {
        auto memory = std::make_unique<Room>();
        auto* const request = new (memory->bytes) Request{stage, column_, pid, dice};
        requests_.push_back({std::move(memory), request});
    }
    void step(Stage& stage, Dice& dice)
    {
        if (!requests_.empty()) {
            const std::size_t which = dice.roll(requests_.size());
            if (!requests_[which].request->step(stage, dice) || dice.roll(50) == 0) {
                requests_[which].request->~Request();
                requests_.erase(requests_.begin() + static_cast<std::ptrdiff_t>(which));
            }
        }
    }
    [[nodiscard]] bool is_idle() const { return requests_.empty(); }

    std::uint32_t pid;

private:
    struct Room {
        alignas(Request) std::byte bytes[sizeof(Request)];
    };
    struct Entry {
        std::unique_ptr<Room> memory;
        Request* request;
    };
    jk::lb::Column column_;
    std::vector<Entry> requests_;
};

/// What happens now and then to the balancer itself.
void disturb(Stage& stage, Dice& dice)
{
    const std::size_t member = dice.roll(stage.config.members.size());
    switch (dice.roll(40)) {
    case 0: stage.balancer().reset(stage.now); break;
    case 1: stage.balancer().reset(member, stage.now); break;
    case 2: (void)stage.balancer().recover(member, stage.now); break;
    case 3: stage.balancer().clear_loads(); break;
    case 4: stage.pass(std::chrono::seconds{61}); break;
    default: stage.pass(std::chrono::seconds{1}); break;
    }
    stage.balancer().maintain(stage.now);
}

void assert_nothing_in_flight(Stage& stage)
{
    ck_assert_uint_eq(stage.balancer().busy(), 0);
    for (std::size_t i = 0; i < stage.config.members.size(); ++i) {
        ck_assert_uint_eq(stage.balancer().busy(i), 0);
        ck_assert_uint_eq(stage.segment.total(Count::worker_busy, i), 0);
        ck_assert(stage.balancer().state(i) != State::probing);
    }
}

/// With all well again every member serves, soon.
void assert_nobody_starves(Stage& stage)
{
    for (int minute = 0; minute < 60; ++minute) {
        stage.pass(std::chrono::seconds{61});
        stage.balancer().maintain(stage.now);
        (void)jk::test::run_times(stage, 20);
    }
    std::vector<std::uint64_t> before;
    for (std::size_t i = 0; i < stage.config.members.size(); ++i) {
        before.push_back(stage.config.members[i].worker->used.load());
    }
    ck_assert_uint_eq(jk::test::run_times(stage, 400).size(), 400);
    for (std::size_t i = 0; i < stage.config.members.size(); ++i) {
        ck_assert_uint_gt(stage.config.members[i].worker->used.load(), before[i]);
    }
}

START_TEST(any_course_of_events_ends_well)
{
    Dice dice{static_cast<std::uint64_t>(_i) + 1};
    Stage stage{{1, 2, 3, 1}};
    stage.settings.method = static_cast<jk::conf::Method>(dice.roll(5));
    stage.settings.max_reply_timeouts = static_cast<int>(dice.roll(3));
    stage.settings.sticky_session_force = dice.roll(5) == 0;
    stage.member('b').busy_limit = 3;
    stage.member('c').pool_size = 2;
    stage.member('d').distance = static_cast<int>(dice.roll(10) == 0);
    const bool is_far = stage.member('d').distance > 0;
    std::vector<Child> children;
    std::uint32_t pid = 200;
    for (int i = 0; i < 4; ++i) {  // two more than there are columns of their own
        children.emplace_back(stage, ++pid);
    }
    for (int event = 0; event < 4000; ++event) {
        const std::size_t which = dice.roll(children.size());
        Child& one = children[which];
        const std::uint64_t what = dice.roll(100);
        if (what < 20) {
            one.accept(stage, dice);
        } else if (what < 95) {
            one.step(stage, dice);
        } else if (what < 97 && which < 2) {
            stage.segment.release_column(one.pid);
            one = Child{stage, ++pid};
        } else {
            disturb(stage, dice);
        }
    }
    for (Child& one : children) {
        while (!one.is_idle()) {
            one.step(stage, dice);
        }
    }
    assert_nothing_in_flight(stage);
    if (!is_far) {
        assert_nobody_starves(stage);
    }
}
END_TEST

}  // namespace

TCase* property_tests()
{
    TCase* tests = tcase_create("property");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, any_course_of_events_ends_well, 0, 60);
    return tests;
}
