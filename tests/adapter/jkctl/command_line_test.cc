// The command line: what is understood, and what is said about the rest.
#include "jkctl/command_line.h"

#include <sstream>

#include "jkctl/folder.h"
#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::Exit;

struct Outcome {
    Exit exit;
    std::string out;
    std::string err;
};

Outcome run(std::vector<std::string> arguments)
{
    std::ostringstream out;
    std::ostringstream err;
    ctl::Console console{out, err};
    const Exit exit = ctl::run(std::move(arguments), console);
    return {exit, out.str(), err.str()};
}

void assert_misuse(std::vector<std::string> arguments, std::string_view part)
{
    const Outcome done = run(std::move(arguments));
    assert_int_equal(done.exit, Exit::misuse);
    assert_text_equal(done.out, "");
    assert_text_holds(done.err, part);
    assert_text_holds(done.err, "\nTry jkctl");
}

void help_names_every_command_and_option()
{
    const Outcome all = run({"--help"});
    assert_int_equal(all.exit, Exit::fine);
    for (const char* const name :
         {"check", "convert", "explain", "status", "members", "drain", "enable", "disable", "stop",
          "edit", "recover", "reset", "--version", "Exit status"}) {
        assert_text_holds(all.out, name);
    }
    const Outcome one = run({"check", "--help"});
    assert_int_equal(one.exit, Exit::fine);
    for (const char* const name : {"FILE", "--as", "--strict", "--json", "--root", "--env", "-D"}) {
        assert_text_holds(one.out, name);
    }
    assert_text_holds(run({"convert", "-h"}).out, "-o,--output");
    assert_text_holds(run({"explain", "-h"}).out, "--config FILE REQUIRED");
    assert_text_holds(run({"drain", "-h"}).out, "--wait");
}

void the_version_is_told()
{
    const Outcome done = run({"--version"});
    assert_int_equal(done.exit, Exit::fine);
    assert_text_equal(done.out, "jkctl " YOKE_VERSION "\n");
}

void misspelt_words_have_a_suggestion()
{
    assert_misuse({"chekc", "x"}, "jkctl: there is no command \"chekc\"; did you mean check?");
    assert_misuse({"check", "--jsno", "x"}, "did you mean --json?");
    assert_misuse({"--vresion"}, "there is no option \"--vresion\"; did you mean --version?");
    assert_misuse({"convert", "x", "--outptu", "y"}, "did you mean --output?");
    assert_misuse({"nothinglikeit"}, "there is no command \"nothinglikeit\"\n");
}

void wrong_use_is_explained()
{
    assert_misuse({}, "name a command");
    assert_misuse({"check"}, "FILE");
    assert_misuse({"convert"}, "FILE");
    assert_misuse({"explain", "http://h/"}, "--config");
    assert_misuse({"check", "--as", "word", "x"}, "word");
    assert_misuse({"convert", "--to"}, "--to");
    assert_misuse({"convert", "a", "b"}, "one argument too many, \"b\"");
    assert_misuse({"drain", "lb"}, "MEMBER");
    assert_misuse({"drain", "lb", "tc1", "--wait=soon"}, "--wait");
    assert_misuse({"drain", "lb", "tc1", "--wait=0"}, "--wait");
    assert_misuse({"status", "--timeout", "0"}, "--timeout");
    assert_misuse({"edit", "lb"}, "property=value");
    assert_misuse({"edit", "lb", "tc1"}, "there is nothing to change");
}

void options_reach_their_command()
{
    const Folder folder;
    const std::string workers = folder.file("w", "worker.list=a\nworker.a.port=1\n");
    const std::string mounts = folder.file("u", "/x=nosuch\n");
    assert_int_equal(run({"check", workers, mounts}).exit, Exit::fine);
    assert_int_equal(run({"check", workers, mounts, "--strict"}).exit, Exit::refused);
    assert_text_holds(run({"check", "--json", workers}).out, "\"verdict\"");
    assert_text_holds(run({"check", "--as", "mounts", workers}).out, "is no rule");
    assert_text_equal(run({"check", "-D", "A", "--define", "B=1", workers}).out,
                      "no complaints in 1 file\n");
    assert_int_equal(run({"convert", workers, "-o", folder.path("h")}).exit, Exit::fine);
    assert_text_holds(run({"convert", "--to", "properties", folder.path("h")}).out,
                      "worker.list=a\n");
    const std::string conf = folder.file(
        "c", "JkWorkerProperty worker.list=a\nJkWorkerProperty worker.a.port=1\nJkMount /x a\n");
    const Outcome to_a =
        run({"explain", "--config", conf, "--json", "--cookie", "a=b", "http://h/x"});
    assert_text_holds(to_a.out, "\"worker\": \"a\"");
    assert_int_equal(to_a.exit, Exit::fine);
    assert_int_equal(run({"explain", "http://h/y", "--config", conf}).exit, Exit::refused);
}

/// Nobody listens, so that a command tells where it would have gone.
void options_reach_the_running_server()
{
    const Folder folder;
    const std::string none = folder.path("none");
    for (std::vector<std::string> arguments : std::vector<std::vector<std::string>>{
             {"status"},
             {"status", "lb"},
             {"members", "lb", "tc1"},
             {"drain", "--wait", "lb", "tc1"},
             {"drain", "lb", "tc1", "--stop", "--wait=5"},
             {"enable", "lb", "tc1"},
             {"disable", "lb", "tc1"},
             {"stop", "lb", "tc1"},
             {"edit", "lb", "tc1", "lbfactor=2", "route=x"},
             {"recover", "lb", "tc1"},
             {"reset", "lb"},
         }) {
        arguments.insert(arguments.end(), {"--url", "http://h/jk", "--socket", none});
        const Outcome done = run(arguments);
        assert_int_equal(done.exit, Exit::refused);
        assert_text_holds(done.err, "http://h/jk cannot be reached");
    }
}

}  // namespace

Group jkctl_command_line_tests()
{
    return {"jkctl/command_line",
            {
                jk_test(help_names_every_command_and_option),
                jk_test(the_version_is_told),
                jk_test(misspelt_words_have_a_suggestion),
                jk_test(wrong_use_is_explained),
                jk_test(options_reach_their_command),
                jk_test(options_reach_the_running_server),
            }};
}

}  // namespace jk::test
