// Tables.
#include "jkctl/table.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::Colour;
using ctl::Mood;
using ctl::Table;

Table sample()
{
    Table table{{{"NAME"}, {"N", Table::Align::right}}};
    table.add({{"a"}, {"100"}});
    table.add({{"a long name", Mood::bad}, {"7", Mood::good}});
    table.add({{""}, {""}});
    return table;
}

void columns_stand_under_each_other()
{
    assert_text_equal(sample().text(Colour::none), "NAME           N\n"
                                                   "a            100\n"
                                                   "a long name    7\n"
                                                   "-              -\n");
}

void colours_do_not_move_them()
{
    assert_text_equal(sample().text(Colour::ansi), "NAME           N\n"
                                                   "a            100\n"
                                                   "\x1b[1;31ma long name\x1b[0m    "
                                                   "\x1b[32m7\x1b[0m\n"
                                                   "-              -\n");
}

void foreign_bytes_are_harmless()
{
    Table table{{{"A"}}};
    table.add({{"\x1b[2J\n"}});
    assert_text_equal(table.text(Colour::none), "A\n\\x1b[2J\\x0a\n");
}

void words_of_the_server_have_moods()
{
    assert_true(ctl::mood_of("good") == Mood::good);
    assert_true(ctl::mood_of("degraded") == Mood::degraded);
    assert_true(ctl::mood_of("bad") == Mood::bad);
    assert_true(ctl::mood_of("new one") == Mood::plain);
}

}  // namespace

Group jkctl_table_tests()
{
    return {"jkctl/table",
            {
                jk_test(columns_stand_under_each_other),
                jk_test(colours_do_not_move_them),
                jk_test(foreign_bytes_are_harmless),
                jk_test(words_of_the_server_have_moods),
            }};
}

}  // namespace jk::test
