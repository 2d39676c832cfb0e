// A stream socket to a container: connect, write and read with time limits, and the peek that
// tells whether a kept connection may be used again.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "backend/address.h"
#include "base/bytes.h"
#include "conf/settings.h"

namespace jk::httpd {

using Clock = std::chrono::steady_clock;

/// How reading or writing ended.
enum class Io : std::uint8_t { done, closed, timed_out, failed };

/// `count` bytes went through, of a write also when it failed later; `error` is the errno of a
/// failure, 0 for an orderly end.
struct IoResult {
    Io status = Io::failed;
    std::size_t count = 0;
    int error = 0;
};

/// Owns one descriptor. Blocking, with the limits as socket options, so that a limit costs a
/// system call only when it differs from the last one. Used by one thread at a time.
class Socket {
public:
    Socket() = default;
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    Socket(Socket&& other) noexcept;
    Socket& operator=(Socket&& other) noexcept;
    ~Socket() { close(); }

    /// Connects within `limit` (0: the system's limit) and sets the options that `settings` ask
    /// for. Requires: not open. Returns 0 or the errno.
    [[nodiscard]] int connect(const Address& address, const conf::AjpSettings& settings,
                              std::chrono::milliseconds limit) noexcept;

    /// Writes all pieces. A limit of 0 is none; it holds for each wait, not for the whole.
    [[nodiscard]] IoResult write(std::span<const Bytes> pieces,
                                 std::chrono::milliseconds limit) noexcept;
    /// Reads at least one byte. A limit of 0 is none.
    [[nodiscard]] IoResult read(MutableBytes space, std::chrono::milliseconds limit) noexcept;

    /// Write one piece, or read at least one byte, without waiting: Io::timed_out where that would
    /// be needed, and `count` says how much of a piece was written. The limits stay as they are.
    [[nodiscard]] IoResult write_now(Bytes piece) noexcept;
    [[nodiscard]] IoResult read_now(MutableBytes space) noexcept;
    /// Waits until read() would not, for `limit` at most.
    void wait_for_bytes(std::chrono::milliseconds limit) const noexcept;

    /// True when the connection is open and silent: nothing to read, no end of file. One system
    /// call that does not wait.
    [[nodiscard]] bool is_silent() const noexcept;

    [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }
    /// Ends our side: the peer reads an end of file, and what it sends can still be read.
    void half_close() noexcept;
    /// Ends both sides without closing: is_silent() is false from now on.
    void spoil() noexcept;
    /// Closes at once; what was not read is dropped by the kernel.
    void close() noexcept;

private:
    void set_limit(int option, std::chrono::milliseconds limit,
                   std::chrono::milliseconds& current) noexcept;

    int descriptor_ = -1;
    std::chrono::milliseconds read_limit_{0};
    std::chrono::milliseconds write_limit_{0};
};

}  // namespace jk::httpd
