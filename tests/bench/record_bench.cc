// What measuring costs a request: one record of how an attempt ended and of two times, and reading
// them for the status. `alone` is one process; of 8 that record at once, `apart` gives each a worker
// of its own and `together` one to all.
// A bench, not a test: `make microbench` (README.md). What is recorded is tested by tests/unit/lb.
#include <benchmark/benchmark.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "lb/measures.h"
#include "status/openmetrics.h"

namespace {

using jk::lb::Measures;
using jk::lb::Timing;

constexpr std::uint32_t processes = 8;
constexpr jk::lb::Shape shape{processes, 1, processes, 1};

void record(jk::lb::WorkerMeasures measures, std::uint64_t round)
{
    const std::chrono::microseconds took{900 + round % 4096};
    measures.ended(0);
    measures.took(Timing::first_byte, took);
    measures.took(Timing::total, took + std::chrono::microseconds{100});
}

/// Memory that processes share.
struct Memory {
    Memory()
        : data(::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))
    {}
    ~Memory() { ::munmap(data, size); }
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;
    std::size_t size = Measures::size_for(shape);
    void* data;
};

/// One record, while so many other processes record too, on a worker of their own or on the same.
void record_among(benchmark::State& state, std::uint32_t others, bool is_apart)
{
    const Memory memory;
    const Measures measures{memory.data, shape};
    std::vector<pid_t> children;
    for (std::uint32_t i = 1; i <= others; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            for (std::uint64_t round = 0;; ++round) {
                record(measures.of(is_apart ? i : 0), round);
            }
        }
        children.push_back(child);
    }
    std::uint64_t round = 0;
    for (auto unused : state) {
        (void)unused;
        record(measures.of(0), ++round);
    }
    for (const pid_t child : children) {
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
    }
}

/// A scrape's text, of members that all have served.
void render(benchmark::State& state)
{
    const Memory memory;
    const Measures measures{memory.data, shape};
    for (std::uint64_t round = 0; round < 100'000; ++round) {
        record(measures.of(0), round);
    }
    const jk::conf::AjpSettings settings;
    jk::status::Snapshot snapshot;
    snapshot.balancers.resize(1);
    for (int i = 0; i < state.range(0); ++i) {
        jk::status::MemberView member;
        member.worker.name = "member" + std::to_string(i);
        member.worker.settings = &settings;
        snapshot.balancers[0].members.push_back(member);
    }
    for (auto unused : state) {
        (void)unused;
        for (jk::status::MemberView& member : snapshot.balancers[0].members) {
            member.worker.latency = {measures.of(0).distribution(Timing::connect),
                                     measures.of(0).distribution(Timing::first_byte),
                                     measures.of(0).distribution(Timing::total)};
        }
        benchmark::DoNotOptimize(jk::status::openmetrics(snapshot));
    }
}

BENCHMARK_CAPTURE(record_among, alone, 0, true);
BENCHMARK_CAPTURE(record_among, apart, processes - 1, true);
BENCHMARK_CAPTURE(record_among, together, processes - 1, false);
BENCHMARK(render)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
