// Reports for people and for scripts.
#include "jkctl/report.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::Colour;
using ctl::Report;

Report sample()
{
    return {{"w", "u"},
            {{Severity::warning, {"w", 3}, "a"},
             {Severity::error, {"w", 0}, "b"},
             {Severity::note, {}, "c"},
             {Severity::warning, {"u", 9}, "d"}},
            true};
}

void a_line_for_each_and_a_summary()
{
    assert_text_equal(to_text(sample(), Colour::none),
                      "w:3: warning: a\nw: error: b\nnote: c\nu:9: warning: d\n"
                      "1 error, 2 warnings, 1 note in 2 files: httpd would not start\n");
    assert_text_equal(to_text(Report{{"w"}, {}, false}, Colour::none), "no complaints in 1 file\n");
}

void colours_change_nothing_but_colour()
{
    std::string text = to_text(sample(), Colour::ansi);
    assert_text_holds(text, "\x1b[1mw:3: \x1b[0m\x1b[33mwarning\x1b[0m: a");
    for (std::size_t at = text.find('\x1b'); at != std::string::npos; at = text.find('\x1b')) {
        text.erase(at, text.find('m', at) + 1 - at);
    }
    assert_text_equal(text, to_text(sample(), Colour::none));
}

void json_holds_all_of_it()
{
    const std::string json = to_text(to_json(sample()));
    assert_text_holds(json, "\"files\": [\n    \"w\",\n    \"u\"\n  ]");
    assert_text_holds(json, "\"file\": \"w\",\n      \"line\": 3,\n"
                            "      \"severity\": \"warning\",\n      \"text\": \"a\"");
    assert_text_holds(json, "\"file\": \"w\",\n      \"line\": null,");
    assert_text_holds(json, "\"file\": null,\n      \"line\": null,");
    assert_text_holds(json, "\"errors\": 1,\n    \"warnings\": 2,\n    \"notes\": 1");
    assert_text_holds(json, "\"verdict\": \"refused\"");
    assert_text_holds(to_text(to_json(Report{})), "\"verdict\": \"starts\"");
}

}  // namespace

Group jkctl_report_tests()
{
    return {"jkctl/report",
            {
                jk_test(a_line_for_each_and_a_summary),
                jk_test(colours_change_nothing_but_colour),
                jk_test(json_holds_all_of_it),
            }};
}

}  // namespace jk::test
