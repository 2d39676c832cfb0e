// Tests common/status/openmetrics. That a parser of others reads it: tests/system/test_metrics.py.
#include "status/openmetrics.h"

#include <set>
#include <sstream>
#include <string>

#include "status/sample.h"
#include "support/check.h"

namespace {

using jk::test::holds;
using jk::test::Sample;

/// How many lines begin so.
int lines(const std::string& text, std::string_view begin)
{
    std::istringstream in{text};
    std::string line;
    int count = 0;
    while (std::getline(in, line)) {
        count += line.starts_with(begin) ? 1 : 0;
    }
    return count;
}

START_TEST(each_object_has_its_samples)
{
    Sample sample;
    sample.member(0).worker.used = 77;
    const std::string text = jk::status::openmetrics(sample.snapshot);
    const std::string name = sample.member(0).worker.name;
    ck_assert(text.ends_with("\n# EOF\n"));
    ck_assert_int_eq(lines(text, "jk_build_info{version=\"mod_jk/"), 1);
    ck_assert_int_eq(lines(text, "jk_balancer_busy{balancer=\"lb\"} "), 1);
    ck_assert_int_eq(
        lines(text, "jk_member_requests_total{balancer=\"lb\",member=\"" + name + "\"} 77"), 1);
    ck_assert_int_eq(lines(text, "jk_member_requests_total{"), 3);
    ck_assert_int_eq(lines(text, "jk_worker_requests_total{worker=\""), 2);
    ck_assert_int_eq(lines(text, "jk_member_state{"), 3 * 7);
    ck_assert_int_eq(lines(text, "jk_member_activation{"), 3 * 3);
    ck_assert(holds(text, "jk_member_activation=\"active\"} 1\n"));
    ck_assert(holds(text, "# TYPE jk_member_sent_bytes counter\n# UNIT jk_member_sent_bytes bytes\n"
                          "# HELP jk_member_sent_bytes Bytes written to the backend.\n"));
}
END_TEST

START_TEST(a_family_is_described_once_and_stays_together)
{
    Sample sample;
    std::istringstream in{jk::status::openmetrics(sample.snapshot)};
    std::set<std::string> seen;
    std::string line, family;
    while (std::getline(in, line)) {
        if (line.starts_with("# TYPE ")) {
            family = line.substr(7, line.find(' ', 7) - 7);
            ck_assert(seen.insert(family).second);
        } else {
            ck_assert(line == "# EOF" || line.starts_with(family) ||
                      line.find(' ' + family + ' ') != std::string::npos);
        }
    }
    ck_assert_uint_gt(seen.size(), 30);
}
END_TEST

START_TEST(histograms_count_exactly_at_their_bounds)
{
    Sample sample;
    jk::lb::HistogramSlot slot{};
    jk::lb::HistogramBuckets buckets{};
    jk::lb::Histogram histogram{slot, buckets};
    for (const int micros : {64, 65, 128, 129, 1'048'576, 1'048'577}) {
        histogram.record(std::chrono::microseconds{micros});
    }
    histogram.record(std::chrono::hours{3});
    sample.member(0).worker.latency.total = histogram.read();
    const std::string text = jk::status::openmetrics(sample.snapshot);
    const std::string labels = "{balancer=\"lb\",member=\"" + sample.member(0).worker.name + "\"";
    const std::string bucket = "jk_member_response_seconds_bucket" + labels + ",le=";
    ck_assert(holds(text, bucket + "\"0.000064\"} 1\n"));
    ck_assert(holds(text, bucket + "\"0.000128\"} 3\n"));
    ck_assert(holds(text, bucket + "\"0.000256\"} 4\n"));
    ck_assert(holds(text, bucket + "\"1.048576\"} 5\n"));
    ck_assert(holds(text, bucket + "\"2.097152\"} 6\n"));
    ck_assert(holds(text, bucket + "\"4294.967296\"} 7\n"));
    ck_assert(holds(text, bucket + "\"+Inf\"} 7\n"));
    ck_assert_int_eq(lines(text, bucket), 28);
    ck_assert(holds(text, "jk_member_response_seconds_count" + labels + "} 7\n"));
    ck_assert(holds(text, "jk_member_response_seconds_sum" + labels + "} 4297.064835\n"));
}
END_TEST

START_TEST(verdicts_appear_with_their_first)
{
    Sample sample;
    sample.member(1).worker.attempts = 9;
    sample.member(1).worker.verdicts = {{"connect-refused", 3}, {"reply-timeout", 1}};
    const std::string text = jk::status::openmetrics(sample.snapshot);
    ck_assert_int_eq(lines(text, "jk_member_failures_total{"), 2);
    ck_assert(holds(text, "verdict=\"connect-refused\"} 3\n"));
    ck_assert(holds(text, "verdict=\"reply-timeout\"} 1\n"));
}
END_TEST

START_TEST(names_cannot_break_a_line)
{
    Sample sample;
    sample.balancer().name = "a\"b\\c\nd\re\xff";
    const std::string text = jk::status::openmetrics(sample.snapshot);
    ck_assert(holds(text, "jk_balancer_busy{balancer=\"a\\\"b\\\\c\\nde\xef\xbf\xbd\"} "));
}
END_TEST

START_TEST(an_empty_server_has_its_build)
{
    const std::string text = jk::status::openmetrics({});
    ck_assert_int_eq(lines(text, "# TYPE "), 1);
    ck_assert(text.ends_with("} 1\n# EOF\n"));
}
END_TEST

}  // namespace

TCase* openmetrics_tests()
{
    TCase* tests = tcase_create("openmetrics");
    tcase_add_test(tests, each_object_has_its_samples);
    tcase_add_test(tests, a_family_is_described_once_and_stays_together);
    tcase_add_test(tests, histograms_count_exactly_at_their_bounds);
    tcase_add_test(tests, verdicts_appear_with_their_first);
    tcase_add_test(tests, names_cannot_break_a_line);
    tcase_add_test(tests, an_empty_server_has_its_build);
    return tests;
}
