// Fuzzes the container's side of an exchange: framer, decoder and state table, with whatever a
// container may send. The first bytes choose the request and how reads are cut, the rest is what
// the container sends before it closes.
//
// Each stream is run twice, cut as chosen and in as few reads as possible: what comes out must be
// the same. It is also compared with a reading of the stream that knows nothing but chunks.
#include <array>
#include <cstring>
#include <optional>
#include <string>

#include "ajp/exchange.h"
#include "ajp/protocol.h"
#include "input.h"

namespace {

using jk::Bytes;
using jk::MutableBytes;
using jk::ajp::Action;
using jk::ajp::BodyKind;
using jk::ajp::Exchange;
using jk::ajp::Failure;
using jk::ajp::Plan;
using jk::ajp::Step;
using jk::fuzz::require;

constexpr std::size_t packet_size = jk::ajp::min_packet_size;
constexpr std::string_view request = "HEAD";
constexpr std::array<std::string_view, 4> methods{"GET", "HEAD", "POST", "PURGE"};
constexpr std::array<int, 3> failing{503, -404, 500};

/// What the first bytes of the input choose.
struct Choice {
    std::string_view method;
    BodyKind body = BodyKind::none;
    std::size_t most_read = 0;    ///< bytes of one read; 0: as many as there is room for
    std::size_t body_length = 0;  ///< as announced, or what a client of unknown length has
    std::size_t kept = 0;
    std::size_t most_given = 0;  ///< bytes that the client gives at once
    std::size_t missing = 0;     ///< of a sized body: what the client does not send
    bool has_failing_status = false;
    bool is_silent = false;  ///< at the end the container does not close
};

Choice choice_of(jk::fuzz::Input& input)
{
    Choice choice;
    const unsigned bits = input.u8();
    choice.method = methods[bits & 3];
    choice.body = static_cast<BodyKind>((bits >> 2 & 3) % 3);
    choice.has_failing_status = (bits & 16) != 0;
    choice.is_silent = (bits & 32) != 0;
    choice.most_read = input.u8();
    choice.body_length = input.u16();
    choice.most_given = std::size_t{1} + input.u8() * std::size_t{32};
    const std::size_t kept = std::min(choice.body_length, packet_size - 6);
    choice.kept = kept == 0 ? 0 : 1 + input.u8() * kept / 256;
    choice.missing = (bits & 64) != 0 ? (choice.body_length - choice.kept) / 2 : 0;
    return choice;
}

/// The byte of the request body at this place.
std::uint8_t body_byte(std::size_t at) noexcept
{
    return static_cast<std::uint8_t>(at * 7 + (at >> 8));
}

/// What came out of a run.
struct Outcome {
    Action end;
    std::string head;
    std::string body;
    std::string sent;  ///< of the request body
    unsigned flushes = 0;
    unsigned empty_packets = 0;
    std::size_t used = 0;  ///< bytes of the stream that were read
    std::uint16_t status = 0;
    std::optional<std::uint64_t> content_length;
};

/// One exchange from its begin to its end.
class Run {
public:
    Run(const Choice& choice, Bytes stream, std::size_t most_read)
        : choice_(choice), stream_(stream), most_read_(most_read), kept_(choice.kept),
          exchange_(plan())
    {}

    Outcome play()
    {
        // each step but the last takes a byte of the stream or of the client, or a message
        std::size_t steps = 4 * (stream_.size() + choice_.body_length) + 64;
        for (; steps > 0; --steps) {
            out_.end = exchange_.next();
            if (out_.end.step == Step::done || out_.end.step == Step::failed) {
                return std::move(out_);
            }
            act(out_.end);
        }
        require(false, "an exchange comes to an end");
        return {};
    }

private:
    Plan plan()
    {
        for (std::size_t at = 0; at < kept_.size(); ++at) {
            kept_[at] = body_byte(at);
        }
        Plan plan;
        plan.head = jk::as_bytes(request);
        plan.method = choice_.method;
        plan.body = choice_.body;
        plan.body_length = choice_.body_length;
        plan.kept_body = kept_;
        if (choice_.has_failing_status) {
            plan.fail_on_status = failing;
        }
        plan.packet = packet_;
        plan.read_buffer = read_buffer_;
        return plan;
    }

    void act(Action& action)
    {
        switch (action.step) {
        case Step::write: return write(action);
        case Step::read_backend: return read_backend();
        case Step::read_client: return read_client(action.space);
        case Step::head: return take_head(*action.head);
        case Step::body:
            require(!out_.head.empty(), "a body follows a head");
            require(!action.data.empty(), "no empty piece of a body is handed out");
            out_.body += jk::as_text(action.data);
            return;
        case Step::flush: ++out_.flushes; return;
        case Step::done:
        case Step::failed: return;
        }
    }

    // The head alone or with a body packet behind it; later a body packet.
    void write(const Action& action)
    {
        std::string bytes;
        for (const Bytes piece : action.pieces) {
            bytes += jk::as_text(piece);
        }
        const std::size_t begin = exchange_.was_sent() ? 0 : request.size();
        require(begin == 0 || bytes.starts_with(request), "the head goes out first");
        if (begin == 0 || bytes.size() > begin) {
            take_packet(std::string_view{bytes}.substr(begin));
        }
        exchange_.written();
    }

    void take_packet(std::string_view bytes)
    {
        jk::Reader packet{jk::as_bytes(bytes)};
        require(bytes.size() <= packet_size, "a body packet is no larger than a packet may be");
        require(packet.u16() == jk::ajp::request_magic, "a body packet has the server's magic");
        require(packet.u16() == packet.rest().size(), "a body packet's length is right");
        if (packet.u16() == 0) {
            ++out_.empty_packets;
        }
        require(!packet.has_failed(), "a body packet has a length of its data");
        require(bytes.size() == 6 ||
                    jk::Reader{jk::as_bytes(bytes.substr(4))}.u16() == packet.rest().size(),
                "a body packet's data has the length that it says");
        out_.sent += jk::as_text(packet.rest());
    }

    void read_backend()
    {
        const MutableBytes space = exchange_.read_space();
        require(!space.empty(), "there is room to read to");
        const Bytes rest = stream_.subspan(out_.used);
        std::size_t count = std::min(space.size(), rest.size());
        count = most_read_ == 0 ? count : std::min(count, most_read_);
        if (count == 0) {
            return choice_.is_silent ? exchange_.timed_out() : exchange_.backend_closed();
        }
        std::memcpy(space.data(), rest.data(), count);
        out_.used += count;
        exchange_.received(count);
    }

    void read_client(MutableBytes space)
    {
        const std::size_t at = out_.sent.size();
        require(!space.empty(), "there is room for the client's bytes");
        require(at >= choice_.kept || choice_.body == BodyKind::unknown,
                "the client is read behind what was kept of it");
        require(choice_.body != BodyKind::sized || space.size() <= choice_.body_length - at,
                "the client is not read beyond its length");
        const std::size_t left = choice_.body_length - choice_.missing - at;
        const std::size_t count = std::min({space.size(), left, choice_.most_given});
        if (count == 0) {
            return exchange_.client_end();
        }
        for (std::size_t i = 0; i < count; ++i) {
            space[i] = body_byte(at + i);
        }
        exchange_.client_data(count);
    }

    void take_head(jk::ajp::ResponseHead& head)
    {
        require(out_.head.empty(), "a response has one head");
        require(head.status >= 200 && head.status <= 999, "a status has three digits");
        require(!jk::fuzz::has_control(head.reason), "a reason has no control characters");
        out_.status = head.status;
        out_.content_length = head.content_length;
        out_.head = std::to_string(head.status) + " " + std::string{head.reason} + "\n";
        std::size_t lengths = 0;
        while (const auto field = head.headers.next()) {
            take_header(*field, lengths);
        }
        require(lengths == (head.content_length ? 1 : 0), "a length is handed out once");
    }

    void take_header(const jk::ajp::Field& field, std::size_t& lengths)
    {
        constexpr std::string_view ends{"\r\n\0", 3};
        require(jk::is_token(field.name), "a header's name is a token");
        require(field.value.find_first_of(ends) == std::string_view::npos,
                "a header's value has no CR, LF or NUL");
        require(!jk::equals_caseless(field.name, "transfer-encoding") &&
                    !jk::equals_caseless(field.name, "connection"),
                "no header of a connection is handed out");
        if (jk::equals_caseless(field.name, "content-length")) {
            ++lengths;
            require(jk::parse_digits(field.value) == out_.content_length,
                    "the length handed out is the one that counts");
        }
        out_.head += std::string{field.name} + ": " + std::string{field.value} + "\n";
    }

    const Choice& choice_;
    Bytes stream_;
    std::size_t most_read_;
    std::vector<std::uint8_t> kept_;
    std::vector<std::uint8_t> packet_ = std::vector<std::uint8_t>(packet_size);
    std::vector<std::uint8_t> read_buffer_ = std::vector<std::uint8_t>(2 * packet_size);
    Outcome out_;
    Exchange exchange_;  // last: its plan needs the others

public:
    [[nodiscard]] const Exchange& exchange() const noexcept { return exchange_; }
};

/// The data of all chunks before the first END_RESPONSE, as far as whole packets are there.
std::string chunks_of(Bytes stream)
{
    std::string chunks;
    jk::Reader reader{stream};
    while (reader.u16() == jk::ajp::response_magic) {
        jk::Reader payload{reader.take(reader.u16())};
        const std::uint8_t type = payload.u8();
        if (reader.has_failed() || payload.has_failed() || type == 5) {
            break;
        }
        chunks += type == 3 ? jk::as_text(payload.take(payload.u16())) : std::string_view{};
    }
    return chunks;
}

bool is_bodyless(const Choice& choice, const Outcome& out)
{
    return choice.method == "HEAD" || out.status == 204 || out.status == 205 || out.status == 304;
}

void check_done(const Choice& choice, const Outcome& out, Bytes stream)
{
    constexpr std::string_view end{"AB\0\2\5\1", 6};
    require(out.status != 0, "a complete response has a head");
    require(is_bodyless(choice, out) || out.body == chunks_of(stream),
            "a complete response has all its chunks");
    require(is_bodyless(choice, out) || !out.content_length ||
                *out.content_length == out.body.size(),
            "a complete response is as long as it says");
    require(!out.end.is_reusable || jk::as_text(stream.first(out.used)).ends_with(end),
            "a connection is kept only where nothing follows an END_RESPONSE that allows it");
}

void check_failed(const Outcome& out, const Exchange& exchange)
{
    require(out.end.failure != Failure::none, "a failure has a kind");
    require(out.end.failure != Failure::protocol || exchange.error().has_value(),
            "a breach of the protocol has a reason");
    require(!out.end.may_retry || (out.body.empty() && out.flushes == 0),
            "a response that was handed out is not asked for again");
}

void check(const Choice& choice, const Outcome& out, Bytes stream)
{
    require(out.empty_packets <= jk::ajp::max_empty_answers, "a body ends 16 times at most");
    require(chunks_of(stream).starts_with(out.body), "the body is what the chunks hold");
    require(!is_bodyless(choice, out) || out.body.empty(), "no body where there can be none");
    require(!out.content_length || out.body.size() <= *out.content_length,
            "a body is no longer than its length");
    require(choice.body != BodyKind::none || out.sent.empty(), "no request body out of nothing");
    require(out.sent.size() <= choice.body_length, "a request body is no longer than its length");
    for (std::size_t at = 0; at < out.sent.size(); ++at) {
        require(static_cast<std::uint8_t>(out.sent[at]) == body_byte(at),
                "the request body goes out as it came in");
    }
}

Outcome outcome_of(const Choice& choice, Bytes stream, std::size_t most_read)
{
    Run run{choice, stream, most_read};
    const Outcome out = run.play();
    check(choice, out, stream);
    if (out.end.step == Step::done) {
        check_done(choice, out, stream);
    } else {
        check_failed(out, run.exchange());
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    jk::fuzz::Input input{data, size};
    const Choice choice = choice_of(input);
    const Outcome cut = outcome_of(choice, input.rest(), choice.most_read);
    const Outcome whole = outcome_of(choice, input.rest(), 0);
    require(cut.end.step == whole.end.step && cut.end.failure == whole.end.failure &&
                cut.end.may_retry == whole.end.may_retry,
            "an exchange ends alike however reads are cut");
    require(cut.head == whole.head && cut.body == whole.body && cut.flushes == whole.flushes &&
                cut.sent == whole.sent,
            "the same is handed out however reads are cut");
    return 0;
}
