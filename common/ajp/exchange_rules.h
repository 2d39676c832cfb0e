// The inside of an exchange: its states, its events, and the table that says what each event does in
// each state. Included by exchange.cc alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "ajp/exchange.h"

namespace jk::ajp {

enum class ExchangeState : std::uint8_t {
    sending,    ///< the head and the first body packet go out
    wait_head,  ///< nothing of a response yet
    wait_body,  ///< the head was handed out
    reading,    ///< the container has asked for body bytes, the client must give them
    answering,  ///< a body packet goes out
    done,
    failed,
};

enum class ExchangeEvent : std::uint8_t {
    written,
    client_data,
    client_end,
    head,
    chunk,
    flush,
    get_body,
    end,
    garbage,  ///< what is no packet, or can stand nowhere in a response
    no_write,
    closed,
    timeout,
    client_gone,
    client_bad,
};

enum class ExchangeRule : std::uint8_t {
    never,     ///< cannot be
    wait,      ///< what was to be sent is sent: wait for the container
    packet,    ///< send what the client gave
    last,      ///< send the packet that ends the body
    pass,      ///< nothing
    head,      ///< check the head, hand it out
    chunk,     ///< hand out the data, where there may be any
    flush,     ///< hand it out
    answer,    ///< send body bytes, or get them from the client first
    finish,    ///< the response is complete, if it is
    order,     ///< Failure::protocol: a message in the wrong place
    broken,    ///< Failure::protocol: error_ says it
    no_send,   ///< Failure::send
    closed,    ///< Failure::closed_…
    timeout,   ///< Failure::reply_timeout
    gone,      ///< Failure::client_gone
    bad_body,  ///< Failure::client_body
};

namespace exchange_table {

using State = ExchangeState;
using Event = ExchangeEvent;
using Rule = ExchangeRule;
using enum ExchangeRule;

inline constexpr std::size_t state_count = static_cast<std::size_t>(State::failed) + 1;
inline constexpr std::size_t event_count = static_cast<std::size_t>(Event::client_bad) + 1;

// clang-format off
inline constexpr std::array<std::array<Rule, state_count>, event_count> rules{{
    // sending    wait_head  wait_body  reading    answering  done       failed
    {{ wait,      never,     never,     never,     wait,      never,     never }},  // written
    {{ never,     never,     never,     packet,    never,     never,     never }},  // client_data
    {{ never,     never,     never,     last,      never,     never,     never }},  // client_end
    {{ never,     head,      order,     never,     never,     never,     never }},  // head
    {{ never,     order,     chunk,     never,     never,     never,     never }},  // chunk
    {{ never,     pass,      flush,     never,     never,     never,     never }},  // flush
    {{ never,     answer,    answer,    never,     never,     never,     never }},  // get_body
    {{ never,     order,     finish,    never,     never,     never,     never }},  // end
    {{ never,     broken,    broken,    never,     never,     never,     never }},  // garbage
    {{ no_send,   no_send,   no_send,   no_send,   no_send,   never,     never }},  // no_write
    {{ no_send,   closed,    closed,    closed,    closed,    never,     never }},  // closed
    {{ timeout,   timeout,   timeout,   timeout,   timeout,   never,     never }},  // timeout
    {{ gone,      gone,      gone,      gone,      gone,      never,     never }},  // client_gone
    {{ bad_body,  bad_body,  bad_body,  bad_body,  bad_body,  never,     never }},  // client_bad
}};
// clang-format on

}  // namespace exchange_table

}  // namespace jk::ajp
