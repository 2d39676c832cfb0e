// The only way anything in common/ fails: a value, or an Error that says what kind and why.
#pragma once

#include <string_view>
#include <version>

#if defined(__cpp_lib_expected) && __cpp_lib_expected >= 202202L
#include <expected>
namespace jk::detail {
template <class T, class E> using expected = std::expected<T, E>;
template <class E> using unexpected = std::unexpected<E>;
}  // namespace jk::detail
#else
#include <tl/expected.hpp>
namespace jk::detail {
template <class T, class E> using expected = tl::expected<T, E>;
template <class E> using unexpected = tl::unexpected<E>;
}  // namespace jk::detail
#endif

namespace jk {

/// The kinds of failure. Two families only: what comes from outside was wrong (all of these), or
/// we broke our own rule, which is an assert and never an Errc.
enum class Errc : unsigned char {
    underrun,      ///< the input ends before the field does
    overflow,      ///< the output does not fit the space given
    bad_magic,     ///< a packet does not begin with the magic of its direction
    bad_length,    ///< a length contradicts the limit or the bytes present
    bad_type,      ///< a message of unknown type, or of one that is not allowed now
    bad_string,    ///< a string without its terminator, or null where none may be
    bad_code,      ///< a coded name outside its table
    bad_status,    ///< an HTTP status outside 200..999
    bad_number,    ///< text that is no number, or one outside its range
    bad_name,      ///< a name that is no token, or too long
    bad_path,      ///< a path that is not absolute, climbs above the root or is ambiguous
    bad_value,     ///< text that is none of the words allowed
    unknown_name,  ///< a name that no table knows
    conflict,      ///< two statements that exclude each other
    too_deep,      ///< nested or chained deeper than allowed
};

/// What went wrong. `text` is a literal: it never goes away and never holds foreign bytes.
struct Error {
    Errc code;
    std::string_view text;
};

template <class T> using Result = detail::expected<T, Error>;

/// Returns the failure for `return failure(Errc::underrun, "…")` in a function of any Result type.
[[nodiscard]] inline detail::unexpected<Error> failure(Errc code, std::string_view text) noexcept
{
    return detail::unexpected<Error>(Error{code, text});
}

}  // namespace jk
