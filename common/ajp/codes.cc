// Three tables; a name's code is its place in the table, counted from 1.
// Tested by tests/unit/ajp/codes_test.cc.
#include "ajp/codes.h"

#include <array>
#include <cstddef>

#include "ajp/protocol.h"
#include "base/name_table.h"

namespace jk::ajp {

namespace {

// The place is the code: never sort, never insert.
constexpr std::array<std::string_view, 27> methods{
    "OPTIONS",
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "TRACE",
    "PROPFIND",
    "PROPPATCH",
    "MKCOL",
    "COPY",
    "MOVE",
    "LOCK",
    "UNLOCK",
    "ACL",
    "REPORT",
    "VERSION-CONTROL",
    "CHECKIN",
    "CHECKOUT",
    "UNCHECKOUT",
    "SEARCH",
    "MKWORKSPACE",
    "UPDATE",
    "LABEL",
    "MERGE",
    "BASELINE-CONTROL",
    "MKACTIVITY",
};

constexpr std::array<std::string_view, 14> request_headers{
    "accept",     "accept-charset", "accept-encoding", "accept-language", "authorization",
    "connection", "content-type",   "content-length",  "cookie",          "cookie2",
    "host",       "pragma",         "referer",         "user-agent",
};

constexpr std::array<std::string_view, 11> response_headers{
    "Content-Type", "Content-Language", "Content-Length", "Date",   "Last-Modified",    "Location",
    "Set-Cookie",   "Set-Cookie2",      "Servlet-Engine", "Status", "WWW-Authenticate",
};

template <std::size_t count>
constexpr bool is_unique(const std::array<std::string_view, count>& names)
{
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = i + 1; j < count; ++j) {
            if (names[i] == names[j]) {
                return false;
            }
        }
    }
    return true;
}

constexpr NameTable request_header_table{request_headers};

static_assert(is_unique(methods) && is_unique(response_headers));
static_assert(methods[2 - 1] == "GET" && methods[15 - 1] == "ACL");
static_assert(methods[27 - 1] == "MKACTIVITY");
static_assert(request_headers[content_length_code - code_page - 1] == "content-length");
static_assert(request_headers[11 - 1] == "host");
static_assert(request_headers[14 - 1] == "user-agent");
static_assert(response_headers[3 - 1] == "Content-Length" &&
              response_headers[7 - 1] == "Set-Cookie");
static_assert(response_headers[11 - 1] == "WWW-Authenticate");

}  // namespace

std::optional<std::uint8_t> method_code(std::string_view method) noexcept
{
    for (std::size_t i = 0; i < methods.size(); ++i) {
        if (methods[i] == method) {
            return static_cast<std::uint8_t>(i + 1);
        }
    }
    return std::nullopt;
}

std::optional<std::uint16_t> request_header_code(std::string_view name) noexcept
{
    const std::optional<std::size_t> place = request_header_table.find(name);
    return place ? std::optional{static_cast<std::uint16_t>(code_page + *place + 1)} : std::nullopt;
}

std::optional<std::string_view> response_header_name(std::uint16_t code) noexcept
{
    if (code <= code_page || code > code_page + response_headers.size()) {
        return std::nullopt;
    }
    return response_headers[code - code_page - 1U];
}

bool is_bodyless(std::string_view method, std::uint16_t status) noexcept
{
    return method == "HEAD" || status == 204 || status == 205 || status == 304;
}

}  // namespace jk::ajp
