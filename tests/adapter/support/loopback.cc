// Loopback sockets and a scripted container.
#include "support/loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <utility>

namespace jk::test {

namespace {

constexpr int patience = 10000;  // ms

bool is_ready(int descriptor, int wait)
{
    pollfd one{descriptor, POLLIN, 0};
    return ::poll(&one, 1, wait) > 0;
}

sockaddr_in loopback(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void append_u16(std::string& to, std::size_t value)
{
    to += static_cast<char>(value >> 8);
    to += static_cast<char>(value & 0xff);
}

void append_text(std::string& to, std::string_view text)
{
    append_u16(to, text.size());
    to += text;
    to += '\0';
}

}  // namespace

Peer::Peer(int descriptor) noexcept : descriptor_(descriptor) {}

Peer::Peer(Peer&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

void Peer::send(std::string_view bytes) const
{
    while (!bytes.empty()) {
        const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::string Peer::read(std::size_t count) const
{
    std::string all;
    char buffer[8192];
    while (all.size() < count && is_ready(descriptor_, patience)) {
        const std::size_t wanted = std::min(sizeof buffer, count - all.size());
        const ssize_t got = ::recv(descriptor_, buffer, wanted, 0);
        if (got <= 0) {
            break;
        }
        all.append(buffer, static_cast<std::size_t>(got));
    }
    return all;
}

std::string Peer::read_packet() const
{
    const std::string head = read(4);
    if (head.size() < 4) {
        return "";
    }
    return read(static_cast<std::size_t>(static_cast<unsigned char>(head[2])) << 8 |
                static_cast<unsigned char>(head[3]));
}

bool Peer::has_bytes() const
{
    char byte = 0;
    return is_ready(descriptor_, 100) && ::recv(descriptor_, &byte, 1, MSG_PEEK) > 0;
}

std::string Peer::other_address() const
{
    sockaddr_in other{};
    socklen_t size = sizeof other;
    ::getpeername(descriptor_, reinterpret_cast<sockaddr*>(&other), &size);
    char text[INET_ADDRSTRLEN] = "";
    ::inet_ntop(AF_INET, &other.sin_addr, text, sizeof text);
    return text;
}

bool Peer::sees_end() const
{
    char byte = 0;
    return is_ready(descriptor_, patience) && ::recv(descriptor_, &byte, 1, 0) <= 0;
}

void Peer::close() noexcept
{
    if (descriptor_ >= 0) {
        ::close(std::exchange(descriptor_, -1));
    }
}

void Peer::reset() noexcept
{
    const linger at_once{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

Listener::Listener() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    sockaddr_in own = loopback(0);
    socklen_t size = sizeof own;
    if (::bind(descriptor_, reinterpret_cast<sockaddr*>(&own), size) == 0 &&
        ::listen(descriptor_, 16) == 0) {
        ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&own), &size);
        port_ = ntohs(own.sin_port);
    }
}

httpd::Address Listener::address() const
{
    const sockaddr_in own = loopback(port_);
    httpd::Address address;
    std::memcpy(&address.storage, &own, sizeof own);
    address.size = sizeof own;
    return address;
}

Peer Listener::accept() const
{
    return Peer{::accept(descriptor_, nullptr, nullptr)};
}

bool Listener::has_caller(std::chrono::milliseconds limit) const
{
    return is_ready(descriptor_, static_cast<int>(limit.count()));
}

void Listener::close() noexcept
{
    if (descriptor_ >= 0) {
        ::close(std::exchange(descriptor_, -1));
    }
}

void Listener::shut_down() const noexcept
{
    ::shutdown(descriptor_, SHUT_RDWR);
}

httpd::Address dead_address()
{
    const Listener gone;
    return gone.address();
}

Container::Container(std::vector<Script> scripts) : scripts_(std::move(scripts))
{
    thread_ = std::thread{[this] {
        for (const Script& script : scripts_) {
            if (!listener_.has_caller(std::chrono::milliseconds{patience})) {
                return;
            }
            Peer peer = listener_.accept();
            if (!peer.is_open()) {
                return;
            }
            ++accepted_;
            script(peer);
        }
        listener_.shut_down();  // who connects once more is refused, and does not wait for ever
    }};
}

Container::~Container()
{
    finish();
}

void Container::finish()
{
    listener_.shut_down();  // wakes an accept that nobody will answer
    if (thread_.joinable()) {
        thread_.join();
    }
}

Container::Script serves(std::string answer)
{
    return [answer = std::move(answer)](Peer& peer) {
        while (!peer.read_packet().empty()) {
            peer.send(answer);
        }
    };
}

Container::Script sends_and_closes(std::string bytes)
{
    return [bytes = std::move(bytes)](Peer& peer) {
        (void)peer.read_packet();
        peer.send(bytes);
    };
}

std::string packet(std::string_view payload)
{
    std::string all = "AB";
    append_u16(all, payload.size());
    return all.append(payload);
}

std::string head_packet(int status, const std::vector<HeaderPair>& headers, std::string_view reason)
{
    std::string payload = "\x04";
    append_u16(payload, static_cast<std::size_t>(status));
    append_text(payload, reason);
    append_u16(payload, headers.size());
    for (const HeaderPair& one : headers) {
        append_text(payload, one.name);
        append_text(payload, one.value);
    }
    return packet(payload);
}

std::string chunk_packet(std::string_view data)
{
    std::string payload = "\x03";
    append_text(payload, data);
    return packet(payload);
}

std::string end_packet(bool is_reusable)
{
    return packet(std::string{"\x05"} + (is_reusable ? '\1' : '\0'));
}

std::string ask_packet(std::uint16_t size)
{
    std::string payload = "\x06";
    append_u16(payload, size);
    return packet(payload);
}

std::string pong_packet()
{
    return packet("\x09");
}

std::string answer(std::string_view body)
{
    return head_packet(200) + chunk_packet(body) + end_packet();
}

}  // namespace jk::test
