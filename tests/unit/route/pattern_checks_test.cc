// Tests common/route/pattern_checks.
#include "route/pattern_checks.h"

#include <array>

#include "support/check.h"
#include "support/complaints.h"

namespace {

std::string said_of(std::string_view pattern, bool is_exclusion)
{
    jk::route::Rule rule;
    rule.pattern = pattern;
    rule.place = {"u", 1};
    rule.is_exclusion = is_exclusion;
    jk::Complaints complaints;
    check_pattern(rule, complaints);
    return jk::test::all_of(complaints);
}

struct PatternCase {
    std::string_view pattern;
    std::string_view complaint;
};
constexpr std::array doubtful_cases{
    PatternCase{"/a//b", "can never match: it holds \"//\", and slashes in a request path are "
                         "collapsed; write \"/a/b\""},
    PatternCase{"//", "can never match: it holds \"//\", and slashes in a request path are "
                      "collapsed; write \"/\""},
    PatternCase{"/../shop/*", "can never match: it holds \"/../\", which is resolved in a request "
                              "path; write \"/shop/*\""},
    PatternCase{"/a/../../b/c/../d", "can never match: it holds \"/../\", which is resolved in a "
                                     "request path; write \"/b/d\""},
    PatternCase{"/a/./b.c/..d/*", "can never match: it holds \"/./\", which is resolved in a "
                                  "request path; write \"/a/b.c/..d/*\""},
    PatternCase{"/a/.", "can never match: it ends with a dot segment, which is resolved in a "
                        "request path; write \"/a/\""},
    PatternCase{"/a/b/..", "can never match: it ends with a dot segment, which is resolved in a "
                           "request path; write \"/a/\""},
    PatternCase{"/..", "can never match: it ends with a dot segment, which is resolved in a "
                       "request path; write \"/\""},
    PatternCase{"/*.jsp;jsessionid=*",
                "can never match: it holds \";\", and path parameters are removed from a request "
                "path; remove the rule if another one has \"/*.jsp\", which takes these requests, "
                "else write that"},
    PatternCase{"/a;x=1/b/..;y/c;z",
                "can never match: it holds \";\", and path parameters are removed from a request "
                "path; remove the rule if another one has \"/a/c\", which takes these requests, "
                "else write that"},
    PatternCase{"/a%20b", "is compared with the decoded path; write \"/a b\""},
    PatternCase{"/%c3%A4/100%25", "is compared with the decoded path; write \"/\\xc3\\xa4/100%\""},
    PatternCase{"/a\tb", "holds a control character; remove it"},
    PatternCase{"/a\\*", "holds a backslash, which stands for itself, and requests with one are "
                         "refused; write a slash, or leave it out"},
    PatternCase{"/a?b=c", "seems to hold a query, which is not compared: \"?\" stands for any one "
                          "character; write the path alone"},
    PatternCase{"/a/.*", "looks like a regular expression, but only \"*\" and \"?\" have a "
                         "meaning; write \"*\" for any characters"},
    PatternCase{"/(.*)x", "looks like a regular expression, but only \"*\" and \"?\" have a "
                          "meaning; write \"*\" for any characters"},
    PatternCase{"/a$", "looks like a regular expression, but only \"*\" and \"?\" have a meaning; "
                       "write \"*\" for any characters"},
};

START_TEST(says_what_is_doubtful)
{
    const PatternCase& row = doubtful_cases.at(static_cast<std::size_t>(_i));
    const std::string said = said_of(row.pattern, false);
    ck_assert(said.starts_with("warning u:1: the pattern \""));
    ck_assert(said.ends_with("\" " + std::string{row.complaint} + "\n"));
}
END_TEST

START_TEST(leaves_others_alone)
{
    for (const std::string_view pattern :
         {"/", "/*", "/a", "/*.jsp", "/a?b", "/a=b", "/a%2Fb", "/a%2fb", "/a%", "/a%zz", "/a%2",
          "/.well-known/*", "/*.*", "/$a", "/a b"}) {
        ck_assert_text_eq(said_of(pattern, false), "");
    }
    ck_assert_text_eq(said_of("/a/.*", true), "");
}
END_TEST

}  // namespace

TCase* pattern_checks_tests()
{
    TCase* tests = tcase_create("pattern_checks");
    tcase_add_loop_test(tests, says_what_is_doubtful, 0, static_cast<int>(doubtful_cases.size()));
    tcase_add_test(tests, leaves_others_alone);
    return tests;
}
