// Tests common/status/commands.
#include "status/commands.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

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

/// Everything that was asked to be done.
struct Log {
    std::vector<jk::status::Change> changes;
    std::optional<jk::status::Refusal> refusal;
};

std::string ask(Log& log, std::string_view query)
{
    const jk::test::Sample sample;
    jk::status::Inquiry inquiry{{query, {}, {}, "t"}, sample.status, sample.snapshot};
    log.changes.assign(inquiry.changes().begin(), inquiry.changes().end());
    return inquiry.answer(log.changes.empty() ? std::nullopt : log.refusal).refusal;
}

struct ActionCase {
    std::string_view query;
    jk::status::Action action;
    jk::lb::EditTarget target;
};
using jk::lb::EditKind;
using jk::status::Action;
constexpr std::array action_cases{
    ActionCase{"cmd=reset&w=lb", Action::reset, {EditKind::balancer, "lb", ""}},
    ActionCase{"cmd=reset&w=lb&sw=node2", Action::reset, {EditKind::member, "lb", "node2"}},
    ActionCase{"cmd=reset&w=single", Action::reset, {EditKind::worker, "", "single"}},
    ActionCase{"cmd=recover&w=lb&sw=node3", Action::recover, {EditKind::member, "lb", "node3"}},
    ActionCase{"cmd=update&w=lb&vlr=3", Action::edit, {EditKind::balancer, "lb", ""}},
};

START_TEST(what_is_asked_for_is_done)
{
    const ActionCase& row = action_cases.at(static_cast<std::size_t>(_i));
    Log log;
    ck_assert_text_eq(ask(log, row.query), "");
    ck_assert_uint_eq(log.changes.size(), 1);
    ck_assert(log.changes.front().action == row.action);
    ck_assert(log.changes.front().target() == row.target);
}
END_TEST

struct FailureCase {
    std::string_view query;
    std::string_view message;
    std::size_t changes;  ///< that were tried
};
constexpr std::array failure_cases{
    FailureCase{"cmd=reset&w=lb", "Reset failed", 1},
    FailureCase{"cmd=reset&w=jkstatus", "Reset failed", 0},
    FailureCase{"cmd=recover&w=lb&sw=node3", "Marking worker for recovery failed", 1},
    FailureCase{"cmd=recover&w=lb", "Marking worker for recovery failed", 0},
    FailureCase{"cmd=recover&w=single", "Marking worker for recovery failed", 0},
    FailureCase{"cmd=update&w=lb&vlr=x", "Update failed: vlr is odd; nothing was changed", 1},
    FailureCase{"cmd=update&w=jkstatus&vlr=x", "Update failed", 0},
    FailureCase{"cmd=edit&w=jkstatus", "Error in generating this worker's configuration form.", 0},
    FailureCase{"cmd=edit&w=lb&att=foo", "Error in generating this worker's configuration form.",
                0},
};

START_TEST(failures)
{
    const FailureCase& row = failure_cases.at(static_cast<std::size_t>(_i));
    Log log;
    log.refusal = jk::status::Refusal{0, jk::status::Reason::bad_value, "is odd"};
    ck_assert_text_eq(ask(log, row.query), row.message);
    ck_assert_uint_eq(log.changes.size(), row.changes);
}
END_TEST

START_TEST(edit_only_prepares)
{
    const jk::test::Sample sample;
    for (const char* const query : {"cmd=edit&w=lb", "cmd=edit&w=lb&sw=node2", "cmd=edit&w=single",
                                    "cmd=edit&w=lb&att=vwf"}) {
        Log log;
        ck_assert_text_eq(ask(log, query), "");
        ck_assert(log.changes.empty());
        ck_assert_text_eq(sample.body(std::string{query} + "&mime=txt"),
                          "Server: name=www.example.com port=22000\n"
                          "Result: type=OK message=\"Action finished\"\n");
    }
}
END_TEST

}  // namespace

TCase* commands_tests()
{
    TCase* tests = tcase_create("commands");
    tcase_add_loop_test(tests, rows, 0, static_cast<int>(command_cases.size()));
    tcase_add_test(tests, names_are_exact);
    tcase_add_loop_test(tests, what_is_asked_for_is_done, 0, static_cast<int>(action_cases.size()));
    tcase_add_loop_test(tests, failures, 0, static_cast<int>(failure_cases.size()));
    tcase_add_test(tests, edit_only_prepares);
    return tests;
}
