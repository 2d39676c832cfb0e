// Tests common/status/render_properties: whole answers against golden files.
#include "status/render.h"

#include <array>

#include "status/sample.h"
#include "support/check.h"

namespace {

struct GoldenCase {
    const char* file;
    const char* query;
};
constexpr std::array golden_cases{
    GoldenCase{"list.prop", "mime=prop"},
    GoldenCase{"list-without-maps.prop", "cmd=list&mime=prop&opt=2"},
    GoldenCase{"list-empty.prop", "mime=prop&opt=511"},
    GoldenCase{"show-lb.prop", "cmd=show&w=lb&mime=prop"},
    GoldenCase{"show-member.prop", "cmd=show&w=lb&sw=node3&mime=prop"},
    GoldenCase{"show-worker.prop", "cmd=show&w=dead&mime=prop"},
    GoldenCase{"version.prop", "cmd=version&mime=prop"},
    GoldenCase{"dump.prop", "cmd=dump&mime=prop"},
    GoldenCase{"error.prop", "cmd=foo&mime=prop"},
};

START_TEST(equals_golden)
{
    const GoldenCase& row = golden_cases.at(static_cast<std::size_t>(_i));
    const jk::test::Sample sample;
    jk::test::assert_golden(row.file, sample.body(row.query));
}
END_TEST

START_TEST(the_prefix_is_configurable)
{
    jk::test::Sample sample;
    sample.status.prefix = "jkw";
    const std::string body = sample.body("mime=prop");
    ck_assert(body.starts_with("jkw.server_name=www.example.com\n"));
    ck_assert(!jk::test::holds(body, "worker."));
    ck_assert(jk::test::holds(body, "\njkw.single.map.1.uri=/one/*\n"));
    ck_assert(body.ends_with("\njkw.result.type=OK\njkw.result.message=Action finished\n"));
}
END_TEST

START_TEST(old_keys_come_before_right_ones)
{
    const jk::test::Sample sample;
    const std::string body = sample.body("cmd=show&w=lb&sw=node3&mime=prop");
    const std::size_t old_key = body.find("worker.lb.error_time_ago seconds=41\n");
    const std::size_t right_key = body.find("worker.node3.error_time_ago=41\n");
    ck_assert(old_key != std::string::npos && right_key != std::string::npos);
    ck_assert_uint_lt(old_key, right_key);
}
END_TEST

}  // namespace

TCase* render_properties_tests()
{
    TCase* tests = tcase_create("render_properties");
    tcase_add_loop_test(tests, equals_golden, 0, static_cast<int>(golden_cases.size()));
    tcase_add_test(tests, the_prefix_is_configurable);
    tcase_add_test(tests, old_keys_come_before_right_ones);
    return tests;
}
