// CPING/CPONG: asks a container whether one of its threads is free.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/result.h"

namespace jk::ajp {

/// One probe on an idle connection. The CPONG must be the next packet, whole and alone: anything
/// else means that the connection is out of step and must be closed (ajp13.md 9.1).
class Probe {
public:
    /// The five bytes to send.
    [[nodiscard]] static Bytes request() noexcept;
    /// Where to put what arrives; never empty while the answer is incomplete.
    [[nodiscard]] MutableBytes space() noexcept;
    /// Says that `count` bytes arrived in space(). Returns true when the answer is complete and
    /// right, false when more is needed. Fails with bad_magic, bad_length or bad_type.
    [[nodiscard]] Result<bool> received(std::size_t count) noexcept;

private:
    std::uint8_t answer_[5] = {};
    std::size_t used_ = 0;
};

}  // namespace jk::ajp
