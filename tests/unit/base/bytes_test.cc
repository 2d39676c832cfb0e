// Tests common/base/bytes.
#include "base/bytes.h"

#include <array>

#include "support/check.h"

namespace {

constexpr std::array<std::uint8_t, 5> sample{0x12, 0x34, 0x00, 0xff, 0x7f};

START_TEST(reads_big_endian)
{
    jk::Reader reader{sample};
    ck_assert_uint_eq(reader.peek_u16(), 0x1234);
    ck_assert_uint_eq(reader.u16(), 0x1234);
    ck_assert_uint_eq(reader.u8(), 0);
    ck_assert_uint_eq(reader.take(2).size(), 2);
    ck_assert(reader.is_at_end());
    ck_assert(!reader.has_failed());
}
END_TEST

START_TEST(stays_failed_past_the_end)
{
    jk::Reader reader{sample};
    ck_assert(reader.take(6).empty());
    ck_assert(reader.has_failed());
    ck_assert_uint_eq(reader.u8(), 0);
    ck_assert(reader.has_failed());
}
END_TEST

START_TEST(half_an_integer_is_a_failure)
{
    jk::Reader reader{jk::Bytes{sample}.first(1)};
    ck_assert_uint_eq(reader.peek_u16(), 0);
    ck_assert(!reader.has_failed());
    ck_assert_uint_eq(reader.u16(), 0);
    ck_assert(reader.has_failed());
}
END_TEST

START_TEST(writes_what_fits)
{
    std::array<std::uint8_t, 4> buffer{};
    jk::Writer writer{buffer};
    writer.u8(1);
    writer.u16(0x0203);
    ck_assert_uint_eq(writer.size(), 3);
    ck_assert_uint_eq(writer.room(), 1);
    writer.u16(0x0405);
    ck_assert(writer.has_failed());
    writer.u8(6);
    ck_assert_uint_eq(writer.size(), 3);
    ck_assert_uint_eq(buffer[3], 0);
}
END_TEST

START_TEST(patches_what_was_written)
{
    std::array<std::uint8_t, 4> buffer{};
    jk::Writer writer{buffer};
    writer.u16(0);
    writer.bytes(jk::as_bytes("ab"));
    writer.patch_u16(0, 0xa1b2);
    ck_assert_uint_eq(buffer[0], 0xa1);
    ck_assert_uint_eq(buffer[1], 0xb2);
    ck_assert_text_eq(jk::as_text(writer.written().subspan(2)), "ab");
}
END_TEST

START_TEST(claims_all_or_nothing)
{
    std::array<std::uint8_t, 4> buffer{};
    jk::Writer writer{buffer};
    const jk::MutableBytes three = writer.claim(3);
    ck_assert_ptr_eq(three.data(), buffer.data());
    ck_assert_uint_eq(three.size(), 3);
    ck_assert(writer.claim(2).empty());
    ck_assert(writer.has_failed());
    ck_assert(writer.claim(1).empty());
    ck_assert_uint_eq(writer.size(), 3);
}
END_TEST

START_TEST(an_empty_write_is_no_failure)
{
    jk::Writer writer{{}};
    writer.bytes({});
    ck_assert(!writer.has_failed());
    ck_assert_uint_eq(writer.size(), 0);
}
END_TEST

}  // namespace

TCase* bytes_tests()
{
    TCase* tests = tcase_create("bytes");
    tcase_add_test(tests, reads_big_endian);
    tcase_add_test(tests, stays_failed_past_the_end);
    tcase_add_test(tests, half_an_integer_is_a_failure);
    tcase_add_test(tests, writes_what_fits);
    tcase_add_test(tests, patches_what_was_written);
    tcase_add_test(tests, claims_all_or_nothing);
    tcase_add_test(tests, an_empty_write_is_no_failure);
    return tests;
}
