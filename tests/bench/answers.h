// The answers of tests/bench/peer.cc: 200 with a body, as AJP13 packets or HTTP/1.1.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace bench {

constexpr std::size_t max_body = 64 << 20;

/// What the answers of a peer have in common.
struct Form {
    std::size_t chunk = 8184;  ///< bytes of each AJP body packet
    std::string name = {};     ///< for the header X-Peer; empty: no such header
};

inline std::string u16(std::size_t value)
{
    return {static_cast<char>(value >> 8 & 0xff), static_cast<char>(value & 0xff)};
}

inline std::string packet(const std::string& payload)
{
    return "AB" + u16(payload.size()) + payload;
}

inline std::string text(std::string_view value)
{
    return u16(value.size()) + std::string(value) + '\0';
}

/// SEND_BODY_CHUNK as Tomcat writes it; empty data is a flush.
inline std::string chunk(std::string_view data)
{
    return packet('\3' + u16(data.size()) + std::string(data) + '\0');
}

/// A body of which each part tells where it stood: the period is prime, and no packet has a length
/// that it divides. tests/bench/soak.py makes the same.
inline std::string pattern(std::size_t size)
{
    std::string body(size, '\0');
    for (std::size_t at = 0; at < size; ++at)
        body[at] = static_cast<char>('!' + at % 89);
    return body;
}

/// 200 OK with Content-Type, Content-Length and perhaps X-Peer (ajp13.md 8).
inline std::string ajp_answer(std::string_view body, const Form& form)
{
    const std::size_t headers = form.name.empty() ? 2 : 3;
    std::string all =
        packet('\4' + u16(200) + text("OK") + u16(headers) + "\xa0\x01" + text("text/plain") +
               "\xa0\x03" + text(std::to_string(body.size())) +
               (form.name.empty() ? std::string() : text("X-Peer") + text(form.name)));
    for (std::size_t at = 0; at < body.size(); at += form.chunk)
        all += chunk(body.substr(at, form.chunk));
    return all + packet("\5\1");
}

inline std::string http_answer(std::string_view body, const Form&)
{
    return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

/// What is left to know of an upload that is thrown away: its length and Adler-32.
class Sum {
public:
    void add(std::string_view bytes)
    {
        for (const char byte : bytes) {
            low_ = (low_ + static_cast<unsigned char>(byte)) % prime;
            high_ = (high_ + low_) % prime;
        }
        size_ += bytes.size();
    }
    /// "LENGTH ADLER32", in decimal.
    [[nodiscard]] std::string text() const
    {
        return std::to_string(size_) + ' ' + std::to_string(high_ << 16 | low_);
    }

private:
    static constexpr std::uint32_t prime = 65521;
    std::uint32_t low_ = 1;
    std::uint32_t high_ = 0;
    std::size_t size_ = 0;
};

/// Answers of one protocol, each made once.
class Answers {
public:
    using Make = std::string (*)(std::string_view body, const Form& form);

    Answers(Make make, Form form) : make_(make), form_(std::move(form)) {}

    /// Returns the answer for a path; it stays valid as long as this.
    std::string_view of(std::string_view path)
    {
        const std::string_view digits = path.substr(path.rfind('/') + 1);
        std::size_t size = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), size);
        std::string& answer = made_[std::min(size, max_body)];
        if (answer.empty())
            answer = with(pattern(std::min(size, max_body)));
        return answer;
    }

    [[nodiscard]] std::string with(std::string_view body) const { return make_(body, form_); }
    [[nodiscard]] const Form& form() const { return form_; }

private:
    Make make_;
    Form form_;
    std::map<std::size_t, std::string> made_;
};

}  // namespace bench
