// Tests common/route/uri_pattern.
#include "route/uri_pattern.h"

#include <array>
#include <string>
#include <vector>

#include "support/check.h"

namespace {

struct MatchCase {
    std::string_view pattern;
    std::string_view path;
    bool matches;
};
constexpr std::array match_cases{
    MatchCase{"/app", "/app", true},
    MatchCase{"/app", "/app/", false},
    MatchCase{"/app", "/appx", false},
    MatchCase{"/app", "/ap", false},
    MatchCase{"/app", "/APP", false},
    MatchCase{"/app/*", "/app/", true},
    MatchCase{"/app/*", "/app/a/b", true},
    MatchCase{"/app/*", "/app", false},
    MatchCase{"/app*", "/app", true},
    MatchCase{"/app*", "/appx/y", true},
    MatchCase{"/*.jsp", "/x.jsp", true},
    MatchCase{"/*.jsp", "/a/b.jsp", true},
    MatchCase{"/*.jsp", "/.jsp", true},
    MatchCase{"/*.jsp", "/x.jsp/extra", false},
    MatchCase{"/*.jsp", "/x.JSP", false},
    MatchCase{"/*.jsp", "/x.jsp.jsp", true},
    MatchCase{"/a/*/c", "/a/x/y/c", true},
    MatchCase{"/a/*/c", "/a/c", false},
    MatchCase{"/a/*/c", "/a//c", true},
    MatchCase{"/q?z", "/qaz", true},
    MatchCase{"/q?z", "/q/z", true},
    MatchCase{"/q?z", "/qz", false},
    MatchCase{"/q?", "/q", false},
    MatchCase{"/?", "/a", true},
    MatchCase{"/*?", "/", false},
    MatchCase{"/*?", "/a", true},
    MatchCase{"/*?b*", "/ab", true},
    MatchCase{"/*?b*", "/b", false},
    MatchCase{"/a**b", "/ab", true},
    MatchCase{"/a***b", "/axyb", true},
    MatchCase{"/*", "/", true},
    MatchCase{"/*a*b*c", "/abc", true},
    MatchCase{"/*a*b*c", "/xaxbxc", true},
    MatchCase{"/*a*b*c", "/acb", false},
    MatchCase{"/*ab*ba", "/aba", false},  // the two may not share a letter
    MatchCase{"/*ab*ba", "/abba", true},
    MatchCase{"/*a?c*", "/abdabc", true},
    MatchCase{"/*a?c*", "/abdabd", false},
    MatchCase{"*", "", true},
    MatchCase{"", "", true},
    MatchCase{"", "a", false},
    MatchCase{"?", "", false},
};

START_TEST(matches_the_whole_path)
{
    const MatchCase& row = match_cases.at(static_cast<std::size_t>(_i));
    ck_assert(jk::route::matches(row.pattern, row.path) == row.matches);
}
END_TEST

/// The definition, as slow as it is plain.
bool matches_plainly(std::string_view pattern, std::string_view path)
{
    if (pattern.empty()) {
        return path.empty();
    }
    if (pattern[0] == '*') {
        return matches_plainly(pattern.substr(1), path) ||
               (!path.empty() && matches_plainly(pattern, path.substr(1)));
    }
    return !path.empty() && (pattern[0] == '?' || pattern[0] == path[0]) &&
           matches_plainly(pattern.substr(1), path.substr(1));
}

/// Returns the text number `number` over `letters`, of `length` characters.
std::string text_of(std::size_t number, std::string_view letters, std::size_t length)
{
    std::string text;
    for (; length > 0; --length) {
        text += letters[number % letters.size()];
        number /= letters.size();
    }
    return text;
}

START_TEST(agrees_with_the_definition)
{
    constexpr std::string_view pattern_letters = "ab*?";
    for (std::size_t p = 0; p < 1024; ++p) {
        const std::string pattern = text_of(p, pattern_letters, 5);
        for (std::size_t t = 0; t < 64; ++t) {
            const std::string path = text_of(t, "ab", t % 7);
            if (jk::route::matches(pattern, path) != matches_plainly(pattern, path)) {
                ck_abort_msg("%s on %s", pattern.c_str(), path.c_str());
            }
        }
    }
}
END_TEST

START_TEST(do12_hostile_patterns_take_no_time)
{
    std::string pattern = "/";
    for (int i = 0; i < 50; ++i) {
        pattern += "*a";
    }
    const std::string path = "/" + std::string(100000, 'a') + "b";
    ck_assert(!jk::route::matches(pattern, path));
    ck_assert(!jk::route::matches(pattern + "*?c*", path));
    ck_assert(jk::route::matches(pattern + "b", path));
}
END_TEST

START_TEST(knows_wildcards)
{
    ck_assert(jk::route::has_wildcard("/a*"));
    ck_assert(jk::route::has_wildcard("/a?b"));
    ck_assert(!jk::route::has_wildcard("/a"));
    ck_assert_text_eq(jk::route::literal_beginning("/a?b*"), "/a");
    ck_assert_text_eq(jk::route::literal_beginning("/ab"), "/ab");
    ck_assert_text_eq(jk::route::literal_beginning("*"), "");
}
END_TEST

START_TEST(knows_what_never_matches)
{
    for (const std::string_view pattern : {"/a//b", "/a/./b", "/a/../b", "/a;x", "/a/.", "/.."}) {
        ck_assert(!jk::route::why_it_never_matches(pattern).empty());
    }
    for (const std::string_view pattern : {"/a/*", "/.a", "/a..", "/...", "/a.b", "/*.jsp"}) {
        ck_assert_text_eq(jk::route::why_it_never_matches(pattern), "");
    }
}
END_TEST

struct PairCase {
    std::string_view outer;
    std::string_view inner;
    bool covers;
    bool may_overlap;
};
constexpr std::array pair_cases{
    PairCase{"/a", "/a", true, true},           PairCase{"/a", "/b", false, false},
    PairCase{"/*", "/a", true, true},           PairCase{"/a", "/*", false, true},
    PairCase{"/*", "/*", true, true},           PairCase{"/*", "/?", true, true},
    PairCase{"/?", "/*", false, true},          PairCase{"/?", "/?", true, true},
    PairCase{"/?", "/a", true, true},           PairCase{"/a", "/?", false, true},
    PairCase{"/*?", "/*", false, true},  // "/" has nothing for the second
    PairCase{"/**", "/*", true, true},          PairCase{"/a*", "/ab*c", true, true},
    PairCase{"/*.gif", "/a/*.gif", true, true}, PairCase{"/*.gif", "/a/*.jsp", false, false},
    PairCase{"/a/*", "/b/*", false, false},     PairCase{"/a*b", "/ab", true, true},
    PairCase{"/ab*b", "/ab", false, false},     PairCase{"/a*c", "/a*b*c", true, true},
    PairCase{"/a*x*c", "/a*c", false, true},  // not certain, so perhaps
};

START_TEST(compares_patterns)
{
    const PairCase& row = pair_cases.at(static_cast<std::size_t>(_i));
    ck_assert(jk::route::covers(row.outer, row.inner) == row.covers);
    ck_assert(jk::route::may_overlap(row.outer, row.inner) == row.may_overlap);
    ck_assert(jk::route::may_overlap(row.inner, row.outer) == row.may_overlap);
}
END_TEST

/// All patterns and paths of up to three of these characters behind the slash.
std::vector<std::string> all_texts(std::string_view characters)
{
    std::vector<std::string> texts{"/"};
    for (std::size_t at = 0; at < texts.size() && texts[at].size() < 4; ++at) {
        for (const char c : characters) {
            texts.push_back(texts[at] + c);
        }
    }
    return texts;
}

START_TEST(claims_only_what_holds_for_every_path)
{
    const std::vector<std::string> patterns = all_texts("ab*?");
    const std::vector<std::string> paths = all_texts("abc");
    for (const std::string& outer : patterns) {
        for (const std::string& inner : patterns) {
            const bool covered = jk::route::covers(outer, inner);
            const bool apart = !jk::route::may_overlap(outer, inner);
            for (const std::string& path : paths) {
                const bool in_outer = jk::route::matches(outer, path);
                const bool in_inner = jk::route::matches(inner, path);
                ck_assert(!(covered && in_inner && !in_outer));
                ck_assert(!(apart && in_inner && in_outer));
            }
        }
    }
}
END_TEST

}  // namespace

TCase* uri_pattern_tests()
{
    TCase* tests = tcase_create("uri_pattern");
    tcase_add_loop_test(tests, matches_the_whole_path, 0, static_cast<int>(match_cases.size()));
    tcase_add_test(tests, agrees_with_the_definition);
    tcase_add_test(tests, do12_hostile_patterns_take_no_time);
    tcase_add_test(tests, knows_wildcards);
    tcase_add_test(tests, knows_what_never_matches);
    tcase_add_loop_test(tests, compares_patterns, 0, static_cast<int>(pair_cases.size()));
    tcase_add_test(tests, claims_only_what_holds_for_every_path);
    return tests;
}
