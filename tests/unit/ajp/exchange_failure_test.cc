// Tests common/ajp/exchange: what failures come to.
#include <array>

#include "ajp/support.h"
#include "support/check.h"

namespace {

using jk::Errc;
using namespace jk::ajp;
using jk::test::Attempt;
using jk::test::Buffer;
using jk::test::bytes_of;
using jk::test::chunk_packet;
using jk::test::end_packet;
using jk::test::expect_failure;
using jk::test::get_body_packet;
using jk::test::head_packet;
using jk::test::joined;
using jk::test::post;
using jk::test::upload;

START_TEST(nothing_beyond_the_length_is_handed_out)
{
    Attempt attempt;
    attempt.send_head();
    const auto bytes =
        joined({head_packet(200, "4"), chunk_packet("abc"), chunk_packet("de"), end_packet()});
    const Action action = attempt.run(bytes);
    expect_failure(action, Failure::protocol);
    ck_assert(!action.may_retry);
    ck_assert_text_eq(attempt.body, "abc");
    ck_assert(attempt.exchange[0].error()->code == Errc::conflict);
}
END_TEST

struct StatusCase {
    std::uint16_t status;
    Failure failure;
};
constexpr std::array statuses{
    StatusCase{503, Failure::failing_status},
    StatusCase{404, Failure::soft_status},
    StatusCase{500, Failure::soft_status},
    StatusCase{200, Failure::none},
};

START_TEST(a_failing_status_is_not_handed_out)
{
    constexpr std::array<int, 4> list{503, -404, -500, 500};
    const StatusCase& row = statuses.at(static_cast<std::size_t>(_i));
    Attempt attempt = post("hello", 5);
    attempt.plan.fail_on_status = list;
    attempt.plan.retry = {true, 3};
    attempt.send_head();
    const Action action = attempt.run(head_packet(row.status));
    ck_assert(action.failure == row.failure);
    ck_assert(action.may_retry == (row.failure != Failure::none));
    ck_assert_uint_eq(attempt.heads, row.failure == Failure::none ? 1 : 0);
}
END_TEST

START_TEST(a_failing_status_behind_a_spent_body_is_final)
{
    constexpr std::array<int, 1> list{503};
    Attempt attempt = post("hello", 11);
    attempt.plan.fail_on_status = list;
    attempt.send_head();
    (void)attempt.run(get_body_packet(8186));
    attempt.give("=world");
    (void)attempt.run({});
    const Action action = attempt.run(head_packet(503));
    expect_failure(action, Failure::failing_status);
    ck_assert(!action.may_retry);
}
END_TEST

using Event = void (*)(Exchange&);
void closed(Exchange& exchange)
{
    exchange.backend_closed();
}
void timed_out(Exchange& exchange)
{
    exchange.timed_out();
}
void write_failed(Exchange& exchange)
{
    exchange.write_failed();
}
void client_gone(Exchange& exchange)
{
    exchange.client_gone();
}
void client_bad(Exchange& exchange)
{
    exchange.client_body_bad();
}

struct FailureCase {
    Event event;
    Failure sending, waiting, in_packet, reading, in_body;
};
constexpr std::array failures{
    FailureCase{closed, Failure::send, Failure::closed_no_head, Failure::closed_in_packet,
                Failure::closed_no_head, Failure::closed_in_body},
    FailureCase{timed_out, Failure::reply_timeout, Failure::reply_timeout, Failure::reply_timeout,
                Failure::reply_timeout, Failure::reply_timeout},
    FailureCase{write_failed, Failure::send, Failure::send, Failure::send, Failure::send,
                Failure::send},
    FailureCase{client_gone, Failure::client_gone, Failure::client_gone, Failure::client_gone,
                Failure::client_gone, Failure::client_gone},
    FailureCase{client_bad, Failure::client_body, Failure::client_body, Failure::client_body,
                Failure::client_body, Failure::client_body},
};

void expect_after(const FailureCase& row, const Buffer& bytes, Failure failure)
{
    Attempt attempt = upload();
    attempt.send_head();
    (void)attempt.run(bytes);
    row.event(attempt.exchange[0]);
    expect_failure(attempt.exchange[0].next(), failure);
    expect_failure(attempt.exchange[0].next(), failure);
}

START_TEST(failures_in_every_state)
{
    const FailureCase& row = failures.at(static_cast<std::size_t>(_i));
    Attempt attempt = upload();
    attempt.start();
    row.event(attempt.exchange[0]);
    expect_failure(attempt.exchange[0].next(), row.sending);
    expect_after(row, {}, row.waiting);
    expect_after(row, bytes_of("\"AB\" 00"), row.in_packet);
    expect_after(row, get_body_packet(1), row.reading);
    expect_after(row, head_packet(200), row.in_body);
}
END_TEST

START_TEST(a_short_body_is_the_clients_failure)
{
    Attempt attempt = post("hello", 11);
    attempt.send_head();
    attempt.sent.clear();
    (void)attempt.run(get_body_packet(8186));
    attempt.exchange[0].client_end();
    const Action action = attempt.exchange[0].next();
    expect_failure(action, Failure::client_body);
    ck_assert(!action.may_retry);
    ck_assert(attempt.sent.empty());  // an empty packet would say that the body is complete
}
END_TEST

struct HalfWriteCase {
    void (Exchange::*event)(std::size_t);
    Failure failure;
};
constexpr std::array half_writes{
    HalfWriteCase{&Exchange::write_failed, Failure::send},
    HalfWriteCase{&Exchange::timed_out, Failure::reply_timeout},
};

START_TEST(half_a_write_may_be_half_a_request)
{
    const HalfWriteCase& row = half_writes.at(static_cast<std::size_t>(_i));
    Attempt attempt = post("hello", 5);
    for (const std::size_t taken : {0U, 3U, 4U, 12U}) {
        attempt.start();
        (attempt.exchange[0].*row.event)(taken);
        const Action action = attempt.exchange[0].next();
        expect_failure(action, row.failure);
        ck_assert(attempt.exchange[0].was_sent() == (taken >= 4));
        ck_assert(action.may_retry == (taken < 4));
        ck_assert_uint_eq(attempt.exchange[0].bytes_written(), taken);
    }
}
END_TEST

bool may_retry_behind(Attempt& attempt, const Buffer& bytes)
{
    attempt.send_head();
    (void)attempt.run(bytes);
    attempt.exchange[0].backend_closed();
    return attempt.exchange[0].next().may_retry;
}

START_TEST(no_second_attempt_behind_what_was_handed_out)
{
    const Buffer head = head_packet(200, "5");
    const Buffer flush = chunk_packet("");
    Attempt attempt;
    attempt.plan.method = "GET";
    ck_assert(may_retry_behind(attempt, {}));
    ck_assert(may_retry_behind(attempt, flush));  // nothing is there that could go out
    ck_assert(may_retry_behind(attempt, head));
    ck_assert(may_retry_behind(attempt, joined({head, bytes_of("\"AB\" 00")})));
    ck_assert(!may_retry_behind(attempt, joined({head, flush})));
    ck_assert(!may_retry_behind(attempt, joined({head, chunk_packet("a")})));
    attempt.plan.method = "HEAD";  // whose body is not handed out
    ck_assert(may_retry_behind(attempt, joined({head, chunk_packet("a")})));
    attempt.plan.method = "POST";
    ck_assert(!may_retry_behind(attempt, head));
}
END_TEST

/// What becomes of an answer without an end, of a container that was to get "hello" meanwhile.
Action without_end(Attempt& attempt, std::string_view body)
{
    attempt.send_head();
    (void)attempt.run(get_body_packet(5));
    attempt.exchange[0].container_went_on();
    attempt.give("hello");
    (void)attempt.run(joined({head_packet(408, "5"), chunk_packet(body)}));
    attempt.exchange[0].backend_closed();
    return attempt.exchange[0].next();
}

START_TEST(a_container_that_waited_too_long_for_the_client_has_not_failed)
{
    Attempt attempt = upload();
    const Action action = without_end(attempt, "abcde");
    ck_assert(action.step == Step::done && !action.is_reusable);
    ck_assert_text_eq(attempt.body, "abcde");
    expect_failure(without_end(attempt, "abcd"), Failure::closed_in_body);
}
END_TEST

START_TEST(no_second_attempt_behind_a_head_that_left)
{
    Attempt attempt;
    attempt.plan.retry = {true, 0};
    attempt.send_head();
    (void)attempt.run(head_packet(200));
    attempt.exchange[0].head_left();
    attempt.exchange[0].timed_out();
    ck_assert(!attempt.exchange[0].next().may_retry);
}
END_TEST

START_TEST(no_second_attempt_behind_a_read_client)
{
    Attempt attempt = upload();
    attempt.plan.retry = {true, 0};
    attempt.send_head();
    (void)attempt.run(get_body_packet(5));
    attempt.exchange[0].backend_closed();
    ck_assert(attempt.exchange[0].next().may_retry);  // asked, but nothing was read yet
    attempt.send_head();
    (void)attempt.run(get_body_packet(5));
    attempt.give("hello");
    attempt.exchange[0].write_failed();
    ck_assert(!attempt.exchange[0].next().may_retry);
}
END_TEST

}  // namespace

TCase* exchange_failure_tests()
{
    TCase* tests = tcase_create("exchange_failure");
    tcase_add_test(tests, nothing_beyond_the_length_is_handed_out);
    tcase_add_loop_test(tests, a_failing_status_is_not_handed_out, 0,
                        static_cast<int>(statuses.size()));
    tcase_add_test(tests, a_failing_status_behind_a_spent_body_is_final);
    tcase_add_loop_test(tests, failures_in_every_state, 0, static_cast<int>(failures.size()));
    tcase_add_test(tests, a_short_body_is_the_clients_failure);
    tcase_add_loop_test(tests, half_a_write_may_be_half_a_request, 0,
                        static_cast<int>(half_writes.size()));
    tcase_add_test(tests, no_second_attempt_behind_what_was_handed_out);
    tcase_add_test(tests, a_container_that_waited_too_long_for_the_client_has_not_failed);
    tcase_add_test(tests, no_second_attempt_behind_a_head_that_left);
    tcase_add_test(tests, no_second_attempt_behind_a_read_client);
    return tests;
}
