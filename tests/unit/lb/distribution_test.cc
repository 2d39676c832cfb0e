// Tests common/lb by counting: who gets 100,000 requests, one after the other, from 8 threads of one
// process, and from 8 processes on one segment, for each method and for factors of every kind. The
// shared mapping of the processes is made here.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstring>
#include <deque>
#include <numeric>
#include <thread>
#include <vector>

#include "lb/attempts.h"
#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::conf::Method;
using jk::lb::Segment;

constexpr int picks = 100'000;  ///< fewer would not tell shares apart by one percent
constexpr int crews = 8;
constexpr jk::lb::Shape shape{64, 1, 64, 12};
constexpr jk::TimePoint now = jk::from_micros(1'000'000);

/// Members by their factors.
struct Weights {
    std::vector<std::uint64_t> factors;
    /// How many requests each crew keeps in flight. What is in flight is not counted yet under
    /// Traffic, so all of them together may be less than one percent of the smallest share.
    std::size_t window;
};

/// So many members, with the factors 1 and 2 in turn.
std::vector<std::uint64_t> ones_and_twos(std::size_t count)
{
    std::vector<std::uint64_t> factors(count, 1);
    for (std::size_t i = 1; i < count; i += 2) {
        factors[i] = 2;
    }
    return factors;
}

const std::vector<Weights>& all_weights()
{
    static const std::vector<Weights> all{
        {{1, 2, 3}, 20},
        {{5, 7, 11}, 20},
        {{1, 100}, 1},
        {ones_and_twos(64), 1},
        {{1'000'003, 500'009, 250'007}, 20},  // no common multiple that fits (balancing.md B23)
    };
    return all;
}

jk::lb::Balancer make_balancer(Segment& segment, const jk::conf::LbSettings& settings,
                               const Weights& weights)
{
    jk::lb::BalancerConfig config;
    config.settings = &settings;
    config.slot = segment.balancer("lb", now);
    for (const std::uint64_t factor : weights.factors) {
        jk::lb::Member member;
        member.name = member.route = "m" + std::to_string(config.members.size());
        member.factor = factor;
        member.slot = segment.member("lb", member.name, now);
        member.worker = segment.worker(member.name, now);
        config.members.push_back(member);
    }
    return {std::move(config), segment};
}

/// One request, in flight until finish().
class Request {
public:
    Request(jk::lb::Balancer& balancer, Segment segment, jk::lb::Column column, bool is_stateless)
        : attempts_(balancer, column, 1, {}, jk::lb::Traits{is_stateless, false, {}, {}, {}}),
          account_(segment, *balancer.members()[attempts_.next(now).member].worker, column)
    {
        attempts_.began(now);
        (void)account_.begin(0);
    }
    void finish()
    {
        jk::lb::Outcome outcome;
        outcome.ending = jk::lb::Ending::success;
        outcome.bytes_read = 1000;
        account_.end(outcome, now);
        attempts_.report(outcome, now);
    }

private:
    jk::lb::Attempts attempts_;
    jk::lb::WorkerAccount account_;
};

struct Load {
    Method method;
    bool is_stateless = false;
};
constexpr std::array loads{
    Load{Method::request},  Load{Method::traffic}, Load{Method::busyness},
    Load{Method::sessions}, Load{Method::next},    Load{Method::request, true},
};

/// Busyness balances what is in flight and nothing else, so there all requests are at once.
void wait_until_all_have_begun(jk::lb::Balancer& balancer)
{
    auto& most = balancer.slot().max_busy;
    while (balancer.busy() < picks && most.load() < picks) {
        std::this_thread::yield();
    }
    most.raise_to(picks);  // for those who look when the first have ended again
}

/// Makes `count` requests for the process `pid`, `window` of them at a time.
struct Crew {
    Load load;
    std::size_t window;
    int count;

    void work(jk::lb::Balancer& balancer, Segment segment, std::uint32_t pid) const;
};

void Crew::work(jk::lb::Balancer& balancer, Segment segment, std::uint32_t pid) const
{
    const jk::lb::Column column = segment.claim_column(pid);
    const bool is_at_once = load.method == Method::busyness;
    std::deque<Request> running;
    for (int i = 0; i < count; ++i) {
        if (!is_at_once && running.size() == window) {
            running.front().finish();
            running.pop_front();
        }
        running.emplace_back(balancer, segment, column, load.is_stateless);
    }
    if (is_at_once) {
        wait_until_all_have_begun(balancer);
    }
    for (Request& request : running) {
        request.finish();
    }
}

/// One test: a method, weights, and a balancer on memory that all processes share.
struct Race {
    Race(const Load& race_load, const Weights& race_weights)
        : load(race_load), weights(race_weights),
          memory(mmap(nullptr, Segment::size_for(shape), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0)),
          segment(Segment::format(memory, shape)), settings(settings_of(load)),
          balancer(make_balancer(segment, settings, weights))
    {}
    ~Race() { munmap(memory, Segment::size_for(shape)); }
    Race(const Race&) = delete;
    Race& operator=(const Race&) = delete;
    /// The test of this number among all pairs of load and weights.
    static Race of_number(int number)
    {
        const auto place = static_cast<std::size_t>(number);
        return {loads.at(place % loads.size()), all_weights().at(place / loads.size())};
    }
    static jk::conf::LbSettings settings_of(const Load& load)
    {
        jk::conf::LbSettings settings;
        settings.method = load.method;
        return settings;
    }

    [[nodiscard]] Crew one_of(int crew_count) const
    {
        return {load, weights.window, picks / crew_count};
    }
    void assert_shares() const;

    Load load;
    Weights weights;
    void* memory;
    Segment segment;
    jk::conf::LbSettings settings;
    jk::lb::Balancer balancer;
};

/// Every member got its share, give or take one percent of it, and nothing is in flight.
void Race::assert_shares() const
{
    const std::vector<std::uint64_t>& factors = weights.factors;
    const auto sum = static_cast<double>(std::accumulate(factors.begin(), factors.end(), 0ULL));
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < factors.size(); ++i) {
        const double share = load.is_stateless ? picks / static_cast<double>(factors.size())
                                               : picks * static_cast<double>(factors[i]) / sum;
        const std::uint64_t used = balancer.members()[i].worker->used.load();
        all += used;
        ck_assert_msg(std::abs(static_cast<double>(used) - share) <= share / 100,
                      "member %zu: %llu requests, its share is %.1f", i,
                      static_cast<unsigned long long>(used), share);
        ck_assert_uint_eq(balancer.busy(i), 0);
        ck_assert_uint_eq(segment.total(jk::lb::Count::worker_busy, i), 0);
    }
    ck_assert_uint_eq(all, picks);
    ck_assert_uint_eq(balancer.busy(), 0);
}

START_TEST(one_after_the_other)
{
    Race race = Race::of_number(_i);
    Crew crew = race.one_of(1);
    crew.window = 1;
    crew.work(race.balancer, race.segment, 1);
    race.assert_shares();
}
END_TEST

START_TEST(eight_threads)
{
    Race race{loads.at(static_cast<std::size_t>(_i)), {{1, 2, 3, 4}, 20}};
    const Crew crew = race.one_of(crews);
    std::vector<std::thread> threads;
    for (std::uint32_t pid = 1; pid <= crews; ++pid) {
        threads.emplace_back([&, pid] { crew.work(race.balancer, race.segment, pid); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    race.assert_shares();
}
END_TEST

START_TEST(eight_processes)
{
    Race race = Race::of_number(_i);
    const Crew crew = race.one_of(crews);
    for (int i = 0; i < crews; ++i) {
        const pid_t pid = fork();
        ck_assert_int_ne(pid, -1);
        if (pid == 0) {
            crew.work(race.balancer, race.segment, static_cast<std::uint32_t>(getpid()));
            _exit(0);
        }
    }
    for (int i = 0; i < crews; ++i) {
        int status = -1;
        ck_assert_int_gt(wait(&status), 0);
        ck_assert_int_eq(status, 0);
    }
    race.assert_shares();
    ck_assert_uint_eq(race.segment.claimed_columns(), crews);
}
END_TEST

// balancing.md 3.3: a tie is broken by each child's own start index.
START_TEST(the_start_index_is_the_childs)
{
    Race race{{Method::request, true}, {{1, 2, 3, 4}, 1}};
    const jk::conf::LbSettings settings;
    jk::lb::Balancer other = make_balancer(race.segment, settings, {{1, 2, 3, 4}, 1});
    const Crew crew{{Method::request, true}, 1, 1};
    crew.work(race.balancer, race.segment, 1);
    crew.work(other, race.segment, 1);
    ck_assert_uint_eq(other.members()[0].worker->used.load(), 2);
    crew.work(race.balancer, race.segment, 1);
    ck_assert_uint_eq(other.members()[1].worker->used.load(), 1);
}
END_TEST

}  // namespace

TCase* distribution_tests()
{
    TCase* tests = tcase_create("distribution");
    tcase_set_timeout(tests, 120);
    const int rows = static_cast<int>(loads.size());
    const int pairs = rows * static_cast<int>(all_weights().size());
    tcase_add_loop_test(tests, one_after_the_other, 0, pairs);
    tcase_add_loop_test(tests, eight_threads, 0, rows);
    tcase_add_loop_test(tests, eight_processes, 0, pairs);
    tcase_add_test(tests, the_start_index_is_the_childs);
    return tests;
}
