// Tests common/ajp/body_sender.
#include "ajp/body_sender.h"

#include <algorithm>

#include "ajp/support.h"
#include "support/check.h"

namespace {

using jk::ajp::BodyKind;
using jk::ajp::BodySender;
using jk::test::Buffer;
using Supply = jk::ajp::BodySender::Supply;

Buffer content(std::size_t size)
{
    Buffer bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<std::uint8_t>(i * 7 + (i >> 8));
    }
    return bytes;
}

Buffer bytes_of_packet(BodySender& sender, std::size_t wanted)
{
    Buffer packet;
    for (const jk::Bytes& piece : sender.next_packet(wanted)) {
        packet.insert(packet.end(), piece.begin(), piece.end());
    }
    return packet;
}

// Checks the frame of a packet and returns its data. One assertion: Check reports each of them.
Buffer data_of(const Buffer& packet, std::size_t packet_size)
{
    const bool is_framed = packet.size() >= 6 && packet.size() <= packet_size &&
                           packet[0] * 256U + packet[1] == 0x1234 &&
                           packet[2] * 256U + packet[3] == packet.size() - 4 &&
                           packet[4] * 256U + packet[5] == packet.size() - 6;
    if (!is_framed || packet[4] == 0x02 || packet[4] == 0x0a) {
        ck_abort_msg("a bad packet of %zu bytes", packet.size());
    }
    return {packet.begin() + 6, packet.end()};
}

// Sends all of `body`; the client gives `portion` bytes at a time, the container asks for `wanted`.
Buffer sent(const Buffer& body, std::size_t kept, std::size_t portion, std::size_t wanted)
{
    Buffer packet(8192);
    Buffer arrived;
    BodySender sender{BodyKind::sized, body.size(), jk::Bytes{body}.first(kept), packet};
    std::size_t given = kept;
    bool is_good = true;
    while (sender.supply() != Supply::ended) {
        if (sender.supply() == Supply::client) {
            const auto space = sender.space(wanted);
            is_good = is_good && !space.empty() && space.size() <= wanted;
            const std::size_t count = std::min({space.size(), portion, body.size() - given});
            std::copy_n(body.begin() + static_cast<std::ptrdiff_t>(given), count, space.begin());
            given += count;
            sender.client_data(count);
        }
        const Buffer data = data_of(bytes_of_packet(sender, wanted), packet.size());
        is_good = is_good && !data.empty() && data.size() <= wanted;
        arrived.insert(arrived.end(), data.begin(), data.end());
    }
    ck_assert(is_good);
    ck_assert(sender.is_beyond_kept() == (kept < body.size()));
    return arrived;
}

START_TEST(the_vectors)
{
    Buffer packet(8192);
    BodySender empty{BodyKind::none, 0, {}, packet};
    ck_assert(bytes_of_packet(empty, 8186) == jk::test::vector_bytes("v09-empty-body-6"));
    for (const std::string_view name :
         {"v11-body-hello-world", "v36-body-1", "v22-body-max-8186"}) {
        const Buffer vector = jk::test::vector_bytes(name);
        const auto body = jk::Bytes{vector}.subspan(6);
        BodySender sender{BodyKind::sized, body.size(), body, packet};
        ck_assert(bytes_of_packet(sender, 8192) == vector);
        ck_assert(sender.supply() == Supply::ended);
    }
}
END_TEST

START_TEST(every_size_arrives)
{
    for (std::size_t size = 1 + static_cast<std::size_t>(_i); size <= 9000; size += 32) {
        const Buffer body = content(size);
        ck_assert(sent(body, std::min<std::size_t>(size, 8186), 8192, 8186) == body);
    }
}
END_TEST

START_TEST(every_cut_arrives)
{
    const Buffer body = content(9500);
    for (const std::size_t kept : {1U, 600U, 8186U}) {
        for (const std::size_t portion : {1U, 511U, 512U, 700U, 2560U, 2815U, 8192U}) {
            for (const std::size_t wanted : {1U, 511U, 512U, 767U, 2600U, 8186U, 65535U}) {
                ck_assert(sent(body, kept, portion, wanted) == body);
            }
        }
    }
}
END_TEST

START_TEST(is_never_longer_than_announced)
{
    Buffer packet(8192);
    const Buffer body = content(4);
    BodySender sender{BodyKind::sized, 10, body, packet};
    (void)sender.next_packet(8186);
    ck_assert_uint_eq(sender.space(8186).size(), 6);
}
END_TEST

START_TEST(an_unknown_length_ends_with_the_client)
{
    Buffer packet(8192);
    BodySender sender{BodyKind::unknown, 0, {}, packet};
    ck_assert(sender.supply() == Supply::client);
    ck_assert_uint_eq(sender.space(65535).size(), 8186);
    sender.client_data(1);
    ck_assert_uint_eq(bytes_of_packet(sender, 8186).size(), 7);
    ck_assert(sender.supply() == Supply::client);
    ck_assert(sender.client_end());
    ck_assert(sender.supply() == Supply::ended);
    ck_assert_uint_eq(bytes_of_packet(sender, 8186).size(), 6);
}
END_TEST

START_TEST(a_sized_body_may_not_end_early)
{
    Buffer packet(8192);
    const Buffer body = content(4);
    BodySender sender{BodyKind::sized, 10, body, packet};
    (void)sender.next_packet(8186);
    ck_assert(!sender.client_end());
}
END_TEST

START_TEST(kept_bytes_may_stand_in_the_packet)
{
    Buffer packet(8192);
    const Buffer body = content(600);
    std::copy(body.begin(), body.end(), packet.begin() + 6);
    BodySender sender{BodyKind::sized, 600, jk::Bytes{packet}.subspan(6, 600), packet};
    Buffer arrived = data_of(bytes_of_packet(sender, 8186), 8192);
    ck_assert_uint_eq(arrived.size(), 511);
    const Buffer rest = data_of(bytes_of_packet(sender, 8186), 8192);
    arrived.insert(arrived.end(), rest.begin(), rest.end());
    ck_assert(arrived == body);
}
END_TEST

START_TEST(fills_the_largest_packet)
{
    Buffer packet(65536);
    const Buffer body = content(65530);
    BodySender sender{BodyKind::sized, 65530, body, packet};
    ck_assert(data_of(bytes_of_packet(sender, 65535), 65536) == body);
}
END_TEST

}  // namespace

TCase* body_sender_tests()
{
    TCase* tests = tcase_create("body_sender");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, the_vectors);
    tcase_add_loop_test(tests, every_size_arrives, 0, 32);
    tcase_add_test(tests, every_cut_arrives);
    tcase_add_test(tests, is_never_longer_than_announced);
    tcase_add_test(tests, an_unknown_length_ends_with_the_client);
    tcase_add_test(tests, a_sized_body_may_not_end_early);
    tcase_add_test(tests, kept_bytes_may_stand_in_the_packet);
    tcase_add_test(tests, fills_the_largest_packet);
    return tests;
}
