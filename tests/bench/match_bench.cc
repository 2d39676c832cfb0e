// How fast a path finds its mount rule, and how long a table takes to build: UriRules at 10, 1,000
// and 10,000 rules. A mix writes its rules by number and says which paths hit and which miss. The
// first mix is what servers have; in each of the others the rules are alike but for one place.
// A bench, not a test: `make microbench` (README.md). What the answers must be is tested by
// tests/unit/route/uri_rules_test.cc and rule_index_test.cc.
#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

#include "route/uri_rules.h"

namespace {

using jk::route::Mount;
using jk::route::Source;
using jk::route::UriRules;

/// A kind of table. `write` adds the mount of this number, `hit` and `miss` are paths for it.
struct Mix {
    const char* name;
    Mount (*write)(std::size_t number);
    std::string (*hit)(std::size_t number);
    std::string (*miss)(std::size_t number);
};

std::string text(const char* before, std::size_t number, const char* behind)
{
    return before + std::to_string(number) + behind;
}

Mount map(std::string pattern)
{
    return {std::move(pattern), "worker", Source::uriworkermap, {}, false};
}

/// Of 20 lines: 14 contexts, 3 exclusions, a suffix, a wildcard in the middle, an exact path.
Mount write_usual(std::size_t number)
{
    switch (number % 20) {
    case 3: return map(text("!/app", number - 1, "/static/*"));
    case 7: return map(text("!/app", number - 1, "/*.gif"));
    case 11: return map(text("!/app", number - 1, "/images|/*"));
    case 13: return map(text("/app", number, "/*.do"));
    case 17: return map(text("/app", number, "/*/download/*"));
    case 19: return map(text("/app", number, "/login.html"));
    default: return map(text("/app", number, "|/*"));
    }
}

std::string hit_usual(std::size_t number)
{
    return text("/app", number - number % 20, "/orders/2011/list.jsp");
}

std::string miss_usual(std::size_t number)
{
    return text("/app", number - number % 20 + 6, "/banners/top/left.gif");
}

/// Each literal beginning begins the next: the longest chain there can be.
constexpr std::size_t depth = 1000;

Mount write_nested(std::size_t number)
{
    return map("/" + std::string(number % depth, 'a') + text("*.ext", number / depth, ""));
}

// name, rules, paths that hit, paths that miss
constexpr std::array mixes{
    Mix{"usual", write_usual, hit_usual, miss_usual},
    Mix{"suffixes", [](std::size_t n) { return map(text("/*.ext", n, "")); },
        [](std::size_t n) { return text("/shop/orders/list.ext", n, ""); },
        [](std::size_t) -> std::string { return "/shop/orders/list.html"; }},
    Mix{"middles", [](std::size_t n) { return map(text("/tenants/*/app", n, "/*")); },
        [](std::size_t n) { return text("/tenants/blue/app", n, "/orders/list.jsp"); },
        [](std::size_t) -> std::string { return "/tenants/blue/orders/list.jsp"; }},
    Mix{"late middles", [](std::size_t n) { return map(text("/*/tenants/*/app", n, "/*")); },
        [](std::size_t n) { return text("/en/tenants/blue/app", n, "/orders/list.jsp"); },
        [](std::size_t) -> std::string { return "/en/tenants/blue/orders/list.jsp"; }},
    Mix{"exclusions", [](std::size_t n) { return map(n == 0 ? "/*" : text("!/*.ext", n, "")); },
        [](std::size_t) -> std::string { return "/shop/orders/list.html"; },
        [](std::size_t n) { return text("/shop/orders/list.ext", n + 1, ""); }},
    Mix{"nested", write_nested,
        [](std::size_t n) {
            return "/" + std::string(n % depth, 'a') + text("/list.ext", n / depth, "");
        },
        [](std::size_t) -> std::string { return "/shop"; }},
    Mix{"backtracking", [](std::size_t n) { return map(text("/*a*a*a*a*b", n, "")); },
        [](std::size_t n) { return "/" + std::string(60, 'a') + text("b", n, ""); },
        [](std::size_t) { return "/" + std::string(60, 'a'); }},
};

constexpr std::size_t path_count = 64;

std::vector<Mount> mounts_of(const Mix& mix, std::size_t count)
{
    std::vector<Mount> mounts;
    for (std::size_t number = 0; number < count; ++number) {
        mounts.push_back(mix.write(number));
    }
    return mounts;
}

UriRules build(const std::vector<Mount>& mounts)
{
    UriRules rules;
    jk::Complaints complaints;
    for (const Mount& mount : mounts) {
        rules.add(mount, complaints);
    }
    rules.finish();
    return rules;
}

/// Paths all over the table, in an order that no cache foresees.
std::vector<std::string> paths_of(std::string (*path)(std::size_t), std::size_t count)
{
    std::vector<std::string> paths;
    for (std::size_t at = 0; at < path_count; ++at) {
        paths.push_back(path(at * 2654435761U % (count - 1)));
    }
    return paths;
}

enum class Kind { hit, miss };

void run_match(benchmark::State& state, const Mix& mix, Kind kind)
{
    const auto count = static_cast<std::size_t>(state.range(0));
    const UriRules rules = build(mounts_of(mix, count));
    const auto paths = paths_of(kind == Kind::hit ? mix.hit : mix.miss, count);
    for (const std::string& path : paths) {
        if ((rules.match(path) != nullptr) != (kind == Kind::hit)) {
            state.SkipWithError(("the wrong answer for " + path).c_str());
            return;
        }
    }
    std::size_t next = 0;
    for (auto unused : state) {
        benchmark::DoNotOptimize(rules.match(paths[next++ % path_count]));
    }
    state.SetItemsProcessed(state.iterations());
}

void run_build(benchmark::State& state, const Mix& mix)
{
    const std::vector<Mount> mounts = mounts_of(mix, static_cast<std::size_t>(state.range(0)));
    for (auto unused : state) {
        benchmark::DoNotOptimize(build(mounts));
    }
}

void at_each_size(benchmark::internal::Benchmark* bench)
{
    bench->Arg(10)->Arg(1000)->Arg(10000);
}

void register_all()
{
    for (const Mix& mix : mixes) {
        const std::string name = mix.name;
        at_each_size(
            benchmark::RegisterBenchmark((name + "/hit").c_str(), run_match, mix, Kind::hit));
        at_each_size(
            benchmark::RegisterBenchmark((name + "/miss").c_str(), run_match, mix, Kind::miss));
        at_each_size(benchmark::RegisterBenchmark((name + "/build").c_str(), run_build, mix));
    }
}

}  // namespace

int main(int argc, char** argv)
{
    register_all();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return EXIT_FAILURE;
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return EXIT_SUCCESS;
}
