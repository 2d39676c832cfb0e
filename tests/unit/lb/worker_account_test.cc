// Tests common/lb/worker_account.
#include "lb/worker_account.h"

#include <array>

#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::lb::Ending;
using jk::lb::State;
using jk::test::Stage;

constexpr std::uint32_t raw(State state)
{
    return static_cast<std::uint32_t>(state);
}

jk::lb::Outcome outcome_of(Ending ending)
{
    jk::lb::Outcome outcome;
    outcome.ending = ending;
    outcome.bytes_read = 30;
    outcome.bytes_written = 20;
    return outcome;
}

/// balancing.md 10 and 6.5: what an ending leaves in the worker's record.
struct Row {
    Ending ending;
    std::uint32_t errors, client_errors;
    State state;
};
constexpr std::array rows{
    Row{Ending::success, 0, 0, State::ok},          Row{Ending::client_error, 0, 1, State::ok},
    Row{Ending::soft_status, 1, 0, State::error},   Row{Ending::hard_status, 1, 0, State::error},
    Row{Ending::reply_timeout, 1, 0, State::error}, Row{Ending::framing, 1, 0, State::error},
    Row{Ending::failed, 1, 0, State::error},
};

START_TEST(counts_what_became_of_a_request)
{
    const Row& row = rows.at(static_cast<std::size_t>(_i));
    Stage stage;
    jk::lb::WorkerAccount account = stage.account('a');
    ck_assert(account.begin(0));
    ck_assert_uint_eq(account.busy(), 1);
    account.end(outcome_of(row.ending), stage.now);
    const jk::lb::WorkerSlot& slot = account.slot();
    ck_assert_uint_eq(account.busy(), 0);
    ck_assert_uint_eq(slot.used.load(), 1);
    ck_assert_uint_eq(slot.read.load(), 30);
    ck_assert_uint_eq(slot.transferred.load(), 20);
    ck_assert_uint_eq(slot.errors.load(), row.errors);
    ck_assert_uint_eq(slot.client_errors.load(), row.client_errors);
    ck_assert_uint_eq(slot.state.load(), raw(row.state));
    ck_assert_int_eq(slot.error_time.load(),
                     row.state == State::error ? jk::to_micros(stage.now) : 0);
    ck_assert_uint_eq(slot.max_busy.load(), 1);
}
END_TEST

START_TEST(refuses_above_the_busy_limit)
{
    Stage stage;
    jk::lb::WorkerAccount account = stage.account('a');
    ck_assert(account.begin(2));
    ck_assert(account.begin(2));
    ck_assert(!account.begin(2));
    account.end(outcome_of(Ending::busy_limit), stage.now);
    ck_assert_uint_eq(account.busy(), 2);
    ck_assert_uint_eq(account.slot().used.load(), 3);
    ck_assert_uint_eq(account.slot().errors.load(), 1);
    ck_assert_uint_eq(account.slot().max_busy.load(), 2);
    ck_assert(account.begin(0));
}
END_TEST

START_TEST(the_state_of_a_direct_worker)
{
    Stage stage;
    jk::lb::WorkerAccount account = stage.account('a');
    ck_assert_uint_eq(account.slot().state.load(), raw(State::idle));
    ck_assert(account.begin(0));
    account.end(outcome_of(Ending::failed), stage.now);
    ck_assert(account.begin(0));
    ck_assert_uint_eq(account.slot().state.load(), raw(State::probing));
    account.end(outcome_of(Ending::success), stage.now);
    ck_assert_uint_eq(account.slot().state.load(), raw(State::ok));
    account.end(outcome_of(Ending::no_connection), stage.now);
    ck_assert_uint_eq(account.slot().state.load(), raw(State::ok));
    ck_assert_uint_eq(account.slot().errors.load(), 1);
}
END_TEST

START_TEST(reply_timeouts_count_each)
{
    Stage stage;
    jk::lb::WorkerAccount account = stage.account('a');
    jk::lb::Outcome outcome = outcome_of(Ending::success);
    outcome.reply_timeouts = 1;
    ck_assert(account.begin(0));
    account.end(outcome, stage.now);
    ck_assert_uint_eq(account.slot().reply_timeouts.load(), 1);
    ck_assert_uint_eq(account.slot().errors.load(), 0);
}
END_TEST

START_TEST(connections_are_counted)
{
    Stage stage;
    jk::lb::WorkerAccount account = stage.account('b');
    account.connected();
    account.connected();
    account.disconnected();
    ck_assert_uint_eq(account.connections(), 1);
    ck_assert_uint_eq(account.slot().max_connected.load(), 2);
    ck_assert_uint_eq(stage.account('a').connections(), 0);
}
END_TEST

// status.md 10.5.
START_TEST(reset_keeps_what_it_should)
{
    for (const bool is_member : {true, false}) {
        Stage stage;
        jk::lb::WorkerAccount account = stage.account('a');
        ck_assert(account.begin(0));
        ck_assert(account.begin(0));
        account.connected();
        account.end(outcome_of(Ending::failed), stage.now);
        stage.pass(std::chrono::seconds{5});
        jk::lb::WorkerSlot& slot = account.slot();
        is_member ? reset_of_member(slot, stage.now) : reset_direct(slot, stage.now);
        ck_assert_uint_eq(slot.used.load() + slot.read.load() + slot.transferred.load(), 0);
        ck_assert_uint_eq(slot.max_busy.load() + slot.max_connected.load(), 0);
        ck_assert_uint_eq(slot.errors.load(), is_member ? 1 : 0);
        ck_assert_int_eq(slot.last_reset.load(), jk::to_micros(stage.now));
        ck_assert_uint_eq(account.busy(), 1);
        ck_assert_uint_eq(account.connections(), 1);
        ck_assert_uint_eq(slot.state.load(), raw(State::error));
        ck_assert_int_ne(slot.error_time.load(), 0);
    }
}
END_TEST

}  // namespace

TCase* worker_account_tests()
{
    TCase* tests = tcase_create("worker_account");
    tcase_add_loop_test(tests, counts_what_became_of_a_request, 0, static_cast<int>(rows.size()));
    tcase_add_test(tests, refuses_above_the_busy_limit);
    tcase_add_test(tests, the_state_of_a_direct_worker);
    tcase_add_test(tests, reply_timeouts_count_each);
    tcase_add_test(tests, connections_are_counted);
    tcase_add_test(tests, reset_keeps_what_it_should);
    return tests;
}
