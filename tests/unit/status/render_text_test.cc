// Tests common/status/render_text: whole answers against golden files.
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
    GoldenCase{"list.txt", "mime=txt"},
    GoldenCase{"list-without-maps.txt", "cmd=list&mime=txt&opt=2"},
    GoldenCase{"list-empty.txt", "mime=txt&opt=511"},
    GoldenCase{"show-lb.txt", "cmd=show&w=lb&mime=txt"},
    GoldenCase{"show-member.txt", "cmd=show&w=lb&sw=node3&mime=txt"},
    GoldenCase{"show-worker.txt", "cmd=show&w=dead&mime=txt"},
    GoldenCase{"version.txt", "cmd=version&mime=txt"},
    GoldenCase{"dump.txt", "cmd=dump&mime=txt"},
    GoldenCase{"error.txt", "cmd=foo&mime=txt"},
};

START_TEST(equals_golden)
{
    const GoldenCase& row = golden_cases.at(static_cast<std::size_t>(_i));
    const jk::test::Sample sample;
    jk::test::assert_golden(row.file, sample.body(row.query));
}
END_TEST

}  // namespace

TCase* render_text_tests()
{
    TCase* tests = tcase_create("render_text");
    tcase_add_loop_test(tests, equals_golden, 0, static_cast<int>(golden_cases.size()));
    return tests;
}
