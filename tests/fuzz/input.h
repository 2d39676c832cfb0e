// What every fuzz target shares: its entry, the bytes it is given as numbers and texts, and the way
// it says that something is wrong.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/text.h"

/// What libFuzzer, AFL++ and replay.cc call: one input. Returns 0; a finding ends the process.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace jk::fuzz {

/// Ends the process where `holds` is false: the input is a finding. `what` says what must hold.
inline void require(bool holds, const char* what)
{
    if (!holds) {
        std::fprintf(stderr, "finding: it does not hold that %s\n", what);
        std::abort();
    }
}

/// The front of a fuzzer's bytes, taken off piece by piece. Past the end everything is 0 or empty.
/// Numbers come from the front, so that an input can be written by hand.
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) noexcept : rest_(data, size) {}

    [[nodiscard]] std::uint8_t u8() noexcept
    {
        const Bytes byte = take(1);
        return byte.empty() ? std::uint8_t{0} : byte[0];
    }
    [[nodiscard]] std::uint16_t u16() noexcept
    {
        const unsigned high = u8();
        return static_cast<std::uint16_t>(high << 8 | u8());
    }
    /// A byte says how many follow; 255: the next two say it.
    [[nodiscard]] std::string_view text() noexcept
    {
        const std::size_t length = u8();
        return as_text(take(length == 255 ? u16() : length));
    }
    /// Up to the next line feed, which is taken off too.
    [[nodiscard]] std::string_view line() noexcept { return up_to("\n"); }
    /// Up to the next empty line.
    [[nodiscard]] std::string_view paragraph() noexcept { return up_to("\n\n"); }
    [[nodiscard]] Bytes rest() const noexcept { return rest_; }
    [[nodiscard]] std::string_view rest_text() const noexcept { return as_text(rest_); }
    [[nodiscard]] bool is_at_end() const noexcept { return rest_.empty(); }

private:
    [[nodiscard]] Bytes take(std::size_t count) noexcept
    {
        const Bytes taken = rest_.first(std::min(count, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return taken;
    }
    [[nodiscard]] std::string_view up_to(std::string_view end) noexcept
    {
        const std::string_view text = as_text(rest_);
        const std::size_t at = std::min(text.find(end), text.size());
        (void)take(at + end.size());
        return text.substr(0, at);
    }

    Bytes rest_;
};

/// True when `text` has control characters, TAB among them.
[[nodiscard]] inline bool has_control(std::string_view text) noexcept
{
    return std::any_of(text.begin(), text.end(), is_control);
}

/// True when `part` lies inside `whole`, memory and all.
[[nodiscard]] inline bool is_within(std::string_view part, std::string_view whole) noexcept
{
    return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

/// The lines of a text, at most `most` of them.
[[nodiscard]] inline std::vector<std::string_view> lines_of(std::string_view text, std::size_t most)
{
    std::vector<std::string_view> lines;
    while (!text.empty() && lines.size() < most) {
        lines.push_back(text.substr(0, text.find('\n')));
        text.remove_prefix(std::min(lines.back().size() + 1, text.size()));
    }
    return lines;
}

}  // namespace jk::fuzz
