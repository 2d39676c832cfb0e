// Tests common/lb by counting: who gets 100,000 requests, one after the other, from 8 threads of one
// process, and from 8 processes on one segment. The shared mapping of the latter is made here.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <deque>
#include <thread>

#include "lb/attempts.h"
#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::conf::Method;
using jk::lb::Segment;

constexpr int picks = 100'000;
constexpr int crews = 8;
constexpr std::array<std::uint64_t, 4> factors{1, 2, 3, 4};
constexpr jk::lb::Shape shape{4, 1, 4, 12};
constexpr jk::TimePoint now = jk::from_micros(1'000'000);
/// How many requests each crew keeps in flight.
constexpr std::size_t window = 20;

jk::lb::Balancer make_balancer(Segment& segment, const jk::conf::LbSettings& settings)
{
    jk::lb::BalancerConfig config;
    config.settings = &settings;
    config.slot = segment.balancer("lb", now);
    for (const std::uint64_t factor : factors) {
        jk::lb::Member member;
        member.name = member.route = "m" + std::to_string(factor);
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

/// Makes `count` requests, some of them at a time.
void work(jk::lb::Balancer& balancer, Segment segment, const Load& load, int count,
          std::uint32_t pid)
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

/// Every member got its share, give or take one percent of it.
void assert_shares(Segment segment, const jk::lb::Balancer& balancer, bool is_stateless)
{
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < factors.size(); ++i) {
        const std::uint64_t share = is_stateless ? picks / factors.size() : picks * factors[i] / 10;
        const std::uint64_t used = balancer.members()[i].worker->used.load();
        all += used;
        ck_assert_uint_ge(used, share - share / 100);
        ck_assert_uint_le(used, share + share / 100);
        ck_assert_uint_eq(balancer.busy(i), 0);
        ck_assert_uint_eq(segment.total(jk::lb::Count::worker_busy, i), 0);
    }
    ck_assert_uint_eq(all, picks);
    ck_assert_uint_eq(balancer.busy(), 0);
}

START_TEST(one_after_the_other)
{
    const Load& load = loads.at(static_cast<std::size_t>(_i));
    const jk::test::Memory memory{Segment::size_for(shape)};
    Segment segment = Segment::format(memory.data(), shape);
    jk::conf::LbSettings settings;
    settings.method = load.method;
    jk::lb::Balancer balancer = make_balancer(segment, settings);
    work(balancer, segment, load, picks, 1);
    assert_shares(segment, balancer, load.is_stateless);
}
END_TEST

START_TEST(eight_threads)
{
    const Load& load = loads.at(static_cast<std::size_t>(_i));
    const jk::test::Memory memory{Segment::size_for(shape)};
    Segment segment = Segment::format(memory.data(), shape);
    jk::conf::LbSettings settings;
    settings.method = load.method;
    jk::lb::Balancer balancer = make_balancer(segment, settings);
    std::vector<std::thread> threads;
    for (std::uint32_t crew = 0; crew < crews; ++crew) {
        threads.emplace_back([&, crew] { work(balancer, segment, load, picks / crews, crew + 1); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    assert_shares(segment, balancer, load.is_stateless);
}
END_TEST

START_TEST(eight_processes)
{
    const Load& load = loads.at(static_cast<std::size_t>(_i));
    const std::size_t size = Segment::size_for(shape);
    void* const memory =
        mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(memory, MAP_FAILED);
    Segment segment = Segment::format(memory, shape);
    jk::conf::LbSettings settings;
    settings.method = load.method;
    jk::lb::Balancer balancer = make_balancer(segment, settings);
    for (int crew = 0; crew < crews; ++crew) {
        const pid_t pid = fork();
        ck_assert_int_ne(pid, -1);
        if (pid == 0) {
            work(balancer, segment, load, picks / crews, static_cast<std::uint32_t>(getpid()));
            _exit(0);
        }
    }
    for (int crew = 0; crew < crews; ++crew) {
        int status = -1;
        ck_assert_int_gt(wait(&status), 0);
        ck_assert_int_eq(status, 0);
    }
    assert_shares(segment, balancer, load.is_stateless);
    ck_assert_uint_eq(segment.claimed_columns(), crews);
    munmap(memory, size);
}
END_TEST

// balancing.md 3.3: a tie is broken by each child's own start index.
START_TEST(the_start_index_is_the_childs)
{
    const jk::test::Memory memory{Segment::size_for(shape)};
    Segment segment = Segment::format(memory.data(), shape);
    const jk::conf::LbSettings settings;
    jk::lb::Balancer one = make_balancer(segment, settings),
                     other = make_balancer(segment, settings);
    const Load stateless{Method::request, true};
    work(one, segment, stateless, 1, 1);
    work(other, segment, stateless, 1, 1);
    ck_assert_uint_eq(one.members()[0].worker->used.load(), 2);
    work(one, segment, stateless, 1, 1);
    ck_assert_uint_eq(one.members()[1].worker->used.load(), 1);
}
END_TEST

}  // namespace

TCase* distribution_tests()
{
    TCase* tests = tcase_create("distribution");
    tcase_set_timeout(tests, 120);
    const int rows = static_cast<int>(loads.size());
    tcase_add_loop_test(tests, one_after_the_other, 0, rows);
    tcase_add_loop_test(tests, eight_threads, 0, rows);
    tcase_add_loop_test(tests, eight_processes, 0, rows);
    tcase_add_test(tests, the_start_index_is_the_childs);
    return tests;
}
