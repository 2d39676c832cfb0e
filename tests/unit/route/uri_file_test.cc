// Tests common/route/uri_file. U numbers are the rows of uriworkermap.md 7.
#include "route/uri_file.h"

#include <array>

#include "support/check.h"
#include "support/complaints.h"

namespace {

std::optional<std::string> environment(std::string_view name)
{
    return name == "WORKERVAR" ? std::optional<std::string>{"w1"} : std::nullopt;
}

struct FileCase {
    std::string_view id;
    std::string_view file;
    std::string_view rules;  ///< "key>value@line", a blank behind each
    std::string_view complaints;
};
constexpr std::array file_cases{
    FileCase{"", "", "", ""},
    FileCase{"U39", "# only a comment\n", "", ""},
    FileCase{"U10", "  /ws1 = w1   # c\r\n", "/ws1>w1@1 ", ""},
    FileCase{"U12", "/eq=w1=foo", "/eq>w1=foo@1 ", ""},
    FileCase{"U13", "/empty=\nnovalue\n=w1\n", "",
             "warning u:1: the line \"/empty=\" is ignored; write pattern=worker\n"
             "warning u:2: the line \"novalue\" is ignored; write pattern=worker\n"
             "warning u:3: the line \"=w1\" is ignored; write pattern=worker\n"},
    FileCase{"U14", "/dup=w1\n/other=w1\n/dup=w2", "/dup>w2@3 /other>w1@2 ",
             "warning u:3: \"/dup\" = \"w2\" replaces \"w1\" of line 1; remove one of the two\n"},
    FileCase{"", "/x=a\n-/x=b\n!/x=c\n/x|/y=d", "/x>a@1 -/x>b@2 !/x>c@3 /x|/y>d@4 ", ""},
    FileCase{"U27", "/v/*=$(WORKERVAR);reply_timeout=1", "/v/*>w1;reply_timeout=1@1 ", ""},
    FileCase{"", "/a=w9\n/b=$(/a)", "/a>w9@1 /b>w9@2 ", ""},
    FileCase{
        "", "/v/*=$(NONE)", "/v/*>$(NONE)@1 ",
        "warning u:1: the variable $(NONE) is not in the environment, and stays as it is; define "
        "it before the start\n"},
    FileCase{
        "U40", "/a=w1\nworker.foo=1\n/b=w2", "/a>w1@1 /b>w2@3 ",
        "error u:2: \"worker.foo\" is no rule and is left out; worker properties belong into the "
        "JkWorkersFile\n"},
};

START_TEST(reads_lines)
{
    const FileCase& row = file_cases.at(static_cast<std::size_t>(_i));
    jk::Complaints complaints;
    std::string rules;
    for (const auto& rule : jk::route::read_uri_file(row.file, "u", environment, complaints)) {
        rules += rule.key + ">" + rule.value + "@" + std::to_string(rule.place.line) + " ";
        ck_assert_text_eq(rule.place.file, "u");
    }
    ck_assert_text_eq(rules, row.rules);
    ck_assert_text_eq(jk::test::all_of(complaints), row.complaints);
}
END_TEST

START_TEST(leaves_out_long_lines)
{
    jk::Complaints complaints;
    const std::string file = "/" + std::string(8190, 'x') + "=w\n/b=w";
    ck_assert_uint_eq(jk::route::read_uri_file(file, "u", {}, complaints).size(), 1);
    ck_assert_text_eq(
        jk::test::all_of(complaints),
        "error u:1: the line is longer than 8191 bytes and is left out; shorten it\n");
}
END_TEST

}  // namespace

TCase* uri_file_tests()
{
    TCase* tests = tcase_create("uri_file");
    tcase_add_loop_test(tests, reads_lines, 0, static_cast<int>(file_cases.size()));
    tcase_add_test(tests, leaves_out_long_lines);
    return tests;
}
