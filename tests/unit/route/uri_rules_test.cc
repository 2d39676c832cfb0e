// Tests common/route/uri_rules: what requests the rules of uriworkermap.md 7 (U1 …) map where.
#include "route/uri_rules.h"

#include <array>

#include "base/lines.h"
#include "base/text.h"
#include "route/uri_text.h"
#include "support/check.h"
#include "support/complaints.h"

namespace {

using namespace jk::route;

std::optional<std::string> environment(std::string_view name)
{
    return name == "WORKERVAR" ? std::optional<std::string>{"w1"} : std::nullopt;
}

/// Adds lines "JkMount pattern worker" or "JkUnMount pattern worker", separated by ", ".
void add_mounts(UriRules& rules, std::string_view mounts, jk::Complaints& complaints)
{
    unsigned number = 0;
    while (auto line = jk::next_piece(mounts, ",")) {
        std::string_view rest = *line;
        const auto word = jk::next_piece(rest, " ");
        const auto pattern = jk::next_piece(rest, " ");
        const auto worker = jk::next_piece(rest, " ");
        rules.add({std::string{pattern.value_or("")},
                   std::string{worker.value_or("")},
                   Source::jk_mount,
                   {"httpd.conf", ++number},
                   word == "JkUnMount"},
                  complaints);
    }
}

/// The worker that a decoded path is mapped to, "-" for none.
std::string worker_of(const UriRules& rules, std::string path)
{
    const auto length = normalise(path.data(), path.size());
    if (!length) {
        return "refused";
    }
    const Rule* const rule = rules.match(std::string_view{path}.substr(0, *length));
    return rule == nullptr ? "-" : rule->target.worker;
}

/// The workers for several paths, a blank between paths and between workers.
std::string workers_of(const UriRules& rules, std::string_view paths)
{
    std::string text;
    while (const auto path = jk::next_piece(paths, " ")) {
        text += (text.empty() ? "" : " ") + worker_of(rules, std::string{*path});
    }
    return text;
}

struct MapCase {
    std::string_view id;
    std::string_view mounts;
    std::string_view file;
    std::string_view paths;  ///< decoded
    std::string_view workers;
    std::string_view complaints;
};
constexpr std::string_view escape_note =
    "warning u:1: the pattern \"/lit%20x\" is compared with the decoded path; write \"/lit x\"\n";
constexpr std::array map_cases{
    MapCase{"U1", "", "/dbl|/*=w2", "/dbl /dbl/ /dbl/y /dblx", "w2 w2 w2 -", ""},
    MapCase{"U2", "", "/tri|/a|/b=w1", "/tri /tri/a /tri/a|/b", "w1 - w1", ""},
    MapCase{"U3", "", "*.jsp=w1\n/y=w1", "/x.jsp /y", "- w1",
            "error u:1: the rule \"*.jsp\" is left out: its pattern does not begin with a slash; "
            "write \"/*.jsp\"\n"},
    MapCase{"U4", "", "/q?z=w1", "/qaz /q/z /qz", "w1 w1 -", ""},
    MapCase{"U5", "", "/a/*/c=w2", "/a/x/y/c /a/c", "w2 -", ""},
    MapCase{"U6", "", "/star*=w1", "/star /starfoo /star/a/b", "w1 w1 w1", ""},
    MapCase{"U7", "", "/lit%20x=w1", "/lit%20x", "w1", escape_note},
    MapCase{"U9", "", "/case/*=w1", "/CASE/a", "-", ""},
    MapCase{"U10", "", "  /ws1 = w1   # c", "/ws1", "w1", ""},
    MapCase{"U11", "", "/ext=w1 ;reply_timeout=100", "/ext", "w1", ""},
    MapCase{"U12", "", "/eq=w1=foo", "/eq", "w1=foo", ""},
    MapCase{"U13", "", "/empty=\nnovalue\n=w1", "/empty", "-",
            "warning u:1: the line \"/empty=\" is ignored; write pattern=worker\n"
            "warning u:2: the line \"novalue\" is ignored; write pattern=worker\n"
            "warning u:3: the line \"=w1\" is ignored; write pattern=worker\n"},
    MapCase{"U14", "", "/dup=w1\n/dup=w2", "/dup", "w2",
            "warning u:2: \"/dup\" = \"w2\" replaces \"w1\" of line 1; remove one of the two\n"},
    MapCase{"U15", "", "/sub/*.do=w2\n!/sub/no.do=w1\n!/sub/no2.do=w2\n!/sub/x/*=*",
            "/sub/no.do /sub/no2.do /sub/x/y.do", "w2 - -", ""},
    MapCase{"U16", "", "/fall/*=w1\n/fall/sub/*=w2\n!/fall/sub/*.gif=w2",
            "/fall/sub/a.gif /fall/a.gif /fall/sub/a", "- w1 w2", ""},
    MapCase{"U17", "", "-/ws2b=w1\n/sub/*.do=w2\n-!/sub/no3.do=w2", "/ws2b /sub/no3.do", "- w2",
            ""},
    MapCase{"U18", "", "!-/foo=w1", "/foo", "-",
            "error u:1: the rule \"!-/foo\" is left out: its pattern does not begin with a slash; "
            "write -! for a disabled exclusion\n"},
    MapCase{"U19", "JkMount /over w1", "/over=w2", "/over", "w2", ""},
    MapCase{"U20", "JkMount /jkm/* w1", "-/jkm/*=w1", "/jkm/x", "w1", ""},
    MapCase{"U21", "", "/pri/x=w1\n/pri/*x**=w2", "/pri/x", "w2", ""},
    MapCase{"U22", "", "/star2/**/x=w2", "/star2/a/b/x /star2/x", "w2 -", ""},
    MapCase{"U23", "", "/app/*=w1", "/app;v=1/x /app/a//b /x/../app/b", "w1 w1 w1", ""},
    MapCase{"U24", "", "/app=w1", "/app;jsessionid=1", "w1", ""},
    MapCase{"U25", "", "/app/*=w1", "/foo/..;x/app/y", "w1", ""},
    MapCase{"U26", "", "/*=w1", "* /", "- w1", ""},
    MapCase{"U27", "", "/v/*=$(WORKERVAR)", "/v/x", "w1", ""},
    MapCase{"U28", "", "/star/*=*", "/star/x", "*", ""},
    MapCase{"U37", "JkMount /j/* w1", "/b/*=w1\nworker.foo=1", "/b/x /j/x", "w1 w1",
            "error u:2: \"worker.foo\" is no rule and is left out; worker properties belong into "
            "the JkWorkersFile\n"},
    MapCase{"U39", "JkMount /j/* w1", "# nothing\n", "/b/x /j/x", "- w1", ""},
    MapCase{"U40", "JkMount /j/* w1", "worker.foo=1", "/j/x", "w1",
            "error u:1: \"worker.foo\" is no rule and is left out; worker properties belong into "
            "the JkWorkersFile\n"},
    MapCase{"U41", "JkUnMount /lb2/*.gif lb,JkMount /lb2/* lb", "", "/lb2/x.gif /lb2/x", "- lb",
            ""},
    MapCase{"U42", "JkMount /s w1,JkMount /s w2", "", "/s", "w2", ""},
    // More of the same document, without a number there.
    MapCase{"3.3", "", "/tie/*=w1\n/tie/b=w2", "/tie/b /tie/c", "w1 w1", ""},
    MapCase{"3.3", "", "/a/*=w1\n/*/b/c=w2", "/a/b/c", "w2", ""},
    MapCase{"2.1", "JkMount !/x w1", "", "/x", "-",
            "error httpd.conf:1: the rule \"!/x\" is left out: its pattern does not begin with a "
            "slash; begin it with a slash\n"},
    MapCase{"2.2", "", "|/zz=w1", "/zz", "w1",
            "error u:1: the rule \"|/zz\" is left out: a pattern is empty; write a pattern on each "
            "side of the bar\n"},
    MapCase{"2.2", "", "/a//b=w1", "/a//b /a/b", "- -",
            "warning u:1: the pattern \"/a//b\" can never match: it holds \"//\", and slashes in a "
            "request path are collapsed; write \"/a/b\"\n"},
    MapCase{
        "2.3", "", "/*=w1\n/ab=;reply_timeout=1", "/b /ab", "w1 ",
        "error u:2: the rule \"/ab\" names no worker, so its requests get 500; write one before "
        "the first semicolon\n"},
    MapCase{"2.3", "JkMount /a/* ;x=1", "", "/a/x.jsp", "",
            "warning httpd.conf:1: the rule extension \"x\" is unknown and is ignored; remove it\n"
            "error httpd.conf:1: the rule \"/a/*\" names no worker, so its requests get 500; write "
            "one before the first semicolon\n"},
    MapCase{"2.3", "", "/a=w1\n!/a=;x", "/a", "w1",
            "warning u:2: the rule extension \"x\" is unknown and is ignored; remove it\n"
            "error u:2: the rule \"!/a\" is left out: it names no worker; write one before the "
            "first semicolon\n"},
    MapCase{"2.3", "", "/a/*=;reply_timeout=1\n!/a/no/*=w2\n!/a/all/*=*", "/a/all/x /a/no/x", "- ",
            "error u:1: the rule \"/a/*\" names no worker, so its requests get 500; write one "
            "before the first semicolon\n"},
    MapCase{"2.3", "", "-/a=;reply_timeout=1", "/a", "-",
            "error u:1: the rule \"-/a\" names no worker; write one before the first "
            "semicolon\n"},
    MapCase{"4", "", "/a=w1\n!/a=w1;reply_timeout=1", "/a", "-",
            "warning u:2: the exclusion \"!/a\" has extensions, which have no effect; remove "
            "them\n"},
    MapCase{"4", "", "/a=w1;nonsense=1", "/a", "w1",
            "warning u:1: the rule extension \"nonsense\" is unknown and is ignored; remove it\n"},
    MapCase{"2.4", "JkMount /x|/* w1,JkMount /x w2", "", "/x /x/y", "w1 w1", ""},
    MapCase{"2.4", "JkMount /x|/* w1,JkMount /x|/* w2", "", "/x /x/y", "w2 w2", ""},
    MapCase{"2.4", "JkMount /x w1,JkUnMount /x w1,JkUnMount /x w2", "", "/x", "w1", ""},
};

START_TEST(maps_requests)
{
    const MapCase& row = map_cases.at(static_cast<std::size_t>(_i));
    UriRules rules;
    jk::Complaints complaints;
    add_mounts(rules, row.mounts, complaints);
    rules.add_file(row.file, "u", environment, complaints);
    rules.finish();
    ck_assert_text_eq(workers_of(rules, row.paths), row.workers);
    ck_assert_text_eq(jk::test::all_of(complaints), row.complaints);
}
END_TEST

START_TEST(u7_u8_compares_with_the_decoded_path)
{
    UriRules rules;
    jk::Complaints complaints;
    rules.add_file("/lit%20x=w1\n/sp ace=w1", "u", {}, complaints);
    rules.finish();
    ck_assert_text_eq(worker_of(rules, "/lit x"), "-");
    ck_assert_text_eq(worker_of(rules, "/sp ace"), "w1");
}
END_TEST

START_TEST(u26_any_length_is_mapped)
{
    UriRules rules;
    jk::Complaints complaints;
    rules.add_file("/*=w1", "u", {}, complaints);
    rules.finish();
    ck_assert_text_eq(worker_of(rules, "/" + std::string(100000, 'x')), "w1");
}
END_TEST

START_TEST(u11_keeps_the_extensions)
{
    UriRules rules;
    jk::Complaints complaints;
    rules.add_file("/ext|/*=w1 ;reply_timeout=100", "u", {}, complaints);
    rules.finish();
    ck_assert_int_eq(rules.match("/ext")->target.options.reply_timeout.value_or(-1), 100);
    ck_assert_int_eq(rules.match("/ext/a")->target.options.reply_timeout.value_or(-1), 100);
    ck_assert_text_eq(rules.match("/ext")->written, "/ext|/*");
}
END_TEST

START_TEST(worker_definitions_rank_last_and_know_no_bar)
{
    UriRules rules;
    jk::Complaints complaints;
    const jk::Place place{"w", 3};
    rules.add({"/a|/b", "w1", Source::worker_definition, place}, complaints);
    rules.add({"/x", "w1", Source::worker_definition, place}, complaints);
    rules.add({"!/y*", "w1", Source::worker_definition, place}, complaints);
    rules.add({"/y1", "w1", Source::worker_definition, place}, complaints);
    rules.add({"y", "w1", Source::worker_definition, place}, complaints);
    rules.add({"/x", "w2", Source::jk_mount, place}, complaints);
    rules.finish();
    ck_assert_text_eq(workers_of(rules, "/a /a|/b /x /y1"), "- w1 w2 -");
    ck_assert_text_eq(jk::test::all_of(complaints),
                      "error w:3: the rule \"y\" cannot be used: its pattern does not begin with a "
                      "slash; begin it with a slash\n");
}
END_TEST

START_TEST(lists_rules_in_evaluation_order)
{
    UriRules rules;
    jk::Complaints complaints;
    rules.add({"/b", "w1", Source::worker_definition, {}}, complaints);
    rules.add({"/a", "w1", Source::jk_mount, {}}, complaints);
    rules.add_file("/c=w1\n-/longer=w1\n!/a/b/*=w1\n/a/b=w1", "u", {}, complaints);
    rules.finish();
    const std::array expected{"/a/b/*", "/a/b", "/longer", "/c", "/a", "/b"};
    ck_assert_uint_eq(rules.all().size(), expected.size());
    for (std::size_t at = 0; at < expected.size(); ++at) {
        ck_assert_text_eq(rules.all()[at].pattern, expected[at]);
    }
    ck_assert(rules.all()[0].is_exclusion && rules.all()[0].is_wildcard);
    ck_assert(rules.all()[2].is_disabled && !rules.all()[2].is_wildcard);
}
END_TEST

START_TEST(own_rules_replace_copies)
{
    UriRules rules;
    jk::Complaints complaints;
    add_mounts(rules, "JkMount /a|/* w1,JkMount /b w1", complaints);  // the main server's
    add_mounts(rules, "JkMount /a|/* w2", complaints);
    rules.finish();
    ck_assert_text_eq(workers_of(rules, "/a /a/x /b"), "w2 w2 w1");
    ck_assert_uint_eq(rules.all().size(), 3);
}
END_TEST

START_TEST(a_copied_table_stands_by_itself)
{
    UriRules copy;
    {
        UriRules rules;
        jk::Complaints complaints;
        add_mounts(rules, "JkMount /a w1,JkUnMount /a/b w1,JkMount /a/* w1", complaints);
        rules.finish();
        copy = rules;
    }
    ck_assert_text_eq(workers_of(copy, "/a /a/b /a/c"), "w1 - w1");
}
END_TEST

START_TEST(says_what_is_kept_from_a_worker)
{
    UriRules rules;
    jk::Complaints complaints;
    add_mounts(rules, "JkMount /* w1,JkUnMount / w1,JkUnMount /b/* w2,JkUnMount /c *", complaints);
    rules.finish();
    ck_assert(rules.is_excluded("/", "w1") && !rules.is_excluded("/", "w2"));
    ck_assert(rules.is_excluded("/b/x", "w2") && !rules.is_excluded("/b/x", "w1"));
    ck_assert(rules.is_excluded("/c", "w1") && rules.is_excluded("/c", "w2"));
    ck_assert(!rules.is_excluded("/x", "w1"));
}
END_TEST

START_TEST(an_empty_table_maps_nothing)
{
    UriRules rules;
    ck_assert(rules.is_empty());
    rules.finish();
    ck_assert(rules.match("/") == nullptr);
    ck_assert(rules.match("") == nullptr);
}
END_TEST

START_TEST(names_sources)
{
    ck_assert_text_eq(to_text(Source::uriworkermap), "uriworkermap");
    ck_assert_text_eq(to_text(Source::jk_mount), "JkMount");
    ck_assert_text_eq(to_text(Source::worker_definition), "worker definition");
}
END_TEST

}  // namespace

TCase* uri_rules_tests()
{
    TCase* tests = tcase_create("uri_rules");
    tcase_add_loop_test(tests, maps_requests, 0, static_cast<int>(map_cases.size()));
    tcase_add_test(tests, u7_u8_compares_with_the_decoded_path);
    tcase_add_test(tests, u26_any_length_is_mapped);
    tcase_add_test(tests, u11_keeps_the_extensions);
    tcase_add_test(tests, worker_definitions_rank_last_and_know_no_bar);
    tcase_add_test(tests, lists_rules_in_evaluation_order);
    tcase_add_test(tests, own_rules_replace_copies);
    tcase_add_test(tests, a_copied_table_stands_by_itself);
    tcase_add_test(tests, says_what_is_kept_from_a_worker);
    tcase_add_test(tests, an_empty_table_maps_nothing);
    tcase_add_test(tests, names_sources);
    return tests;
}
