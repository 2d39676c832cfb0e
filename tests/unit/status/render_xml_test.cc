// Tests common/status/render_xml: whole answers against golden files.
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
    GoldenCase{"list.xml", "mime=xml"},
    GoldenCase{"list-without-maps.xml", "cmd=list&mime=xml&opt=2"},
    GoldenCase{"list-empty.xml", "mime=xml&opt=511"},
    GoldenCase{"show-lb.xml", "cmd=show&w=lb&mime=xml"},
    GoldenCase{"show-member.xml", "cmd=show&w=lb&sw=node3&mime=xml"},
    GoldenCase{"show-worker.xml", "cmd=show&w=dead&mime=xml"},
    GoldenCase{"version.xml", "cmd=version&mime=xml"},
    GoldenCase{"dump.xml", "cmd=dump&mime=xml"},
    GoldenCase{"error.xml", "cmd=foo&mime=xml"},
};

START_TEST(equals_golden)
{
    const GoldenCase& row = golden_cases.at(static_cast<std::size_t>(_i));
    const jk::test::Sample sample;
    jk::test::assert_golden(row.file, sample.body(row.query));
}
END_TEST

START_TEST(names_are_configurable)
{
    jk::test::Sample sample;
    sample.status.ns.clear();
    sample.status.xmlns.clear();
    sample.status.doctype = "<!DOCTYPE status SYSTEM \"status.dtd\">";
    jk::test::assert_golden("names.xml", sample.body("mime=xml&opt=2"));
}
END_TEST

START_TEST(a_balancer_without_anything_keeps_its_end)
{
    jk::test::Sample sample;
    sample.balancer().members.clear();
    const std::string body = sample.body("cmd=show&w=lb&mime=xml&opt=2");
    ck_assert(jk::test::holds(body, "  >\n  </jk:balancer>\n  <jk:result\n"));
    ck_assert(jk::test::holds(body, "    member_count=\"0\"\n"));
}
END_TEST

}  // namespace

TCase* render_xml_tests()
{
    TCase* tests = tcase_create("render_xml");
    tcase_add_loop_test(tests, equals_golden, 0, static_cast<int>(golden_cases.size()));
    tcase_add_test(tests, names_are_configurable);
    tcase_add_test(tests, a_balancer_without_anything_keeps_its_end);
    return tests;
}
