// Tests common/status/commands.
#include "status/commands.h"

#include <array>

#include "status/sample.h"
#include "support/check.h"

namespace {

using jk::status::Effect;
using jk::status::Header;
using jk::status::Needs;

struct CommandCase {
    std::string_view name;
    Effect effect;
    Needs needs;
    Header header;
};
constexpr std::array command_cases{
    // status.md 2 and 5.1
    CommandCase{"list", Effect::shows, Needs::nothing, Header::full},
    CommandCase{"show", Effect::shows, Needs::worker, Header::full},
    CommandCase{"edit", Effect::prepares, Needs::worker, Header::server},
    CommandCase{"update", Effect::changes, Needs::pattern, Header::none},
    CommandCase{"reset", Effect::changes, Needs::worker, Header::none},
    CommandCase{"recover", Effect::changes, Needs::worker, Header::none},
    CommandCase{"version", Effect::shows, Needs::nothing, Header::full},
    CommandCase{"dump", Effect::shows, Needs::nothing, Header::full},
};

START_TEST(rows)
{
    const CommandCase& row = command_cases.at(static_cast<std::size_t>(_i));
    const jk::status::Command* const command = jk::status::find_command(row.name);
    ck_assert_ptr_nonnull(command);
    ck_assert(command->effect == row.effect);
    ck_assert(command->needs == row.needs);
    ck_assert(command->header == row.header);
}
END_TEST

START_TEST(names_are_exact)
{
    ck_assert_uint_eq(jk::status::commands().size(), command_cases.size());
    ck_assert_ptr_null(jk::status::find_command("List"));
    ck_assert_ptr_null(jk::status::find_command("list "));
    ck_assert_ptr_null(jk::status::find_command(""));
}
END_TEST

constexpr std::array<std::string_view, 5> later{
    "cmd=edit&w=lb&mime=txt",  "cmd=update&w=lb&vlr=3&mime=txt",
    "cmd=reset&w=lb&mime=txt", "cmd=recover&w=lb&sw=node3&mime=txt",
    "cmd=dump&mime=txt",
};

START_TEST(what_is_not_built_says_so)
{
    const jk::test::Sample sample;
    const auto answer = sample.ask(later.at(static_cast<std::size_t>(_i)));
    ck_assert_text_eq(answer.body,
                      "Result: type=ERROR message=\"This command is not available yet.\"\n");
    ck_assert_int_eq(answer.http_status, 200);
    ck_assert(!answer.refusal.empty());
}
END_TEST

}  // namespace

TCase* commands_tests()
{
    TCase* tests = tcase_create("commands");
    tcase_add_loop_test(tests, rows, 0, static_cast<int>(command_cases.size()));
    tcase_add_test(tests, names_are_exact);
    tcase_add_loop_test(tests, what_is_not_built_says_so, 0, static_cast<int>(later.size()));
    return tests;
}
