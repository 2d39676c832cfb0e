// httpd's lines, words and variables.
#include "jkctl/httpd_lines.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

/// All lines, "number text|".
std::string lines_of(std::string_view text)
{
    std::string all;
    ctl::HttpdLines lines{text};
    while (const auto line = lines.next()) {
        all += std::to_string(line->number) + " " + line->text + "|";
    }
    return all;
}

void lines_are_joined_and_counted()
{
    struct {
        const char* text;
        const char* want;
    } const rows[] = {
        {"", ""},
        {"\n\n", ""},
        {"a b\n  c\t\n", "1 a b|2 c|"},
        {"# x\na", "2 a|"},
        {"a \\\n b\nc", "2 a  b|3 c|"},
        {"a\\\r\nb\r\nc", "2 ab|3 c|"},
        {"# x \\\nJkMount /a w\nb", "3 b|"},  // the comment goes on
        {"a\\", "1 a\\|"},
        {"a \\\n\\\nb", "3 a b|"},
        {"a # b", "1 a # b|"},
    };
    for (const auto& row : rows) {
        assert_text_equal(lines_of(row.text), row.want);
    }
}

void words_lose_their_quotes()
{
    struct {
        const char* text;
        const char* want;  // words, each in <>
    } const rows[] = {
        {"a b", "<a><b>"},         {"  a\t b  ", "<a><b>"},
        {"\"a b\" c", "<a b><c>"}, {"'a \"b' c", "<a \"b><c>"},
        {"\"a\\\"b\"", "<a\"b>"},  {"\"a\\\\b\"", "<a\\b>"},
        {"\"a\\nb\"", "<a\\nb>"},  {"a\"b c\"", "<a\"b><c\">"},
        {"\"a\"b", "<a><b>"},      {"\"a", "<a>"},
        {"\"\" b", "<><b>"},
    };
    for (const auto& row : rows) {
        std::string words;
        for (std::string_view rest = row.text; !rest.empty();) {
            words += "<" + ctl::next_word(rest) + ">";
        }
        assert_text_equal(words, row.want);
    }
}

void variables_are_replaced_once()
{
    const ctl::Variables variables = [](const std::string& name) {
        return name == "A"   ? std::optional<std::string>{"1"}
               : name == "B" ? std::optional<std::string>{"${A}"}
                             : std::nullopt;
    };
    assert_text_equal(ctl::with_variables("x${A}y${A}", variables), "x1y1");
    assert_text_equal(ctl::with_variables("${B}", variables), "${A}");
    assert_text_equal(ctl::with_variables("${C} ${A", variables), "${C} ${A");
    assert_text_equal(ctl::with_variables("$A {A} $(A)", variables), "$A {A} $(A)");
}

}  // namespace

Group jkctl_httpd_lines_tests()
{
    return {"jkctl/httpd_lines",
            {
                jk_test(lines_are_joined_and_counted),
                jk_test(words_lose_their_quotes),
                jk_test(variables_are_replaced_once),
            }};
}

}  // namespace jk::test
