// When the steps of one attempt happened.
#pragma once

#include <cstdint>

#include "backend/socket.h"
#include "lb/measures.h"
#include "request/verdict.h"

namespace jk::httpd {

/// Looks at the clock when the attempt begins, when a message begins until the answer's head is
/// there, and when the attempt ends: for an answer of one read that is once more than without it.
class AttemptTimes {
public:
    AttemptTimes() noexcept : began_(Clock::now()) {}

    /// Something was read while the message of this number was awaited.
    void heard(std::uint64_t message) noexcept
    {
        if (!has_head_ && message != heard_message_) {
            heard_message_ = message;
            heard_ = Clock::now();
        }
    }
    /// The last message that began is the answer's head. Ignored but for the first time.
    void head() noexcept { has_head_ = true; }
    void end() noexcept { ended_ = Clock::now(); }

    /// From the begin to the last end().
    [[nodiscard]] Clock::duration took() const noexcept { return ended_ - began_; }
    /// Counts the attempt and its times.
    void record(Verdict verdict, lb::WorkerMeasures measures) const noexcept
    {
        measures.ended(static_cast<std::size_t>(verdict));
        if (has_head_) {
            measures.took(lb::Timing::first_byte, heard_ - began_);
        }
        if (verdict == Verdict::ok) {
            measures.took(lb::Timing::total, took());
        }
    }

private:
    Clock::time_point began_;
    Clock::time_point heard_{};
    Clock::time_point ended_{};
    std::uint64_t heard_message_ = UINT64_MAX;
    bool has_head_ = false;
};

}  // namespace jk::httpd
