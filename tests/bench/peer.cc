// A backend that costs next to nothing, for the benches: it answers AJP13 on a TCP port and on a
// Unix socket, and HTTP/1.1 on another port, with as many bytes as the last part of the path says
// (/b/100), at once. Uploads are read and thrown away; over AJP, /b/sum is answered with the length
// and the sum of what was uploaded.
//
//     peer SOCKET_PATH [CHUNK [NAME]]
//
// CHUNK is the number of bytes in each AJP body packet, and what it asks for in an upload (8,184:
// Tomcat's default); NAME is for the header X-Peer. The kernel chooses the ports; "ajp PORT http
// PORT" goes to standard output. It ends when its standard input does, so it never outlives who
// started it.
//
// One thread and one epoll. An answer is made once for each size and kept, so a request costs a
// read, a look-up and a write. The system calls are what it costs, so their results are looked at
// closely; what a client sends is not: a wrong request closes the connection.
// A bench, not a test: README.md.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ajp/protocol.h"
#include "answers.h"
#include "base/bytes.h"

namespace {

using bench::Answers;
using bench::packet;
using bench::u16;
using jk::Reader;
using jk::ajp::MessageType;
using namespace std::string_view_literals;

constexpr std::size_t read_size = 256 << 10;
constexpr std::uint16_t content_length_code = 0xa008;  // of a request (ajp13.md 5.1)

[[noreturn]] void die(const char* what)
{
    std::perror(what);
    std::exit(1);
}

// --- connections ---------------------------------------------------------------------------------

struct Connection {
    int fd;
    Answers& answers;
    bool is_ajp;
    std::string in;                // read, not yet understood
    std::string_view out = {};     // to be written, of what lives longer
    std::string_view answer = {};  // for when the upload has been read
    std::size_t upload = 0;        // bytes of it that are still to come
    bool is_pulled = false;        // an upload is to come, its length is unknown
    bool is_summed = false;
    bench::Sum sum = {};
    std::string own_answer = {};  // that of this request alone
};

/// What became of the first bytes of `in`.
enum class Taken { request, too_few, nonsense };

bool is_same(std::string_view name, std::string_view in_lower_case)
{
    const auto same = [](char a, char b) { return (a | (a > '@' && a < '[' ? 32 : 0)) == b; };
    return std::equal(name.begin(), name.end(), in_lower_case.begin(), in_lower_case.end(), same);
}

std::string_view ajp_text(Reader& reader)
{
    const std::uint16_t size = reader.u16();
    if (size == jk::ajp::null_string)
        return {};
    const std::string_view value = jk::as_text(reader.take(size));
    static_cast<void>(reader.u8());  // its terminator
    return value;
}

bool take_forward_request(Connection& peer, Reader reader)
{
    static_cast<void>(reader.u8());  // method
    ajp_text(reader);
    const std::string_view path = ajp_text(reader);
    peer.answer = peer.answers.of(path);
    peer.is_summed = path.ends_with("/sum");
    for (int name = 0; name < 3; ++name)  // remote address and host, server name
        ajp_text(reader);
    static_cast<void>(reader.take(3));  // port, is_ssl
    peer.upload = 0;
    peer.sum = {};
    for (std::uint16_t left = reader.u16(); left > 0 && !reader.has_failed(); --left) {
        std::uint16_t code = reader.peek_u16();
        if (code >= jk::ajp::code_page)
            code = reader.u16();
        else if (is_same(ajp_text(reader), "transfer-encoding"))
            peer.is_pulled = true;
        const std::string_view value = ajp_text(reader);
        if (code == content_length_code)
            std::from_chars(value.data(), value.data() + value.size(), peer.upload);
    }
    return !reader.has_failed();
}

std::string get_more(const Connection& peer)
{
    return packet("\6" + u16(peer.answers.form().chunk + 2));
}

void take_upload(Connection& peer, Reader reader)
{
    const std::size_t size = reader.is_at_end() ? 0 : reader.u16();
    if (peer.is_summed)
        peer.sum.add(jk::as_text(reader.take(size)));
    peer.upload = size == 0 ? 0 : peer.upload - std::min(peer.upload, size);
    peer.is_pulled = peer.is_pulled && size != 0;
    if (peer.upload > 0 || peer.is_pulled)
        peer.own_answer = get_more(peer);
    else if (peer.is_summed)
        peer.own_answer = peer.answers.with(peer.sum.text());
    else
        peer.own_answer.clear();
    peer.out = peer.own_answer.empty() ? peer.answer : std::string_view(peer.own_answer);
}

/// What to say to a request's head: nothing where the upload comes unasked.
std::string_view first_answer(Connection& peer)
{
    if (peer.is_pulled)
        return peer.own_answer = get_more(peer);
    if (peer.upload > 0)
        return {};
    if (peer.is_summed)
        return peer.own_answer = peer.answers.with(peer.sum.text());
    return peer.answer;
}

Taken take_ajp(Connection& peer)
{
    static const std::string cpong = packet("\11");
    Reader reader(jk::as_bytes(peer.in));
    const std::uint16_t magic = reader.u16();
    const std::size_t size = reader.u16();
    Reader payload(reader.take(size));
    if (reader.has_failed())
        return Taken::too_few;
    if (magic != jk::ajp::request_magic)
        return Taken::nonsense;
    if (peer.upload > 0 || peer.is_pulled) {
        take_upload(peer, payload);
    } else if (const auto type = static_cast<MessageType>(payload.u8());
               type == MessageType::cping) {
        peer.out = cpong;
    } else if (type == MessageType::forward_request && take_forward_request(peer, payload)) {
        peer.out = first_answer(peer);
    } else {
        return Taken::nonsense;
    }
    peer.in.erase(0, jk::ajp::packet_header_size + size);
    return Taken::request;
}

std::size_t http_content_length(std::string_view head)
{
    constexpr auto name = "content-length: "sv;
    std::size_t size = 0;
    for (std::size_t at = 0; (at = head.find('\n', at)) != std::string_view::npos; ++at)
        if (is_same(head.substr(at + 1, name.size()), name))
            std::from_chars(head.data() + at + 1 + name.size(), head.data() + head.size(), size);
    return size;
}

Taken take_http(Connection& peer)
{
    if (peer.upload > 0) {
        const std::size_t part = std::min(peer.upload, peer.in.size());
        peer.in.erase(0, part);
        peer.upload -= part;
        if (peer.upload > 0)
            return Taken::too_few;
        peer.out = peer.answer;
        return Taken::request;
    }
    const std::size_t end = peer.in.find("\r\n\r\n");
    if (end == std::string::npos)
        return Taken::too_few;
    const std::string_view head(peer.in.data(), end + 4);
    const std::size_t path = head.find(' ') + 1;
    peer.answer = peer.answers.of(head.substr(path, head.find(' ', path) - path));
    peer.upload = http_content_length(head);
    peer.out = peer.upload > 0 ? ""sv : peer.answer;
    peer.in.erase(0, end + 4);
    return Taken::request;
}

/// Writes what can be written. Returns false when the connection is broken.
bool flush(Connection& peer)
{
    while (!peer.out.empty()) {
        const ssize_t sent = ::send(peer.fd, peer.out.data(), peer.out.size(), MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN;
        peer.out.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

/// Answers all that was read, one after the other. Returns false when the connection is to close.
bool answer_all(Connection& peer)
{
    for (;;) {
        if (!flush(peer))
            return false;
        if (!peer.out.empty())
            return true;
        const Taken taken = peer.in.empty() ? Taken::too_few
                            : peer.is_ajp   ? take_ajp(peer)
                                            : take_http(peer);
        if (taken != Taken::request)
            return taken == Taken::too_few;
    }
}

/// Reads until there is no more; edge-triggered, so a short read is the end unless it was said that
/// the other side closed. Returns false when the connection is to close.
bool serve(Connection& peer, std::uint32_t events)
{
    static std::array<char, read_size> buffer;
    while ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
        const ssize_t got = ::recv(peer.fd, buffer.data(), buffer.size(), 0);
        if (got == 0 || (got < 0 && errno != EAGAIN))
            return false;
        if (got < 0)
            break;
        peer.in.append(buffer.data(), static_cast<std::size_t>(got));
        if (static_cast<std::size_t>(got) < buffer.size() && (events & EPOLLRDHUP) == 0)
            break;
    }
    return answer_all(peer);
}

// --- listening -----------------------------------------------------------------------------------

struct Listener {
    int fd;
    Answers& answers;
    bool is_ajp;
};

int listen_tcp()
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd, 1024) != 0)
        die("peer: listen on 127.0.0.1");
    return fd;
}

unsigned port_of(int fd)
{
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

int listen_unix(const char* path)
{
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd, 1024) != 0)
        die(path);
    ::chmod(path, 0666);  // httpd's children are another user
    return fd;
}

class Server {
public:
    explicit Server(std::vector<Listener> listeners) : listeners_(std::move(listeners))
    {
        if (poll_ < 0)
            die("peer: epoll");
        watch(STDIN_FILENO, EPOLLIN);
        for (const Listener& listener : listeners_)
            watch(listener.fd, EPOLLIN);
    }

    /// Serves until standard input ends.
    void run()
    {
        std::array<epoll_event, 256> events{};
        for (;;) {
            const int count = ::epoll_wait(poll_, events.data(), events.size(), -1);
            for (int at = 0; at < count; ++at) {
                const epoll_event& event = events[static_cast<std::size_t>(at)];
                if (event.data.fd == STDIN_FILENO && has_input_ended())
                    return;
                handle(event);
            }
        }
    }

private:
    static bool has_input_ended()
    {
        char ignored = 0;
        return ::read(STDIN_FILENO, &ignored, 1) <= 0;
    }

    void watch(int fd, std::uint32_t events) const
    {
        epoll_event event{};
        event.events = events;
        event.data.fd = fd;
        ::epoll_ctl(poll_, EPOLL_CTL_ADD, fd, &event);
    }

    void handle(const epoll_event& event)
    {
        const auto fd = static_cast<std::size_t>(event.data.fd);
        if (fd < connections_.size() && connections_[fd]) {
            if (!serve(*connections_[fd], event.events)) {
                ::close(event.data.fd);
                connections_[fd].reset();
            }
            return;
        }
        for (const Listener& listener : listeners_)
            if (listener.fd == event.data.fd)
                accept_from(listener);
    }

    void accept_from(const Listener& listener)
    {
        const int fd = ::accept4(listener.fd, nullptr, nullptr, SOCK_NONBLOCK);
        if (fd < 0)
            return;
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // fails on a Unix socket
        const auto at = static_cast<std::size_t>(fd);
        if (at >= connections_.size())
            connections_.resize(at + 1);
        connections_[at].reset(new Connection{fd, listener.answers, listener.is_ajp, {}});
        watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
    }

    int poll_ = ::epoll_create1(0);
    std::vector<Listener> listeners_;
    std::vector<std::unique_ptr<Connection>> connections_;  // by descriptor
};

}  // namespace

int main(int count, char** arguments)
{
    if (count < 2) {
        std::fputs("usage: peer SOCKET_PATH [CHUNK [NAME]]\n", stderr);
        return 2;
    }
    const long chunk = count > 2 ? std::atol(arguments[2]) : 8184;
    if (chunk < 1 || chunk > 65528) {
        std::fputs("peer: CHUNK is 1 to 65528 bytes\n", stderr);
        return 2;
    }
    const bench::Form form{static_cast<std::size_t>(chunk), count > 3 ? arguments[3] : ""};
    Answers ajp(bench::ajp_answer, form);
    Answers http(bench::http_answer, form);
    const int ajp_port = listen_tcp();
    const int http_port = listen_tcp();
    const int ajp_file = listen_unix(arguments[1]);
    std::printf("ajp %u http %u\n", port_of(ajp_port), port_of(http_port));
    std::fflush(stdout);
    Server({{ajp_port, ajp, true}, {http_port, http, false}, {ajp_file, ajp, true}}).run();
}
