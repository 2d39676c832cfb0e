// The socket. Tested by tests/adapter/backend/socket_test.cc.
#include "backend/socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace jk::httpd {

namespace {

using std::chrono::milliseconds;

void set_flag(int descriptor, int level, int option, int value) noexcept
{
    (void)::setsockopt(descriptor, level, option, &value, sizeof value);  // a wish, not a need
}

/// Waits until a connect that is under way ended; returns 0 or its errno.
int finish_connect(int descriptor, milliseconds limit) noexcept
{
    const Clock::time_point deadline = Clock::now() + limit;
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
        const int wait =
            limit.count() == 0 ? -1 : static_cast<int>(std::max<long>(0, left.count()));
        pollfd one{descriptor, POLLOUT, 0};
        const int ready = ::poll(&one, 1, wait);
        if (ready == 0) {
            return ETIMEDOUT;
        }
        if (ready > 0) {
            int error = 0;
            socklen_t size = sizeof error;
            (void)::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
            return error;
        }
        if (errno != EINTR) {
            return errno;
        }
    }
}

int connect_within(int descriptor, const Address& address, milliseconds limit) noexcept
{
    const auto* const to = reinterpret_cast<const sockaddr*>(&address.storage);
    if (::connect(descriptor, to, address.size) == 0) {
        return 0;
    }
    if (errno == EINPROGRESS || errno == EINTR) {
        return finish_connect(descriptor, limit);
    }
    // A Unix socket whose backlog is full does not wait: that is a refusal for now.
    return errno;
}

void set_options(int descriptor, const Address& address, const conf::AjpSettings& settings) noexcept
{
    if (address.storage.ss_family != AF_UNIX) {
        set_flag(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
    }
    if (settings.socket_keepalive) {
        set_flag(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1);
    }
    if (settings.socket_buffer > 0) {
        const int size = std::max(settings.socket_buffer, settings.max_packet_size);
        set_flag(descriptor, SOL_SOCKET, SO_SNDBUF, size);
        set_flag(descriptor, SOL_SOCKET, SO_RCVBUF, size);
    }
}

IoResult failed_io(int error, std::size_t count = 0) noexcept
{
    const bool is_limit = error == EAGAIN || error == EWOULDBLOCK;
    return {is_limit ? Io::timed_out : Io::failed, count, error};
}

}  // namespace

Socket::Socket(Socket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), read_limit_(other.read_limit_),
      write_limit_(other.write_limit_)
{}

Socket& Socket::operator=(Socket&& other) noexcept
{
    if (this != &other) {
        close();
        descriptor_ = std::exchange(other.descriptor_, -1);
        read_limit_ = other.read_limit_;
        write_limit_ = other.write_limit_;
    }
    return *this;
}

int Socket::connect(const Address& address, const conf::AjpSettings& settings,
                    milliseconds limit) noexcept
{
    const int type = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
    descriptor_ = ::socket(address.storage.ss_family, type, 0);
    if (descriptor_ < 0) {
        return errno;
    }
    read_limit_ = write_limit_ = milliseconds{0};
    set_options(descriptor_, address, settings);
    if (address.source_size != 0) {  // a source that cannot be bound does not stop the request
        (void)::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address.source),
                     address.source_size);
    }
    const int error = connect_within(descriptor_, address, limit);
    if (error != 0) {
        close();
        return error;
    }
    const int flags = ::fcntl(descriptor_, F_GETFL);
    (void)::fcntl(descriptor_, F_SETFL, flags & ~O_NONBLOCK);
    return 0;
}

void Socket::set_limit(int option, milliseconds limit, milliseconds& current) noexcept
{
    if (limit == current) {
        return;
    }
    const timeval value{limit.count() / 1000,
                        static_cast<suseconds_t>(limit.count() % 1000 * 1000)};
    (void)::setsockopt(descriptor_, SOL_SOCKET, option, &value, sizeof value);
    current = limit;
}

IoResult Socket::write(std::span<const Bytes> pieces, milliseconds limit) noexcept
{
    set_limit(SO_SNDTIMEO, limit, write_limit_);
    std::array<iovec, 4> vectors{};
    std::size_t count = 0;
    std::size_t left = 0;
    for (const Bytes piece : pieces) {
        if (!piece.empty() && count < vectors.size()) {
            vectors[count++] = {const_cast<std::uint8_t*>(piece.data()), piece.size()};
            left += piece.size();
        }
    }
    const std::size_t total = left;
    iovec* next = vectors.data();
    while (left > 0) {
        msghdr message{};
        message.msg_iov = next;
        message.msg_iovlen = static_cast<std::size_t>(vectors.data() + count - next);
        const ssize_t sent = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            return failed_io(errno, total - left);
        }
        left -= static_cast<std::size_t>(sent);
        for (std::size_t gone = static_cast<std::size_t>(sent); gone > 0;) {
            const std::size_t step = std::min(gone, next->iov_len);
            next->iov_base = static_cast<std::uint8_t*>(next->iov_base) + step;
            next->iov_len -= step;
            gone -= step;
            next += next->iov_len == 0 ? 1 : 0;
        }
    }
    return {Io::done, total, 0};
}

IoResult Socket::read(MutableBytes space, milliseconds limit) noexcept
{
    set_limit(SO_RCVTIMEO, limit, read_limit_);
    for (;;) {
        const ssize_t got = ::recv(descriptor_, space.data(), space.size(), 0);
        if (got > 0) {
            return {Io::done, static_cast<std::size_t>(got), 0};
        }
        if (got == 0) {
            return {Io::closed, 0, 0};
        }
        if (errno != EINTR) {
            return failed_io(errno);
        }
    }
}

IoResult Socket::write_now(Bytes piece) noexcept
{
    const ssize_t sent =
        ::send(descriptor_, piece.data(), piece.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
        return failed_io(errno);
    }
    const auto count = static_cast<std::size_t>(sent);
    return {count == piece.size() ? Io::done : Io::timed_out, count, 0};
}

IoResult Socket::read_now(MutableBytes space) noexcept
{
    const ssize_t got = ::recv(descriptor_, space.data(), space.size(), MSG_DONTWAIT);
    if (got < 0) {
        return failed_io(errno);
    }
    return {got == 0 ? Io::closed : Io::done, static_cast<std::size_t>(got), 0};
}

void Socket::wait_for_bytes(milliseconds limit) const noexcept
{
    pollfd one{descriptor_, POLLIN, 0};
    (void)::poll(&one, 1, static_cast<int>(limit.count()));
}

bool Socket::is_silent() const noexcept
{
    std::uint8_t byte = 0;
    const ssize_t got = ::recv(descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void Socket::half_close() noexcept
{
    (void)::shutdown(descriptor_, SHUT_WR);
}

void Socket::spoil() noexcept
{
    (void)::shutdown(descriptor_, SHUT_RDWR);
}

void Socket::close() noexcept
{
    if (descriptor_ >= 0) {
        ::close(descriptor_);
        descriptor_ = -1;
    }
}

}  // namespace jk::httpd
