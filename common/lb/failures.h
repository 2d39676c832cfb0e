// The last requests that failed, in shared memory, for people who look afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace jk::lb {

/// A request that got no good answer. Verdict and phase are the caller's numbers.
struct Failure {
    TimePoint time{};
    std::string balancer;  ///< empty: none
    std::string member;    ///< of the last attempt; empty: there was none
    std::uint8_t verdict = 0;
    std::uint8_t phase = 0;
    std::uint16_t status = 0;  ///< what the client got; 0: its answer was cut off
    std::uint32_t attempts = 0;
    std::uint32_t milliseconds = 0;  ///< that the request took, all attempts and pauses included
    std::string what;                ///< the fact, in words
    std::string method;
    std::string path;    ///< without the query and without path parameters
    std::string client;  ///< its address
};

/// Returns `uri` up to its query, without the parameters of its segments: those carry session ids.
[[nodiscard]] std::string plain_path(std::string_view uri);

/// Returns the beginning of `text` that fits `room` bytes and does not end within a character.
[[nodiscard]] std::string_view cut(std::string_view text, std::size_t room) noexcept;

/// A ring of the last ones, a view. Any process and thread; nobody waits. A reader never gets half
/// a record. A process that dies while it writes leaves that record unreadable until release().
class Failures {
public:
    static constexpr std::size_t capacity = 256;
    static constexpr std::size_t path_room = 128;
    static constexpr std::size_t what_room = 120;

    Failures() = default;  ///< none: keeps nothing
    /// Requires: size() zeroed bytes from the beginning of a cache line.
    explicit Failures(void* memory) noexcept;
    [[nodiscard]] static std::size_t size() noexcept;

    /// Puts `failure` in the place of the oldest; texts that are too long are cut. Not kept where
    /// another process is at that very record. `pid` is the caller's process.
    void add(const Failure& failure, std::uint32_t pid) noexcept;
    /// Newest first.
    [[nodiscard]] std::vector<Failure> all() const;

    /// A process is gone: what it did not finish is empty, and may be written again.
    void release(std::uint32_t pid) noexcept;
    void release_dead(bool (*is_alive)(std::uint32_t pid)) noexcept;

private:
    struct Control;
    struct Content;
    struct Record;

    Control* control_ = nullptr;
    Record* records_ = nullptr;
};

}  // namespace jk::lb
