// Big-endian cursors. Tested by tests/unit/base/bytes_test.cc.
#include "base/bytes.h"

#include <cassert>
#include <cstring>

namespace jk {

std::uint8_t Reader::u8() noexcept
{
    const Bytes field = take(1);
    return field.empty() ? std::uint8_t{0} : field[0];
}

std::uint16_t Reader::u16() noexcept
{
    const std::uint16_t value = peek_u16();
    (void)take(2);
    return value;
}

Bytes Reader::take(std::size_t count) noexcept
{
    if (failed_ || count > rest_.size()) {
        failed_ = true;
        rest_ = {};
        return {};
    }
    const Bytes field = rest_.first(count);
    rest_ = rest_.subspan(count);
    return field;
}

std::uint16_t Reader::peek_u16() const noexcept
{
    if (rest_.size() < 2) {
        return 0;
    }
    return static_cast<std::uint16_t>((rest_[0] << 8) | rest_[1]);
}

bool Writer::reserve(std::size_t count) noexcept
{
    if (count > room()) {
        failed_ = true;
    }
    return !failed_;
}

void Writer::u8(std::uint8_t value) noexcept
{
    if (reserve(1)) {
        buffer_[used_++] = value;
    }
}

void Writer::u16(std::uint16_t value) noexcept
{
    if (reserve(2)) {
        used_ += 2;
        patch_u16(used_ - 2, value);
    }
}

void Writer::bytes(Bytes value) noexcept
{
    if (reserve(value.size()) && !value.empty()) {
        std::memcpy(buffer_.data() + used_, value.data(), value.size());
        used_ += value.size();
    }
}

void Writer::patch_u16(std::size_t offset, std::uint16_t value) noexcept
{
    assert(offset + 2 <= used_);
    buffer_[offset] = static_cast<std::uint8_t>(value >> 8);
    buffer_[offset + 1] = static_cast<std::uint8_t>(value & 0xff);
}

}  // namespace jk
