// Tests that no text from outside leaves its place: every string of a snapshot is hostile here, in
// every format (status.md S2, S6).
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "status/sample.h"
#include "support/check.h"

namespace {

using jk::test::count;
using jk::test::holds;

constexpr std::string_view poison =
    "\"><script>alert(1)</script>&x=1\r\nworker.result.type=OK\nResult: type=OK\x1b[31m\xff\xc0\xaf"
    "\xe2\x80\xa8worker.forged=1";

/// Every string that a snapshot shows, one after the other.
std::vector<std::string*> strings_of(jk::test::Sample& sample)
{
    jk::status::Snapshot& snapshot = sample.snapshot;
    jk::status::MemberView& member = sample.member(2);
    jk::status::WorkerView& worker = snapshot.workers[1];
    std::vector<std::string*> strings{
        &snapshot.server_name,   &snapshot.web_server, &snapshot.jk_version, &snapshot.uri,
        &sample.balancer().name, &member.worker.name,  &member.worker.type,  &member.worker.address,
        &sample.node3.host,      &sample.node3.source, &sample.node3.route,  &sample.node3.redirect,
        &sample.node3.domain,    &worker.name,         &worker.type,         &worker.address,
        &sample.dead.host,       &sample.dead.source,
    };
    for (jk::status::MapView* map : {&sample.balancer().maps[2], &worker.maps[0]}) {
        strings.insert(strings.end(), {&map->server, &map->uri, &map->source, &map->fail_on_status,
                                       &map->active, &map->disabled, &map->stopped});
    }
    return strings;
}
constexpr int string_count = 18 + 2 * 7;

START_TEST(every_string_is_poisoned_once)
{
    jk::test::Sample sample;
    ck_assert_uint_eq(strings_of(sample).size(), string_count);
}
END_TEST

START_TEST(markup_stays_as_it_was)
{
    const jk::test::Sample sound;
    jk::test::Sample sample;
    *strings_of(sample).at(static_cast<std::size_t>(_i)) = poison;
    for (const char* const query : {"mime=xml", "mime=html"}) {
        const std::string before = sound.body(query);
        const std::string after = sample.body(query);
        ck_assert_uint_eq(count(after, "<"), count(before, "<"));
        ck_assert_uint_eq(count(after, ">"), count(before, ">"));
        ck_assert_uint_eq(count(after, "\""), count(before, "\""));
        ck_assert_uint_eq(count(after, "\n"), count(before, "\n"));
        ck_assert(!holds(after, "\r") && !holds(after, "\x1b") && !holds(after, "\xff"));
        ck_assert(!holds(after, "\xc0") && !holds(after, "<script"));
    }
}
END_TEST

START_TEST(lines_stay_as_they_were)
{
    const jk::test::Sample sound;
    jk::test::Sample sample;
    *strings_of(sample).at(static_cast<std::size_t>(_i)) = poison;
    for (const char* const query : {"mime=txt", "mime=prop"}) {
        const std::string before = sound.body(query);
        const std::string after = sample.body(query);
        ck_assert_uint_eq(count(after, "\n"), count(before, "\n"));
        ck_assert_uint_eq(count(after, "\nResult: "), count(before, "\nResult: "));
        ck_assert_uint_eq(count(after, "\nworker.result.type=OK"),
                          count(before, "\nworker.result.type=OK"));
        ck_assert(!holds(after, "\r") && !holds(after, "\x1b") && !holds(after, "\xe2\x80\xa8"));
    }
    ck_assert_uint_eq(count(sample.body("mime=txt"), "\""), count(sound.body("mime=txt"), "\""));
}
END_TEST

START_TEST(every_line_of_the_properties_has_a_key_of_ours)
{
    jk::test::Sample sample;
    *strings_of(sample).at(static_cast<std::size_t>(_i)) = poison;
    const std::string body = sample.body("mime=prop");
    std::string_view rest = body;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        ck_assert(line.starts_with("worker."));
        ck_assert(holds(line, "="));
        rest.remove_prefix(line.size() + 1);
    }
}
END_TEST

constexpr std::array<std::string_view, 5> query_names{"cmd", "mime", "w", "sw", "zz"};

START_TEST(no_parameter_is_echoed)
{
    const jk::test::Sample sample;
    std::string query = "cmd=show&w=lb&sw=node3&";
    query += query_names.at(static_cast<std::size_t>(_i));
    query += "=%22%3E%3Cscript%3Eplanted%3C/script%3E%26cmd%3Dreset%26w%3Dlb%0d%0a";
    for (const char* const format : {"", "&mime=xml", "&mime=txt", "&mime=prop"}) {
        const std::string body = sample.body(query + format);
        ck_assert(!holds(body, "planted"));
        ck_assert(!holds(body, "reset&"));
    }
}
END_TEST

}  // namespace

TCase* hostile_tests()
{
    TCase* tests = tcase_create("hostile");
    tcase_add_test(tests, every_string_is_poisoned_once);
    tcase_add_loop_test(tests, markup_stays_as_it_was, 0, string_count);
    tcase_add_loop_test(tests, lines_stay_as_they_were, 0, string_count);
    tcase_add_loop_test(tests, every_line_of_the_properties_has_a_key_of_ours, 0, string_count);
    tcase_add_loop_test(tests, no_parameter_is_echoed, 0, static_cast<int>(query_names.size()));
    return tests;
}
