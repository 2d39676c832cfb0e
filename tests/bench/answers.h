// The answers of tests/bench/peer.cc: 200 with so many bytes of text, as AJP13 packets or HTTP/1.1.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace bench {

constexpr std::size_t max_body = 64 << 20;

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

inline std::string ajp_answer(std::size_t size, std::size_t chunk)
{
    // 200 OK with two headers: Content-Type and Content-Length (ajp13.md 8).
    std::string all = packet('\4' + u16(200) + text("OK") + u16(2) + "\xa0\x01" +
                             text("text/plain") + "\xa0\x03" + text(std::to_string(size)));
    for (std::size_t left = size; left > 0; left -= std::min(left, chunk)) {
        const std::size_t part = std::min(left, chunk);
        all += packet('\3' + u16(part) + std::string(part, 'x') + '\0');
    }
    return all + packet("\5\1");
}

inline std::string http_answer(std::size_t size, std::size_t)
{
    return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
           std::to_string(size) + "\r\n\r\n" + std::string(size, 'x');
}

/// Answers of one protocol, each made once.
class Answers {
public:
    using Make = std::string (*)(std::size_t size, std::size_t chunk);

    Answers(Make make, std::size_t chunk) : make_(make), chunk_(chunk) {}

    /// Returns the answer for a path; it stays valid as long as this.
    std::string_view of(std::string_view path)
    {
        path = path.substr(0, path.find('?'));
        const std::string_view digits = path.substr(path.rfind('/') + 1);
        std::size_t size = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), size);
        std::string& answer = made_[std::min(size, max_body)];
        if (answer.empty())
            answer = make_(std::min(size, max_body), chunk_);
        return answer;
    }

private:
    Make make_;
    std::size_t chunk_;
    std::map<std::size_t, std::string> made_;
};

}  // namespace bench
