// Bounds-checked big-endian cursors over bytes that belong to somebody else; inline, since every
// field of every packet goes through them.
// Both stay failed once they went past the end, so a caller may read a whole message and ask once.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace jk {

using Bytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

/// The same bytes as text, and text as bytes: no copy, valid as long as the argument's memory.
[[nodiscard]] inline std::string_view as_text(Bytes bytes) noexcept
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
[[nodiscard]] inline Bytes as_bytes(std::string_view text) noexcept
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Reads from the front of a message. After the first read past the end every read gives 0 or
/// empty, and `has_failed()` says so.
class Reader {
public:
    explicit Reader(Bytes message) noexcept : rest_(message) {}

    [[nodiscard]] std::uint8_t u8() noexcept
    {
        const Bytes field = take(1);
        return field.empty() ? std::uint8_t{0} : field[0];
    }
    [[nodiscard]] std::uint16_t u16() noexcept
    {
        const std::uint16_t value = peek_u16();
        (void)take(2);
        return value;
    }
    /// Returns the next `count` bytes, a view into the message.
    [[nodiscard]] Bytes take(std::size_t count) noexcept
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
    /// Returns the two bytes that the next u16() would give, without moving; 0 when there are none.
    [[nodiscard]] std::uint16_t peek_u16() const noexcept
    {
        return rest_.size() < 2 ? std::uint16_t{0}
                                : static_cast<std::uint16_t>((rest_[0] << 8) | rest_[1]);
    }

    [[nodiscard]] Bytes rest() const noexcept { return rest_; }
    [[nodiscard]] bool is_at_end() const noexcept { return rest_.empty(); }
    [[nodiscard]] bool has_failed() const noexcept { return failed_; }

private:
    Bytes rest_;
    bool failed_ = false;
};

/// Writes to the front of a buffer. After the first write that does not fit nothing more is
/// written, and `has_failed()` says so.
class Writer {
public:
    explicit Writer(MutableBytes buffer) noexcept : buffer_(buffer) {}

    void u8(std::uint8_t value) noexcept
    {
        if (const MutableBytes field = claim(1); !field.empty()) {
            field[0] = value;
        }
    }
    void u16(std::uint16_t value) noexcept
    {
        if (!claim(2).empty()) {
            patch_u16(used_ - 2, value);
        }
    }
    void bytes(Bytes value) noexcept
    {
        if (const MutableBytes field = claim(value.size()); !field.empty()) {
            std::memcpy(field.data(), value.data(), value.size());
        }
    }
    /// Returns the next `count` bytes for the caller to write; none of them where they do not fit.
    [[nodiscard]] MutableBytes claim(std::size_t count) noexcept
    {
        if (failed_ || count > room()) {
            failed_ = true;
            return {};
        }
        used_ += count;
        return buffer_.subspan(used_ - count, count);
    }
    /// Overwrites the two bytes at `offset`. Requires: they were written before.
    void patch_u16(std::size_t offset, std::uint16_t value) noexcept
    {
        assert(offset + 2 <= used_);
        buffer_[offset] = static_cast<std::uint8_t>(value >> 8);
        buffer_[offset + 1] = static_cast<std::uint8_t>(value & 0xff);
    }

    [[nodiscard]] std::size_t size() const noexcept { return used_; }
    [[nodiscard]] std::size_t room() const noexcept { return buffer_.size() - used_; }
    [[nodiscard]] MutableBytes written() const noexcept { return buffer_.first(used_); }
    [[nodiscard]] bool has_failed() const noexcept { return failed_; }

private:
    MutableBytes buffer_;
    std::size_t used_ = 0;
    bool failed_ = false;
};

}  // namespace jk
