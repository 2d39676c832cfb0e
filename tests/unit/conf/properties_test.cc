// Tests common/conf/properties. W numbers are the rows of workers.md 9.
#include "conf/properties.h"

#include <array>

#include "conf/built.h"
#include "support/check.h"

namespace {

using jk::conf::Properties;
using jk::test::all_of;

/// A file, a name, its value ("-" for none) and everything that is complained about.
struct ReadCase {
    std::string_view id;
    std::string_view file;
    std::string_view name;
    std::string_view value;
    std::string_view complaints;
};
constexpr std::array read_cases{
    ReadCase{"W1", "worker.w.bogus=1", "worker.w.bogus", "-",
             "error w:1: worker.w.bogus: there is no property \"bogus\"; remove the line\n"},
    ReadCase{"W2", "worker.w.Port=1", "worker.w.Port", "-",
             "error w:1: worker.w.Port: there is no property \"Port\"; did you mean port?\n"},
    ReadCase{"", "worker.w.host =a\nworker.lb.balance_worker=a", "worker.w.host", "a",
             "error w:2: worker.lb.balance_worker: there is no property \"balance_worker\"; did "
             "you mean balance_workers?\n"},
    ReadCase{"", "worker.=a", "worker.", "-",
             "error w:1: worker.: there is no property \"\"; remove the line\n"},
    ReadCase{"", "worker.a\x01.b=a", "a", "-",
             "error w:1: worker.a\\x01.b: there is no property \"b\"; remove the line\n"},
    ReadCase{"W3", "this is junk", "this is junk", "-",
             "warning w:1: the line that begins with \"this\" is ignored: it has no \"=\" between "
             "a name and a value; write one\n"},
    ReadCase{"LG-3", "worker.w.secret: hidden", "worker.w.secret", "-",
             "warning w:1: the line that begins with \"worker.w.secret\" is ignored: it has no "
             "\"=\" between a name and a value; write one\n"},
    ReadCase{"W3", "worker.w.port=", "worker.w.port", "-",
             "warning w:1: the line that begins with \"worker.w.port\" is ignored: its name or its "
             "value is empty; complete it or remove it\n"},
    ReadCase{"W4", "worker.w.secret=a#b", "worker.w.secret", "a",
             "warning w:1: worker.w.secret ends before the \"#\", which begins a comment; put a "
             "blank before it, or write the line as JkWorkerProperty, where it is an ordinary "
             "character\n"},
    ReadCase{"", "s=a#b\nworker.w.port=1# the port\nworker.w.secret=$(s) # it", "s", "a",
             "warning w:1: s ends before the \"#\", which begins a comment; put a blank before it, "
             "or write the line as JkWorkerProperty, where it is an ordinary character\n"},
    ReadCase{"", "worker.w.host=\"x\"", "worker.w.host", "\"x\"",
             "warning w:1: worker.w.host: the quotes are taken as part of the value; remove "
             "them\n"},
    ReadCase{"", "worker.w.xmlns=a=\"x\"", "worker.w.xmlns", "a=\"x\"", ""},
    ReadCase{"", "worker.port=1\nworker..host=x", "worker.port", "1",
             "warning w:1: worker.port has no effect: it names no worker; write worker.NAME.port\n"
             "warning w:2: worker..host has no effect: it names no worker; write "
             "worker.NAME.host\n"},
    ReadCase{"", "worker.w.list=a", "worker.w.list", "a",
             "warning w:1: worker.w.list has no effect: it holds for all workers; write "
             "worker.list\n"},
    ReadCase{"W5", "h=127.0.0.1\nworker.w.host=$(h)", "worker.w.host", "127.0.0.1", ""},
    ReadCase{"W5", "worker.w.host=$(h)\nh=127.0.0.1", "worker.w.host", "$(h)",
             "warning w:1: worker.w.host: the variable $(h) is not defined above this line nor in "
             "the environment, and stays as it is; define it first\n"},
    ReadCase{"", "worker.a.port=1\nworker.w.port=$(worker.a.port)0", "worker.w.port", "10", ""},
    ReadCase{"W6", "worker.w.port=$(P)", "worker.w.port", "8123", ""},
    ReadCase{"", "P=1\nworker.w.port=$(P)", "worker.w.port", "1", ""},
    ReadCase{"W7", "worker.list=a\nworker.list=b c", "worker.list", "a,b c", ""},
    ReadCase{"", "worker.lb.balanced_workers=a\nworker.lb.balanced_workers=b",
             "worker.lb.balanced_workers", "a,b",
             "warning w:1: worker.lb.balanced_workers is an old name; write balance_workers "
             "instead\n"
             "warning w:2: worker.lb.balanced_workers is an old name; write balance_workers "
             "instead\n"},
    ReadCase{"", "worker.a.distance=1\nworker.a.distance=2", "worker.a.distance", "2",
             "warning w:2: worker.a.distance = \"2\" replaces the value \"1\" of w:1; remove one "
             "of the two\n"},
    ReadCase{"", "worker.maintain=1\nworker.maintain=2", "worker.maintain", "2",
             "warning w:2: worker.maintain = \"2\" replaces the value \"1\" of w:1; remove one of "
             "the two\n"},
    ReadCase{"", "v=secret1\nv=secret2", "v", "secret2",
             "warning w:2: v replaces the value of w:1; remove one of the two\n"},
    ReadCase{"LG-3", "worker.a.secret=one\nworker.a.secret=two", "worker.a.secret", "two",
             "warning w:2: worker.a.secret replaces the value of w:1; remove one of the two\n"},
    ReadCase{"", "worker.w.local_worker=1", "worker.w.local_worker", "1",
             "warning w:1: worker.w.local_worker has no effect any more; write distance instead\n"},
    ReadCase{"", "worker.w.mx=1", "worker.w.mx", "1",
             "warning w:1: worker.w.mx has no effect any more; remove the line\n"},
    ReadCase{"", "worker.a.b.host=x", "worker.a.b.host", "x", ""},
    ReadCase{"", "any name = any value", "any name", "any value", ""},
};

START_TEST(reads_a_file)
{
    const ReadCase& row = read_cases.at(static_cast<std::size_t>(_i));
    Properties properties{jk::test::environment};
    properties.add_file(row.file, "w");
    const jk::conf::Property* const found = properties.find(row.name);
    ck_assert_text_eq(found == nullptr ? "-" : found->value, row.value);
    ck_assert_text_eq(all_of(properties.complaints()), row.complaints);
}
END_TEST

START_TEST(w4_a_directive_knows_no_comments)
{
    Properties properties{{}};
    properties.add_line("worker.w.secret=a#b", {"httpd.conf", 7});
    ck_assert_text_eq(properties.of_worker("w", "secret").value_or("-"), "a#b");
    ck_assert(properties.complaints().empty());
}
END_TEST

START_TEST(w8_the_file_comes_after_the_directives)
{
    Properties properties{{}};
    properties.add_line("worker.w.host=x", {"httpd.conf", 7});
    properties.add_file("\nworker.w.host=y", "w");
    ck_assert_text_eq(properties.of_worker("w", "host").value_or("-"), "y");
    ck_assert_text_eq(all_of(properties.complaints()),
                      "warning w:2: worker.w.host = \"y\" replaces the value \"x\" of "
                      "httpd.conf:7; remove one of the two\n");
    ck_assert_text_eq(jk::to_text(properties.find("worker.w.host")->place), "w:2");
}
END_TEST

START_TEST(knows_the_line_of_each_element)
{
    Properties properties{{}};
    properties.add_line("worker.list=a,b", {"httpd.conf", 7});
    properties.add_file("worker.list=c\nworker.list=d a", "w");
    const jk::conf::Property& list = *properties.find("worker.list");
    ck_assert_text_eq(jk::to_text(list.place_of("a")), "httpd.conf:7");
    ck_assert_text_eq(jk::to_text(list.place_of("b")), "httpd.conf:7");
    ck_assert_text_eq(jk::to_text(list.place_of("c")), "w:1");
    ck_assert_text_eq(jk::to_text(list.place_of("d")), "w:2");
}
END_TEST

START_TEST(remembers_how_it_was_written)
{
    Properties properties{{}};
    properties.add_file("worker.a.reference=worker.b\nv=7\nworker.b.port=$(v)\nother=1", "w");
    properties.resolve_references();
    ck_assert_text_eq(properties.find("worker.a.port")->written, "worker.b.port");
    ck_assert_text_eq(properties.find("worker.b.port")->written, "worker.b.port");
    ck_assert(properties.find("v")->is_used);
    ck_assert(!properties.find("other")->is_used);
}
END_TEST

START_TEST(refuses_long_lines)
{
    Properties properties{{}};
    const std::string fits = "worker.w.secret=" + std::string(8192 - 16, 'x');
    properties.add_line(fits, {"httpd.conf", 1});
    ck_assert(properties.complaints().empty());
    properties.add_line(fits + "x", {"httpd.conf", 2});
    properties.add_file("\n" + fits, "w");  // 8192 bytes are one too many in a file
    ck_assert_text_eq(all_of(properties.complaints()),
                      "error httpd.conf:2: the property is longer than 8192 bytes; shorten it: "
                      "\"worker.w.secret\"\n"
                      "error w:2: the line is longer than 8191 bytes; shorten or split it (lists "
                      "may be continued by a second line with the same name)\n");
}
END_TEST

START_TEST(cuts_off_too_many_variables)
{
    std::string line = "worker.w.route=";
    for (int i = 0; i < 22; ++i) {
        line += "$(P)";
    }
    Properties properties{jk::test::environment};
    properties.add_file(line, "w");
    ck_assert(properties.of_worker("w", "route")->ends_with("8123$(P)"));
    ck_assert_text_eq(all_of(properties.complaints()),
                      "warning w:1: worker.w.route has more than 21 variables; those behind the "
                      "21st stay as they are, spread them out\n");
}
END_TEST

START_TEST(defined_names_are_variables)
{
    Properties properties{{}};
    properties.add_line("worker.a.css=$(ServerRoot)/early", {"httpd.conf", 1});
    properties.define("ServerRoot", "/etc/apache2");
    properties.add_file("worker.b.css=$(ServerRoot)/late", "w");
    ck_assert_text_eq(properties.of_worker("a", "css").value_or("-"), "$(ServerRoot)/early");
    ck_assert_text_eq(properties.of_worker("b", "css").value_or("-"), "/etc/apache2/late");
    properties.define("ServerRoot", "/srv");
    ck_assert_text_eq(properties.find("ServerRoot")->value, "/srv");
    ck_assert_uint_eq(properties.all().size(), 3);
}
END_TEST

struct SecretCase {
    std::string_view file;
    std::string_view name;
    bool holds_secret;
};
constexpr std::array secret_cases{
    SecretCase{"worker.a.secret=x", "worker.a.secret", true},
    SecretCase{"worker.a.secretkey=x", "worker.a.secretkey", true},
    SecretCase{"p=x\nworker.a.secret=$(p)", "p", true},
    SecretCase{"q=x\np=$(q)\nworker.a.secret=$(p)y", "q", true},
    SecretCase{"p=x\nworker.a.secret=$(p)\nworker.b.css=$(p)", "worker.b.css", true},
    SecretCase{"p=x\nworker.b.css=$(p)\nworker.a.secret=$(p)", "worker.b.css", true},
    SecretCase{"worker.a.secret=x\nv=$(worker.a.secret)", "v", true},
    SecretCase{"worker.t.secret=x\nworker.a.reference=worker.t", "worker.a.secret", true},
    SecretCase{"worker.a.secret=$(ServerRoot)", "ServerRoot", false},
    SecretCase{"p=x\nworker.a.route=$(p)\nworker.a.secret=y", "p", false},
    SecretCase{"worker.a.secret=x\nworker.a.host=x", "worker.a.host", false},
};

START_TEST(follows_secrets_through_variables)
{
    const SecretCase& row = secret_cases.at(static_cast<std::size_t>(_i));
    Properties properties{{}};
    properties.define("ServerRoot", "/etc/apache2");
    properties.add_file(row.file, "w");
    properties.resolve_references();
    ck_assert(properties.find(row.name)->holds_secret == row.holds_secret);
}
END_TEST

struct ReferenceCase {
    std::string_view id;
    std::string_view file;
    std::string_view name;
    std::string_view value;
    std::string_view complaints;
};
constexpr std::array reference_cases{
    ReferenceCase{"W12",
                  "worker.a.reference=worker.b\nworker.a.host=x\nworker.b.host=y\nworker.b.port=7",
                  "worker.a.port", "7", ""},
    ReferenceCase{"W12",
                  "worker.a.reference=worker.b\nworker.a.host=x\nworker.b.host=y\nworker.b.port=7",
                  "worker.a.host", "x", ""},
    ReferenceCase{"", "worker.a.reference=worker.b\nworker.a.mount=/x\nworker.b.mount=/y",
                  "worker.a.mount", "/x", ""},
    ReferenceCase{"", "worker.a.reference=worker.b\nworker.b.reference=worker.c\nworker.c.port=7",
                  "worker.a.port", "7", ""},
    ReferenceCase{"", "worker.a.x.reference=worker.b\nworker.b.port=7", "worker.a.x.port", "7", ""},
    ReferenceCase{"", "worker.ab.port=7\nworker.a.port=8\nworker.c.reference=worker.a",
                  "worker.c.port", "8", ""},
    ReferenceCase{"W13", "worker.a.reference=worker.b", "worker.a.port", "-",
                  "error w:1: worker.a.reference names \"worker.b\", but there is no property "
                  "worker.b...; define it or remove the reference\n"},
    ReferenceCase{"W13", "worker.tc1.reference=worker.tomact\nworker.tomcat.port=7",
                  "worker.tc1.port", "-",
                  "error w:1: worker.tc1.reference names \"worker.tomact\", but there is no "
                  "property worker.tomact...; did you mean worker.tomcat?\n"},
    ReferenceCase{"W13", "worker.a.reference=b\nworker.b.port=7", "worker.a.port", "-",
                  "error w:1: worker.a.reference names \"b\", but there is no property b...; write "
                  "worker.b\n"},
    ReferenceCase{"W13",
                  "worker.a.reference=worker.b\nworker.b.reference=worker.a\n"
                  "worker.b.port=7",
                  "worker.b.port", "7",
                  "error w:1: worker.a.reference = \"worker.b\": references lead in a circle, or "
                  "through more than 20 workers; write the properties out\n"},
    ReferenceCase{"W13", "worker.a.reference=worker.a\nworker.a.port=7", "worker.a.port", "7",
                  "error w:1: worker.a.reference = \"worker.a\": references lead in a circle, or "
                  "through more than 20 workers; write the properties out\n"},
};

START_TEST(resolves_references)
{
    const ReferenceCase& row = reference_cases.at(static_cast<std::size_t>(_i));
    Properties properties{{}};
    properties.add_file(row.file, "w");
    properties.resolve_references();
    const jk::conf::Property* const found = properties.find(row.name);
    ck_assert_text_eq(found == nullptr ? "-" : found->value, row.value);
    ck_assert_text_eq(all_of(properties.complaints()), row.complaints);
}
END_TEST

/// A chain of `length` references, whose end has a port; `step` is 1 or -1: the order of lines.
std::string chain(int length, int step)
{
    std::string file;
    for (int i = 0; i < length; ++i) {
        const int at = step > 0 ? i : length - 1 - i;
        file +=
            "worker.w" + std::to_string(at) + ".reference=worker.w" + std::to_string(at + 1) + "\n";
    }
    return file + "worker.w" + std::to_string(length) + ".port=7\n";
}

START_TEST(w13_follows_twenty_references)
{
    for (const int step : {1, -1}) {
        Properties short_enough{{}};
        short_enough.add_file(chain(20, step), "w");
        short_enough.resolve_references();
        ck_assert(short_enough.complaints().empty());
        ck_assert_text_eq(short_enough.of_worker("w0", "port").value_or("-"), "7");
        Properties too_long{{}};
        too_long.add_file(chain(21, step), "w");
        too_long.resolve_references();
        ck_assert_uint_eq(too_long.complaints().size(), 1);
        ck_assert(jk::has_error(too_long.complaints()));
    }
}
END_TEST

START_TEST(keeps_the_order_of_statements)
{
    Properties properties{{}};
    properties.add_file("worker.t.port=1\nworker.t.host=a\nworker.b.reference=worker.t\nz=1", "w");
    properties.resolve_references();
    const std::array expected{"worker.t.port", "worker.t.host", "worker.b.reference", "z",
                              "worker.b.port", "worker.b.host"};
    ck_assert_uint_eq(properties.all().size(), expected.size());
    for (std::size_t at = 0; at < expected.size(); ++at) {
        ck_assert_text_eq(properties.all()[at].name, expected[at]);
    }
}
END_TEST

START_TEST(knows_which_workers_have_properties)
{
    Properties properties{{}};
    properties.add_file("worker.ab.port=1", "w");
    ck_assert(properties.has_worker("ab"));
    ck_assert(!properties.has_worker("a"));
    ck_assert(!properties.has_worker("ab.port"));
    ck_assert(properties.find_of_worker("ab", "host") == nullptr);
}
END_TEST

}  // namespace

TCase* properties_tests()
{
    TCase* tests = tcase_create("properties");
    tcase_add_loop_test(tests, reads_a_file, 0, static_cast<int>(read_cases.size()));
    tcase_add_test(tests, w4_a_directive_knows_no_comments);
    tcase_add_test(tests, w8_the_file_comes_after_the_directives);
    tcase_add_test(tests, knows_the_line_of_each_element);
    tcase_add_test(tests, remembers_how_it_was_written);
    tcase_add_test(tests, refuses_long_lines);
    tcase_add_test(tests, cuts_off_too_many_variables);
    tcase_add_test(tests, defined_names_are_variables);
    tcase_add_loop_test(tests, follows_secrets_through_variables, 0,
                        static_cast<int>(secret_cases.size()));
    tcase_add_loop_test(tests, resolves_references, 0, static_cast<int>(reference_cases.size()));
    tcase_add_test(tests, w13_follows_twenty_references);
    tcase_add_test(tests, keeps_the_order_of_statements);
    tcase_add_test(tests, knows_which_workers_have_properties);
    return tests;
}
