// Tests common/lb/edits and what is in force of a balancer with threads and processes that do it at
// once: readers see every property, with a value that was written as a whole, at any time; a writer
// that is killed leaves the old value or the new one. Under ThreadSanitizer nothing is to be said.
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "lb/edits.h"
#include "lb/segment.h"
#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::lb::Edit;
using jk::lb::EditKind;
using jk::lb::Segment;
using jk::lb::Shape;

constexpr Shape shape{2, 1, 2, 3};

/// A value that shows when it was put together from two: sixty times the same letter.
Edit edit_of(const char* member, int round)
{
    const std::string value(60, static_cast<char>('a' + round % 26));
    return {EditKind::member, "lb", member, "route", value, 0};
}

/// Of both members, in one change: always the same.
std::vector<Edit> edits_of(int round)
{
    return {edit_of("a", round), edit_of("b", round)};
}

bool is_whole(const std::vector<Edit>& edits)
{
    return edits.size() == 2 && std::all_of(edits.begin(), edits.end(), [&](const Edit& edit) {
               return edit.value == std::string(60, edits.front().value.front());
           });
}

START_TEST(eight_threads_read_while_one_writes)
{
    const jk::test::Memory memory{Segment::size_for(shape)};
    Segment segment = Segment::format(memory.data(), shape);
    (void)segment.edits().write(edits_of(0), 1);
    std::atomic<bool> is_over{false};
    std::atomic<int> torn{0};
    std::vector<std::thread> readers;
    for (int i = 0; i < 8; ++i) {
        readers.emplace_back([&] {
            const Segment own = Segment::open(memory.data(), memory.size()).value();
            std::uint32_t seen = 0;
            do {
                torn += is_whole(own.edits().all(seen)) ? 0 : 1;
            } while (!is_over.load());
        });
    }
    for (int round = 0; round < 2000; ++round) {
        (void)segment.edits().write(edits_of(round), 1);
    }
    is_over.store(true);
    for (std::thread& one : readers) {
        one.join();
    }
    ck_assert_int_eq(torn.load(), 0);
}
END_TEST

/// Eight threads run requests while one changes settings under them.
START_TEST(requests_run_while_settings_change)
{
    jk::test::Stage stage{{1, 2, 3}};
    jk::lb::Balancer& balancer = stage.balancer();
    std::atomic<bool> is_over{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&, i] {
            const std::uint32_t pid = jk::test::child;
            const std::string cookie = i % 2 == 0 ? "JSESSIONID=x.a" : "";
            do {
                jk::lb::Attempts attempts{
                    balancer, stage.column, pid, jk::test::affinity_of(cookie), {}};
                if (attempts.next(stage.now).kind == jk::lb::Candidate::Kind::member) {
                    attempts.began(stage.now);
                    attempts.report({}, stage.now);
                }
            } while (!is_over.load());
        });
    }
    for (int round = 0; round < 2000; ++round) {
        std::vector<jk::lb::Member> members{balancer.members().begin(), balancer.members().end()};
        members[0].route = round % 3 == 0 ? "a" : "other";
        members[1].factor = static_cast<std::uint64_t>(1 + round % 7);
        members[2].activation =
            round % 2 == 0 ? jk::conf::Activation::active : jk::conf::Activation::stopped;
        jk::conf::LbSettings settings = stage.settings;
        settings.method = static_cast<jk::conf::Method>(round % 5);
        balancer.put_in_force(settings, members);
    }
    is_over.store(true);
    for (std::thread& one : threads) {
        one.join();
    }
    ck_assert_uint_eq(balancer.busy(), 0);
    for (std::size_t i = 0; i < 3; ++i) {
        ck_assert_uint_eq(balancer.busy(i), 0);
    }
}
END_TEST

/// Memory that a forked process shares.
struct SharedMemory {
    SharedMemory()
        : data(::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))
    {}
    ~SharedMemory() { ::munmap(data, size); }
    SharedMemory(const SharedMemory&) = delete;
    SharedMemory& operator=(const SharedMemory&) = delete;
    std::size_t size = Segment::size_for(shape);
    void* data;
};

START_TEST(a_writer_that_is_killed_leaves_a_whole)
{
    const SharedMemory memory;
    Segment segment = Segment::format(memory.data, shape);
    (void)segment.edits().write(edits_of(0), 1);
    jk::test::Dice dice{17};
    for (int kills = 0; kills < 100; ++kills) {
        const pid_t writer = ::fork();
        if (writer == 0) {
            for (int round = 0;; ++round) {
                (void)segment.edits().write(edits_of(round),
                                            static_cast<std::uint32_t>(::getpid()));
            }
        }
        const std::uint32_t before = segment.edits().generation();
        while (segment.edits().generation() == before) {  // until it writes
        }
        for (std::uint64_t spins = dice.roll(5000); spins > 0; --spins) {
            (void)segment.edits().generation();
        }
        ::kill(writer, SIGKILL);
        ::waitpid(writer, nullptr, 0);
        segment.release_column(static_cast<std::uint32_t>(writer));
        std::uint32_t seen = 0;
        ck_assert(is_whole(segment.edits().all(seen)));
        ck_assert(segment.edits().write(edits_of(kills), 1).has_value());
        ck_assert(is_whole(segment.edits().all(seen)));
    }
}
END_TEST

}  // namespace

TCase* edits_race_tests()
{
    TCase* tests = tcase_create("edits_race");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, eight_threads_read_while_one_writes);
    tcase_add_test(tests, requests_run_while_settings_change);
    tcase_add_test(tests, a_writer_that_is_killed_leaves_a_whole);
    return tests;
}
