// How long it takes to give a request to a member and to report its end: Attempts and WorkerAccount
// as a request uses them, without what the request itself does, at 3, 64 and 4,096 members.
//
// `alone` is one process on the segment. Of 8 processes that all do the same, `apart` gives each a
// segment of its own and `together` one to all: both wait for the same processors and caches, so
// that only the difference of the two is the price of sharing. What is measured is the CPU time of
// one of the eight.
// A bench, not a test: `make microbench` (README.md). What is picked is tested by tests/unit/lb.
#include <benchmark/benchmark.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lb/attempts.h"
#include "lb/worker_account.h"

namespace {

using jk::lb::Segment;

constexpr jk::TimePoint now = jk::from_micros(1'000'000);
constexpr std::size_t sessions = 64;  ///< a power of two
constexpr std::uint32_t processes = 8;

/// Who makes requests beside the one that is measured.
enum class Others : std::uint8_t { none, apart, together };

struct Row {
    const char* name;
    jk::conf::Method method;
    bool is_sticky;
    Others others;
    std::uint32_t columns = processes;
};
using jk::conf::Method;
// clang-format off
constexpr std::array rows{
    Row{"R/free/alone",      Method::request,  false, Others::none},
    Row{"R/sticky/alone",    Method::request,  true,  Others::none},
    Row{"B/free/alone",      Method::busyness, false, Others::none},
    Row{"B/sticky/alone",    Method::busyness, true,  Others::none},
    Row{"R/free/apart",      Method::request,  false, Others::apart},
    Row{"R/free/together",   Method::request,  false, Others::together},
    Row{"R/sticky/apart",    Method::request,  true,  Others::apart},
    Row{"R/sticky/together", Method::request,  true,  Others::together},
    Row{"B/free/apart",      Method::busyness, false, Others::apart},
    Row{"B/free/together",   Method::busyness, false, Others::together},
    Row{"B/sticky/apart",    Method::busyness, true,  Others::apart},
    Row{"B/sticky/together", Method::busyness, true,  Others::together},
    Row{"R/free/16 children",  Method::request,  false, Others::none, 16},
    Row{"R/free/400 children", Method::request,  false, Others::none, 400},
    Row{"B/free/400 children", Method::busyness, false, Others::none, 400},
};
// clang-format on

jk::lb::Shape shape_of(std::size_t members, std::uint32_t columns)
{
    const auto count = static_cast<std::uint32_t>(members);
    return {count, 1, count, columns + 1};
}

/// A balancer on shared memory, and what a process needs to make requests of it.
class Site {
public:
    Site(const Row& row, std::size_t members);
    ~Site() { munmap(memory_, Segment::size_for(segment_.shape())); }
    Site(const Site&) = delete;
    Site& operator=(const Site&) = delete;

    /// Empties all columns and takes them. In every case all, so that each sum is one of as many.
    void claim_columns();
    /// Puts a copy of the segment in its place, of which no other process knows.
    void make_private();
    /// One request, begun and ended, counted in the column of this process.
    void make_request(std::uint32_t process);

private:
    void* memory_;
    Segment segment_;
    jk::conf::LbSettings settings_;
    std::unique_ptr<jk::lb::Balancer> balancer_;
    std::vector<std::string> cookies_;
    std::vector<std::uint64_t> scratch_;
    std::vector<jk::lb::Column> columns_;
    std::size_t next_ = 0;
};

Site::Site(const Row& row, std::size_t members)
    : memory_(mmap(nullptr, Segment::size_for(shape_of(members, row.columns)),
                   PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)),
      segment_(Segment::format(memory_, shape_of(members, row.columns))),
      scratch_(jk::lb::Attempts::scratch_words(members)), columns_(row.columns)
{
    settings_.method = row.method;
    jk::lb::BalancerConfig config;
    config.settings = &settings_;
    config.slot = segment_.balancer("lb", now);
    for (std::size_t i = 0; i < members; ++i) {
        jk::lb::Member member;
        member.name = member.route = "node" + std::to_string(i);
        member.slot = segment_.member("lb", member.name, now);
        member.worker = segment_.worker(member.name, now);
        config.members.push_back(std::move(member));
    }
    balancer_ = std::make_unique<jk::lb::Balancer>(std::move(config), segment_);
    for (std::size_t i = 0; i < sessions; ++i) {  // all over the members, in no order
        const std::size_t member = i * 2654435761U % members;
        cookies_.push_back(row.is_sticky ? "JSESSIONID=D0A1B2C3.node" + std::to_string(member)
                                         : "");
    }
}

void Site::claim_columns()
{
    for (std::uint32_t process = 0; process < columns_.size(); ++process) {
        columns_[process] = segment_.claim_column(process + 1);
    }
}

void Site::make_private()
{
    const std::size_t size = Segment::size_for(segment_.shape());
    const auto* const bytes = static_cast<const char*>(memory_);
    const std::vector<char> content(bytes, bytes + size);
    if (mmap(memory_, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
             0) != memory_) {
        std::abort();
    }
    std::memcpy(memory_, content.data(), size);
}

void Site::make_request(std::uint32_t process)
{
    const std::string_view cookie = cookies_[next_++ % sessions];
    jk::lb::SessionSources sources;
    sources.cookies = {&cookie, cookie.empty() ? std::size_t{0} : std::size_t{1}};
    jk::lb::Attempts attempts{*balancer_, columns_[process], process + 1, jk::lb::Affinity{sources},
                              {},         scratch_};
    const jk::lb::Candidate candidate = attempts.next(now);
    jk::lb::WorkerAccount account{segment_, *balancer_->members()[candidate.member].worker,
                                  columns_[process]};
    attempts.began(now);
    (void)account.begin(0);
    jk::lb::Outcome outcome;
    outcome.ending = jk::lb::Ending::success;
    account.end(outcome, now);
    attempts.report(outcome, now);
}

/// Processes that make requests until they are killed.
class Crowd {
public:
    Crowd(Site& site, Others others);
    ~Crowd();
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

private:
    std::vector<pid_t> pids_;
};

/// Ends with its parent, should that crash.
[[noreturn]] void make_requests(Site& site, std::uint32_t process, pid_t parent)
{
    while (getppid() == parent) {
        for (int i = 0; i < 1000; ++i) {
            site.make_request(process);
        }
    }
    _exit(0);
}

Crowd::Crowd(Site& site, Others others)
{
    const pid_t parent = getpid();
    for (std::uint32_t i = 1; i < processes && others != Others::none; ++i) {
        const pid_t pid = fork();
        if (pid == -1) {
            std::abort();  // seven processes are not too many for any machine
        }
        if (pid == 0) {
            if (others == Others::apart) {
                site.make_private();
            }
            make_requests(site, i, parent);
        }
        pids_.push_back(pid);
    }
}

Crowd::~Crowd()
{
    for (const pid_t pid : pids_) {
        kill(pid, SIGKILL);
        waitpid(pid, nullptr, 0);
    }
}

/// The last one is kept: a row is run several times, and many members take long to name.
Site& site_for(const Row& row, std::size_t members)
{
    static std::unique_ptr<Site> site;
    static std::pair<const char*, std::size_t> made_for;
    if (site == nullptr || made_for != std::pair{row.name, members}) {
        site = std::make_unique<Site>(row, members);
        made_for = {row.name, members};
    }
    site->claim_columns();
    return *site;
}

void run(benchmark::State& state, const Row& row)
{
    Site& site = site_for(row, static_cast<std::size_t>(state.range(0)));
    const Crowd crowd{site, row.others};
    for (auto unused : state) {
        site.make_request(0);
    }
    state.SetItemsProcessed(state.iterations());
}

/// Of a segment that nobody used yet.
void name(benchmark::State& state)
{
    const auto members = static_cast<std::size_t>(state.range(0));
    const Row row{"naming", Method::request, false, Others::none};
    for (auto unused : state) {
        const Site site{row, members};
    }
}

}  // namespace

int main(int argc, char** argv)
{
    for (const Row& row : rows) {
        benchmark::RegisterBenchmark(row.name, run, row)->Arg(3)->Arg(64)->Arg(4096);
    }
    benchmark::RegisterBenchmark("naming", name)->Arg(3)->Arg(64)->Arg(4096);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return EXIT_FAILURE;
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return EXIT_SUCCESS;
}
