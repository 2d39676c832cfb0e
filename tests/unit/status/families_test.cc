// Tests common/status/families: the rules of OpenMetrics for names, and that each row can be read.
#include "status/families.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "status/sample.h"
#include "support/check.h"

namespace {

using jk::status::families;
using jk::status::Family;
using jk::status::Measured;
using jk::status::MetricType;

START_TEST(names_are_such_as_openmetrics_wants)
{
    for (const Family& family : families()) {
        ck_assert(std::all_of(family.name.begin(), family.name.end(),
                              [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; }));
        for (const std::string_view reserved :
             {"_total", "_created", "_count", "_sum", "_bucket"}) {
            ck_assert(!family.name.ends_with(reserved));
        }
        ck_assert(family.help.ends_with('.'));
        ck_assert(family.kinds != 0);
    }
}
END_TEST

START_TEST(each_kind_has_a_name_once)
{
    std::set<std::pair<unsigned, std::string_view>> seen;
    for (const Family& family : families()) {
        for (const unsigned kind : {1U, 2U, 4U}) {
            ck_assert((family.kinds & kind) == 0 || seen.emplace(kind, family.name).second);
        }
    }
}
END_TEST

/// Each row has what its type needs, and it can be read of every kind that the row names.
START_TEST(each_row_can_be_read)
{
    jk::test::Sample sample;
    const Measured objects[] = {
        {&sample.balancer()},
        {&sample.balancer(), &sample.member(0), &sample.member(0).worker},
        {nullptr, nullptr, &sample.snapshot.workers.front()},
    };
    for (const Family& family : families()) {
        for (std::size_t i = 0; i < std::size(objects); ++i) {
            if ((family.kinds & (1U << i)) == 0) {
                continue;
            }
            switch (family.type) {
            case MetricType::counter:
            case MetricType::gauge: (void)family.number(objects[i]); break;
            case MetricType::states:
            case MetricType::activations: ck_assert(!family.state(objects[i]).empty()); break;
            case MetricType::histogram: ck_assert_uint_eq(family.times(objects[i]).count, 0); break;
            case MetricType::verdicts: ck_assert_ptr_nonnull(objects[i].worker); break;
            }
        }
    }
}
END_TEST

}  // namespace

TCase* families_tests()
{
    TCase* tests = tcase_create("families");
    tcase_add_test(tests, names_are_such_as_openmetrics_wants);
    tcase_add_test(tests, each_kind_has_a_name_once);
    tcase_add_test(tests, each_row_can_be_read);
    return tests;
}
