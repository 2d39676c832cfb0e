// How long a flush takes from the container to the client, for tests/bench/latency.py.
//
//     flush_probe COUNT
//
// Is both ends: a container that answers /b/flush with COUNT chunks, each with the time at which it
// was sent and a flush behind it, 2 ms after the other; and a client that looks at its clock when a
// chunk is there. The container's port goes to standard output ("ajp PORT"). Each line of standard
// input, "ajp" or "http PORT", makes the client ask once, directly or by way of an httpd; it prints
// the nanoseconds of each chunk in one line. It ends with its input.
//
// A thread for each connection, all of them blocking: what waking up costs is in both numbers, and
// falls out of their difference. One clock (CLOCK_MONOTONIC) for both ends.
// A bench, not a test: `make latency` (README.md).
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "ajp/protocol.h"
#include "ajp/request_encoder.h"
#include "answers.h"
#include "base/bytes.h"

namespace {

using Clock = std::chrono::steady_clock;
using jk::ajp::MessageType;

constexpr char mark = '@';  // of a time; no other byte of an answer, AJP or HTTP, is one
constexpr std::size_t digits = 16;

[[noreturn]] void die(const char* what)
{
    std::perror(what);
    std::_Exit(1);
}

std::uint64_t now()
{
    return static_cast<std::uint64_t>(
        std::chrono::nanoseconds(Clock::now().time_since_epoch()).count());
}

sockaddr_in loopback(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

/// Sends at once, whatever is still unconfirmed.
void be_prompt(int fd)
{
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool send_all(int fd, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

// --- the container -------------------------------------------------------------------------------

std::string timed_chunk()
{
    std::array<char, digits + 2> text{};
    std::snprintf(text.data(), text.size(), "%c%016llx", mark,
                  static_cast<unsigned long long>(now()));
    return bench::chunk({text.data(), digits + 1}) + bench::chunk({});
}

void stream(int fd, int count)
{
    send_all(fd, bench::packet('\4' + bench::u16(200) + bench::text("OK") + bench::u16(1) +
                               "\xa0\x01" + bench::text("text/plain")));
    auto next = Clock::now();
    for (int at = 0; at < count; ++at) {
        // Not quite evenly, lest it keep step with something else that is.
        next += std::chrono::microseconds(2000 + at % 7 * 37);
        std::this_thread::sleep_until(next);
        if (!send_all(fd, timed_chunk()))
            return;
    }
    send_all(fd, bench::packet("\5\1"));
}

std::string path_of(jk::Reader request)
{
    static_cast<void>(request.u8());                      // method
    static_cast<void>(request.take(request.u16() + 1U));  // protocol
    return std::string(jk::as_text(request.take(request.u16())));
}

bool answer(int fd, std::string_view payload, int count)
{
    jk::Reader reader(jk::as_bytes(payload));
    if (static_cast<MessageType>(reader.u8()) == MessageType::cping)
        return send_all(fd, bench::packet("\11"));
    const std::string path = path_of(reader);
    if (path.ends_with("/flush")) {
        stream(fd, count);
        return true;
    }
    bench::Answers answers(bench::ajp_answer, {});
    return send_all(fd, answers.of(path));
}

void serve(int fd, int count)
{
    be_prompt(fd);
    std::array<char, 65536> packet{};
    for (;;) {
        if (::recv(fd, packet.data(), 4, MSG_WAITALL) != 4)
            break;
        const auto size = static_cast<std::size_t>(static_cast<unsigned char>(packet[2]) << 8 |
                                                   static_cast<unsigned char>(packet[3]));
        if (::recv(fd, packet.data(), size, MSG_WAITALL) != static_cast<ssize_t>(size) ||
            !answer(fd, {packet.data(), size}, count))
            break;
    }
    ::close(fd);
}

std::uint16_t start_container(int count)
{
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (listener < 0 || ::bind(listener, any, size) != 0 || ::listen(listener, 64) != 0 ||
        ::getsockname(listener, any, &size) != 0)
        die("flush_probe: listen on 127.0.0.1");
    std::thread([listener, count] {
        for (;;) {
            if (const int fd = ::accept(listener, nullptr, nullptr); fd >= 0)
                std::thread(serve, fd, count).detach();
        }
    }).detach();
    return ntohs(address.sin_port);
}

// --- the client ----------------------------------------------------------------------------------

std::string ajp_request()
{
    jk::ajp::Request request;
    request.uri = "/b/flush";
    request.server_name = "localhost";
    std::array<std::uint8_t, 8192> packet{};
    const auto size = jk::ajp::encode_request(request, packet);
    return std::string(jk::as_text({packet.data(), size.value_or(0)}));
}

/// Returns the nanoseconds that each of `count` chunks took; fewer where the answer ended early.
std::vector<std::uint64_t> ask(std::uint16_t port, const std::string& request, std::size_t count)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(port);
    if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        die("flush_probe: connect");
    be_prompt(fd);
    send_all(fd, request);
    std::vector<std::uint64_t> took;
    std::array<char, 65536> buffer{};
    std::string text;  // from the last mark on that is not complete
    while (took.size() < count) {
        const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
        const std::uint64_t arrived = now();
        if (got <= 0)
            break;
        text.append(buffer.data(), static_cast<std::size_t>(got));
        std::size_t at = 0;
        while ((at = text.find(mark)) != std::string::npos && text.size() > at + digits) {
            std::uint64_t sent = 0;
            std::from_chars(text.data() + at + 1, text.data() + at + 1 + digits, sent, 16);
            took.push_back(arrived - sent);
            text.erase(0, at + 1 + digits);
        }
    }
    ::close(fd);
    return took;
}

}  // namespace

int main(int argc, char** argv)
{
    const int count = argc > 1 ? std::atoi(argv[1]) : 0;
    if (count < 1) {
        std::fputs("usage: flush_probe COUNT\n", stderr);
        return 2;
    }
    const std::uint16_t container = start_container(count);
    std::cout << "ajp " << container << std::endl;
    std::string protocol;
    while (std::cin >> protocol) {
        std::uint16_t port = container;
        std::string request = ajp_request();
        if (protocol == "http" && std::cin >> port)
            request = "GET /b/flush HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        for (const std::uint64_t took : ask(port, request, static_cast<std::size_t>(count)))
            std::cout << took << ' ';
        std::cout << std::endl;
    }
    std::_Exit(0);  // the threads have nothing to put in order
}
