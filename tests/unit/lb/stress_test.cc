// Tests common/lb under load: 8 processes of several threads each on one segment, with requests,
// failures and maintenance by chance, while one process after the other is killed at any moment; and
// the same with the threads of one process, for the sanitizer that looks for races. The shared
// mapping, the processes and their end are made here.
//
// No test depends on the time: its clock is the number of steps that all have made.
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <thread>
#include <vector>

#include "lb/chance.h"
#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::lb::Count;
using jk::lb::Segment;
using jk::lb::Shared;
using jk::lb::State;
using jk::test::Child;
using jk::test::Dice;

constexpr std::uint32_t members = 5;
constexpr jk::lb::Shape shape{members, 1, members, 12};
constexpr int processes = 8;
constexpr std::uint64_t threads = 3;
constexpr int kills = 30;
#if defined(__SANITIZE_THREAD__)
constexpr std::uint64_t total_steps = 20'000;  // each is much slower then
#else
constexpr std::uint64_t total_steps = 100'000;
#endif
constexpr std::size_t most_requests = 6;  ///< of a thread at a time

/// What all processes share beside the segment, which begins on the next page.
struct Control {
    Shared<std::uint64_t> steps;
    Shared<std::uint32_t> is_over;
};
constexpr std::size_t page = 4096;
static_assert(sizeof(Control) <= page);

/// Shared memory with a balancer on it whose members fail, recover and fail again.
class Ground {
public:
    Ground();
    ~Ground() { munmap(memory_, size); }
    Ground(const Ground&) = delete;
    Ground& operator=(const Ground&) = delete;

    /// What one thread of a process does until all is over.
    void work(const jk::test::Maker& maker, std::uint64_t seed);
    void work_and_die(Shared<std::uint32_t>& last_pid, std::uint64_t seed);
    void work_as_process();
    void await_steps(std::uint64_t more);
    void end() { control().is_over.store(1); }
    [[nodiscard]] bool is_over() { return control().is_over.load() != 0; }
    [[nodiscard]] jk::test::Maker maker(std::uint32_t pid)
    {
        return {&*balancer_, segment, segment.claim_column(pid), pid};
    }
    void assert_no_probe_of(std::uint32_t pid) const;
    void assert_nothing_is_left();

    Segment segment;

private:
    static const std::size_t size;
    [[nodiscard]] Control& control() { return *static_cast<Control*>(memory_); }
    /// 1 ms per step, so that there is a maintenance every 1,000 steps.
    [[nodiscard]] jk::TimePoint step_clock()
    {
        const auto steps = static_cast<std::int64_t>(control().steps.add(1));
        return jk::from_micros(1'000'000'000 + steps * 1000);
    }
    void act(Child& child, Dice& dice);

    void* memory_;
    jk::conf::LbSettings settings_;
    std::optional<jk::lb::Balancer> balancer_;
};

const std::size_t Ground::size = page + Segment::size_for(shape);

Ground::Ground()
    : memory_(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))
{
    ck_assert_ptr_ne(memory_, MAP_FAILED);
    segment = Segment::format(static_cast<char*>(memory_) + page, shape);
    settings_.recover_time = 1;
    settings_.error_escalation_time = 1;
    jk::lb::BalancerConfig config;
    config.settings = &settings_;
    config.maintain = 1;
    config.slot = segment.balancer("lb", {});
    for (std::uint32_t i = 0; i < members; ++i) {
        jk::lb::Member member;
        member.name = member.route = std::string(1, static_cast<char>('a' + i));
        member.factor = i + 1;
        member.busy_limit = i == 0 ? 20 : 0;
        member.slot = segment.member("lb", member.name, {});
        member.worker = segment.worker(member.name, {});
        config.members.push_back(std::move(member));
    }
    balancer_.emplace(std::move(config), segment);
}

void Ground::act(Child& child, Dice& dice)
{
    const jk::TimePoint now = step_clock();
    if (child.size() < most_requests && dice.roll(5) == 0) {
        child.accept(dice);
    } else {
        child.step(dice, now);
    }
    balancer_->maintain(now);
}

void Ground::work(const jk::test::Maker& maker, std::uint64_t seed)
{
    Dice dice{seed};
    Child child{maker};
    while (!is_over()) {
        act(child, dice);
    }
    child.finish(dice, step_clock());
}

/// A process with one thread, played by a thread: it dies now and then, and its parent, played by
/// it too, does what a parent does.
void Ground::work_and_die(Shared<std::uint32_t>& last_pid, std::uint64_t seed)
{
    Dice dice{seed};
    while (!is_over()) {
        const std::uint32_t pid = last_pid.add(1) + 1;
        Child child{maker(pid)};
        for (std::uint64_t left = dice.roll(2000); left > 0 && !is_over(); --left) {
            act(child, dice);
        }
        if (!is_over()) {
            segment.release_column(pid);
            assert_no_probe_of(pid);
            continue;
        }
        child.finish(dice, step_clock());
    }
}

void Ground::work_as_process()
{
    const auto pid = static_cast<std::uint32_t>(getpid());
    const jk::test::Maker own = maker(pid);
    std::vector<std::thread> crew;
    for (std::uint64_t i = 0; i < threads; ++i) {
        crew.emplace_back([&, i] { work(own, pid * threads + i); });
    }
    for (std::thread& thread : crew) {
        thread.join();
    }
}

void Ground::await_steps(std::uint64_t more)
{
    const std::uint64_t until = control().steps.load() + more;
    while (control().steps.load() < until) {
        std::this_thread::sleep_for(std::chrono::microseconds{100});  // spinning would take theirs
    }
}

void Ground::assert_no_probe_of(std::uint32_t pid) const
{
    for (const jk::lb::Member& member : balancer_->members()) {
        ck_assert_uint_ne(standing_of(*member.slot).prober, pid);
    }
}

void Ground::assert_nothing_is_left()
{
    ck_assert_uint_eq(balancer_->busy(), 0);
    for (std::uint32_t i = 0; i < members; ++i) {
        for (const Count kind : {Count::worker_busy, Count::worker_connected, Count::member_busy}) {
            ck_assert_uint_eq(segment.total(kind, i), 0);
        }
        const jk::lb::Member& member = balancer_->members()[i];
        ck_assert_uint_gt(member.worker->used.load(), 0);
        const jk::lb::Standing standing = standing_of(*member.slot);
        ck_assert(standing.state != State::probing);
        ck_assert_uint_eq(standing.prober, 0);
    }
}

pid_t start(Ground& ground)
{
    const pid_t pid = fork();
    ck_assert_int_ne(pid, -1);
    if (pid == 0) {
        ground.work_as_process();
        _exit(0);
    }
    return pid;
}

int status_of(pid_t pid)
{
    int status = 0;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return status;
}

/// With what a parent does then.
void kill_one(Ground& ground, pid_t pid)
{
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    const int status = status_of(pid);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    ground.segment.release_column(static_cast<std::uint32_t>(pid));
    ground.assert_no_probe_of(static_cast<std::uint32_t>(pid));
}

START_TEST(killed_processes_leave_nothing)
{
    Ground ground;
    Dice dice{static_cast<std::uint64_t>(_i) + 1};
    std::vector<pid_t> pids(processes);
    for (pid_t& pid : pids) {
        pid = start(ground);
    }
    for (int i = 0; i < kills; ++i) {
        pid_t& victim = pids.at(dice.roll(pids.size()));
        ground.await_steps(dice.roll(3000));
        kill_one(ground, victim);
        victim = start(ground);
    }
    ground.await_steps(4000);
    for (int i = 0; i < processes / 2; ++i) {  // whose columns nobody takes and empties
        kill_one(ground, pids.back());
        pids.pop_back();
    }
    ground.end();
    for (const pid_t pid : pids) {
        ck_assert_int_eq(status_of(pid), 0);
    }
    ground.assert_nothing_is_left();
    for (const pid_t pid : pids) {
        ground.segment.release_column(static_cast<std::uint32_t>(pid));
    }
    ck_assert_uint_eq(ground.segment.claimed_columns(), 0);
}
END_TEST

START_TEST(killed_threads_leave_nothing)
{
    Ground ground;
    Shared<std::uint32_t> last_pid{};
    std::vector<std::thread> crew;
    for (std::uint64_t i = 0; i < processes; ++i) {
        crew.emplace_back([&, i] { ground.work_and_die(last_pid, i); });
    }
    ground.await_steps(total_steps);
    ground.end();
    for (std::thread& thread : crew) {
        thread.join();
    }
    ground.assert_nothing_is_left();
    ck_assert_uint_gt(last_pid.load(), processes);
}
END_TEST

}  // namespace

TCase* stress_tests()
{
    TCase* tests = tcase_create("stress");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, killed_processes_leave_nothing, 0, 2);
    tcase_add_test(tests, killed_threads_leave_nothing);
    return tests;
}
