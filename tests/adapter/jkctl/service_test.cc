// The client of the API: what it asks, and what it makes of the answers.
#include "jkctl/service.h"

#include "jkctl/answers.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::Json;

void segments_are_encoded()
{
    assert_text_equal(ctl::path_of({"balancers", "a b/c", "members", "\xc3\xa4%~-._"}),
                      "balancers/a%20b%2Fc/members/%C3%A4%25~-._");
    assert_text_equal(ctl::path_of({}), "");
}

void urls_of_services()
{
    for (const char* const good :
         {"http://h", "https://h:8443/jk", "http://[::1]:80/jkmanager/", "HTTP://h/a@b"}) {
        assert_text_equal(ctl::wrong_with_service(good), "");
    }
    assert_text_holds(ctl::wrong_with_service("h/jk"), "http://");
    assert_text_holds(ctl::wrong_with_service("ftp://h/jk"), "http://");
    assert_text_holds(ctl::wrong_with_service("http:///jk"), "host");
    assert_text_holds(ctl::wrong_with_service("http://joe:pw@h/jk"), "--password-file");
    assert_text_holds(ctl::wrong_with_service("http://h/jk?cmd=list"), "query");
}

void requests_as_they_go_out()
{
    Answers answers;
    answers.add(200, "{\"a\": [1, 2.5, true]}");
    const ctl::Service service = answers.service("http://h/jk//");
    const ctl::Asked<Json> got = service.get("balancers");
    assert_true(got.has_value());
    assert_text_equal(to_text((*got)["a"]), "[\n  1,\n  2.5,\n  true\n]\n");
    assert_true(service.patch("x", Json::Object{{"route", "r"}}).has_value());
    assert_true(service.post("x/reset").has_value());
    assert_text_equal(answers.asked(), "GET http://h/jk/api/v1/balancers\n"
                                       "PATCH http://h/jk/api/v1/x {\"route\":\"r\"}\n"
                                       "POST http://h/jk/api/v1/x/reset {}\n");
}

void nobody_answers()
{
    Answers answers;
    const ctl::Asked<Json> got = answers.service().get("");
    assert_int_equal(got.error().status, 0);
    assert_text_equal(got.error().text, "http://h/jk cannot be reached: Connection refused");
}

void a_refusal_is_the_servers_own_word()
{
    Answers answers;
    answers.refuse(422, "lbfactor must be 1 at least.");
    const ctl::Asked<Json> got = answers.service().get("");
    assert_int_equal(got.error().status, 422);
    assert_text_equal(got.error().text, "lbfactor must be 1 at least");
}

void a_refusal_cannot_control_the_terminal()
{
    Answers answers;
    answers.refuse(422, "\\u001b[2J\\u009b1m \xc3\xa4");
    assert_text_equal(answers.service().get("").error().text, "?[2J?1m \xc3\xa4");
}

void what_is_no_api_is_explained()
{
    const struct {
        int status;
        const char* type;
        const char* part;
    } rows[] = {
        {401, "text/html", "--password-file"},  {403, "text/html", "Require"},
        {404, "text/html", "JkMount"},          {500, "text/html", "status 500"},
        {200, "text/html", "not the JSON API"}, {200, "application/json", "not the JSON API"},
        {404, "application/json", "JkMount"},   {404, "application/problem+json", "JkMount"},
    };
    for (const auto& row : rows) {
        Answers answers;
        answers.add(row.status, "<p>", row.type);
        const ctl::Asked<Json> got = answers.service().get("");
        assert_false(got.has_value());
        assert_int_equal(got.error().status, 0);
        assert_text_holds(got.error().text, "http://h/jk ");
        assert_text_holds(got.error().text, row.part);
    }
}

void a_redirection_is_told_and_not_followed()
{
    const ctl::Service service{"http://h/jk", [](const ctl::HttpRequest&) {
                                   ctl::HttpAnswer answer;
                                   answer.status = 301;
                                   answer.location = "https://h/jk/api/v1/";
                                   return ctl::Asked<ctl::HttpAnswer>{answer};
                               }};
    assert_text_holds(service.get("").error().text, "redirects to https://h/jk/api/v1/");
}

}  // namespace

Group jkctl_service_tests()
{
    return {"jkctl/service",
            {
                jk_test(segments_are_encoded),
                jk_test(urls_of_services),
                jk_test(requests_as_they_go_out),
                jk_test(nobody_answers),
                jk_test(a_refusal_is_the_servers_own_word),
                jk_test(a_refusal_cannot_control_the_terminal),
                jk_test(what_is_no_api_is_explained),
                jk_test(a_redirection_is_told_and_not_followed),
            }};
}

}  // namespace jk::test
