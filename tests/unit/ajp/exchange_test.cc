// Tests common/ajp/exchange: the order of things. What failures come to is in
// exchange_failure_test.cc, whole responses in verdicts_test.cc, conversations in tests/wire.
#include "ajp/exchange.h"

#include <algorithm>
#include <array>

#include "ajp/support.h"
#include "support/check.h"

namespace {

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

Buffer response()
{
    return joined({head_packet(200, "2"), chunk_packet("ok"), end_packet()});
}

START_TEST(a_small_request_is_one_write_and_one_read)
{
    Attempt attempt = post("hello", 5);
    attempt.start();
    Exchange& exchange = attempt.exchange[0];
    const Action write = exchange.next();
    ck_assert(write.step == Step::write);
    ck_assert_text_eq(jk::as_text(write.pieces[0]), "HEAD");
    ck_assert_uint_eq(write.pieces[1].size(), 6);
    ck_assert_ptr_eq(write.pieces[2].data(), attempt.plan.kept_body.data());  // no copy
    ck_assert(!exchange.was_sent());
    exchange.written();
    ck_assert(exchange.was_sent());
    const Action read = exchange.next();
    ck_assert(read.step == Step::read_backend);
    const Buffer bytes = response();
    std::copy(bytes.begin(), bytes.end(), exchange.read_space().begin());
    exchange.received(bytes.size());
    ck_assert(!exchange.has_head());
    ck_assert(exchange.next().step == Step::head);
    ck_assert(exchange.has_head());
    ck_assert_text_eq(jk::as_text(exchange.next().data), "ok");
    const Action done = exchange.next();
    ck_assert(done.step == Step::done && done.is_reusable);
    ck_assert(exchange.next().step == Step::done);
    ck_assert_uint_eq(exchange.messages(), 3);
    ck_assert_uint_eq(exchange.bytes_read(), bytes.size());
    ck_assert_uint_eq(exchange.bytes_written(), 4 + 6 + 5);
}
END_TEST

START_TEST(says_the_same_until_it_is_answered)
{
    Attempt attempt = upload();
    attempt.start();
    Exchange& exchange = attempt.exchange[0];
    ck_assert(exchange.next().pieces[0].data() == exchange.next().pieces[0].data());
    exchange.written();
    ck_assert(exchange.next().step == Step::read_backend);
    ck_assert(exchange.read_space().data() == exchange.read_space().data());
    ck_assert(attempt.run(get_body_packet(10)).step == Step::read_client);
    ck_assert(exchange.next().space.size() == 10 && exchange.next().space.size() == 10);
}
END_TEST

START_TEST(the_head_alone_where_no_length_is_known)
{
    Attempt attempt = upload();
    attempt.send_head();
    ck_assert(attempt.sent == bytes_of("\"HEAD\""));
    (void)attempt.run(get_body_packet(8186));
    attempt.give("abc");
    ck_assert(attempt.answer_to({}) == bytes_of("1234 0005 0003 \"abc\""));
    ck_assert(attempt.run(get_body_packet(2)).space.size() == 2);
    attempt.exchange[0].client_end();
    ck_assert(attempt.answer_to({}) == bytes_of("1234 0002 0000"));
    ck_assert(attempt.answer_to(get_body_packet(2)) == bytes_of("1234 0002 0000"));
    ck_assert(attempt.run(response()).is_reusable);
}
END_TEST

START_TEST(the_client_is_read_where_kept_bytes_end)
{
    Attempt attempt = post("hello", 11);
    attempt.send_head();
    ck_assert(attempt.sent == bytes_of("\"HEAD\" 1234 0007 0005 \"hello\""));
    ck_assert_uint_eq(attempt.run(get_body_packet(8186)).space.size(), 6);
    attempt.give("=worl");
    ck_assert(attempt.answer_to({}) == bytes_of("1234 0007 0005 \"=worl\""));
    (void)attempt.run(get_body_packet(8186));
    attempt.give("d");
    ck_assert(attempt.answer_to({}) == bytes_of("1234 0003 0001 \"d\""));
    ck_assert(attempt.answer_to(get_body_packet(8186)) == bytes_of("1234 0002 0000"));
}
END_TEST

START_TEST(kept_bytes_go_out_as_asked)
{
    const std::string body(600, 'x');
    Attempt attempt = post(body, 600);
    attempt.send_head();
    ck_assert_uint_eq(attempt.sent.size(), 4 + 6 + 511);
    ck_assert_uint_eq(attempt.answer_to(get_body_packet(80)).size(), 6 + 80);
    ck_assert_uint_eq(attempt.answer_to(get_body_packet(80)).size(), 6 + 9);
    ck_assert_uint_eq(attempt.answer_to(get_body_packet(80)).size(), 6);
    attempt.exchange[0].backend_closed();
    attempt.plan.retry = {true, 0};
    ck_assert(!attempt.exchange[0].next().may_retry);  // a POST, and nothing configured
}
END_TEST

START_TEST(questions_come_at_any_time)
{
    Attempt attempt = upload();
    attempt.send_head();
    ck_assert(attempt.run(head_packet(200)).step == Step::read_backend);
    (void)attempt.run(get_body_packet(8186));
    attempt.give("a");
    (void)attempt.run(chunk_packet("1"));
    (void)attempt.run(get_body_packet(8186));
    attempt.give("b");
    (void)attempt.run(chunk_packet("2"));
    ck_assert(attempt.run(end_packet()).is_reusable);
    ck_assert_text_eq(attempt.body, "12");
}
END_TEST

START_TEST(an_end_may_come_before_all_is_sent)
{
    Attempt attempt = post("hello", 1000000);
    attempt.send_head();
    const Action action = attempt.run(response());
    ck_assert(action.step == Step::done && action.is_reusable);
}
END_TEST

START_TEST(an_end_that_crosses_our_answer_forbids_reuse)
{
    Attempt attempt;
    attempt.send_head();
    const Action action = attempt.run(joined({get_body_packet(8186), response()}));
    ck_assert(action.step == Step::done && !action.is_reusable);
}
END_TEST

START_TEST(a_container_that_went_on_while_the_client_was_read_gets_no_other_request)
{
    Attempt attempt = upload();
    attempt.send_head();
    (void)attempt.run(get_body_packet(8186));
    attempt.exchange[0].container_went_on();
    attempt.give("a");
    const Action action = attempt.run(response());
    ck_assert(action.step == Step::done && !action.is_reusable);
}
END_TEST

START_TEST(asking_has_an_end)
{
    Attempt attempt;
    attempt.send_head();
    for (int i = 0; i < 16; ++i) {
        ck_assert(attempt.answer_to(get_body_packet(8186)) == bytes_of("1234 0002 0000"));
    }
    expect_failure(attempt.run(get_body_packet(8186)), Failure::protocol);
    ck_assert(attempt.exchange[0].error().has_value());
}
END_TEST

START_TEST(questions_are_clamped)
{
    for (const std::size_t size : {8192U, 65536U}) {
        Attempt attempt{size, size};
        attempt.plan.body = BodyKind::unknown;
        attempt.send_head();
        ck_assert_uint_eq(attempt.run(get_body_packet(65535)).space.size(), size - 6);
    }
}
END_TEST

START_TEST(the_largest_packets_both_ways)
{
    Attempt attempt{65536, 65536};
    const std::string body(65530, 'b');
    attempt.plan.body = BodyKind::sized;
    attempt.plan.body_length = body.size();
    attempt.plan.kept_body = jk::as_bytes(body);
    attempt.send_head();
    ck_assert_uint_eq(attempt.sent.size(), 4 + 65536);
    const std::string chunk(65528, 'c');
    const auto bytes = joined({head_packet(200), chunk_packet(chunk), end_packet()});
    for (const auto feed : {jk::test::Feed::whole, jk::test::Feed::byte_by_byte}) {
        attempt.send_head();
        ck_assert(attempt.run(bytes, feed).is_reusable);
        ck_assert_text_eq(attempt.body, chunk);
    }
}
END_TEST

START_TEST(flushes_count_behind_the_head)
{
    Attempt attempt;
    attempt.send_head();
    const Action action =
        attempt.run(joined({chunk_packet(""), chunk_packet(""), head_packet(200), chunk_packet(""),
                            chunk_packet("x"), chunk_packet(""), end_packet()}));
    ck_assert(action.is_reusable);
    ck_assert_uint_eq(attempt.flushes, 2);
}
END_TEST

struct BodylessCase {
    std::string_view method;
    std::uint16_t status;
    bool is_bodyless;
};
constexpr std::array bodyless{
    BodylessCase{"HEAD", 200, true}, BodylessCase{"GET", 204, true},
    BodylessCase{"GET", 205, true},  BodylessCase{"PUT", 304, true},
    BodylessCase{"GET", 200, false},
};

START_TEST(some_responses_have_no_body)
{
    const BodylessCase& row = bodyless.at(static_cast<std::size_t>(_i));
    Attempt attempt;
    attempt.plan.method = row.method;
    attempt.send_head();
    const Buffer head = head_packet(row.status, "5");
    const Action clean = attempt.run(joined({head, end_packet()}));
    ck_assert(clean.is_reusable == row.is_bodyless);
    attempt.send_head();
    const Action unclean = attempt.run(joined({head, chunk_packet("12345"), end_packet()}));
    ck_assert(unclean.step == Step::done);
    ck_assert(unclean.is_reusable == !row.is_bodyless);
    ck_assert_text_eq(attempt.body, row.is_bodyless ? "" : "12345");
}
END_TEST

START_TEST(what_was_handed_out_outlives_the_next_message)
{
    Attempt attempt;
    attempt.send_head();
    Exchange& exchange = attempt.exchange[0];
    const Buffer bytes = joined({head_packet(201, "9"), chunk_packet("ab"), head_packet(404)});
    std::copy(bytes.begin(), bytes.end(), exchange.read_space().begin());
    exchange.received(bytes.size());
    const Action head = exchange.next();
    const Action body = exchange.next();
    expect_failure(exchange.next(), Failure::protocol);  // a second head
    ck_assert_uint_eq(head.head->status, 201);
    ck_assert_text_eq(head.head->headers.next()->value, "9");
    ck_assert_text_eq(jk::as_text(body.data), "ab");
}
END_TEST

START_TEST(do4_messages_count_the_limit_anew)
{
    Attempt attempt;
    attempt.send_head();
    Exchange& exchange = attempt.exchange[0];
    (void)attempt.run(bytes_of("\"AB\" 00 04"));
    ck_assert_uint_eq(exchange.messages(), 0);
    (void)attempt.run(bytes_of("03 0000 00"));  // a flush, which brings nothing
    ck_assert_uint_eq(exchange.messages(), 0);
    (void)attempt.run(joined({head_packet(200), chunk_packet("x")}));
    ck_assert_uint_eq(exchange.messages(), 2);
    (void)attempt.run(joined({chunk_packet(""), chunk_packet("")}));
    ck_assert_uint_eq(exchange.messages(), 2);
    (void)attempt.run(end_packet());
    ck_assert_uint_eq(exchange.messages(), 3);
}
END_TEST

}  // namespace

TCase* exchange_tests()
{
    TCase* tests = tcase_create("exchange");
    tcase_add_test(tests, a_small_request_is_one_write_and_one_read);
    tcase_add_test(tests, says_the_same_until_it_is_answered);
    tcase_add_test(tests, the_head_alone_where_no_length_is_known);
    tcase_add_test(tests, the_client_is_read_where_kept_bytes_end);
    tcase_add_test(tests, kept_bytes_go_out_as_asked);
    tcase_add_test(tests, questions_come_at_any_time);
    tcase_add_test(tests, an_end_may_come_before_all_is_sent);
    tcase_add_test(tests, an_end_that_crosses_our_answer_forbids_reuse);
    tcase_add_test(tests, a_container_that_went_on_while_the_client_was_read_gets_no_other_request);
    tcase_add_test(tests, asking_has_an_end);
    tcase_add_test(tests, questions_are_clamped);
    tcase_add_test(tests, the_largest_packets_both_ways);
    tcase_add_test(tests, flushes_count_behind_the_head);
    tcase_add_loop_test(tests, some_responses_have_no_body, 0, static_cast<int>(bodyless.size()));
    tcase_add_test(tests, what_was_handed_out_outlives_the_next_message);
    tcase_add_test(tests, do4_messages_count_the_limit_anew);
    return tests;
}
