// Helpers of the tests of common/ajp.
#include "ajp/support.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "base/text.h"
#include "support/check.h"

#ifndef WIRE_DIR
#define WIRE_DIR "tests/wire"
#endif

namespace jk::test {

using ajp::Step;

namespace {

int digit(char c)
{
    constexpr std::string_view digits = "0123456789abcdef";
    const auto place = digits.find(lower(c));
    return place == std::string_view::npos ? -1 : static_cast<int>(place);
}

// Takes "text" or "text"*times off the front of `rest`.
void take_quotation(std::string_view& rest, Buffer& bytes)
{
    const std::size_t end = rest.find('"', 1);
    ck_assert_msg(end != std::string_view::npos, "a quotation without an end");
    const std::string_view quoted = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    std::int64_t times = 1;
    if (rest.starts_with('*')) {
        rest.remove_prefix(1);
        times = parse_leading_integer(rest).value_or(0);
        rest.remove_prefix(std::min(rest.find_first_not_of("0123456789"), rest.size()));
    }
    for (; times > 0; --times) {
        bytes.insert(bytes.end(), quoted.begin(), quoted.end());
    }
}

}  // namespace

std::string wire_directory()
{
    const char* const given = std::getenv("WIRE_DIR");
    return given != nullptr ? given : WIRE_DIR;
}

Buffer bytes_of(std::string_view text)
{
    Buffer bytes;
    while (!(text = trim(text)).empty()) {
        if (text.front() == '"') {
            take_quotation(text, bytes);
            continue;
        }
        const int high = digit(text[0]);
        const int low = text.size() > 1 ? digit(text[1]) : -1;
        ck_assert_msg(high >= 0 && low >= 0, "no bytes: %s", std::string{text}.c_str());
        bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
        text.remove_prefix(2);
    }
    return bytes;
}

Buffer vector_bytes(std::string_view name)
{
    const std::string path = wire_directory() + "/ajp13-vectors/" + std::string{name} + ".hex";
    std::ifstream file{path};
    ck_assert_msg(file.good(), "cannot read %s", path.c_str());
    Buffer bytes;
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with('#')) {
            const Buffer part = bytes_of(line);
            bytes.insert(bytes.end(), part.begin(), part.end());
        }
    }
    return bytes;
}

Buffer joined(std::initializer_list<Buffer> parts)
{
    Buffer all;
    for (const Buffer& part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

Buffer container_packet(const Buffer& payload)
{
    Buffer packet{'A', 'B', static_cast<std::uint8_t>(payload.size() >> 8),
                  static_cast<std::uint8_t>(payload.size() & 0xff)};
    packet.insert(packet.end(), payload.begin(), payload.end());
    return packet;
}

Buffer chunk_packet(std::string_view data)
{
    Buffer payload{3, static_cast<std::uint8_t>(data.size() >> 8),
                   static_cast<std::uint8_t>(data.size() & 0xff)};
    payload.insert(payload.end(), data.begin(), data.end());
    payload.push_back(0);
    return container_packet(payload);
}

Buffer head_packet(std::uint16_t status, std::string_view content_length)
{
    Buffer payload{4,
                   static_cast<std::uint8_t>(status >> 8),
                   static_cast<std::uint8_t>(status & 0xff),
                   0,
                   0,
                   0,
                   0,
                   0};
    if (!content_length.empty()) {
        payload.back() = 1;
        const Buffer name = bytes_of("a0 03 00");
        payload.insert(payload.end(), name.begin(), name.end());
        payload.push_back(static_cast<std::uint8_t>(content_length.size()));
        payload.insert(payload.end(), content_length.begin(), content_length.end());
        payload.push_back(0);
    }
    return container_packet(payload);
}

Buffer get_body_packet(std::uint16_t wanted)
{
    return container_packet(
        {6, static_cast<std::uint8_t>(wanted >> 8), static_cast<std::uint8_t>(wanted & 0xff)});
}

Buffer end_packet(std::uint8_t flag)
{
    return container_packet({5, flag});
}

Attempt::Attempt(std::size_t packet_size, std::size_t buffer_size)
    : packet_(packet_size), read_buffer_(buffer_size)
{
    plan.head = as_bytes("HEAD");
    plan.method = "GET";
    plan.packet = packet_;
    plan.read_buffer = read_buffer_;
}

void Attempt::start()
{
    sent.clear();
    body.clear();
    headers.clear();
    heads = 0;
    flushes = 0;
    status = 0;
    exchange.clear();
    exchange.emplace_back(plan);
}

void Attempt::send_head()
{
    start();
    (void)run({});
}

void Attempt::take_head(ajp::ResponseHead& head)
{
    ++heads;
    status = head.status;
    while (const auto field = head.headers.next()) {
        headers.push_back(std::string{field->name} + ": " + std::string{field->value});
    }
}

Action Attempt::run(const Buffer& bytes, Feed feed)
{
    std::size_t used = 0;
    for (;;) {
        const Action action = exchange[0].next();
        switch (action.step) {
        case Step::write:
            for (const Bytes& piece : action.pieces) {
                sent.insert(sent.end(), piece.begin(), piece.end());
            }
            exchange[0].written();
            break;
        case Step::read_backend: {
            const MutableBytes space = exchange[0].read_space();
            if (space.empty()) {
                ck_abort_msg("no room to read to");
            }
            const std::size_t most = feed == Feed::whole ? space.size() : 1;
            const std::size_t count = std::min(most, bytes.size() - used);
            if (count == 0) {
                return action;
            }
            std::memcpy(space.data(), bytes.data() + used, count);
            used += count;
            exchange[0].received(count);
            break;
        }
        case Step::head: take_head(*action.head); break;
        case Step::body: body.append(as_text(action.data)); break;
        case Step::flush: ++flushes; break;
        case Step::read_client:
        case Step::done:
        case Step::failed: return action;
        }
    }
}

Buffer Attempt::answer_to(const Buffer& bytes)
{
    sent.clear();
    (void)run(bytes);
    return sent;
}

void Attempt::give(std::string_view text)
{
    const Action action = exchange[0].next();
    ck_assert(action.step == Step::read_client);
    ck_assert_uint_le(text.size(), action.space.size());
    std::copy(text.begin(), text.end(), action.space.begin());
    exchange[0].client_data(text.size());
}

Attempt post(std::string_view kept, std::uint64_t length)
{
    Attempt attempt;
    attempt.plan.method = "POST";
    attempt.plan.body = ajp::BodyKind::sized;
    attempt.plan.body_length = length;
    attempt.plan.kept_body = as_bytes(kept);
    return attempt;
}

Attempt upload()
{
    Attempt attempt;
    attempt.plan.method = "POST";
    attempt.plan.body = ajp::BodyKind::unknown;
    return attempt;
}

void expect_failure(const Action& action, ajp::Failure failure)
{
    ck_assert(action.step == Step::failed);
    ck_assert_int_eq(static_cast<int>(action.failure), static_cast<int>(failure));
}

}  // namespace jk::test
