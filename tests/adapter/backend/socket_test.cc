// The socket: connecting, writing in pieces, limits, and the peek that finds a silent connection.
#include "backend/socket.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "support/loopback.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Address;
using httpd::Clock;
using httpd::Io;
using httpd::IoResult;
using httpd::Socket;
using std::chrono::milliseconds;

constexpr milliseconds no_limit{0};
constexpr milliseconds long_limit{5000};

/// A socket and the peer that it is connected to.
struct Pair {
    Listener listener;
    Socket socket;
    Peer peer{-1};

    explicit Pair(const conf::AjpSettings& settings = {})
        : peer{((void)socket.connect(listener.address(), settings, long_limit), listener.accept())}
    {}
};

IoResult write(Socket& socket, std::initializer_list<std::string_view> texts, milliseconds limit)
{
    std::vector<Bytes> pieces;
    for (const std::string_view text : texts) {
        pieces.push_back(as_bytes(text));
    }
    return socket.write(pieces, limit);
}

std::string read(Socket& socket, milliseconds limit, IoResult& result)
{
    std::uint8_t buffer[64];
    result = socket.read(buffer, limit);
    return std::string{as_text(Bytes{buffer}.first(result.count))};
}

milliseconds since(Clock::time_point begin)
{
    return std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
}

void connects_and_closes()
{
    Listener listener;
    Socket socket;
    assert_false(socket.is_open());
    assert_int_equal(socket.connect(listener.address(), {}, long_limit), 0);
    assert_true(socket.is_open());
    const Peer peer = listener.accept();
    socket.close();
    assert_false(socket.is_open());
    assert_true(peer.sees_end());
    socket.close();  // twice is nothing
    assert_int_equal(socket.connect(listener.address(), {}, no_limit), 0);
}

void a_refused_connection_says_so()
{
    for (const milliseconds limit : {no_limit, long_limit}) {
        Socket socket;
        assert_int_equal(socket.connect(dead_address(), {}, limit), ECONNREFUSED);
        assert_false(socket.is_open());
    }
}

/// A listener whose queue is full answers no SYN: what a host behind a firewall looks like.
void connecting_ends_at_its_limit()
{
    const Listener listener;
    std::vector<Socket> queued(64);
    const Clock::time_point begin = Clock::now();
    int error = 0;
    for (Socket& socket : queued) {
        error = socket.connect(listener.address(), {}, milliseconds{200});
        if (error != 0) {
            break;
        }
    }
    assert_int_equal(error, ETIMEDOUT);
    assert_in_range(since(begin).count(), 190, 4000);
}

void an_address_that_cannot_be_reached_fails()
{
    Address address;  // family 0
    Socket socket;
    assert_int_not_equal(socket.connect(address, {}, long_limit), 0);
    assert_false(socket.is_open());
}

void a_missing_unix_socket_fails()
{
    Address address;
    auto* const path = reinterpret_cast<sockaddr_un*>(&address.storage);
    path->sun_family = AF_UNIX;
    std::strcpy(path->sun_path, "/nonexistent/socket");
    address.size = sizeof(sockaddr_un);
    Socket socket;
    assert_int_equal(socket.connect(address, {}, long_limit), ENOENT);
}

void binds_its_source()
{
    Listener listener;
    Address address = listener.address();
    auto* const source = reinterpret_cast<sockaddr_in*>(&address.source);
    source->sin_family = AF_INET;
    source->sin_addr.s_addr = htonl(0x7f000002);  // 127.0.0.2
    address.source_size = sizeof(sockaddr_in);
    Socket socket;
    assert_int_equal(socket.connect(address, {}, long_limit), 0);
    const Peer peer = listener.accept();
    assert_text_equal(peer.other_address(), "127.0.0.2");
}

void writes_all_pieces_in_order()
{
    Pair pair;
    const IoResult sent = write(pair.socket, {"head", "", "size", "body"}, no_limit);
    assert_int_equal(sent.status, Io::done);
    assert_int_equal(sent.count, 12);
    assert_text_equal(pair.peer.read(12), "headsizebody");
    assert_int_equal(write(pair.socket, {}, no_limit).status, Io::done);
}

void writes_more_than_the_kernel_takes_at_once()
{
    conf::AjpSettings settings;
    settings.socket_buffer = 1;  // raised to one packet
    Pair pair{settings};
    const std::string head(70000, 'h');
    const std::string body(1500000, 'b');
    std::string got;
    std::thread reader{[&] { got = pair.peer.read(head.size() + body.size() + 4); }};
    const IoResult sent = write(pair.socket, {head, "size", body}, long_limit);
    reader.join();
    assert_int_equal(sent.status, Io::done);
    assert_int_equal(sent.count, head.size() + body.size() + 4);
    assert_true(got == head + "size" + body);
}

void a_write_that_is_too_slow_says_how_much_went()
{
    conf::AjpSettings settings;
    settings.socket_buffer = 8192;
    Pair pair{settings};
    const std::string body(8000000, 'b');
    const Clock::time_point begin = Clock::now();
    const IoResult sent = write(pair.socket, {"head", body}, milliseconds{150});
    assert_int_equal(sent.status, Io::timed_out);
    assert_in_range(sent.count, 4, body.size());
    assert_in_range(since(begin).count(), 140, 4000);
    pair.socket.close();
    const std::string got = pair.peer.read(body.size() + 4);
    assert_int_equal(got.size(), sent.count);
}

void a_write_to_a_reset_connection_fails()
{
    Pair pair;
    pair.peer.reset();
    IoResult sent = write(pair.socket, {"x"}, long_limit);
    for (int i = 0; i < 100 && sent.status == Io::done; ++i) {
        std::this_thread::sleep_for(milliseconds{5});
        sent = write(pair.socket, {"x"}, long_limit);
    }
    assert_int_equal(sent.status, Io::failed);  // and no SIGPIPE
    assert_int_equal(sent.count, 0);
    assert_int_not_equal(sent.error, 0);
}

void reads_what_is_there()
{
    Pair pair;
    pair.peer.send("hello");
    IoResult result;
    assert_text_equal(read(pair.socket, no_limit, result), "hello");
    assert_int_equal(result.status, Io::done);
}

void reading_ends_at_its_limit()
{
    Pair pair;
    IoResult result;
    for (const int limit : {120, 50, 120}) {  // the option is set anew when the limit changes
        const Clock::time_point begin = Clock::now();
        (void)read(pair.socket, milliseconds{limit}, result);
        assert_int_equal(result.status, Io::timed_out);
        assert_int_equal(result.count, 0);
        assert_in_range(since(begin).count(), limit - 5, limit + 3000);
    }
    pair.peer.send("late");
    assert_text_equal(read(pair.socket, no_limit, result), "late");
}

void a_new_connection_starts_without_limits()
{
    Pair pair;
    IoResult result;
    (void)read(pair.socket, milliseconds{30}, result);
    pair.socket.close();
    assert_int_equal(pair.socket.connect(pair.listener.address(), {}, long_limit), 0);
    Peer second = pair.listener.accept();
    std::thread sender{[&] {
        std::this_thread::sleep_for(milliseconds{120});
        second.send("x");
    }};
    const std::string got = read(pair.socket, no_limit, result);
    sender.join();
    assert_text_equal(got, "x");
    // The same limit as the closed connection had must be set on the new one too.
    const Clock::time_point begin = Clock::now();
    (void)read(pair.socket, milliseconds{30}, result);
    assert_int_equal(result.status, Io::timed_out);
    assert_in_range(since(begin).count(), 25, 3000);
}

void an_orderly_end_is_no_error()
{
    Pair pair;
    pair.peer.close();
    IoResult result;
    (void)read(pair.socket, long_limit, result);
    assert_int_equal(result.status, Io::closed);
    assert_int_equal(result.error, 0);
}

void a_reset_is_an_error()
{
    Pair pair;
    pair.peer.reset();
    IoResult result;
    (void)read(pair.socket, long_limit, result);
    assert_int_equal(result.status, Io::failed);
    assert_int_equal(result.error, ECONNRESET);
}

void only_an_open_connection_without_bytes_is_silent()
{
    assert_false(Socket{}.is_silent());
    Pair pair;
    assert_true(pair.socket.is_silent());
    assert_true(pair.socket.is_silent());
    pair.peer.send("x");
    for (int i = 0; i < 1000 && pair.socket.is_silent(); ++i) {
        std::this_thread::sleep_for(milliseconds{1});
    }
    assert_false(pair.socket.is_silent());
    IoResult result;
    assert_text_equal(read(pair.socket, long_limit, result), "x");  // it was only looked at
    assert_true(pair.socket.is_silent());
    pair.peer.close();
    for (int i = 0; i < 1000 && pair.socket.is_silent(); ++i) {
        std::this_thread::sleep_for(milliseconds{1});
    }
    assert_false(pair.socket.is_silent());
}

void reading_and_writing_need_not_wait()
{
    Pair pair;
    std::uint8_t buffer[64];
    assert_int_equal(pair.socket.read_now(buffer).status, Io::timed_out);
    pair.peer.send("hello");
    pair.socket.wait_for_bytes(long_limit);
    const IoResult got = pair.socket.read_now(buffer);
    assert_int_equal(got.status, Io::done);
    assert_text_equal(std::string{as_text(Bytes{buffer}.first(got.count))}, "hello");
    const IoResult sent = pair.socket.write_now(as_bytes("there"));
    assert_int_equal(sent.status, Io::done);
    assert_int_equal(sent.count, 5);
    assert_text_equal(pair.peer.read(5), "there");
    const Clock::time_point begin = Clock::now();
    pair.socket.wait_for_bytes(milliseconds{50});
    assert_in_range(since(begin).count(), 45, 3000);
    pair.peer.close();
    pair.socket.wait_for_bytes(long_limit);
    assert_int_equal(pair.socket.read_now(buffer).status, Io::closed);
    assert_int_equal(Socket{}.read_now(buffer).status, Io::failed);
    assert_int_equal(Socket{}.write_now(as_bytes("x")).status, Io::failed);
}

void writing_stops_where_it_would_wait()
{
    conf::AjpSettings settings;
    settings.socket_buffer = 8192;
    Pair pair{settings};
    const std::string much(8000000, 'x');
    const IoResult sent = pair.socket.write_now(as_bytes(much));
    assert_int_equal(sent.status, Io::timed_out);
    assert_in_range(sent.count, 1, much.size() - 1);
}

void half_a_close_leaves_the_other_side()
{
    Pair pair;
    pair.socket.half_close();
    assert_true(pair.peer.sees_end());
    pair.peer.send("still there");
    IoResult result;
    assert_text_equal(read(pair.socket, long_limit, result), "still there");
}

void a_spoilt_connection_is_never_silent()
{
    Pair pair;
    pair.socket.spoil();
    assert_true(pair.socket.is_open());
    assert_false(pair.socket.is_silent());
    assert_true(pair.peer.sees_end());
}

void moving_moves_the_connection()
{
    Pair pair;
    Socket taken{std::move(pair.socket)};
    assert_true(taken.is_open());
    Socket again;
    again = std::move(taken);
    assert_true(again.is_silent());
    again = Socket{};
    assert_true(pair.peer.sees_end());
}

}  // namespace

Group backend_socket_tests()
{
    return {"backend/socket",
            {
                jk_test(connects_and_closes),
                jk_test(a_refused_connection_says_so),
                jk_test(connecting_ends_at_its_limit),
                jk_test(an_address_that_cannot_be_reached_fails),
                jk_test(a_missing_unix_socket_fails),
                jk_test(binds_its_source),
                jk_test(writes_all_pieces_in_order),
                jk_test(writes_more_than_the_kernel_takes_at_once),
                jk_test(a_write_that_is_too_slow_says_how_much_went),
                jk_test(a_write_to_a_reset_connection_fails),
                jk_test(reads_what_is_there),
                jk_test(reading_ends_at_its_limit),
                jk_test(a_new_connection_starts_without_limits),
                jk_test(an_orderly_end_is_no_error),
                jk_test(a_reset_is_an_error),
                jk_test(only_an_open_connection_without_bytes_is_silent),
                jk_test(reading_and_writing_need_not_wait),
                jk_test(writing_stops_where_it_would_wait),
                jk_test(half_a_close_leaves_the_other_side),
                jk_test(a_spoilt_connection_is_never_silent),
                jk_test(moving_moves_the_connection),
            }};
}

}  // namespace jk::test
