// A page being written: markup as literals, everything else escaped.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "status/query.h"

namespace jk::status {

/// Writes HTML. Every function returns the writer itself, so that a line of markup reads as one.
class Html {
public:
    /// Appends markup of our own.
    Html& raw(std::string_view markup)
    {
        out_ += markup;
        return *this;
    }
    /// Appends text, escaped.
    Html& text(std::string_view value);
    /// Appends a link to another page of the status. It names no path: it leads to wherever this
    /// one was asked for.
    Html& link(const Page& to, std::string_view label);
    /// Appends a link, or the label alone where the page is the one shown already.
    Html& choice(const Page& to, std::string_view label, bool is_current);

    [[nodiscard]] std::string take() noexcept { return std::move(out_); }

private:
    std::string out_;
};

/// A parameter of the query string.
struct Parameter {
    std::string_view name;
    std::string value;
};

/// Returns what leads to a page: its command, and what is not as by default. Unknown parameters are
/// no part of a page, so that they never get into a link (S6).
[[nodiscard]] std::vector<Parameter> parameters_of(const Page& page);
/// The same as a query string, beginning with '?'. Needs escaping only for its '&'.
[[nodiscard]] std::string query_of(const Page& page);

/// Returns the page that a change leads back to: what `from` and `psw` name.
[[nodiscard]] Page way_back(const Page& page) noexcept;

/// Returns a number of bytes for people: "972", "1.1K", "37M" (status.md 9).
[[nodiscard]] std::string readable_size(std::uint64_t bytes);

}  // namespace jk::status
