// Tests the behaviours of chapter 15 of the reference of the status worker, by their numbers, as
// far as they need no change of settings. Whole outputs (1 to 5) are golden in render_*_test.cc.
#include <array>
#include <string>
#include <vector>

#include "status/sample.h"
#include "support/check.h"

namespace {

using jk::conf::Activation;
using jk::lb::State;
using jk::status::Answer;
using jk::test::holds;
using jk::test::Sample;

std::string error_line(std::string_view message)
{
    return "Result: type=ERROR message=\"" + std::string{message} + "\"\n";
}

std::size_t lines_of(std::string_view text)
{
    std::size_t lines = 0;
    for (const char c : text) {
        lines += c == '\n' ? 1 : 0;
    }
    return lines;
}

START_TEST(row_1_and_2_formats_by_name)
{
    const Sample sample;
    jk::test::assert_golden("list.xml", sample.ask("mime=xml").body);
    jk::test::assert_golden("list.txt", sample.ask("mime=txt").body);
    jk::test::assert_golden("list.prop", sample.ask("mime=prop").body);
    jk::test::assert_golden("list.html", sample.ask("").body);
}
END_TEST

START_TEST(row_3_show_has_no_wrapper)
{
    const std::string body = Sample{}.body("cmd=show&w=lb&mime=xml");
    ck_assert(holds(body, "/>\n  <jk:balancer\n"));
    ck_assert(!holds(body, "jk:balancers"));
}
END_TEST

START_TEST(row_4_one_member_in_properties)
{
    const std::string body = Sample{}.body("cmd=show&w=lb&sw=node3&mime=prop");
    ck_assert(holds(body, "\nworker.lb.balance_workers=node3\n"));
    ck_assert(!holds(body, "balance_workers=node1") && !holds(body, "worker.node2."));
    ck_assert(holds(body, "\nworker.node3.state=ERR\n"));
}
END_TEST

START_TEST(row_5_version)
{
    ck_assert_uint_eq(lines_of(Sample{}.body("cmd=version&mime=prop")), 9);
}
END_TEST

START_TEST(row_6_unknown_command)
{
    const Answer answer = Sample{}.ask("cmd=foo&mime=xml");
    ck_assert(holds(answer.body, "    type=\"ERROR\"\n    message=\"Invalid command.\"\n"));
    ck_assert_int_eq(answer.http_status, 200);
}
END_TEST

START_TEST(row_7_unknown_format)
{
    const Answer answer = Sample{}.ask("mime=json");
    ck_assert_text_eq(answer.body, "worker.result.type=ERROR\n"
                                   "worker.result.message=Invalid mime type.\n");
    ck_assert_text_eq(answer.content_type, "text/plain");
}
END_TEST

struct ErrorCase {
    std::string_view query;
    std::string_view message;
};
constexpr std::array error_cases{
    ErrorCase{"cmd=LIST&mime=txt", "Invalid command."},                              // row 8
    ErrorCase{"cmd=show&mime=txt", "NULL or EMPTY worker param"},                    // row 9
    ErrorCase{"cmd=show&mime=txt&w=", "NULL or EMPTY worker param"},                 // row 9
    ErrorCase{"cmd=show&mime=txt&w=nope", "Could not find given worker"},            // row 9
    ErrorCase{"cmd=show&mime=txt&w=lb&sw=", "EMPTY sub worker param"},               // row 9
    ErrorCase{"cmd=show&mime=txt&w=lb&sw=nope", "could not find sub worker"},        // row 9
    ErrorCase{"cmd=show&mime=txt&w=single&sw=x", "worker type has no sub workers"},  // row 9
    ErrorCase{"cmd=show&w=lb&sw=node*&mime=txt",
              "wildcard not allowed in sub worker for this command"},        // row 10
    ErrorCase{"cmd=show&w=node1&mime=txt", "Could not find given worker"},   // row 11
    ErrorCase{"cmd=version&mime=txt&x=%zz", "Error during parsing of URI"},  // row 12
};

START_TEST(rows_8_to_12_errors)
{
    const ErrorCase& row = error_cases.at(static_cast<std::size_t>(_i));
    ck_assert_text_eq(Sample{}.body(row.query), error_line(row.message));
}
END_TEST

START_TEST(row_13_the_last_one_wins)
{
    const Sample sample;
    ck_assert_text_eq(sample.body("cmd=version&cmd=list&mime=txt"), sample.body("mime=txt"));
}
END_TEST

START_TEST(row_34_a_read_only_worker)
{
    Sample sample;
    sample.status.read_only = true;
    const std::string refused = error_line("This command is not allowed in read only mode.");
    for (const char* const query : {"cmd=update&w=lb&vlr=3", "cmd=reset&w=lb",
                                    "cmd=recover&w=lb&sw=node3", "cmd=edit&w=lb"}) {
        const Answer answer = sample.ask(std::string{query} + "&mime=txt");
        ck_assert_text_eq(answer.body, refused);
        ck_assert_int_eq(answer.http_status, 200);
    }
    ck_assert_text_eq(sample.ask("cmd=list").refusal, "");
}
END_TEST

START_TEST(row_35_read_only_for_one_request)
{
    const Sample sample;
    ck_assert_text_eq(sample.body("cmd=update&w=lb&mime=txt&opt=32"),
                      error_line("This command is not allowed in read only mode."));
}
END_TEST

START_TEST(row_36_users)
{
    Sample sample;
    sample.status.user = {"admin", "root"};
    sample.status.user_case_insensitive = true;
    const auto ask = [&sample](std::string_view user) {
        return sample.ask(
            {.query = "cmd=version&mime=txt", .form = {}, .asker = {.user = user}, .token = {}});
    };
    for (const char* const user : {"", "bob", "admin,root", "adm"}) {
        ck_assert_int_eq(ask(user).http_status, 403);
        ck_assert_text_eq(ask(user).body, error_line("Access denied."));
    }
    ck_assert_text_eq(ask("ADMIN").refusal, "");
    sample.status.user_case_insensitive = false;
    ck_assert_int_eq(ask("ADMIN").http_status, 403);
    ck_assert_text_eq(ask("root").refusal, "");
}
END_TEST

START_TEST(row_37_option_bits_leave_the_counts)
{
    const Sample sample;
    const std::string text = sample.body("mime=txt&opt=3");
    ck_assert(!holds(text, "\nMember:") && !holds(text, "\nMap:"));
    ck_assert(holds(text, " member_count=3 ") && holds(text, " map_count=6 "));
    const std::string xml = sample.body("mime=xml&opt=8");
    ck_assert(!holds(xml, "balancer") && holds(xml, "<jk:ajp_workers\n  count=\"2\"\n>\n"));
    const std::string properties = sample.body("mime=prop&opt=16");
    ck_assert(!holds(properties, "ajp_count") && holds(properties, "\nworker.lb_count=1\n"));
}
END_TEST

struct RatingCase {
    Activation activation;
    State state;
    std::string_view standard, first, second;  ///< as the columns of 12.2
};
constexpr std::array rating_cases{
    RatingCase{Activation::active, State::idle, "good", "degraded", "bad"},
    RatingCase{Activation::active, State::ok, "good", "good", "good"},
    RatingCase{Activation::disabled, State::ok, "degraded", "degraded", "good"},
    RatingCase{Activation::disabled, State::idle, "degraded", "degraded", "degraded"},
    RatingCase{Activation::disabled, State::error, "bad", "bad", "degraded"},
    RatingCase{Activation::stopped, State::idle, "bad", "bad", "degraded"},
};

START_TEST(s38_ratings)
{
    const RatingCase& row = rating_cases.at(static_cast<std::size_t>(_i));
    Sample sample;
    sample.balancer().members.erase(sample.balancer().members.begin() + 1,
                                    sample.balancer().members.end());
    sample.member(0).activation = row.activation;
    sample.member(0).state = row.state;
    const auto is_rated = [&sample](std::string_view grade) {
        return holds(sample.body("mime=txt"), " " + std::string{grade} + "=1 ");
    };
    ck_assert(is_rated(row.standard));
    sample.status.good = {"a.o"};
    sample.status.bad = {"d.e", ".s"};
    ck_assert(is_rated(row.first));
    sample.status.good = {"o"};
    sample.status.bad = {"i.a"};
    ck_assert(is_rated(row.second));
}
END_TEST

struct StateCase {
    State state;
    std::string_view text;
};
constexpr std::array state_cases{
    StateCase{State::idle, "OK/IDLE"},       StateCase{State::ok, "OK"},
    StateCase{State::recovering, "ERR/REC"}, StateCase{State::forced, "ERR/FRC"},
    StateCase{State::busy, "OK/BUSY"},       StateCase{State::error, "ERR"},
    StateCase{State::probing, "ERR/PRB"},
};

START_TEST(s39_states)
{
    const StateCase& row = state_cases.at(static_cast<std::size_t>(_i));
    Sample sample;
    sample.member(1).state = row.state;
    const std::string text{row.text};
    const std::string query = "cmd=show&w=lb&sw=node2&mime=";
    ck_assert(holds(sample.body(query + "txt"), " state=" + text + " "));
    ck_assert(holds(sample.body(query + "xml"), "\n        state=\"" + text + "\"\n"));
    ck_assert(holds(sample.body(query + "prop"), "\nworker.node2.state=" + text + "\n"));
    ck_assert(holds(sample.body(query + "html"), "<code>" + text + "</code>"));
}
END_TEST

START_TEST(row_40_an_ampersand_in_a_mount)
{
    Sample sample;
    sample.balancer().maps[4].uri = "/x&y/*";
    ck_assert(holds(sample.body("mime=xml"), "\n        uri=\"/x&amp;y/*\"\n"));
    ck_assert(holds(sample.body("mime=txt"), " uri=\"/x&y/*\" "));
}
END_TEST

START_TEST(row_42_unknown_parameters_are_not_planted)
{
    const std::string body = Sample{}.body("zz=1%26cmd%3Dreset%26w%3Dlb");
    ck_assert(!holds(body, "reset") || !holds(body, "cmd=reset"));
    ck_assert_text_eq(body, Sample{}.body(""));
}
END_TEST

START_TEST(row_43_head)
{
    const Sample sample;
    const Answer answer = sample.ask({.query = "cmd=update&w=lb&vlr=3&mime=txt",
                                      .form = {},
                                      .asker = {.method = jk::status::Method::head},
                                      .token = {}});
    ck_assert_int_eq(answer.http_status, 403);
}
END_TEST

START_TEST(row_49_names_of_the_formats)
{
    Sample sample;
    sample.status.ns.clear();
    sample.status.xmlns.clear();
    sample.status.doctype = "<!DOCTYPE status SYSTEM \"status.dtd\">";
    sample.status.prefix = "jkw";
    ck_assert(sample.body("mime=xml")
                  .starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n"
                               "<!DOCTYPE status SYSTEM \"status.dtd\">\n"
                               "<status\n>\n<server\n"));
    ck_assert(sample.body("mime=prop").starts_with("jkw.server_name="));
}
END_TEST

START_TEST(row_51_every_line_has_an_equals_sign)
{
    const std::string body = Sample{}.body("mime=prop");
    std::string_view rest = body;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        ck_assert(line.find('=') != std::string_view::npos && line.front() != '=');
        rest.remove_prefix(line.size() + 1);
    }
}
END_TEST

START_TEST(row_52_the_age_counts_from_the_first_error)
{
    Sample sample;
    sample.member(2).last_error_time = sample.snapshot.now - std::chrono::seconds{5};
    const std::string body = sample.body("cmd=show&w=lb&mime=txt&opt=2");
    ck_assert(holds(body, " error_time_ago=41\n"));
    ck_assert(holds(body, " time_to_recover_min=55 "));
    ck_assert_uint_eq(body.find("error_time_ago"), body.rfind("error_time_ago"));
}
END_TEST

}  // namespace

TCase* reference_tests()
{
    TCase* tests = tcase_create("reference");
    for (const TTest* const test :
         {row_1_and_2_formats_by_name, row_3_show_has_no_wrapper, row_4_one_member_in_properties,
          row_5_version, row_6_unknown_command, row_7_unknown_format, row_13_the_last_one_wins,
          row_34_a_read_only_worker, row_35_read_only_for_one_request, row_36_users,
          row_37_option_bits_leave_the_counts, row_40_an_ampersand_in_a_mount,
          row_42_unknown_parameters_are_not_planted, row_43_head, row_49_names_of_the_formats,
          row_51_every_line_has_an_equals_sign, row_52_the_age_counts_from_the_first_error}) {
        tcase_add_test(tests, test);
    }
    tcase_add_loop_test(tests, rows_8_to_12_errors, 0, static_cast<int>(error_cases.size()));
    tcase_add_loop_test(tests, s38_ratings, 0, static_cast<int>(rating_cases.size()));
    tcase_add_loop_test(tests, s39_states, 0, static_cast<int>(state_cases.size()));
    return tests;
}
