// Tests common/lb/affinity: every row of the table of balancing.md 7.2 (chapter 17, row 10).
#include "lb/affinity.h"

#include <array>
#include <string>
#include <vector>

#include "support/check.h"

namespace {

using jk::lb::Affinity;
using jk::lb::SessionSources;

struct Row {
    std::string_view uri;
    std::vector<std::string_view> cookies;
    std::string_view ids;     ///< joined with |
    std::string_view routes;  ///< first routes, then /last, joined with |
    std::string_view forced = {};
};

const std::vector<Row>& rows()
{
    static const std::vector<Row> all{
        // cookies
        {"/", {"JSESSIONID=x.b"}, "x.b", "b"},
        {"/", {"JSESSIONID=\"x.b\""}, "x.b", "b"},
        {"/", {"JSESSIONID =x.b"}, "x.b", "b"},
        {"/", {"JSESSIONID= x.b"}, "x.b", "b"},
        {"/", {"JSESSIONID=x.b ; y=1"}, "x.b", "b"},  // B20
        {"/", {"y=1;JSESSIONID=x.b"}, "x.b", "b"},
        {"/", {"y=1,JSESSIONID=x.b,z=3"}, "x.b", "b"},
        {"/", {"XJSESSIONID=x.b"}, "", ""},
        {"/", {"jsessionid=x.b"}, "", ""},
        {"/", {"JSESSIONIDSSO=q.c; JSESSIONID=x.b"}, "x.b", "b"},
        {"/", {"JSESSIONID=x.zz; JSESSIONID=x.b"}, "x.zz|x.b", "zz|b"},
        {"/", {"JSESSIONID=x.c; JSESSIONID=x.b"}, "x.c|x.b", "c|b"},
        {"/", {"JSESSIONID=; JSESSIONID=x.b"}, "x.b", "b"},
        {"/", {"JSESSIONID=xb"}, "xb", ""},
        {"/", {"JSESSIONID=.b"}, ".b", "b"},
        {"/", {"JSESSIONID=x.y.b"}, "x.y.b", "y.b/b"},  // B20
        {"/", {"JSESSIONID=x.B"}, "x.B", "B"},
        // more headers, quotes and blanks
        {"/", {"JSESSIONID=x.c", "JSESSIONID=x.b"}, "x.c|x.b", "c|b"},
        {"/", {"JSESSIONID = \t\"x.b\" ;"}, "x.b", "b"},
        {"/", {"JSESSIONID=\"x.b \""}, "x.b", "b"},
        {"/", {"JSESSIONID=\""}, "\"", ""},
        {"/", {"JSESSIONID=\"\""}, "", ""},
        {"/", {"JSESSIONID=;"}, "", ""},
        {"/", {"JSESSIONID="}, "", ""},
        {"/", {"JSESSIONID"}, "", ""},
        {"/", {"y=JSESSIONID=x.b"}, "", ""},
        {"/", {"JSESSIONID=x."}, "x.", ""},
        {"/", {""}, "", ""},
        // paths
        {"/a/x;jsessionid=x.b", {}, "x.b", "b"},
        {"/a/x;jsessionid=x.b/y", {}, "x.b", "b"},
        {"/a/x;jsessionid=x.b;q=1", {}, "x.b", "b"},
        {"/a/x;jsessionid=x.b?z=1", {}, "x.b", "b"},
        {"/a/x;JSESSIONID=x.b", {}, "", ""},
        {"/a/x;xjsessionid=x.b", {}, "", ""},
        {"/a/x?jsessionid=x.b", {}, "", ""},
        {"/a/x?q;jsessionid=x.b", {}, "", ""},
        {"/a;jsessionid/b;jsessionid=x.b", {}, "x.b", "b"},
        {"/a;jsessionid=x.b;jsessionid=x.c", {}, "x.b", "b"},
        // precedence
        {"/x;jsessionid=x.b", {"JSESSIONID=x.c"}, "x.b", "b"},
        {"/x;jsessionid=x", {"JSESSIONID=x.b"}, "x", ""},
        {"/x;jsessionid=/x", {"JSESSIONID=x.b"}, "", ""},
        {"/x;jsessionid=?q", {"JSESSIONID=x.b"}, "", ""},
        {"/x;jsessionid=", {"JSESSIONID=x.b"}, "x.b", "b"},
        {"/x;jsessionid=x.c", {"JSESSIONID=x.c"}, "b", "b", "b"},
        {"/", {"JSESSIONID=x.c"}, "zz", "zz", "zz"},
        {"/", {}, "x.y.b", "x.y.b/b", "x.y.b"},
    };
    return all;
}

std::string joined_ids(const Affinity& affinity)
{
    std::string text;
    for (const std::string_view id : affinity.ids()) {
        text += (text.empty() ? "" : "|") + std::string{id};
    }
    return text;
}

std::string joined_routes(const Affinity& affinity)
{
    std::string text;
    for (std::size_t i = 0; i < affinity.ids().size(); ++i) {
        const jk::lb::SessionRoute route = affinity.route(i);
        text += (i == 0 ? "" : "|") + std::string{route.first};
        text += route.last.empty() ? "" : "/" + std::string{route.last};
    }
    return text;
}

START_TEST(finds_the_ids_and_their_routes)
{
    const Row& row = rows().at(static_cast<std::size_t>(_i));
    SessionSources sources;
    sources.uri = row.uri;
    sources.cookies = row.cookies;
    sources.forced_route = row.forced;
    const Affinity affinity{sources};
    ck_assert_text_eq(joined_ids(affinity), row.ids);
    ck_assert_text_eq(joined_routes(affinity), row.routes);
    ck_assert_text_eq(affinity.forced_route(), row.forced);
    ck_assert(affinity.has_id() == !row.ids.empty());
}
END_TEST

START_TEST(uses_the_names_of_the_rule)
{
    const std::array<std::string_view, 1> cookies{"SID=x.b"};
    SessionSources sources;
    sources.uri = "/x;sid=y.c";
    sources.cookies = cookies;
    sources.session_cookie = "SID";
    ck_assert_text_eq(joined_ids(Affinity{sources}), "x.b");
    sources.session_path = ";sid";
    ck_assert_text_eq(joined_ids(Affinity{sources}), "y.c");
    sources.session_path = sources.session_cookie = "";
    ck_assert(!Affinity{sources}.has_id());
}
END_TEST

START_TEST(tells_an_empty_id_from_none)
{
    const std::array<std::string_view, 1> empty{"JSESSIONID=; y=1"};
    SessionSources sources;
    ck_assert(!Affinity{sources}.has_only_empty_id());
    sources.cookies = empty;
    ck_assert(Affinity{sources}.has_only_empty_id());
}
END_TEST

START_TEST(looks_at_a_limited_number_of_ids)
{
    std::string header;
    for (int i = 0; i < 1000; ++i) {
        header += "JSESSIONID=x.r" + std::to_string(i) + "; ";
    }
    const std::array<std::string_view, 1> cookies{header};
    SessionSources sources;
    sources.cookies = cookies;
    const Affinity affinity{sources};
    ck_assert_uint_eq(affinity.ids().size(), Affinity::max_ids);
    ck_assert_text_eq(affinity.ids().back(), "x.r15");
}
END_TEST

START_TEST(splits_routes_and_domains)
{
    ck_assert_text_eq(jk::lb::route_of("x.west.b").first, "west.b");
    ck_assert_text_eq(jk::lb::route_of("x.west.b").last, "b");
    ck_assert_text_eq(jk::lb::route_of("x.b").last, "");
    ck_assert_text_eq(jk::lb::route_of("x").first, "");
    ck_assert_text_eq(jk::lb::domain_of("west.b"), "west");
    ck_assert_text_eq(jk::lb::domain_of("west"), "west");
    ck_assert_text_eq(jk::lb::domain_of(""), "");
}
END_TEST

}  // namespace

TCase* affinity_tests()
{
    TCase* tests = tcase_create("affinity");
    tcase_add_loop_test(tests, finds_the_ids_and_their_routes, 0, static_cast<int>(rows().size()));
    tcase_add_test(tests, uses_the_names_of_the_rule);
    tcase_add_test(tests, tells_an_empty_id_from_none);
    tcase_add_test(tests, looks_at_a_limited_number_of_ids);
    tcase_add_test(tests, splits_routes_and_domains);
    return tests;
}
