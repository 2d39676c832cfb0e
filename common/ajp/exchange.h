// One request on one connection, without the connection: a state × event table.
//
// The caller pulls: next() says what to do, the caller does it and tells the result by one of the
// event functions, and asks again. No callback, no I/O, no clock. An exchange serves one attempt;
// a repetition is a new exchange over the same kept body.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "ajp/body_sender.h"
#include "ajp/framer.h"
#include "ajp/request.h"
#include "ajp/response_decoder.h"
#include "ajp/retry.h"
#include "base/bytes.h"
#include "base/result.h"

namespace jk::ajp {

/// The request's side of an exchange. All views must outlive the exchange.
struct Plan {
    Bytes head;       ///< the encoded FORWARD_REQUEST
    Bytes kept_body;  ///< sized bodies: their first bytes, at most S-6, read before; at least one
                      ///< where body_length is not 0. They may stand in `packet` behind its first
                      ///< 6 bytes: they are needed no more once the client is read
    BodyKind body = BodyKind::none;
    std::uint64_t body_length = 0;  ///< of a sized body
    std::string_view method;
    RetryRules retry;
    std::span<const int> fail_on_status;  ///< positive hard, negative soft, first match decides
    MutableBytes packet;       ///< room for one packet of size S, for body packets; S = its size
    MutableBytes read_buffer;  ///< at least S bytes
};

enum class Step : std::uint8_t {
    write,         ///< write `pieces` to the container, all of them; then written() or a failure
    read_backend,  ///< hand on what head, body and flush gave, then read at least one byte into
                   ///< read_space(); then received() or a failure
    read_client,   ///< read at least one byte of the request body into `space`; then client_data(),
                   ///< client_end() or a failure
    head,          ///< the response head is there; `head` stays valid until read_space() is called
    body,          ///< pass `data` on; valid until read_space() is called
    flush,         ///< the container asked for a flush
    done,          ///< the response is complete; `is_reusable` says what becomes of the connection
    failed,        ///< `failure`, and whether another attempt may be made
};

/// What to do now; the members that a step does not name are empty.
struct Action {
    Step step = Step::failed;
    std::array<Bytes, 3> pieces{};
    MutableBytes space{};
    ResponseHead* head = nullptr;
    Bytes data{};
    bool is_reusable = false;
    Failure failure = Failure::none;
    bool may_retry = false;
};

// The exchange's inside; defined, with the table that they span, in exchange.cc.
enum class ExchangeState : std::uint8_t;
enum class ExchangeEvent : std::uint8_t;
enum class ExchangeRule : std::uint8_t;

class Exchange {
public:
    /// Requires: the plan's buffers and views are what Plan says.
    explicit Exchange(const Plan& plan) noexcept;

    /// Returns what to do now. Returns the same again until the event that answers it was told;
    /// head, body and flush need no answer and are not returned twice. done and failed are final.
    [[nodiscard]] Action next() noexcept;

    // Events. Requires of each: next() returned the step that it answers. `count` is at least 1.
    void written() noexcept;
    /// Where to read to, for Step::read_backend; never empty. Ends the life of all views that
    /// next() gave, since it moves what is left of the last read to the buffer's front.
    [[nodiscard]] MutableBytes read_space() noexcept { return framer_.space(); }
    void received(std::size_t count) noexcept;
    void client_data(std::size_t count) noexcept;
    void client_end() noexcept;
    /// The container sent something while we owed it a body packet. What we send then may be a new
    /// message to it: it gets its packet, but no other request (ajp13.md 9.4).
    void container_went_on() noexcept { is_out_of_step_ = has_gone_on_ = true; }
    /// The caller gave the head away, before any body or flush: it cannot be taken back any more.
    void head_left() noexcept { is_spent_ = true; }

    // Failures that the caller met; allowed in every state but done and failed.
    /// The container did not take our bytes, or not in time; `taken` of them it had taken.
    void write_failed(std::size_t taken = 0) noexcept;
    /// The time for the message is over, or for a write of which `taken` bytes were taken.
    void timed_out(std::size_t taken = 0) noexcept;
    void backend_closed() noexcept;   ///< EOF or a broken connection while reading
    void client_gone() noexcept;      ///< the client is not there any more
    void client_body_bad() noexcept;  ///< the client's body is malformed

    /// Grows by one with each complete message that says something: a wait is for a new message, and
    /// its time limit starts anew, when this changed. A flush says nothing (security.md DO-4).
    [[nodiscard]] std::uint64_t messages() const noexcept { return messages_; }
    /// True when the last byte of the head was handed to the socket: a servlet may have run.
    [[nodiscard]] bool was_sent() const noexcept { return was_sent_; }
    /// True when the response head was returned by next().
    [[nodiscard]] bool has_head() const noexcept { return has_head_; }
    /// Why, after Failure::protocol.
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }
    /// Payload and headers, both ways, as the status counters `read` and `transferred` want them.
    [[nodiscard]] std::uint64_t bytes_read() const noexcept { return bytes_read_; }
    [[nodiscard]] std::uint64_t bytes_written() const noexcept { return bytes_written_; }

private:
    void count_taken(std::size_t taken) noexcept;
    void handle(ExchangeEvent event) noexcept;
    void apply(ExchangeRule rule, ExchangeEvent event) noexcept;

    [[nodiscard]] bool take_message() noexcept;
    [[nodiscard]] ExchangeEvent take(const Message& message) noexcept;
    [[nodiscard]] Action standing() noexcept;

    void accept_head() noexcept;
    void accept_chunk() noexcept;
    void give(const Action& action) noexcept;
    void answer() noexcept;
    void end_body() noexcept;
    void answer_end() noexcept;
    void send_packet() noexcept;
    void finish() noexcept;
    void wait() noexcept;
    void break_off(Errc code, std::string_view text) noexcept;
    void close() noexcept;
    void fail(Failure failure) noexcept;
    [[nodiscard]] Stage stage() const noexcept;
    [[nodiscard]] bool may_retry() const noexcept;

    Plan plan_;
    Framer framer_;
    BodySender body_;
    ExchangeState state_;
    Failure failure_ = Failure::none;
    std::optional<Error> error_;
    std::optional<Action> output_;  ///< to be returned next
    std::array<Bytes, 3> pieces_{};

    // The last message, until it is handed out or answered.
    ResponseHead head_;
    Bytes chunk_;
    GetBody question_;
    EndResponse end_;

    std::uint64_t delivered_ = 0;  ///< bytes of the response body handed out
    std::uint64_t messages_ = 0;
    std::uint64_t bytes_read_ = 0;
    std::uint64_t bytes_written_ = 0;
    unsigned empty_answers_ = 0;
    bool was_sent_ = false;
    bool has_head_ = false;
    bool is_spent_ = false;        ///< a part of the response was handed out, behind the head
    bool is_bodyless_ = false;     ///< HEAD, or a status that has no body
    bool is_out_of_step_ = false;  ///< something met that forbids to reuse the connection
    bool has_gone_on_ = false;     ///< … and that was container_went_on()
    bool is_reusable_ = false;
};

}  // namespace jk::ajp
