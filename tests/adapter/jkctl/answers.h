// A server in the test itself: what it is asked is written down, what it answers is prepared.
#pragma once

#include <deque>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "jkctl/console.h"
#include "jkctl/service.h"

namespace jk::test {

/// Answers in their order; the last one again and again.
class Answers {
public:
    void add(int status, std::string_view body,
             std::string_view type = "application/json; charset=utf-8")
    {
        ctl::HttpAnswer answer;
        answer.status = status;
        answer.content_type = type;
        answer.body = body;
        answers_.push_back(std::move(answer));
    }
    void refuse(int status, std::string_view detail)
    {
        add(status, "{\"detail\": \"" + std::string{detail} + "\"}", "application/problem+json");
    }

    /// Requires: this object outlives it.
    [[nodiscard]] ctl::Service service(std::string_view url = "http://h/jk")
    {
        return ctl::Service{url, [this](const ctl::HttpRequest& request) {
                                asked_ += request.method + " " + request.url +
                                          (request.body.empty() ? "" : " " + one_line(request)) +
                                          "\n";
                                return answer();
                            }};
    }

    /// A line for each request: method, URL, body.
    [[nodiscard]] const std::string& asked() const noexcept { return asked_; }

private:
    [[nodiscard]] ctl::Asked<ctl::HttpAnswer> answer()
    {
        if (answers_.empty()) {
            return ctl::unanswered(0, "Connection refused");
        }
        ctl::HttpAnswer next = answers_.front();
        if (answers_.size() > 1) {
            answers_.pop_front();
        }
        return next;
    }

    static std::string one_line(const ctl::HttpRequest& request)
    {
        std::string line;
        for (const char c : request.body) {
            line += c == '\n' || c == ' ' ? "" : std::string(1, c);
        }
        return line;
    }

    std::deque<ctl::HttpAnswer> answers_;
    std::string asked_;
};

/// What a command wrote.
struct Written {
    std::ostringstream out;
    std::ostringstream err;
    ctl::Console console{out, err};
};

/// A member as the API tells it.
inline std::string member_json(std::string_view activation, int busy, std::string_view name = "tc1")
{
    return "{\"name\": \"" + std::string{name} +
           "\", \"type\": \"ajp13\", \"address\": \"127.0.0.1:8009\", \"state\": \"OK\", "
           "\"route\": \"r1\", \"lbfactor\": 2, \"elected\": 17, \"errors\": 0, \"busy\": " +
           std::to_string(busy) +
           ", \"balancer\": \"lb\", \"grade\": \"good\", \"settings\": {\"activation\": \"" +
           std::string{activation} +
           "\", \"lbfactor\": 2, \"ping_mode\": true}, \"configured\": {\"activation\": "
           "\"active\"}, \"latency\": {\"total\": {\"count\": 17, \"p99\": 0.0124}}}";
}

inline std::string balancer_json(std::string_view members)
{
    return "{\"name\": \"lb\", \"type\": \"lb\", \"method\": \"Request\", \"member_count\": 2, "
           "\"good\": 1, \"degraded\": 0, \"bad\": 1, \"busy\": 3, \"max_busy\": 9, \"settings\": "
           "{\"retries\": 2}, \"configured\": {}, \"members\": [" +
           std::string{members} + "]}";
}

}  // namespace jk::test
