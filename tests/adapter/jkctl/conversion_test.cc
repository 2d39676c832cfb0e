// Conversions of texts: what stays, what moves, what is refused, and the way there and back.
#include "jkctl/conversion.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "base/lines.h"
#include "conf/properties.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::to_directives;
using ctl::to_properties;

std::string directives_of(std::string_view text)
{
    Complaints complaints;
    const auto converted = to_directives(text, "w", complaints);
    return converted.has_value() ? *converted : "refused: " + to_text(complaints.front());
}

std::string properties_of(std::string_view text)
{
    Complaints complaints;
    const auto converted = to_properties(text, "h", complaints);
    return converted.has_value() ? *converted : "refused: " + to_text(complaints.front());
}

conf::Properties read(std::string_view text)
{
    conf::Properties properties{nullptr};
    properties.add_file(text, "w");
    return properties;
}

/// The lines as httpd hands them to the module.
conf::Properties read_directives(std::string_view text)
{
    conf::Properties properties{nullptr};
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        assert_false(line.ends_with('\\'));
        constexpr std::string_view directive = "JkWorkerProperty ";
        if (line.starts_with(directive)) {
            line.remove_prefix(directive.size());
            line = line.substr(0, line.find_last_not_of(" \t") + 1);
            properties.add_line(line, {"h", 1});
        } else {
            assert_true(line.empty() || line.starts_with('#'));
        }
    }
    return properties;
}

/// A digit for each complaint, but for those about a comment: lines of httpd.conf have none.
std::string severities(const conf::Properties& properties)
{
    std::string all;
    for (const Complaint& one : properties.complaints()) {
        if (one.text.find("begins a comment") == std::string::npos) {
            all += std::to_string(static_cast<int>(one.severity));
        }
    }
    return all;
}

void assert_same(const conf::Properties& got, const conf::Properties& want)
{
    assert_int_equal(got.all().size(), want.all().size());
    for (std::size_t i = 0; i < want.all().size(); ++i) {
        assert_text_equal(got.all()[i].name, want.all()[i].name);
        assert_text_equal(got.all()[i].value, want.all()[i].value);
    }
    assert_text_equal(severities(got), severities(want));
}

void statements_become_directives()
{
    assert_text_equal(directives_of("worker.list=a,b\n\n  worker.a.port = 8009 \r\n"),
                      "JkWorkerProperty worker.list=a,b\n\n"
                      "JkWorkerProperty worker.a.port = 8009\n");
    assert_text_equal(directives_of("worker.a.host=\"h\""),
                      "JkWorkerProperty worker.a.host=\"h\"\n");
    assert_text_equal(directives_of("\xef\xbb\xbfworker.list=a"),
                      "JkWorkerProperty worker.list=a\n");
    assert_text_equal(directives_of("no statement"), "JkWorkerProperty no statement\n");
    assert_text_equal(directives_of(""), "");
}

void comments_stay_comments()
{
    assert_text_equal(directives_of("# all\n  #x\nworker.list=a # the list\n"),
                      "# all\n#x\n# the list\nJkWorkerProperty worker.list=a\n");
    assert_text_equal(
        properties_of("# about httpd\nListen 80\n# all\n\nJkWorkerProperty a=b\n# end\n"),
        "# all\n\na=b\n");
}

void a_backslash_at_the_end_joins_no_lines()
{
    assert_text_equal(directives_of("worker.a.css=x\\\n# c:\\\nworker.a.ns=y"),
                      "JkWorkerProperty worker.a.css=x\\ \n# c:\\ \n"
                      "JkWorkerProperty worker.a.ns=y\n");
}

void what_httpd_would_change_is_refused()
{
    Complaints complaints;
    assert_false(
        to_directives("a=${HOME}\nb=$(ServerRoot)/x\nc=d\ne=$(HOME)\n" + std::string("f=\0", 3),
                      "w", complaints)
            .has_value());
    assert_int_equal(complaints.size(), 3);
    assert_text_holds(to_text(complaints[0]), "w:1: \"${HOME}\" is plain text");
    assert_text_holds(to_text(complaints[1]), "w:2: $(ServerRoot) is known in a workers file only");
    assert_text_holds(to_text(complaints[2]), "w:5: the line holds a NUL byte");
    assert_text_equal(directives_of("a=${HOME\nb=$x}\n"),
                      "JkWorkerProperty a=${HOME\nJkWorkerProperty b=$x}\n");
}

void directives_become_statements()
{
    assert_text_equal(
        properties_of("<IfModule x>\n\tjkworkerproperty  worker.list = a \n</IfModule>\n"
                      "JkMount /* a\nJkWorkerProperty\tworker.a.port=1\r\n"),
        "worker.list = a\nworker.a.port=1\n");
}

void continued_lines_are_one()
{
    assert_text_equal(properties_of("JkWorker\\\nProperty worker.list=a,\\\n  b\nJkMount \\\n"
                                    "JkWorkerProperty x\n"),
                      "worker.list=a,  b\n");
}

void what_a_file_cannot_hold_is_refused()
{
    Complaints complaints;
    assert_false(to_properties("Listen 80 \\\n\nJkWorkerProperty a=b#c\nJkWorkerProperty d=${E}\n"
                               "JkWorkerProperty f=g\nJkWorkerProperty h=" +
                                   std::string(line_limit, 'x'),
                               "h", complaints)
                     .has_value());
    assert_int_equal(complaints.size(), 3);
    assert_text_holds(to_text(complaints[0]), "h:3: a \"#\" begins a comment");
    assert_text_holds(to_text(complaints[1]), "h:4: \"${E}\" is httpd's to replace");
    assert_text_holds(to_text(complaints[1]), "$(E)");
    assert_text_holds(to_text(complaints[2]), "h:6: the property is longer");
}

void a_file_without_properties_is_refused()
{
    assert_text_holds(properties_of("Listen 80\n"),
                      "refused: h: there is no JkWorkerProperty line");
}

void limits_of_both_sides_are_the_same()
{
    const std::string longest = "a=" + std::string(line_limit - 2, 'x');
    assert_same(read_directives(directives_of(longest)), read(longest));
    assert_text_equal(properties_of(directives_of(longest)), longest + "\n");
    assert_text_holds(directives_of(longest + "x"), "refused: w:1: the line is longer than 8191");
}

/// Random texts of the pieces that matter.
class Texts {
public:
    std::string next()
    {
        constexpr std::string_view pieces[] = {
            "worker.list=",
            "worker.a.port=",
            "worker.b.host",
            "=",
            " ",
            "\t",
            "x=",
            "$(x)",
            "$(",
            ")",
            "\\",
            "\"",
            "'",
            "a,b",
            "\r",
            "#",
            "\n",
            "\n",
            "\n",
            "$",
            "${",
            "worker.a.css=",
            "\v",
            "{",
            "ä=ö",
            "8009",
            "<",
            "balance_workers=",
        };
        std::string text;
        for (std::uint32_t count = random() % 40; count > 0; --count) {
            text += pieces[random() % std::size(pieces)];
        }
        return text;
    }

private:
    std::uint32_t random() noexcept
    {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        return static_cast<std::uint32_t>(state_ >> 33U);
    }
    std::uint64_t state_ = 1;
};

void there_and_back_says_the_same()
{
    Texts texts;
    int converted = 0;
    for (int i = 0; i < 20000; ++i) {
        const std::string text = texts.next();
        Complaints complaints;
        const auto directives = to_directives(text, "w", complaints);
        if (!directives.has_value()) {
            continue;
        }
        const conf::Properties original = read(text);
        assert_same(read_directives(*directives), original);
        const auto back = to_properties(*directives, "h", complaints);
        if (back.has_value()) {
            assert_same(read(*back), original);
            ++converted;
        } else {
            assert_true(directives->find("JkWorkerProperty") == std::string::npos);
        }
    }
    assert_true(converted > 10000);
}

}  // namespace

Group jkctl_conversion_tests()
{
    return {"jkctl/conversion",
            {
                jk_test(statements_become_directives),
                jk_test(comments_stay_comments),
                jk_test(a_backslash_at_the_end_joins_no_lines),
                jk_test(what_httpd_would_change_is_refused),
                jk_test(directives_become_statements),
                jk_test(continued_lines_are_one),
                jk_test(what_a_file_cannot_hold_is_refused),
                jk_test(a_file_without_properties_is_refused),
                jk_test(limits_of_both_sides_are_the_same),
                jk_test(there_and_back_says_the_same),
            }};
}

}  // namespace jk::test
