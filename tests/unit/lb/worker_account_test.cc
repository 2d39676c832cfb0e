// Tests common/lb/worker_account.
#include "lb/worker_account.h"

#include <array>
#include <span>
#include <thread>
#include <vector>

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

/// Two threads, each as a child of its own, that come and go at the same moment.
class Pair {
public:
    Pair() : first_(stage_.account('a')) {}

    /// Returns how many of the two were served, of all rounds as {nobody, one, both}.
    std::array<int, 3> meet(int rounds)
    {
        std::thread other{[&] { run(second_, rounds); }};
        run(first_, rounds);
        other.join();
        ck_assert_uint_eq(first_.busy(), 0);
        return ends_;
    }

private:
    void run(jk::lb::WorkerAccount& account, int rounds)
    {
        for (int i = 0; i < rounds; ++i) {
            await_both();
            const bool is_served = account.begin(1);
            served_.add(is_served ? 1 : 0);
            await_both();
            if (&account == &first_) {
                ++ends_.at(static_cast<std::size_t>(served_.take()));
            }
            account.end(outcome_of(is_served ? Ending::success : Ending::busy_limit), stage_.now);
        }
    }
    /// Both leave at once: they spin, and only where the other one is late let it run.
    void await_both()
    {
        constexpr int patience = 10'000;
        const std::uint32_t turn = arrived_.add_release(1) / 2;
        for (int i = 0; arrived_.load_acquire() / 2 == turn; ++i) {
            if (i > patience) {
                std::this_thread::yield();
            }
        }
    }

    Stage stage_;
    jk::lb::WorkerAccount first_;
    jk::lb::WorkerAccount second_{stage_.segment, stage_.worker('a'),
                                  stage_.segment.claim_column(jk::test::child + 1)};
    std::array<int, 3> ends_{};
    jk::lb::Shared<std::uint32_t> arrived_{}, served_{};
};

START_TEST(of_two_that_come_at_once_one_is_served)
{
    constexpr int rounds = 20'000;
    const std::array<int, 3> ends = Pair{}.meet(rounds);
    ck_assert_int_eq(ends[0], 0);
    ck_assert_int_eq(ends[1], rounds);
    ck_assert_int_eq(ends[2], 0);
}
END_TEST

// A child was killed between its two counts.
START_TEST(a_bound_that_is_too_high_refuses_nobody)
{
    Stage stage;
    jk::lb::WorkerAccount account = stage.account('a');
    const std::span cells{static_cast<jk::lb::Shared<std::uint32_t>*>(stage.memory.data()),
                          stage.memory.size() / sizeof(std::uint32_t)};
    std::vector<std::uint32_t> before;
    for (const auto& cell : cells) {
        before.push_back(cell.load());
    }
    stage.column.add(jk::lb::Count::worker_busy, stage.segment.index_of(account.slot()));
    std::size_t bound = 0;  // stands before the columns
    while (cells[bound].load() == before[bound]) {
        ++bound;
    }
    cells[bound].add(1);
    ck_assert(account.begin(2));
    ck_assert(!account.begin(2));
    account.end(outcome_of(Ending::busy_limit), stage.now);
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
    tcase_add_test(tests, of_two_that_come_at_once_one_is_served);
    tcase_add_test(tests, a_bound_that_is_too_high_refuses_nobody);
    tcase_add_test(tests, the_state_of_a_direct_worker);
    tcase_add_test(tests, reply_timeouts_count_each);
    tcase_add_test(tests, connections_are_counted);
    tcase_add_test(tests, reset_keeps_what_it_should);
    return tests;
}
