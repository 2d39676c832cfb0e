// Who asks the status, and what a form sent along.
#pragma once

#include <string>
#include <string_view>

#include "httpd_api.h"
#include "status/access.h"

namespace jk::httpd {

/// The most that a body may have: the form of a member has less than 2 KiB.
inline constexpr std::size_t most_body = 65536;

/// The authenticated user, or the one that the configured variable names; empty = none.
[[nodiscard]] std::string_view user_of(request_rec* request) noexcept;

/// Views into the request.
[[nodiscard]] status::Asker asker_of(request_rec* request) noexcept;

/// A request body, or the HTTP status to answer with where it could not be read.
struct Body {
    std::string text;
    int http_status = HTTP_OK;
};

/// Reads the body: HTTP_REQUEST_ENTITY_TOO_LARGE beyond most_body, otherwise as httpd says. Call
/// once per request.
[[nodiscard]] Body read_body(request_rec* request);

/// Reads the body where it is that of a POST and has the type of a form, otherwise nothing.
[[nodiscard]] Body read_form(request_rec* request);

}  // namespace jk::httpd
