// An exchange is a state, and the table in exchange_rules.h says for each state what each event does
// to it. Events come from the caller (bytes were written, the client has no more, …) and out
// of the container's packets, one at a time: next() cuts and decodes the next packet only when the
// one before was dealt with, so that a response which arrived in one read is handed out piece by
// piece from where it lies. A cell that reads `never` cannot be reached unless our own code breaks
// the contract of exchange.h; what a container can do wrong is `order` or `broken`, never `never`.
//
// The response is spent, so that no other attempt may follow, once a piece of its body or a flush was
// handed out, or the caller says that the head has left. Until then a head is only a promise.
//
// The request body is the BodySender's business; what may be repeated stands in retry.cc.
// Tested by tests/unit/ajp/exchange_test.cc, verdicts_test.cc and the transcripts of tests/wire.
#include "ajp/exchange.h"

#include <cassert>
#include <utility>
#include <variant>

#include "ajp/codes.h"
#include "ajp/exchange_rules.h"
#include "ajp/protocol.h"

namespace jk::ajp {

namespace {

using State = ExchangeState;
using Event = ExchangeEvent;
using Rule = ExchangeRule;

constexpr std::size_t index(auto value) noexcept
{
    return static_cast<std::size_t>(value);
}

std::string_view order_text(Event event) noexcept
{
    switch (event) {
    case Event::head: return "a second SEND_HEADERS in one response";
    case Event::chunk: return "SEND_BODY_CHUNK before SEND_HEADERS";
    default: return "END_RESPONSE before SEND_HEADERS";
    }
}

}  // namespace

Exchange::Exchange(const Plan& plan) noexcept
    : plan_(plan), framer_(plan.read_buffer, plan.packet.size()),
      body_(plan.body, plan.body_length, plan.kept_body, plan.packet), state_(State::sending)
{
    assert(plan.packet.size() >= min_packet_size && plan.packet.size() <= max_packet_size);
    assert(plan.read_buffer.size() >= plan.packet.size());
    pieces_[0] = plan.head;
    if (body_.supply() == BodySender::Supply::ready) {
        const auto [header, data] = body_.next_packet(plan.packet.size());
        pieces_ = {plan.head, header, data};
    }
}

// ---- what to do now

Action Exchange::next() noexcept
{
    while (state_ == State::wait_head || state_ == State::wait_body) {
        if (!take_message()) {
            break;
        }
        if (output_) {
            return *std::exchange(output_, std::nullopt);
        }
    }
    return standing();
}

// Returns false when no whole packet is there.
bool Exchange::take_message() noexcept
{
    const auto payload = framer_.next();
    if (!payload) {
        error_ = payload.error();
        handle(Event::garbage);
        return true;
    }
    if (!*payload) {
        return false;
    }
    const auto message = decode_message(**payload);
    if (!message) {
        error_ = message.error();
        handle(Event::garbage);
        return true;
    }
    const Event event = take(*message);
    messages_ += event == Event::flush ? 0 : 1;
    handle(event);
    return true;
}

// Keeps what the message says and returns which event it is.
Event Exchange::take(const Message& message) noexcept
{
    if (const auto* head = std::get_if<ResponseHead>(&message)) {
        if (!has_head_) {  // the first one may still be in use
            head_ = *head;
        }
        return Event::head;
    }
    if (const auto* chunk = std::get_if<BodyChunk>(&message)) {
        chunk_ = chunk->data;
        return chunk_.empty() ? Event::flush : Event::chunk;
    }
    if (const auto* question = std::get_if<GetBody>(&message)) {
        question_ = *question;
        return Event::get_body;
    }
    if (const auto* end = std::get_if<EndResponse>(&message)) {
        end_ = *end;
        return Event::end;
    }
    error_ = Error{Errc::bad_type, "a CPONG that nobody asked for"};
    return Event::garbage;
}

Action Exchange::standing() noexcept
{
    switch (state_) {
    case State::sending:
    case State::answering: return {.step = Step::write, .pieces = pieces_};
    case State::wait_head:
    case State::wait_body: return {.step = Step::read_backend};
    case State::reading: return {.step = Step::read_client, .space = body_.space(question_.wanted)};
    case State::done: return {.step = Step::done, .is_reusable = is_reusable_};
    case State::failed: break;
    }
    return {.step = Step::failed, .failure = failure_, .may_retry = may_retry()};
}

// ---- events

void Exchange::written() noexcept
{
    was_sent_ = true;
    for (const Bytes& piece : pieces_) {
        bytes_written_ += piece.size();
    }
    handle(Event::written);
}

void Exchange::received(std::size_t count) noexcept
{
    bytes_read_ += count;
    framer_.commit(count);
}

void Exchange::client_data(std::size_t count) noexcept
{
    body_.client_data(count);
    handle(Event::client_data);
}

void Exchange::client_end() noexcept
{
    handle(Event::client_end);
}

void Exchange::write_failed(std::size_t taken) noexcept
{
    count_taken(taken);
    handle(Event::no_write);
}

void Exchange::backend_closed() noexcept
{
    handle(Event::closed);
}

void Exchange::timed_out(std::size_t taken) noexcept
{
    count_taken(taken);
    handle(Event::timeout);
}

void Exchange::client_gone() noexcept
{
    handle(Event::client_gone);
}

void Exchange::client_body_bad() noexcept
{
    handle(Event::client_bad);
}

void Exchange::count_taken(std::size_t taken) noexcept
{
    bytes_written_ += taken;
    was_sent_ = was_sent_ || taken >= plan_.head.size();
}

// ---- rules

void Exchange::handle(Event event) noexcept
{
    const Rule rule = exchange_table::rules[index(event)][index(state_)];
    assert(rule != Rule::never);
    apply(rule, event);
}

void Exchange::apply(Rule rule, Event event) noexcept
{
    switch (rule) {
    case Rule::never:
    case Rule::pass: return;
    case Rule::wait: return wait();
    case Rule::packet: return send_packet();
    case Rule::last: return end_body();
    case Rule::head: return accept_head();
    case Rule::chunk: return accept_chunk();
    case Rule::flush: return give(Action{.step = Step::flush});
    case Rule::answer: return answer();
    case Rule::finish: return finish();
    case Rule::order: return break_off(Errc::bad_type, order_text(event));
    case Rule::broken: return fail(Failure::protocol);
    case Rule::no_send: return fail(Failure::send);
    case Rule::closed: return close();
    case Rule::timeout: return fail(Failure::reply_timeout);
    case Rule::gone: return fail(Failure::client_gone);
    case Rule::bad_body: return fail(Failure::client_body);
    }
}

void Exchange::wait() noexcept
{
    state_ = has_head_ ? State::wait_body : State::wait_head;
}

void Exchange::accept_head() noexcept
{
    for (const int entry : plan_.fail_on_status) {
        if (entry == head_.status || entry == -int{head_.status}) {
            return fail(entry > 0 ? Failure::failing_status : Failure::soft_status);
        }
    }
    is_bodyless_ = is_bodyless(plan_.method, head_.status);
    is_out_of_step_ = is_out_of_step_ || head_.has_trailing_bytes;
    has_head_ = true;
    state_ = State::wait_body;
    output_ = Action{.step = Step::head, .head = &head_};
}

void Exchange::accept_chunk() noexcept
{
    if (is_bodyless_) {
        is_out_of_step_ = true;
        return;
    }
    if (head_.content_length && chunk_.size() > *head_.content_length - delivered_) {
        return break_off(Errc::conflict, "the response is longer than its Content-Length");
    }
    delivered_ += chunk_.size();
    give(Action{.step = Step::body, .data = chunk_});
}

/// Hands out what a client may see, or is to see now.
void Exchange::give(const Action& action) noexcept
{
    is_spent_ = true;
    output_ = action;
}

void Exchange::finish() noexcept
{
    if (!is_bodyless_ && head_.content_length.value_or(delivered_) != delivered_) {
        return break_off(Errc::conflict, "the response is shorter than its Content-Length");
    }
    is_reusable_ = end_.is_reusable && !is_out_of_step_ && framer_.is_empty();
    state_ = State::done;
}

// A container that did not wait for the answer before it went on may end the response without
// taking it, and would then read it as a new message: it gets its answer, but no other request.
void Exchange::answer() noexcept
{
    is_out_of_step_ = is_out_of_step_ || question_.has_trailing_bytes || !framer_.is_empty();
    switch (body_.supply()) {
    case BodySender::Supply::ready: return send_packet();
    case BodySender::Supply::ended: return answer_end();
    case BodySender::Supply::client: state_ = State::reading; return;
    }
}

void Exchange::end_body() noexcept
{
    if (!body_.client_end()) {
        return fail(Failure::client_body);
    }
    answer_end();
}

void Exchange::answer_end() noexcept
{
    if (++empty_answers_ > max_empty_answers) {
        return break_off(Errc::conflict, "the container keeps asking for a body that has ended");
    }
    send_packet();
}

void Exchange::send_packet() noexcept
{
    const auto [header, data] = body_.next_packet(question_.wanted);
    pieces_ = {header, data, Bytes{}};
    state_ = State::answering;
}

// ---- failures

// Tomcat that waited too long for the client's body answers 408 in full, and closes without an
// END_RESPONSE (ajp13.md 9.2): where nothing of that is missing, the container has not failed.
void Exchange::close() noexcept
{
    if (!framer_.is_empty()) {
        return fail(Failure::closed_in_packet);
    }
    if (has_gone_on_ && has_head_ && head_.content_length == delivered_) {
        state_ = State::done;
        return;
    }
    fail(has_head_ ? Failure::closed_in_body : Failure::closed_no_head);
}

void Exchange::break_off(Errc code, std::string_view text) noexcept
{
    error_ = Error{code, text};
    fail(Failure::protocol);
}

void Exchange::fail(Failure failure) noexcept
{
    failure_ = failure;
    state_ = State::failed;
}

Stage Exchange::stage() const noexcept
{
    if (is_spent_ || body_.is_beyond_kept()) {
        return Stage::spent;
    }
    if (has_head_) {
        return Stage::answered;
    }
    return was_sent_ ? Stage::sent : Stage::unsent;
}

bool Exchange::may_retry() const noexcept
{
    return ajp::may_retry(failure_, stage(), plan_.retry, plan_.method);
}

}  // namespace jk::ajp
