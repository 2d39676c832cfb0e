// Tests common/status/selection.
#include "status/selection.h"

#include <array>

#include "status/sample.h"
#include "support/check.h"

namespace {

using jk::status::Page;
using jk::status::SubWorker;

Page page(std::string_view worker, std::optional<std::string_view> member = std::nullopt)
{
    Page made;
    made.worker = worker;
    made.member = member;
    return made;
}

START_TEST(finds_workers_of_every_kind)
{
    const jk::test::Sample sample;
    const auto lb = jk::status::select(page("lb"), SubWorker::name, sample.snapshot);
    ck_assert(lb.has_value() && lb->balancer != nullptr && lb->members.empty());
    const auto single = jk::status::select(page("single"), SubWorker::name, sample.snapshot);
    ck_assert(single.has_value() && single->worker != nullptr && single->balancer == nullptr);
    const auto other = jk::status::select(page("jkro"), SubWorker::name, sample.snapshot);
    ck_assert(other.has_value() && other->worker == nullptr && other->balancer == nullptr);
}
END_TEST

START_TEST(finds_a_member)
{
    const jk::test::Sample sample;
    const auto found = jk::status::select(page("lb", "node2"), SubWorker::name, sample.snapshot);
    ck_assert(found.has_value());
    ck_assert_uint_eq(found->members.size(), 1);
    ck_assert_text_eq(found->members.front()->worker.name, "node2");
}
END_TEST

struct PatternCase {
    std::string_view pattern;
    std::size_t matches;
};
constexpr std::array pattern_cases{
    PatternCase{"node*", 3},  PatternCase{"*", 3},      PatternCase{"node?", 3},
    PatternCase{"*2", 1},     PatternCase{"n*d*3", 1},  PatternCase{"node1", 1},
    PatternCase{"NODE*", 0},  PatternCase{"node??", 0}, PatternCase{"*node1*", 1},
    PatternCase{"node1?", 0}, PatternCase{"**e**", 3},  PatternCase{"*x", 0},
    PatternCase{"?????", 3},  PatternCase{"node", 0},
};

START_TEST(patterns)
{
    const PatternCase& row = pattern_cases.at(static_cast<std::size_t>(_i));
    const jk::test::Sample sample;
    const auto found =
        jk::status::select(page("lb", row.pattern), SubWorker::pattern, sample.snapshot);
    ck_assert_uint_eq(found.has_value() ? found->members.size() : 0, row.matches);
    if (!found.has_value()) {
        ck_assert_text_eq(found.error().text, "could not find sub worker");
    }
}
END_TEST

START_TEST(a_pattern_of_many_stars_takes_no_time)
{
    jk::test::Sample sample;
    sample.member(0).worker.name = std::string(20000, 'a');
    std::string pattern;
    for (int i = 0; i < 500; ++i) {
        pattern += "*a";
    }
    pattern += "*b";
    const auto found = jk::status::select(page("lb", pattern), SubWorker::pattern, sample.snapshot);
    ck_assert(!found.has_value());
}
END_TEST

}  // namespace

TCase* selection_tests()
{
    TCase* tests = tcase_create("selection");
    tcase_add_test(tests, finds_workers_of_every_kind);
    tcase_add_test(tests, finds_a_member);
    tcase_add_loop_test(tests, patterns, 0, static_cast<int>(pattern_cases.size()));
    tcase_add_test(tests, a_pattern_of_many_stars_takes_no_time);
    return tests;
}
