// Numbers become words here: shared memory knows verdicts and phases by their numbers alone.
// Tested by tests/adapter/status/figures_test.cc.
#include "status/figures.h"

#include "request/trail.h"
#include "request/verdict.h"

namespace jk::httpd {

void add_measures(const lb::WorkerMeasures& measures, status::WorkerView& worker)
{
    worker.latency.connect = measures.distribution(lb::Timing::connect);
    worker.latency.first_byte = measures.distribution(lb::Timing::first_byte);
    worker.latency.total = measures.distribution(lb::Timing::total);
    for (const VerdictRow& row : all_verdicts()) {
        const std::uint64_t count = measures.endings(static_cast<std::size_t>(row.verdict));
        worker.attempts += count;
        if (count > 0 && row.verdict != Verdict::ok) {
            worker.verdicts.push_back({row.code, count});
        }
    }
}

std::vector<status::FailureView> failures_of(const lb::Segment& segment)
{
    std::vector<status::FailureView> failures;
    for (lb::Failure& one : segment.failures().all()) {
        const bool is_known = one.verdict < all_verdicts().size();
        status::FailureView view;
        view.verdict = is_known ? all_verdicts()[one.verdict].code : std::string_view{};
        view.phase = to_text(static_cast<Phase>(one.phase));
        view.record = std::move(one);
        failures.push_back(std::move(view));
    }
    return failures;
}

}  // namespace jk::httpd
