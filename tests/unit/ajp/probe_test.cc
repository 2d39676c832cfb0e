// Tests common/ajp/probe.
#include "ajp/probe.h"

#include <algorithm>

#include "ajp/support.h"
#include "support/check.h"

namespace {

using jk::Errc;
using jk::ajp::Probe;
using jk::test::Buffer;

jk::Result<bool> answer(Probe& probe, const Buffer& bytes)
{
    const jk::MutableBytes space = probe.space();
    ck_assert(bytes.size() <= space.size());
    std::copy(bytes.begin(), bytes.end(), space.begin());
    return probe.received(bytes.size());
}

START_TEST(asks_with_a_cping)
{
    const jk::Bytes request = Probe::request();
    ck_assert(Buffer(request.begin(), request.end()) == jk::test::vector_bytes("v01-cping"));
}
END_TEST

START_TEST(takes_a_cpong)
{
    Probe probe;
    const auto result = answer(probe, jk::test::vector_bytes("v02-cpong"));
    ck_assert(result.has_value() && *result);
}
END_TEST

START_TEST(takes_a_cpong_byte_by_byte)
{
    Probe probe;
    const Buffer cpong = jk::test::vector_bytes("v02-cpong");
    for (std::size_t i = 0; i < cpong.size(); ++i) {
        ck_assert_uint_eq(probe.space().size(), cpong.size() - i);
        const auto result = answer(probe, {cpong[i]});
        ck_assert(result.has_value());
        ck_assert(*result == (i + 1 == cpong.size()));
    }
}
END_TEST

struct Wrong {
    const char* bytes;
    Errc code;
};
constexpr std::array wrong_answers{
    Wrong{"41 43 00 01 09", Errc::bad_magic},  Wrong{"12 34 00 01 09", Errc::bad_magic},
    Wrong{"\"H\"", Errc::bad_magic},           Wrong{"41 42 00 02 09", Errc::bad_length},
    Wrong{"41 42 00 02", Errc::bad_length},    Wrong{"41 42 01", Errc::bad_length},
    Wrong{"41 42 00 00 41", Errc::bad_length}, Wrong{"41 42 00 01 0a", Errc::bad_type},
    Wrong{"41 42 00 23 04", Errc::bad_length},
};

START_TEST(takes_nothing_else)
{
    const Wrong& row = wrong_answers.at(static_cast<std::size_t>(_i));
    Probe probe;
    const auto result = answer(probe, jk::test::bytes_of(row.bytes));
    ck_assert(!result.has_value());
    ck_assert(result.error().code == row.code);
}
END_TEST

}  // namespace

TCase* probe_tests()
{
    TCase* tests = tcase_create("probe");
    tcase_add_test(tests, asks_with_a_cping);
    tcase_add_test(tests, takes_a_cpong);
    tcase_add_test(tests, takes_a_cpong_byte_by_byte);
    tcase_add_loop_test(tests, takes_nothing_else, 0, static_cast<int>(wrong_answers.size()));
    return tests;
}
