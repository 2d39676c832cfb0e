// One request to a web server, and its answer. http.cc alone knows libcurl, which does the work.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"

namespace jk::ctl {

/// Why a server did not do what it was asked for.
struct Failure {
    int status = 0;    ///< the status of a refusal by the API; 0: nothing of the API answered
    std::string text;  ///< what is wrong, and where: a sentence for people, without a full stop
};

/// A value, or why there is none.
template <class T> using Asked = detail::expected<T, Failure>;
[[nodiscard]] inline detail::unexpected<Failure> unanswered(int status, std::string text)
{
    return detail::unexpected<Failure>(Failure{status, std::move(text)});
}

struct HttpRequest {
    std::string method;  ///< "GET"
    std::string url;
    std::string body;  ///< JSON; empty: none
};

struct HttpAnswer {
    int status = 0;
    std::string content_type;  ///< empty: none was named
    std::string location;      ///< where a redirection leads; empty: nowhere
    std::string body;
};

/// How a server is reached.
struct Reach {
    std::string user{};      ///< empty: none
    std::string password{};  ///< of the user
    std::string socket{};  ///< a unix socket's file, used whatever host the URL names; empty: none
    std::string authorities{};  ///< a file of the certificates to trust; empty: the system's
    std::chrono::milliseconds timeout{10000};  ///< for all of one request
};

/// Asks one server after the other, over kept connections. Follows no redirection and uses no
/// proxy: a change is for the server that was named.
class HttpClient {
public:
    explicit HttpClient(Reach reach);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Returns the answer, whatever its status. Fails where there is none, or one of more than
    /// 64 MiB.
    [[nodiscard]] Asked<HttpAnswer> ask(const HttpRequest& request);

private:
    struct Curl;
    Reach reach_;
    std::unique_ptr<Curl> curl_;
};

}  // namespace jk::ctl
