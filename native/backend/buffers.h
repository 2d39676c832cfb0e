// Memory for exchanges in flight: leased from the child, used again by the next request.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.h"

namespace jk::httpd {

/// What one exchange works in. Pages that are not touched cost nothing, so each part has room for
/// the largest packet.
struct Buffers {
    static constexpr std::size_t part = 65536;  ///< the largest packet; a read of 64 KiB is fastest
    std::array<std::uint8_t, part> read;        ///< what the container sends
    std::array<std::uint8_t, part> head;        ///< the encoded FORWARD_REQUEST
    std::array<std::uint8_t, part> packet;      ///< request body packets
};

class BufferPool;

/// One set of buffers in a request's hands; given back when destroyed.
class BufferLease {
public:
    BufferLease(const BufferLease&) = delete;
    BufferLease& operator=(const BufferLease&) = delete;
    ~BufferLease();

    [[nodiscard]] Buffers& operator*() const noexcept { return *buffers_; }
    [[nodiscard]] Buffers* operator->() const noexcept { return buffers_.get(); }

private:
    friend class BufferPool;
    BufferLease(BufferPool& pool, std::unique_ptr<Buffers> buffers) noexcept
        : pool_(pool), buffers_(std::move(buffers))
    {}
    BufferPool& pool_;
    std::unique_ptr<Buffers> buffers_;
};

/// The buffers of one child that are not in use. Any thread, no lock: each cell is one atomic
/// pointer. Made when first needed, so a child holds as many as it once had requests in flight,
/// but never keeps more than `kept_at_most`.
class BufferPool {
public:
    ~BufferPool();
    /// Never fails but by std::bad_alloc.
    [[nodiscard]] BufferLease lease();

private:
    friend class BufferLease;
    static constexpr std::size_t kept_at_most = 64;
    void give_back(std::unique_ptr<Buffers> buffers) noexcept;

    std::array<std::atomic<Buffers*>, kept_at_most> cells_{};
};

}  // namespace jk::httpd
