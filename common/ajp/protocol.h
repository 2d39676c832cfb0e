// Every constant of the AJP13 wire. Names only; the tables of names and codes are in codes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace jk::ajp {

// Framing: magic, length of the payload, payload (ajp13.md 2).
constexpr std::uint16_t request_magic = 0x1234;   ///< server to container
constexpr std::uint16_t response_magic = 0x4142;  ///< container to server, "AB"
constexpr std::size_t packet_header_size = 4;

// Packet sizes, header included (ajp13.md 2.1).
constexpr std::size_t min_packet_size = 8192;
constexpr std::size_t max_packet_size = 65536;
constexpr std::size_t body_header_size = 6;  ///< packet header and chunk length (ajp13.md 7.1)

// Types of messages (ajp13.md 4). Request body packets have none.
enum class MessageType : std::uint8_t {
    forward_request = 2,
    send_body_chunk = 3,
    send_headers = 4,
    end_response = 5,
    get_body_chunk = 6,
    cpong = 9,
    cping = 10,
};

// Strings and coded names (ajp13.md 3).
constexpr std::uint16_t null_string = 0xffff;  ///< as a length: no bytes, no terminator follow
constexpr std::uint16_t code_page = 0xa000;    ///< high byte of a coded header name
constexpr std::uint16_t code_page_mask = 0xff00;
constexpr std::uint16_t content_length_code = 0xa008;  ///< of a request (5.2)
constexpr std::size_t max_header_name = 255;           ///< longer ones are misread by Undertow (3)

// FORWARD_REQUEST (ajp13.md 5, 5.1, 5.2).
constexpr std::uint8_t method_by_name = 0xff;  ///< the name is attribute stored_method
constexpr std::size_t container_max_headers = 100;

// Attributes of a request (ajp13.md 5.3); context and servlet_path are never sent.
enum class Attribute : std::uint8_t {
    context = 0x01,
    servlet_path = 0x02,
    remote_user = 0x03,
    auth_type = 0x04,
    query_string = 0x05,
    jvm_route = 0x06,
    ssl_cert = 0x07,
    ssl_cipher = 0x08,
    ssl_session = 0x09,
    req_attribute = 0x0a,
    ssl_key_size = 0x0b,
    secret = 0x0c,
    stored_method = 0x0d,
    are_done = 0xff,
};

// SEND_HEADERS (ajp13.md 8), END_RESPONSE (ajp13.md 3: only 1 is true).
constexpr std::uint16_t min_status = 200;
constexpr std::uint16_t max_status = 999;
constexpr std::uint8_t reuse = 1;

// An endless loop of questions for a body that has ended is cut here (security.md SM-10).
constexpr unsigned max_empty_answers = 16;

}  // namespace jk::ajp
