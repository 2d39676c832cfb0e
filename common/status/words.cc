// Words for codes: one table per code, a row per value in the order of its enum.
// Tested by tests/unit/status/words_test.cc.
#include "status/words.h"

#include <array>
#include <cstddef>

namespace jk::status {

namespace {

template <class Code> struct Row {
    Code code;
    std::string_view words;      ///< what people read
    std::string_view text = {};  ///< what clients compare
};

using lb::State;
constexpr std::array state_rows{
    Row<State>{State::idle, "idle", "OK/IDLE"},
    Row<State>{State::ok, "working", "OK"},
    Row<State>{State::recovering, "to be tried again", "ERR/REC"},
    Row<State>{State::forced, "to be tried, for want of others", "ERR/FRC"},
    Row<State>{State::busy, "at its limit", "OK/BUSY"},
    Row<State>{State::error, "failed", "ERR"},
    Row<State>{State::probing, "being tried", "ERR/PRB"},
};

using conf::Activation;
constexpr std::array activation_rows{
    Row<Activation>{Activation::active, "active"},
    Row<Activation>{Activation::disabled, "disabled"},
    Row<Activation>{Activation::stopped, "stopped"},
};

template <class Rows> constexpr bool is_in_order(const Rows& rows) noexcept
{
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (static_cast<std::size_t>(rows[i].code) != i) {
            return false;
        }
    }
    return true;
}
static_assert(is_in_order(state_rows) && is_in_order(activation_rows));

/// What a state that is none is shown as: shared memory may hold anything.
constexpr auto no_state = static_cast<std::size_t>(State::error);

/// Returns the row of a code, and `fallback` for a code that is none.
template <class Rows, class Code>
constexpr const auto& row(const Rows& rows, Code code, std::size_t fallback = 0) noexcept
{
    const auto index = static_cast<std::size_t>(code);
    return rows[index < rows.size() ? index : fallback];
}

}  // namespace

std::string_view to_text(lb::State state) noexcept
{
    return row(state_rows, state, no_state).text;
}

std::string_view in_words(lb::State state) noexcept
{
    return row(state_rows, state, no_state).words;
}

std::string_view in_words(conf::Activation activation) noexcept
{
    return row(activation_rows, activation).words;
}

}  // namespace jk::status
