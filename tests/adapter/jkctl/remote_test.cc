// The commands for a running server, with answers of the test's own.
#include "jkctl/remote.h"

#include "jkctl/answers.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::Exit;
using ctl::Format;

std::string balancers()
{
    return "{\"time\": 1.5, \"balancers\": [" +
           balancer_json(member_json("active", 1) + "," + member_json("stopped", 2, "tc2")) + "]}";
}

constexpr const char* workers =
    "{\"workers\": [{\"name\": \"single\", \"type\": \"ajp13\", \"state\": \"OK\"}]}";

void the_status_of_all()
{
    Answers answers;
    Written written;
    answers.add(200, balancers());
    answers.add(200, workers);
    assert_int_equal(show_status(answers.service(), {}, Format::text, written.console), Exit::fine);
    for (const char* const part : {"\nlb ", " tc1 ", " tc2 ", "\n\nWORKER", "\nsingle "}) {
        assert_text_holds(written.out.str(), part);
    }
    assert_text_equal(answers.asked(),
                      "GET http://h/jk/api/v1/balancers\nGET http://h/jk/api/v1/workers\n");
}

void the_status_as_json()
{
    Answers answers;
    Written written;
    answers.add(200, balancers());
    answers.add(200, workers);
    assert_int_equal(show_status(answers.service(), {}, Format::json, written.console), Exit::fine);
    const auto json = ctl::parse_json(written.out.str());
    assert_int_equal((*json)["balancers"].items().size(), 1);
    assert_text_equal((*json)["workers"].items().front()["name"].text(), "single");
    assert_true((*json)["time"].number() > 1.4);
}

void a_server_without_anything()
{
    Answers answers;
    Written written;
    answers.add(200, "{\"balancers\": []}");
    answers.add(200, "{\"workers\": []}");
    assert_int_equal(show_status(answers.service(), {}, Format::text, written.console), Exit::fine);
    assert_text_holds(written.out.str(), "worker.list names no");
}

void members_of_all_of_one_and_one()
{
    Answers answers;
    Written written;
    answers.add(200, balancers());
    answers.add(200, balancer_json(member_json("active", 1)));
    answers.add(200, member_json("disabled", 1));
    const ctl::Service service = answers.service();
    assert_int_equal(show_members(service, {}, Format::json, written.console), Exit::fine);
    assert_int_equal(ctl::parse_json(written.out.str())->items().size(), 2);
    written.out.str("");
    assert_int_equal(show_members(service, {"lb", ""}, Format::text, written.console), Exit::fine);
    assert_true(written.out.str().starts_with("BALANCER  MEMBER "));
    written.out.str("");
    assert_int_equal(show_members(service, {"lb", "tc1"}, Format::text, written.console),
                     Exit::fine);
    assert_text_holds(written.out.str(), "\n\nactivation=disabled    # configured: active\n");
}

void an_edit_is_one_patch()
{
    Answers answers;
    Written written;
    answers.add(200, member_json("active", 0));
    ctl::Edit change{.name = "edit", .place = {"lb", ""}};
    assert_text_equal(ctl::read_edit({"tc1", "lbfactor=3", "route="}, change), "");
    assert_int_equal(edit(answers.service(), change, written.console), Exit::fine);
    assert_text_equal(answers.asked(), "PATCH http://h/jk/api/v1/balancers/lb/members/tc1 "
                                       "{\"lbfactor\":\"3\",\"route\":\"\"}\n");
    assert_text_holds(written.out.str(), " tc1 ");
}

void edits_that_are_none()
{
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {}, {"tc1"}, {"tc1", "tc2", "a=b"}, {"a=b", "tc1"}, {"=b"}}) {
        ctl::Edit change{.name = "edit", .place = {"lb", ""}};
        assert_text_not_equal(ctl::read_edit(words, change), "");
    }
}

void a_name_alone_may_be_a_direct_worker()
{
    Answers answers;
    Written written;
    answers.refuse(404, "no balancer");
    answers.add(200, "{\"name\": \"single\", \"type\": \"ajp13\"}");
    assert_int_equal(act(answers.service(), {"reset", {"single", ""}}, written.console),
                     Exit::fine);
    assert_text_equal(answers.asked(), "POST http://h/jk/api/v1/balancers/single/reset {}\n"
                                       "POST http://h/jk/api/v1/workers/single/reset {}\n");
    assert_text_holds(written.out.str(), "\nsingle ");
}

void names_that_are_not_there()
{
    Answers answers;
    Written written;
    answers.refuse(404, "no member");
    answers.add(200, balancers());
    answers.add(200, "{\"members\": [" + member_json("active", 1) + "]}");
    assert_int_equal(act(answers.service(), {"recover", {"lb", "tc9"}}, written.console),
                     Exit::refused);
    assert_text_equal(written.err.str(),
                      "jkctl recover: balancer \"lb\" has no member \"tc9\"; it has: tc1\n");
}

void a_place_that_is_not_mounted_is_asked_once()
{
    Answers answers;
    Written written;
    answers.add(404, "<html>", "text/html");
    assert_int_equal(act(answers.service(), {"reset", {"lb", ""}}, written.console), Exit::refused);
    assert_text_equal(answers.asked(), "POST http://h/jk/api/v1/balancers/lb/reset {}\n");
    assert_text_holds(written.err.str(), "JkMount");
}

}  // namespace

Group jkctl_remote_tests()
{
    return {"jkctl/remote",
            {
                jk_test(the_status_of_all),
                jk_test(the_status_as_json),
                jk_test(a_server_without_anything),
                jk_test(members_of_all_of_one_and_one),
                jk_test(an_edit_is_one_patch),
                jk_test(edits_that_are_none),
                jk_test(a_name_alone_may_be_a_direct_worker),
                jk_test(names_that_are_not_there),
                jk_test(a_place_that_is_not_mounted_is_asked_once),
            }};
}

}  // namespace jk::test
