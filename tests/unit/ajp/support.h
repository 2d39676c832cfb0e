// What the tests of common/ajp share: vector files, bytes written by hand, an exchange to drive.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ajp/exchange.h"
#include "base/bytes.h"

namespace jk::test {

using Buffer = std::vector<std::uint8_t>;
using ajp::Action;
using ajp::Exchange;
using ajp::Plan;

/// Returns the directory of the wire tests: the environment's WIRE_DIR, else the source tree's.
[[nodiscard]] std::string wire_directory();

/// Returns the bytes of tests/wire/ajp13-vectors/<name>.hex. Fails the test where there are none.
[[nodiscard]] Buffer vector_bytes(std::string_view name);

/// Returns bytes written as pairs of hexadecimal digits, "quoted text" and "repeated text"*9. Fails
/// the test where the text is anything else.
[[nodiscard]] Buffer bytes_of(std::string_view text);

[[nodiscard]] Buffer joined(std::initializer_list<Buffer> parts);

/// A container's packet around `payload`.
[[nodiscard]] Buffer container_packet(const Buffer& payload);
[[nodiscard]] Buffer chunk_packet(std::string_view data);
[[nodiscard]] Buffer head_packet(std::uint16_t status, std::string_view content_length = {});
[[nodiscard]] Buffer get_body_packet(std::uint16_t wanted);
[[nodiscard]] Buffer end_packet(std::uint8_t flag = 1);

/// How the peer's bytes are cut into reads.
enum class Feed : std::uint8_t { whole, byte_by_byte };

/// An exchange and all that it needs. Set `plan`, feed it, and look at what came out.
class Attempt {
public:
    explicit Attempt(std::size_t packet_size = 8192, std::size_t buffer_size = 65536);
    Attempt(Attempt&&) = default;  // the plan's views stay right

    /// Makes the exchange out of the plan, and forgets what came out of the one before.
    void start();
    /// Makes the exchange and confirms the first write.
    void send_head();
    /// Goes on, giving `bytes` to each read of the container as they are wanted, until the exchange
    /// wants more than there are, wants to read the client, or is over. Confirms every write.
    Action run(const Buffer& bytes, Feed feed = Feed::whole);

    /// Feeds `bytes` and returns what was sent for them.
    Buffer answer_to(const Buffer& bytes);
    /// Lets the client give `text`. Requires: the exchange reads the client.
    void give(std::string_view text);

    Plan plan;
    std::vector<Exchange> exchange;  ///< none or one

    // What came out.
    Buffer sent;
    std::string body;
    unsigned heads = 0;
    unsigned flushes = 0;
    std::uint16_t status = 0;
    std::vector<std::string> headers;  ///< "name: value"

private:
    void take_head(ajp::ResponseHead& head);

    Buffer packet_;
    Buffer read_buffer_;
};

/// A POST of `length` bytes, the first of which are `kept`; and one of unknown length.
[[nodiscard]] Attempt post(std::string_view kept, std::uint64_t length);
[[nodiscard]] Attempt upload();

void expect_failure(const Action& action, ajp::Failure failure);

}  // namespace jk::test
