// Requests over real sockets of the loopback.
#include "jkctl/http.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <netinet/in.h>

#include <thread>

#include "jkctl/folder.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::HttpClient;

/// Serves one connection: reads a request, writes the answer, closes. Empty answer: waits until the
/// client goes away.
class OneAnswer {
public:
    /// Listens at `path`, or on the loopback where it is empty.
    explicit OneAnswer(std::string answer, const std::string& path = "")
        : descriptor_(::socket(path.empty() ? AF_INET : AF_UNIX, SOCK_STREAM, 0)),
          answer_(std::move(answer))
    {
        if (path.empty()) {
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            bind(address);
        } else {
            sockaddr_un address{};
            address.sun_family = AF_UNIX;
            path.copy(address.sun_path, sizeof address.sun_path - 1);
            bind(address);
        }
        thread_ = std::thread{[this] { serve(); }};
    }
    OneAnswer(const OneAnswer&) = delete;
    OneAnswer& operator=(const OneAnswer&) = delete;
    ~OneAnswer()
    {
        ::shutdown(descriptor_, SHUT_RDWR);
        join();
        ::close(descriptor_);
    }

    [[nodiscard]] std::string url() const
    {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
        return "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/jk";
    }
    /// What the client sent.
    std::string request()
    {
        join();
        return request_;
    }

private:
    template <class Address> void bind(const Address& address)
    {
        if (::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(descriptor_, 1) != 0) {
            throw std::runtime_error{"no socket for the test"};
        }
    }
    void join()
    {
        if (thread_.joinable()) {
            thread_.join();
        }
    }
    void serve()
    {
        const int client = ::accept(descriptor_, nullptr, nullptr);
        if (client < 0) {
            return;
        }
        char bytes[4096];
        ssize_t count = 0;
        while (!is_whole() && (count = ::read(client, bytes, sizeof bytes)) > 0) {
            request_.append(bytes, static_cast<std::size_t>(count));
        }
        if (answer_.empty()) {
            (void)!::read(client, bytes, sizeof bytes);
        } else {
            (void)!::write(client, answer_.data(), answer_.size());
        }
        ::close(client);
    }
    [[nodiscard]] bool is_whole() const
    {
        const std::size_t end = request_.find("\r\n\r\n");
        const std::size_t length = request_.find("Content-Length: ");
        return end != std::string::npos &&
               (length == std::string::npos ||
                request_.size() >= end + 4 + std::stoul(request_.substr(length + 16)));
    }

    int descriptor_;
    std::string answer_;
    std::string request_;
    std::thread thread_;
};

constexpr const char* answer = "HTTP/1.1 422 No\r\nContent-Type: application/problem+json\r\n"
                               "Content-Length: 2\r\nConnection: close\r\n\r\n{}";

void a_change_is_sent_as_json()
{
    OneAnswer server{answer};
    HttpClient client{{}};
    const auto got = client.ask({"PATCH", server.url() + "/a", R"({"a":1})"});
    assert_true(got.has_value());
    assert_int_equal(got->status, 422);
    assert_text_equal(got->content_type, "application/problem+json");
    assert_text_equal(got->body, "{}");
    const std::string sent = server.request();
    assert_true(sent.starts_with("PATCH /jk/a HTTP/1.1\r\n"));
    for (const char* const part :
         {"\r\nContent-Type: application/json\r\n", "\r\nUser-Agent: jkctl/"}) {
        assert_text_holds(sent, part);
    }
    assert_true(sent.find("Expect") == std::string::npos);
}

void reading_has_no_body()
{
    OneAnswer server{answer};
    HttpClient client{{}};
    assert_true(client.ask({"GET", server.url(), ""}).has_value());
    const std::string sent = server.request();
    assert_true(sent.starts_with("GET /jk HTTP/1.1\r\n"));
    assert_true(sent.ends_with("\r\n\r\n"));
}

void a_redirection_is_not_followed()
{
    OneAnswer server{"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n"
                     "Connection: close\r\n\r\n"};
    HttpClient client{{}};
    const auto got = client.ask({"POST", server.url(), "{}"});
    assert_int_equal(got->status, 302);
    assert_true(got->location.ends_with("/other"));
}

void a_unix_socket()
{
    const Folder folder;
    OneAnswer server{answer, folder.path("s")};
    HttpClient client{{.socket = folder.path("s")}};
    const auto got = client.ask({"GET", "http://any.host/x", ""});
    assert_int_equal(got->status, 422);
    assert_text_holds(server.request(), "\r\nHost: any.host\r\n");
}

void nobody_listens()
{
    std::string url;
    {
        const OneAnswer gone{answer};
        url = gone.url();
    }
    HttpClient client{{}};
    const auto got = client.ask({"GET", url, ""});
    assert_false(got.has_value());
    assert_int_equal(got.error().status, 0);
    assert_text_holds(got.error().text, "Connection refused");
}

void no_answer_in_time()
{
    OneAnswer server{""};
    HttpClient client{{.timeout = std::chrono::milliseconds{1000}}};
    assert_text_equal(client.ask({"GET", server.url(), ""}).error().text, "no answer within 1 s");
}

void other_protocols_are_refused()
{
    HttpClient client{{}};
    assert_false(client.ask({"GET", "file:///etc/passwd", ""}).has_value());
}

}  // namespace

Group jkctl_http_tests()
{
    return {"jkctl/http",
            {
                jk_test(a_change_is_sent_as_json),
                jk_test(reading_has_no_body),
                jk_test(a_redirection_is_not_followed),
                jk_test(a_unix_socket),
                jk_test(nobody_listens),
                jk_test(no_answer_in_time),
                jk_test(other_protocols_are_refused),
            }};
}

}  // namespace jk::test
