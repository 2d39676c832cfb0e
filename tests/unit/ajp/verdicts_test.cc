// Tests common/ajp/exchange with everything a container ever sent or could send: the vectors of
// tests/wire/ajp13-vectors, in the answer to a GET without a body, at a packet size of 8192.
#include <array>

#include "ajp/support.h"
#include "support/check.h"

namespace {

using jk::ajp::Failure;
using jk::ajp::Step;
using jk::test::Attempt;
using jk::test::Buffer;
using jk::test::Feed;

enum class Verdict : std::uint8_t {
    accept,    ///< delivered, the connection may be used again
    no_reuse,  ///< delivered, the connection must be closed
    reject,    ///< failed before the head was handed out: the client gets a 502
    cut_off,   ///< failed behind the head: the client must not see a complete response, and with
               ///< nothing but the head it may be another one's
};

struct Vector {
    std::string_view name;
    Verdict verdict;
    Failure failure = Failure::none;
};
constexpr auto accept_it = Verdict::accept;
constexpr auto no_reuse = Verdict::no_reuse;
constexpr auto reject = Verdict::reject;
constexpr auto cut_off = Verdict::cut_off;
constexpr auto broken = Failure::protocol;

// A vector that does not end the exchange by itself is followed by the end of the connection.
constexpr std::array vectors{
    Vector{"m01-bad-magic-4143", reject, broken},
    Vector{"m02-ws-magic-from-container", reject, broken},
    Vector{"m03-ajp14-magic", reject, broken},
    Vector{"m04-http-response", reject, broken},
    Vector{"m05-zero-length-payload", reject, broken},
    Vector{"m06-unknown-type-00", reject, broken},
    Vector{"m07-unknown-type-0b", reject, broken},
    Vector{"m08-type-forward-request", reject, broken},
    Vector{"m09-type-ff", reject, broken},
    Vector{"m10-length-over-max-8k", reject, broken},
    Vector{"m11-length-65535", reject, broken},
    Vector{"m12-truncated-header-2", reject, Failure::closed_in_packet},
    Vector{"m13-truncated-header-3", reject, Failure::closed_in_packet},
    Vector{"m14-truncated-payload", reject, Failure::closed_in_packet},
    Vector{"m15-headers-type-only", reject, broken},
    Vector{"m16-headers-half-status", reject, broken},
    Vector{"m17-headers-status-0", reject, broken},
    Vector{"m18-headers-status-99", reject, broken},
    Vector{"m19-headers-status-1000", reject, broken},
    Vector{"m20-headers-status-65535", reject, broken},
    Vector{"m21-headers-status-100-final", reject, broken},
    Vector{"m22-headers-no-reason", reject, broken},
    Vector{"m23-reason-length-past-end", reject, broken},
    Vector{"m24-reason-length-fffe", reject, broken},
    Vector{"m25-reason-not-terminated", reject, broken},
    Vector{"m26-reason-at-packet-end-no-nul", reject, broken},
    Vector{"m27-reason-crlf", accept_it},
    Vector{"m28-reason-nul", accept_it},
    Vector{"m29-header-count-missing", reject, broken},
    Vector{"m30-header-count-too-high", reject, broken},
    Vector{"m31-header-count-ffff", reject, broken},
    Vector{"m32-header-count-too-low", no_reuse},
    Vector{"m33-header-code-a000", reject, broken},
    Vector{"m34-header-code-a00c", reject, broken},
    Vector{"m35-header-code-a0ff", reject, broken},
    Vector{"m36-header-name-null", reject, broken},
    Vector{"m37-header-name-empty", accept_it},
    Vector{"m38-header-name-bad-chars", accept_it},
    Vector{"m39-header-value-null", reject, broken},
    Vector{"m40-header-value-crlf", accept_it},
    Vector{"m41-header-value-nul", accept_it},
    Vector{"m42-header-value-past-end", reject, broken},
    Vector{"m43-header-value-missing", reject, broken},
    Vector{"m44-headers-trailing-junk", no_reuse},
    Vector{"m45-headers-twice", cut_off, broken},
    Vector{"m46-headers-cl-dup", reject, broken},
    Vector{"m47-headers-cl-short", cut_off, broken},
    Vector{"m48-headers-cl-long", cut_off, broken},
    Vector{"m49-headers-cl-bad", reject, broken},
    Vector{"m50-headers-te", accept_it},
    Vector{"m51-body-before-headers", reject, broken},
    Vector{"m52-end-before-headers", reject, broken},
    Vector{"m53-flush-before-headers", accept_it},
    Vector{"m54-body-no-length", cut_off, broken},
    Vector{"m55-body-half-length", cut_off, broken},
    Vector{"m56-body-length-past-end", cut_off, broken},
    Vector{"m57-body-length-ffff", cut_off, broken},
    Vector{"m58-body-length-too-short", cut_off, broken},
    Vector{"m59-body-no-terminator", accept_it},
    Vector{"m60-body-two-trailing", cut_off, broken},
    Vector{"m61-end-no-reuse-byte", no_reuse},
    Vector{"m62-end-reuse-2", no_reuse},
    Vector{"m63-end-reuse-ff", no_reuse},
    Vector{"m64-end-extra-bytes", no_reuse},
    Vector{"m65-end-missing-close", cut_off, Failure::closed_in_body},
    Vector{"m66-end-missing-midbody", cut_off, Failure::closed_in_body},
    Vector{"m67-data-after-end", no_reuse},
    Vector{"m68-cpong-mid-response", cut_off, broken},
    Vector{"m69-getbody-no-length", reject, broken},
    Vector{"m70-getbody-zero", reject, broken},
    // as one read the question and the response cross, so the connection is not trusted any more
    Vector{"m71-getbody-ffff", no_reuse},
    // complete responses
    Vector{"v30-response-stream", accept_it},
    // pieces of responses
    Vector{"v02-cpong", reject, broken},
    Vector{"v04-headers-200", cut_off, Failure::closed_in_body},
    Vector{"v05-body-7", reject, broken},
    Vector{"v06-end-reuse", reject, broken},
    Vector{"v08-get-body-chunk", reject, Failure::closed_no_head},
    Vector{"v16-headers-404", cut_off, Failure::closed_in_body},
    Vector{"v23-chunk-max-8184", reject, broken},
    Vector{"v24-flush", reject, Failure::closed_no_head},
    Vector{"v25-headers-no-headers", cut_off, Failure::closed_in_body},
    Vector{"v26-headers-13", cut_off, Failure::closed_in_body},
    Vector{"v27-headers-304", cut_off, Failure::closed_in_body},
    Vector{"v28-end-close", reject, broken},
    Vector{"v29-get-body-chunk-64k", reject, Failure::closed_no_head},
};

const Vector& vector_of(int row)
{
    return vectors.at(static_cast<std::size_t>(row));
}

// Runs an attempt to its end, with the end of the connection behind the bytes.
jk::ajp::Action answer(Attempt& attempt, const Buffer& bytes, Feed feed)
{
    attempt.send_head();
    auto action = attempt.run(bytes, feed);
    if (action.step == Step::read_backend) {
        attempt.exchange[0].backend_closed();
        action = attempt.exchange[0].next();
    }
    return action;
}

void expect(const Vector& row, Feed feed, Verdict verdict)
{
    Attempt attempt;
    const auto action = answer(attempt, jk::test::vector_bytes(row.name), feed);
    const bool is_done = verdict == Verdict::accept || verdict == Verdict::no_reuse;
    ck_assert_int_eq(static_cast<int>(action.step),
                     static_cast<int>(is_done ? Step::done : Step::failed));
    ck_assert_int_eq(static_cast<int>(action.failure), static_cast<int>(row.failure));
    ck_assert(action.is_reusable == (verdict == Verdict::accept));
    ck_assert_uint_eq(attempt.heads, verdict == Verdict::reject ? 0 : 1);
    ck_assert(attempt.exchange[0].error().has_value() == (row.failure == Failure::protocol));
    const bool is_head_alone = attempt.heads == 1 && attempt.body.empty() && attempt.flushes == 0 &&
                               row.failure != Failure::protocol;
    const bool may = verdict == Verdict::reject || (verdict == Verdict::cut_off && is_head_alone);
    ck_assert(action.may_retry == may);  // it is a GET
}

// What follows END_RESPONSE, or crosses a question, cannot be seen before it is read.
Verdict seen_later(const Vector& row)
{
    const bool is_later = row.name.starts_with("m67") || row.name.starts_with("m71");
    return is_later ? Verdict::accept : row.verdict;
}

START_TEST(ms1_gives_the_verdict)
{
    const Vector& row = vector_of(_i);
    expect(row, Feed::whole, row.verdict);
    expect(row, Feed::byte_by_byte, seen_later(row));
}
END_TEST

START_TEST(ms1_survives_every_prefix)
{
    Attempt attempt{8192, 8192};
    for (const Vector& row : vectors) {
        const Buffer all = jk::test::vector_bytes(row.name);
        const std::size_t step = all.size() > 1000 ? 97 : 1;
        for (std::size_t size = 0; size < all.size(); size += step) {
            const Buffer prefix(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(size));
            const auto action = answer(attempt, prefix, Feed::whole);
            if (action.step != Step::failed && action.step != Step::done) {
                ck_abort_msg("no end: %zu bytes", size);
            }
        }
    }
}
END_TEST

START_TEST(ms1_survives_every_changed_byte)
{
    const Buffer all = jk::test::vector_bytes(vector_of(_i).name);
    const std::size_t step = all.size() > 1000 ? 997 : 1;
    Attempt attempt{8192, 8192};
    Buffer mutant = all;
    for (std::size_t place = 0; place < all.size(); place += step) {
        for (unsigned change = 1; change < 256; ++change) {
            mutant[place] = static_cast<std::uint8_t>(all[place] ^ change);
            const auto action = answer(attempt, mutant, Feed::whole);
            if (action.step != Step::failed && action.step != Step::done) {
                ck_abort_msg("no end: byte %zu changed by %u", place, change);
            }
        }
        mutant[place] = all[place];
    }
}
END_TEST

}  // namespace

TCase* verdicts_tests()
{
    constexpr int count = static_cast<int>(vectors.size());
    TCase* tests = tcase_create("verdicts");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, ms1_gives_the_verdict, 0, count);
    tcase_add_test(tests, ms1_survives_every_prefix);
    tcase_add_loop_test(tests, ms1_survives_every_changed_byte, 0, count);
    return tests;
}
