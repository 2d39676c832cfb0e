// An explanation as text and as JSON.
#include "jkctl/explanation.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

struct Sample {
    ctl::Server server;
    route::Rule rule{"/app/*", {"lb", {}}, route::Source::jk_mount, {"httpd.conf", 12}};
    ctl::Explanation explanation;

    Sample()
    {
        server.name = "www.example";
        server.place = {"httpd.conf", 10};
        explanation.server = &server;
        explanation.why_server = "its ServerName is www.example";
        explanation.path = explanation.canonical = "/app/x";
        explanation.rule = &rule;
        explanation.worker = "lb";
        explanation.worker_type = "lb";
        explanation.fate = ctl::Fate::forwarded;
        explanation.member = {ctl::Way::load, {"a", "b"}, "", "", {"no session", "any"}};
    }
};

void text_is_for_people()
{
    const Sample sample;
    assert_text_equal(ctl::to_text(sample.explanation),
                      "goes to worker lb, member a or b\n"
                      "  server   virtual host www.example (httpd.conf:10): its ServerName is "
                      "www.example\n"
                      "  path     /app/x\n"
                      "  rule     /app/* -> lb (JkMount, httpd.conf:12)\n"
                      "  worker   lb (lb)\n"
                      "  member   a or b: no session; any\n");
}

void text_says_why_not()
{
    Sample sample;
    sample.explanation.fate = ctl::Fate::refused;
    sample.explanation.status = 404;
    sample.explanation.rule = nullptr;
    sample.explanation.worker = sample.explanation.worker_type = "";
    sample.explanation.why = {"because"};
    sample.server.place.line = 0;
    const std::string text = ctl::to_text(sample.explanation);
    assert_text_holds(text, "refused with 404\n  server   main server: ");
    assert_text_holds(text, "  why      because\n");
    assert_true(text.find("rule") == std::string::npos);
    sample.explanation.fate = ctl::Fate::left_alone;
    assert_text_holds(ctl::to_text(sample.explanation), "not for mod_jk");
}

void json_is_for_scripts()
{
    const Sample sample;
    const std::string json = to_text(ctl::to_json(sample.explanation));
    for (const char* const part :
         {"\"result\": \"forwarded\"", "\"status\": null", "\"name\": \"www.example\"",
          "\"line\": 12", "\"pattern\": \"/app/*\"", "\"exclusion\": null", "\"way\": \"load\"",
          "\"session\": null", "\"source\": \"JkMount\""}) {
        assert_text_holds(json, part);
    }
}

}  // namespace

Group jkctl_explanation_tests()
{
    return {"jkctl/explanation",
            {
                jk_test(text_is_for_people),
                jk_test(text_says_why_not),
                jk_test(json_is_for_scripts),
            }};
}

}  // namespace jk::test
