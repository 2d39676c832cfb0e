// Sockets on the loopback, on ports that the kernel chooses: the other end of what is tested.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "backend/address.h"

namespace jk::test {

/// One end of a connection. Waits at most some seconds for anything, so that no test hangs.
class Peer {
public:
    explicit Peer(int descriptor) noexcept;
    Peer(Peer&& other) noexcept;
    Peer& operator=(Peer&& other) = delete;
    ~Peer() { close(); }

    [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }
    void send(std::string_view bytes) const;
    /// Reads that many bytes; fewer where the connection ended.
    [[nodiscard]] std::string read(std::size_t count) const;
    /// Reads one AJP packet and returns its payload; empty where the connection ended.
    [[nodiscard]] std::string read_packet() const;
    /// True when bytes come within a tenth of a second.
    [[nodiscard]] bool has_bytes() const;
    [[nodiscard]] std::string other_address() const;
    /// Waits for the other side's end; false when something else comes, or nothing.
    [[nodiscard]] bool sees_end() const;
    void close() noexcept;
    /// Closes with a reset.
    void reset() noexcept;

private:
    int descriptor_;
};

/// Listens on 127.0.0.1.
class Listener {
public:
    Listener();
    ~Listener() { close(); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] httpd::Address address() const;
    /// Waits for a connection; a closed peer when the listener is shut down.
    [[nodiscard]] Peer accept() const;
    /// True when a connection waits to be accepted.
    [[nodiscard]] bool has_caller(std::chrono::milliseconds limit) const;
    void close() noexcept;
    void shut_down() const noexcept;

private:
    int descriptor_;
    std::uint16_t port_ = 0;
};

/// A port of the loopback on which nothing listens.
[[nodiscard]] httpd::Address dead_address();

/// A container in a thread of its own: each script serves one connection, one after the other.
class Container {
public:
    using Script = std::function<void(Peer&)>;
    explicit Container(std::vector<Script> scripts);
    ~Container();
    Container(const Container&) = delete;
    Container& operator=(const Container&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return listener_.port(); }
    /// How many connections it accepted; exact once finish() returned.
    [[nodiscard]] std::size_t accepted() const noexcept { return accepted_; }
    /// Ends the thread: connections that are still open are served to their end.
    void finish();

private:
    Listener listener_;
    std::vector<Script> scripts_;
    std::size_t accepted_ = 0;
    std::thread thread_;
};

/// Serves requests on one connection until it ends, all with the same answer.
[[nodiscard]] Container::Script serves(std::string answer);
/// Reads one request, sends this, and closes.
[[nodiscard]] Container::Script sends_and_closes(std::string bytes);

// Packets of a container.
[[nodiscard]] std::string packet(std::string_view payload);
struct HeaderPair {
    std::string name;
    std::string value;
};
[[nodiscard]] std::string head_packet(int status, const std::vector<HeaderPair>& headers = {},
                                      std::string_view reason = "");
[[nodiscard]] std::string chunk_packet(std::string_view data);
[[nodiscard]] std::string end_packet(bool is_reusable = true);
[[nodiscard]] std::string ask_packet(std::uint16_t size);
[[nodiscard]] std::string pong_packet();
/// A whole answer of status 200 with this body.
[[nodiscard]] std::string answer(std::string_view body);

/// The payload of a CPING.
inline constexpr std::string_view ping = "\x0a";

}  // namespace jk::test
