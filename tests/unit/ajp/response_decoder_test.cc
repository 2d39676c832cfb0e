// Tests common/ajp/response_decoder. What hostile packets come to is in verdicts_test.cc.
#include "ajp/response_decoder.h"

#include <array>
#include <cstdlib>
#include <string>

#include "ajp/support.h"
#include "support/check.h"

namespace {

using jk::Errc;
using jk::Result;
using namespace jk::ajp;
using jk::test::Buffer;
using jk::test::bytes_of;

// The payload of a vector of one packet.
Buffer payload_of(std::string_view vector)
{
    const Buffer all = jk::test::vector_bytes(vector);
    return {all.begin() + 4, all.end()};
}

template <class T> T decoded(Buffer& payload)
{
    const auto message = decode_message(payload);
    ck_assert(message.has_value());
    const T* const wanted = std::get_if<T>(&*message);
    ck_assert(wanted != nullptr);
    return *wanted;
}

void expect_error(std::string_view payload, Errc code)
{
    Buffer bytes = bytes_of(payload);
    const auto message = decode_message(bytes);
    ck_assert_msg(!message.has_value(), "decoded: %.*s", static_cast<int>(payload.size()),
                  payload.data());
    ck_assert_msg(message.error().code == code, "another error: %.*s",
                  static_cast<int>(message.error().text.size()), message.error().text.data());
}

std::string listed(HeaderCursor headers)
{
    std::string list;
    while (const auto field = headers.next()) {
        list.append(field->name).append("=").append(field->value).append("|");
    }
    return list;
}

START_TEST(reads_a_head)
{
    Buffer payload = payload_of("v04-headers-200");
    const auto head = decoded<ResponseHead>(payload);
    ck_assert_uint_eq(head.status, 200);
    ck_assert_text_eq(head.reason, "");  // it was the number again
    ck_assert(head.content_length == 7U);
    ck_assert(!head.has_trailing_bytes);
    ck_assert_text_eq(listed(head.headers), "Content-Type=text/plain|Content-Length=7|");
}
END_TEST

START_TEST(drops_what_belongs_to_the_connection)
{
    Buffer payload = payload_of("v26-headers-13");
    const auto head = decoded<ResponseHead>(payload);
    const std::string list = "|" + listed(head.headers);
    ck_assert_uint_eq(head.dropped, 1);
    for (const char* gone : {"|X Bad", "|Transfer-Encoding=", "|Connection=", "|Trailer="}) {
        ck_assert_msg(list.find(gone) == std::string::npos, "%s", list.c_str());
    }
    const std::size_t cookie = list.find("Set-Cookie");
    ck_assert(cookie != std::string::npos);
    ck_assert(list.find("Set-Cookie", cookie + 1) != std::string::npos);
    ck_assert(list.find("Status=") != std::string::npos);
}
END_TEST

struct ReasonCase {
    const char* bytes;
    std::string_view reason;
};
constexpr std::array reasons{
    ReasonCase{"00 02 \"OK\" 00", "OK"},
    ReasonCase{"00 00 00", ""},
    ReasonCase{"ff ff", ""},
    ReasonCase{"00 03 \"200\" 00", ""},
    ReasonCase{"00 03 \"404\" 00", "404"},
    ReasonCase{"00 03 \"a\" 0a \"b\" 00", ""},
    ReasonCase{"00 03 \"a\" 00 \"b\" 00", ""},
    ReasonCase{"00 02 \"a\" 7f 00", ""},
    ReasonCase{"00 02 c3 a9 00", "\xc3\xa9"},
    ReasonCase{"01 00 \"x\"*256 00", ""},
};

START_TEST(keeps_a_reason_that_says_something)
{
    const ReasonCase& row = reasons.at(static_cast<std::size_t>(_i));
    Buffer payload = jk::test::joined({{4, 0, 200}, bytes_of(row.bytes), {0, 0}});
    ck_assert_text_eq(decoded<ResponseHead>(payload).reason, row.reason);
}
END_TEST

START_TEST(ms2_knows_eleven_header_codes)
{
    for (unsigned code = 0; code <= 0xff; ++code) {
        Buffer payload = jk::test::joined({bytes_of("04 00c8 0000 00 0001 a0"),
                                           {static_cast<std::uint8_t>(code)},
                                           bytes_of("00 01 \"1\" 00")});
        const auto message = decode_message(payload);
        ck_assert(message.has_value() == (code >= 1 && code <= 11));
        ck_assert(message.has_value() || message.error().code == Errc::bad_code);
    }
}
END_TEST

START_TEST(cleans_values_in_place)
{
    Buffer payload =
        bytes_of("04 00c8 0000 00 0002 0001 \"a\" 00 0008 0d0a \"b\" 00 \"c\" 09 1b7f 00"
                 "a007 0003 \"x\" 0a \"y\" 00");
    ck_assert_text_eq(listed(decoded<ResponseHead>(payload).headers),
                      "a=  b c\t  |Set-Cookie=x y|");
}
END_TEST

START_TEST(passes_over_names_that_are_no_token)
{
    Buffer payload = bytes_of("04 00c8 0000 00 0004 0000 00 0001 \"a\" 00"
                              "0003 \"b:\" 20 00 0001 \"c\" 00 0001 \"d\" 00 0000 00"
                              "0002 \"e\" 00 00 0001 \"f\" 00");
    const auto head = decoded<ResponseHead>(payload);
    ck_assert_uint_eq(head.dropped, 3);
    ck_assert_text_eq(listed(head.headers), "d=|");
}
END_TEST

struct LengthCase {
    const char* headers;  ///< after the count of two
    std::optional<std::uint64_t> length;
    std::string_view list;
};
constexpr std::array lengths{
    LengthCase{"a003 0001 \"5\" 00 0001 \"x\" 00 0000 00", 5, "Content-Length=5|x=|"},
    LengthCase{"a003 0001 \"5\" 00 000e \"content-LENGTH\" 00 0002 \"05\" 00", 5,
               "Content-Length=5|"},
    LengthCase{"a003 0001 \"5\" 00 0011 \"transfer-encoding\" 00 0001 \"x\" 00", std::nullopt, ""},
    LengthCase{"0011 \"Transfer-Encoding\" 00 0000 00 a003 0001 \"5\" 00", std::nullopt, ""},
    LengthCase{"0002 \"te\" 00 0000 00 a003 0013 \"9223372036854775807\" 00", 9223372036854775807U,
               "Content-Length=9223372036854775807|"},
};

START_TEST(settles_the_length)
{
    const LengthCase& row = lengths.at(static_cast<std::size_t>(_i));
    Buffer payload = jk::test::joined({bytes_of("04 00c8 0000 00 0002"), bytes_of(row.headers)});
    const auto head = decoded<ResponseHead>(payload);
    ck_assert(head.content_length == row.length);
    ck_assert_text_eq(listed(head.headers), row.list);
}
END_TEST

START_TEST(refuses_bad_lengths)
{
    for (const char* value : {"0000", "0002 \"-1\"", "0002 \"+3\"", "0004 \"3, 3\"", "0002 \" 3\"",
                              "0002 \"3\" 0a", "0013 \"9223372036854775808\""}) {
        expect_error(std::string{"04 00c8 0000 00 0001 a003"} + value + "00", Errc::bad_number);
    }
    expect_error("04 00c8 0000 00 0002 a003 0001 \"5\" 00 a003 0001 \"6\" 00", Errc::conflict);
}
END_TEST

START_TEST(accepts_final_statuses)
{
    for (unsigned status = 0; status <= 0xffff; ++status) {
        Buffer payload{4,
                       static_cast<std::uint8_t>(status >> 8),
                       static_cast<std::uint8_t>(status & 0xff),
                       0,
                       0,
                       0,
                       0,
                       0};
        const auto message = decode_message(payload);
        ck_assert(message.has_value() == (status >= 200 && status <= 999));
        ck_assert(message.has_value() || message.error().code == Errc::bad_status);
    }
}
END_TEST

START_TEST(ms7_counts_on_nothing_it_has_not_seen)
{
    expect_error("04 00c8 0000 00 ffff a001 0001 \"x\" 00", Errc::underrun);
    expect_error("04 00c8 0000 00 0001", Errc::underrun);
    expect_error("04 00c8 0000 00 0001 a001", Errc::underrun);
    expect_error("04 00c8 0000 00 0001 a001 2000 \"x\" 00", Errc::bad_string);
    expect_error("04 00c8 0000 00 0001 a001 0001 \"x\"", Errc::bad_string);
    expect_error("04 00c8 0000 00 0001 a001 0001 \"xy\"", Errc::bad_string);
    expect_error("04 00c8 0000 00 0001 a001 ffff", Errc::bad_string);
    expect_error("04 00c8 0000 00 0001 ffff 0001 \"x\" 00", Errc::bad_string);
    expect_error("04 00c8 0000", Errc::bad_string);
    expect_error("04 00c8", Errc::underrun);
    expect_error("04 00", Errc::underrun);
    expect_error("04", Errc::underrun);
    expect_error("", Errc::underrun);
}
END_TEST

START_TEST(notices_trailing_bytes)
{
    Buffer head = bytes_of("04 00c8 0000 00 0000 00");
    ck_assert(decoded<ResponseHead>(head).has_trailing_bytes);
    Buffer question = bytes_of("06 0001 00");
    ck_assert(decoded<GetBody>(question).has_trailing_bytes);
    Buffer end = bytes_of("05 01 00");
    ck_assert(!decoded<EndResponse>(end).is_reusable);
}
END_TEST

START_TEST(reads_chunks)
{
    Buffer chunk = payload_of("v05-body-7");
    ck_assert_text_eq(jk::as_text(decoded<BodyChunk>(chunk).data), "noread\n");
    Buffer bare = bytes_of("03 0002 \"ab\"");
    ck_assert_text_eq(jk::as_text(decoded<BodyChunk>(bare).data), "ab");
    Buffer odd = bytes_of("03 0002 \"abz\"");
    ck_assert_text_eq(jk::as_text(decoded<BodyChunk>(odd).data), "ab");
    Buffer flush = payload_of("v24-flush");
    ck_assert(decoded<BodyChunk>(flush).data.empty());
    Buffer large = payload_of("v23-chunk-max-8184");
    ck_assert_uint_eq(decoded<BodyChunk>(large).data.size(), 8184);
    expect_error("03", Errc::underrun);
    expect_error("03 00", Errc::underrun);
    expect_error("03 0003 \"ab\"", Errc::bad_length);
    expect_error("03 0001 \"ab\" 00", Errc::bad_length);
    expect_error("03 ffff \"ab\" 00", Errc::bad_length);
}
END_TEST

START_TEST(reads_the_rest)
{
    Buffer question = payload_of("v29-get-body-chunk-64k");
    ck_assert_uint_eq(decoded<GetBody>(question).wanted, 65530);
    Buffer end = payload_of("v06-end-reuse");
    ck_assert(decoded<EndResponse>(end).is_reusable);
    for (const char* other : {"05", "05 00", "05 02", "05 ff", "05 01 01"}) {
        Buffer closing = bytes_of(other);
        ck_assert(!decoded<EndResponse>(closing).is_reusable);
    }
    Buffer pong{9};
    (void)decoded<Pong>(pong);
    expect_error("09 00", Errc::bad_length);
    expect_error("06", Errc::underrun);
    expect_error("06 00", Errc::underrun);
    expect_error("06 0000", Errc::bad_length);
}
END_TEST

START_TEST(knows_five_types)
{
    for (unsigned type = 0; type <= 0xff; ++type) {
        Buffer payload{static_cast<std::uint8_t>(type), 1, 1};
        const auto message = decode_message(payload);
        const bool is_known = type == 3 || type == 4 || type == 5 || type == 6 || type == 9;
        ck_assert(is_known || (!message.has_value() && message.error().code == Errc::bad_type));
    }
}
END_TEST

// No assertion but those of the sanitizers, and that it comes to an end.
START_TEST(survives_noise)
{
    constexpr std::array<std::uint8_t, 6> types{3, 4, 5, 6, 9, 2};
    std::srand(static_cast<unsigned>(_i));
    for (int round = 0; round < 300; ++round) {
        Buffer payload(static_cast<std::size_t>(1 + std::rand() % (round < 290 ? 200 : 65532)));
        for (std::uint8_t& byte : payload) {
            // small numbers make lengths that nearly fit
            byte = static_cast<std::uint8_t>(std::rand() % (std::rand() % 4 == 0 ? 256 : 4));
        }
        payload[0] = types.at(static_cast<std::size_t>(std::rand() % 6));
        const auto message = decode_message(payload);
        if (message) {
            if (const auto* head = std::get_if<ResponseHead>(&*message)) {
                (void)listed(head->headers);
            }
        }
    }
}
END_TEST

}  // namespace

TCase* response_decoder_tests()
{
    TCase* tests = tcase_create("response_decoder");
    tcase_add_test(tests, reads_a_head);
    tcase_add_test(tests, drops_what_belongs_to_the_connection);
    tcase_add_loop_test(tests, keeps_a_reason_that_says_something, 0,
                        static_cast<int>(reasons.size()));
    tcase_add_test(tests, ms2_knows_eleven_header_codes);
    tcase_add_test(tests, cleans_values_in_place);
    tcase_add_test(tests, passes_over_names_that_are_no_token);
    tcase_add_loop_test(tests, settles_the_length, 0, static_cast<int>(lengths.size()));
    tcase_add_test(tests, refuses_bad_lengths);
    tcase_add_test(tests, accepts_final_statuses);
    tcase_add_test(tests, ms7_counts_on_nothing_it_has_not_seen);
    tcase_add_test(tests, notices_trailing_bytes);
    tcase_add_test(tests, reads_chunks);
    tcase_add_test(tests, reads_the_rest);
    tcase_add_test(tests, knows_five_types);
    tcase_add_loop_test(tests, survives_noise, 0, 4);
    return tests;
}
