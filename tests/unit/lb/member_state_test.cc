// Tests common/lb/member_state: the matrix of balancing.md 6.2, cell by cell.
#include "lb/member_state.h"

#include <array>
#include <cstring>

#include "support/check.h"

namespace {

using jk::lb::Event;
using jk::lb::MemberSlot;
using jk::lb::Standing;
using jk::lb::State;

constexpr jk::TimePoint now = jk::from_micros(5'000'000);
constexpr std::int64_t before = 1'000'000;

/// What becomes of first and last error time, which both are `before`.
enum class Times { kept, none, last_now, both_now };

struct Row {
    Event event;
    Times times;
    std::string_view cells;  ///< in the order of State; = for no change
};

// A second writing of the matrix, in words, to be compared with the reference by eye.
constexpr std::array rows{
    //                                          IDLE OK   REC  FRC  BUSY ERR  PRB
    Row{Event::busy_limit, Times::kept, "BUSY BUSY =    BUSY =    =    BUSY"},
    Row{Event::no_connection, Times::kept, "=    =    =    =    =    =    =   "},
    Row{Event::success, Times::none, "OK   =    OK   OK   OK   OK   OK  "},
    Row{Event::client_error, Times::none, "OK   =    OK   OK   OK   OK   OK  "},
    Row{Event::soft_status, Times::none, "OK   =    OK   OK   OK   OK   OK  "},
    Row{Event::stale_success, Times::kept, "OK   =    =    =    =    =    =   "},
    Row{Event::hard_status, Times::both_now, "ERR  ERR  ERR  ERR  ERR  =    ERR "},
    Row{Event::timeout_over, Times::both_now, "ERR  ERR  ERR  ERR  ERR  =    ERR "},
    Row{Event::timeout_within, Times::kept, "OK   =    =    =    OK   =    =   "},
    Row{Event::framing, Times::kept, "OK   =    =    =    OK   =    =   "},
    Row{Event::local_failure, Times::last_now, "OK   =    =    =    OK   =    =   "},
    Row{Event::global_failure, Times::last_now, "ERR  ERR  ERR  ERR  ERR  =    ERR "},
    Row{Event::probe_failed, Times::last_now, "OK   =    ERR  ERR  OK   =    ERR "},
    Row{Event::probe_unmade, Times::kept, "=    =    =    =    =    =    REC "},
    Row{Event::prober_gone, Times::kept, "=    =    =    =    =    =    ERR "},
    Row{Event::unused, Times::kept, "=    IDLE =    =    =    =    =   "},
    Row{Event::recover_due, Times::kept, "=    =    =    =    =    REC  =   "},
    Row{Event::escalation_due, Times::kept, "ERR  ERR  =    ERR  ERR  =    ERR "},
    Row{Event::forced_recovery, Times::kept, "=    =    =    =    =    FRC  =   "},
    Row{Event::busy_ended, Times::kept, "=    =    =    =    OK   =    =   "},
    Row{Event::recover_command, Times::kept, "=    =    =    REC  =    REC  REC "},
    Row{Event::reset_command, Times::none, "=    IDLE IDLE IDLE IDLE IDLE IDLE"},
};
constexpr std::array<std::string_view, jk::lb::state_count> names{"IDLE", "OK",  "REC", "FRC",
                                                                  "BUSY", "ERR", "PRB"};

State expected(std::string_view cells, State from)
{
    std::string_view cell = cells.substr(5 * static_cast<std::size_t>(from), 4);
    cell = cell.substr(0, cell.find(' '));
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == cell) {
            return static_cast<State>(i);
        }
    }
    return from;
}

MemberSlot slot_in(State state)
{
    MemberSlot slot;
    std::memset(static_cast<void*>(&slot), 0, sizeof slot);
    slot.standing.store(static_cast<std::uint64_t>(state));
    slot.first_error_time.store(before);
    slot.last_error_time.store(before);
    return slot;
}

START_TEST(every_cell_moves_as_written)
{
    const Row& row = rows.at(static_cast<std::size_t>(_i));
    for (std::size_t i = 0; i < jk::lb::state_count; ++i) {
        const auto from = static_cast<State>(i);
        MemberSlot slot = slot_in(from);
        const jk::lb::Move move = apply(slot, row.event, now);
        ck_assert(move.from == from && move.to == expected(row.cells, from));
        ck_assert(jk::lb::standing_of(slot).state == move.to);
        ck_assert(jk::lb::next_state(from, row.event) == move.to);
        const std::int64_t at = jk::to_micros(now);
        const std::int64_t first =
            row.times == Times::none ? 0 : (row.times == Times::both_now ? at : before);
        const std::int64_t last =
            row.times == Times::none ? 0 : (row.times == Times::kept ? before : at);
        ck_assert_int_eq(slot.first_error_time.load(), first);
        ck_assert_int_eq(slot.last_error_time.load(), last);
    }
}
END_TEST

START_TEST(the_first_error_of_a_series_is_noted)
{
    MemberSlot slot = slot_in(State::ok);
    slot.first_error_time.store(0);
    apply(slot, Event::local_failure, now);
    ck_assert_int_eq(slot.first_error_time.load(), jk::to_micros(now));
    apply(slot, Event::local_failure, now + std::chrono::seconds{1});
    ck_assert_int_eq(slot.first_error_time.load(), jk::to_micros(now));
    ck_assert_int_eq(slot.last_error_time.load(), jk::to_micros(now) + 1'000'000);
}
END_TEST

// The row "a request elects it", with its prober (B8, B25).
START_TEST(electing_begins_a_probe)
{
    for (const State from : {State::recovering, State::forced}) {
        MemberSlot slot = slot_in(from);
        const Standing seen = jk::lb::standing_of(slot);
        ck_assert(begin_probe(slot, seen, 7));
        const Standing probing{State::probing, from == State::forced, 7};
        ck_assert(jk::lb::standing_of(slot) == probing);
        ck_assert(!begin_probe(slot, seen, 8));
        ck_assert(jk::lb::standing_of(slot) == probing);
        end_probe_of(slot, 8);
        ck_assert(jk::lb::standing_of(slot) == probing);
        end_probe_of(slot, 7);
        ck_assert((jk::lb::standing_of(slot) == Standing{State::error, false, 0}));
    }
    for (const State other : {State::idle, State::ok, State::busy, State::error, State::probing}) {
        ck_assert(jk::lb::next_state(other, Event::elected) == other);
    }
}
END_TEST

START_TEST(the_end_of_a_probe_forgets_its_prober)
{
    MemberSlot slot = slot_in(State::forced);
    ck_assert(begin_probe(slot, jk::lb::standing_of(slot), 7));
    apply(slot, Event::success, now);
    ck_assert((jk::lb::standing_of(slot) == Standing{State::ok, false, 0}));
}
END_TEST

struct Shown {
    State state;
    std::string_view text;
    bool is_eligible;
};
constexpr std::array shown{
    Shown{State::idle, "OK/IDLE", true},       Shown{State::ok, "OK", true},
    Shown{State::recovering, "ERR/REC", true}, Shown{State::forced, "ERR/FRC", true},
    Shown{State::busy, "OK/BUSY", false},      Shown{State::error, "ERR", false},
    Shown{State::probing, "ERR/PRB", false},
};

START_TEST(states_are_shown_and_eligible)
{
    for (const Shown& row : shown) {
        ck_assert_text_eq(jk::lb::to_text(row.state), row.text);
        ck_assert(jk::lb::is_eligible(row.state) == row.is_eligible);
    }
}
END_TEST

// security.md SH-3, SH-4.
START_TEST(garbage_is_no_state)
{
    MemberSlot slot = slot_in(State::ok);
    for (const std::uint64_t garbage : {0xffULL, 0x77ULL, 0xffffffffffffffffULL, 0xfe02ULL}) {
        slot.standing.store(garbage);
        const Standing standing = jk::lb::standing_of(slot);
        ck_assert(static_cast<std::size_t>(standing.state) < jk::lb::state_count);
        if (standing.state == State::recovering) {
            ck_assert(begin_probe(slot, standing, 7));
        }
        apply(slot, Event::success, now);
        ck_assert(jk::lb::standing_of(slot).state == State::ok);
    }
    ck_assert(jk::lb::to_state(7) == State::idle);
    ck_assert(jk::lb::to_state(6) == State::probing);
}
END_TEST

}  // namespace

TCase* member_state_tests()
{
    TCase* tests = tcase_create("member_state");
    tcase_add_loop_test(tests, every_cell_moves_as_written, 0, static_cast<int>(rows.size()));
    tcase_add_test(tests, the_first_error_of_a_series_is_noted);
    tcase_add_test(tests, electing_begins_a_probe);
    tcase_add_test(tests, the_end_of_a_probe_forgets_its_prober);
    tcase_add_test(tests, states_are_shown_and_eligible);
    tcase_add_test(tests, garbage_is_no_state);
    static_assert(rows.size() == jk::lb::event_count - 1);
    return tests;
}
