// Tests common/ajp/framer.
#include "ajp/framer.h"

#include <array>
#include <cstring>

#include "ajp/support.h"
#include "support/check.h"

namespace {

using jk::Errc;
using jk::ajp::Framer;
using jk::test::Buffer;
using jk::test::bytes_of;

// Puts all of `bytes` into the framer, which has room for them.
void feed(Framer& framer, const Buffer& bytes)
{
    const jk::MutableBytes space = framer.space();
    ck_assert(bytes.size() <= space.size());
    std::memcpy(space.data(), bytes.data(), bytes.size());
    framer.commit(bytes.size());
}

void expect_payload(Framer& framer, std::string_view want)
{
    const auto payload = framer.next();
    ck_assert(payload.has_value() && payload->has_value());
    ck_assert_text_eq(jk::as_text(**payload), want);
}

void expect_more_wanted(Framer& framer)
{
    const auto payload = framer.next();
    ck_assert(payload.has_value() && !payload->has_value());
}

void expect_error(Framer& framer, Errc code)
{
    for (int again = 0; again < 2; ++again) {
        const auto payload = framer.next();
        ck_assert(!payload.has_value());
        ck_assert(payload.error().code == code);
    }
}

START_TEST(cuts_several_packets)
{
    Buffer buffer(64);
    Framer framer{buffer, 32};
    expect_more_wanted(framer);
    feed(framer, bytes_of("\"AB\" 00 03 \"abc\" \"AB\" 00 01 \"d\" \"AB\" 00"));
    expect_payload(framer, "abc");
    expect_payload(framer, "d");
    expect_more_wanted(framer);
    ck_assert(!framer.is_empty());
    feed(framer, bytes_of("02 \"ef\""));
    expect_payload(framer, "ef");
    ck_assert(framer.is_empty());
    expect_more_wanted(framer);
}
END_TEST

START_TEST(takes_bytes_one_by_one)
{
    Buffer buffer(8);
    Framer framer{buffer, 8};
    const Buffer all = bytes_of("\"AB\" 00 04 \"abcd\" \"AB\" 00 01 \"e\"");
    std::string payloads;
    for (const std::uint8_t byte : all) {
        feed(framer, {byte});
        const auto payload = framer.next();
        ck_assert(payload.has_value());
        if (*payload) {
            payloads.append(jk::as_text(**payload)).append("|");
        }
    }
    ck_assert_text_eq(payloads, "abcd|e|");
}
END_TEST

START_TEST(has_room_for_a_whole_packet_behind_a_part)
{
    Buffer buffer(8);
    Framer framer{buffer, 8};
    feed(framer, bytes_of("\"AB\" 00 01 \"x\" \"AB\" 00"));
    expect_payload(framer, "x");
    expect_more_wanted(framer);
    ck_assert_uint_eq(framer.space().size(), 5);
    feed(framer, bytes_of("04 \"abcd\""));
    expect_payload(framer, "abcd");
    ck_assert_uint_eq(framer.space().size(), 8);
}
END_TEST

START_TEST(moves_nothing_for_a_second_question)
{
    Buffer buffer(16);
    Framer framer{buffer, 16};
    feed(framer, bytes_of("\"AB\""));
    const auto* const place = framer.space().data();
    ck_assert(framer.space().data() == place);
    ck_assert_uint_eq(framer.space().size(), 14);
}
END_TEST

START_TEST(rejects_other_magic)
{
    for (const std::string_view head :
         {"41 43 00 01", "12 34 00 01", "12 35 00 01", "\"HTTP\"", "00 00 00 00"}) {
        Buffer buffer(8192);
        Framer framer{buffer, 8192};
        feed(framer, bytes_of(head));
        expect_error(framer, Errc::bad_magic);
    }
}
END_TEST

START_TEST(ms3_judges_the_length_by_the_header)
{
    struct Case {
        std::size_t packet_size;
        std::size_t length;
        bool is_good;
    };
    constexpr std::array cases{
        Case{8192, 0, false},      Case{8192, 1, true},       Case{8192, 8188, true},
        Case{8192, 8189, false},   Case{8192, 8190, false},   Case{8192, 8191, false},
        Case{8192, 8192, false},   Case{8192, 65535, false},  Case{65536, 65532, true},
        Case{65536, 65533, false}, Case{65536, 65534, false}, Case{65536, 65535, false},
        Case{65536, 0, false},
    };
    for (const Case& row : cases) {
        Buffer buffer(65536);
        Framer framer{buffer, row.packet_size};
        feed(framer, {'A', 'B', static_cast<std::uint8_t>(row.length >> 8),
                      static_cast<std::uint8_t>(row.length & 0xff)});
        if (row.is_good) {
            expect_more_wanted(framer);
        } else {
            expect_error(framer, Errc::bad_length);
        }
    }
}
END_TEST

START_TEST(takes_the_largest_packet)
{
    for (const std::size_t size : {8192U, 65536U}) {
        Buffer buffer(size);
        Framer framer{buffer, size};
        const Buffer payload(size - 4, 'x');
        feed(framer, jk::test::container_packet(payload));
        const auto got = framer.next();
        ck_assert(got.has_value() && got->has_value());
        ck_assert_uint_eq((*got)->size(), size - 4);
        ck_assert(framer.is_empty());
        ck_assert_uint_eq(framer.space().size(), size);
    }
}
END_TEST

}  // namespace

TCase* framer_tests()
{
    TCase* tests = tcase_create("framer");
    tcase_add_test(tests, cuts_several_packets);
    tcase_add_test(tests, takes_bytes_one_by_one);
    tcase_add_test(tests, has_room_for_a_whole_packet_behind_a_part);
    tcase_add_test(tests, moves_nothing_for_a_second_question);
    tcase_add_test(tests, rejects_other_magic);
    tcase_add_test(tests, ms3_judges_the_length_by_the_header);
    tcase_add_test(tests, takes_the_largest_packet);
    return tests;
}
