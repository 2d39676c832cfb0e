// The answer is compared byte by byte as it comes: the place of the first wrong byte is the error.
// The room for it is as long as the answer, so a byte too many stays in the socket, where the look
// before the next use finds it.
// Tested by tests/unit/ajp/probe_test.cc.
#include "ajp/probe.h"

#include <array>
#include <cassert>
#include <cstddef>

#include "ajp/protocol.h"

namespace jk::ajp {

namespace {

constexpr std::array<std::uint8_t, 5> cping{
    request_magic >> 8, request_magic & 0xff, 0, 1, static_cast<std::uint8_t>(MessageType::cping),
};

// byte, and what it means when another stands in its place
struct Expected {
    std::uint8_t byte;
    Errc otherwise;
};
constexpr std::array<Expected, 5> cpong{{
    {response_magic >> 8, Errc::bad_magic},
    {response_magic & 0xff, Errc::bad_magic},
    {0, Errc::bad_length},
    {1, Errc::bad_length},
    {static_cast<std::uint8_t>(MessageType::cpong), Errc::bad_type},
}};

}  // namespace

Bytes Probe::request() noexcept
{
    return cping;
}

MutableBytes Probe::space() noexcept
{
    return MutableBytes{answer_}.subspan(used_);
}

Result<bool> Probe::received(std::size_t count) noexcept
{
    assert(count <= cpong.size() - used_);
    for (const std::size_t end = used_ + count; used_ < end; ++used_) {
        if (answer_[used_] != cpong[used_].byte) {
            return failure(cpong[used_].otherwise, "the answer to a CPING is not a CPONG");
        }
    }
    return used_ == cpong.size();
}

}  // namespace jk::ajp
