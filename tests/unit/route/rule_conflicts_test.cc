// Tests common/route/rule_conflicts. Rules of a mount file are "u", those of httpd "h".
#include "route/rule_conflicts.h"

#include <array>
#include <chrono>

#include "base/lines.h"
#include "base/wording.h"
#include "support/check.h"
#include "support/complaints.h"

namespace {

using namespace jk::route;

TargetWorkers workers()
{
    TargetWorkers all;
    all.emplace("w1", TargetWorker{});
    all.emplace("w2", TargetWorker{});
    return all;
}

/// A table of JkMount lines, written as in a file ("!" for JkUnMount), and of a mount file.
UriRules table_of(std::string_view mounts, std::string_view file)
{
    UriRules rules;
    jk::Complaints complaints;
    jk::Lines lines{mounts};
    while (const auto line = lines.next()) {
        const jk::Statement rule = *jk::split_statement(line->text);
        const bool is_exclusion = rule.name.starts_with('!');
        rules.add({std::string{rule.name.substr(is_exclusion ? 1 : 0)},
                   std::string{rule.value},
                   Source::jk_mount,
                   {"h", line->number},
                   is_exclusion},
                  complaints);
    }
    rules.add_file(file, "u", {}, complaints);
    rules.finish();
    return rules;
}

std::string said_of(std::initializer_list<const UriRules*> tables)
{
    jk::Complaints complaints;
    check_conflicts(tables, workers(), complaints);
    return jk::test::all_of(complaints);
}

struct ConflictCase {
    std::string_view mounts;
    std::string_view file;
    std::string_view complaints;
};
constexpr std::array conflict_cases{
    ConflictCase{"", "/app|/*=w1\n!/app/static/*=w1\n/*.jsp=w2\n!/*.gif=*", ""},
    // Taken out
    ConflictCase{"", "/a/*=w1\n!/a/*=w1",
                 "warning u:1: the rule \"/a/*\" maps nothing: the exclusion \"/a/*\" of u:2 takes "
                 "all its paths out; remove one of them\n"},
    ConflictCase{"/a/x.gif=w1", "!/*.gif=*",
                 "warning h:1: the rule \"/a/x.gif\" maps nothing: the exclusion \"/*.gif\" of u:1 "
                 "takes all its paths out; remove one of them\n"},
    ConflictCase{"", "/a/*=w1\n!/a/?=w1", ""}, ConflictCase{"", "/a/*=w1\n-!/a/*=w1", ""},
    // Never first
    ConflictCase{"/over=w1", "/over=w2",
                 "warning h:1: the rule \"/over\" for \"w1\" is never used: the rule \"/over\" of "
                 "u:1 for \"w2\" comes first and takes all its paths; remove one of them\n"},
    ConflictCase{"/over=w1", "/over=w1",
                 "note h:1: the rule \"/over\" for \"w1\" is never used: the rule \"/over\" of u:1 "
                 "for \"w1\" comes first and takes all its paths; remove one of them\n"},
    ConflictCase{"/over=w1;reply_timeout=5000", "/over=w1",
                 "warning h:1: the rule \"/over\" for \"w1\" is never used: the rule \"/over\" of "
                 "u:1 for \"w1\" comes first and takes all its paths; remove one of them\n"},
    ConflictCase{"", "/pri/x=w1\n/pri/*x**=w2",  // U21
                 "warning u:1: the rule \"/pri/x\" for \"w1\" is never used: the rule "
                 "\"/pri/*x**\" of u:2 for \"w2\" comes first and takes all its paths; remove one "
                 "of them\n"},
    ConflictCase{"", "/a/*=w1\n/a/bc=w2\n/*=w2\n/*.do=w1", ""},
    ConflictCase{"", "/a/b?=w1\n/a/b*=w2\n/a/?c=w2", ""},
    // Replaced
    ConflictCase{"/s=w1\n/s=w2", "",
                 "warning h:1: the rule \"/s\" of h:1 for \"w1\" is replaced by the line at h:2; "
                 "remove one of the two\n"},
    // Switched off
    ConflictCase{"/jkm/*=w1", "-/jkm/*=w1",  // U20
                 "warning u:1: \"-/jkm/*\" does not switch off the rule \"/jkm/*\" of h:1; remove "
                 "that one\n"},
    ConflictCase{
        "/a/*=w1\n!/a/x=w1", "-!/a/x=w1",
        "warning u:1: \"-!/a/x\" does not switch off the exclusion \"/a/x\" of h:2; remove "
        "that one\n"},
    ConflictCase{"", "-/a/*=w1\n/a/*=w2", ""},
    ConflictCase{"/one/of/those/long/patterns/*=w1\n/two/of/those/long/patterns/*=w1",
                 "-/two/of/those/long/patterns/*=w1",
                 "warning u:1: \"-/two/of/those/long/patterns/*\" does not switch off the rule "
                 "\"/two/of/those/long/patterns/*\" of h:2; remove that one\n"},
    // Excludes nothing
    ConflictCase{
        "", "/a/*=w1\n!/b/*=w1",
        "warning u:2: the exclusion \"/b/*\" excludes nothing: no rule maps a path that it "
        "matches; correct its pattern\n"},
    ConflictCase{"", "/a/*=w1\n!/a/x=w2",
                 "warning u:2: the exclusion \"/a/x\" excludes nothing: the rule \"/a/*\" of u:1 "
                 "maps such paths to \"w1\", not to \"w2\"; write that worker, or \"*\"\n"},
    ConflictCase{"", "/*.jsp=w1\n!/*.gif=*",
                 "warning u:2: the exclusion \"/*.gif\" excludes nothing: no rule maps a path that "
                 "it matches; correct its pattern\n"},
    ConflictCase{"", "/*.jsp=w1\n!/a*=w1\n!/b*p=w1\n!/x.jsp=w1", ""},
    ConflictCase{"", "-/a/*=w1\n!/a/x=w1", ""},   // switched off for a while
    ConflictCase{"", "/a/*=w1\n!/b=nobody", ""},  // rule_checks says so
};

START_TEST(finds_conflicts)
{
    const ConflictCase& row = conflict_cases.at(static_cast<std::size_t>(_i));
    const UriRules table = table_of(row.mounts, row.file);
    ck_assert_text_eq(said_of({&table}), row.complaints);
}
END_TEST

START_TEST(clears_what_one_table_needs)
{
    const UriRules main = table_of("/a/*=w1\n!/a/x=w1", "");
    const UriRules copy = table_of("/a/*=w1\n!/a/x=w1", "/a/*=w2\n/a/xy=w2");
    ck_assert_text_eq(said_of({&main, &copy}), "");
    ck_assert_text_eq(said_of({&copy, &main}), "");
    ck_assert(!said_of({&copy}).empty());
    ck_assert_text_eq(said_of({&copy, &copy}), said_of({&copy}));
}
END_TEST

/// Rules of one shape, whose number stands for "#".
std::string many(std::string_view shape, int count)
{
    std::string text;
    for (int number = 0; number < count; ++number) {
        const std::size_t mark = shape.find('#');
        text +=
            jk::concat({shape.substr(0, mark), jk::decimal(number), shape.substr(mark + 1), "\n"});
    }
    return text;
}

/// The second is the worst there is: all rules begin alike.
constexpr std::array shapes{std::pair{"/app#/*=w1", "!/app#/static/*=w1"},
                            std::pair{"/*.e#=w1", "!/*.f#=w2"}};

START_TEST(takes_little_time_for_many)
{
    const auto& [rule, exclusion] = shapes.at(static_cast<std::size_t>(_i));
    const UriRules table = table_of("", many(rule, 8000) + many(exclusion, 2000));
    ck_assert_uint_eq(table.all().size(), 10000);
    const auto begin = std::chrono::steady_clock::now();
    jk::Complaints complaints;
    const UriRules* const tables[] = {&table};
    check_conflicts(tables, workers(), complaints);
    const auto took = std::chrono::steady_clock::now() - begin;
    ck_assert(took < std::chrono::seconds{2});  // 0.1 s is usual; a square of 10,000 takes longer
}
END_TEST

}  // namespace

TCase* rule_conflicts_tests()
{
    TCase* tests = tcase_create("rule_conflicts");
    tcase_add_loop_test(tests, finds_conflicts, 0, static_cast<int>(conflict_cases.size()));
    tcase_add_test(tests, clears_what_one_table_needs);
    tcase_add_loop_test(tests, takes_little_time_for_many, 0, static_cast<int>(shapes.size()));
    return tests;
}
