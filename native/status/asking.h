// Who asks the status, what a form sent along, and how the answer is sent.
#pragma once

#include <string>
#include <string_view>

#include "httpd_api.h"
#include "status/access.h"

namespace jk::httpd {

/// The most that a body may have: the form of a member has less than 2 KiB.
inline constexpr std::size_t most_body = 65536;

/// The user that the configured variable names, or the authenticated one, whom httpd has let in;
/// empty = none.
[[nodiscard]] std::string_view user_of(request_rec* request) noexcept;

/// "user NAME at ADDRESS" for the log, a - where there is no name; escaped.
[[nodiscard]] std::string asker_in_log(request_rec* request);

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

/// What an answer consists of, but for the headers of its own.
struct Sent {
    int http_status = HTTP_OK;
    std::string_view content_type;
    std::string_view body;
};

/// Sends the answer, of which HEAD gets the length only. The ErrorDocument of a request keeps the
/// status of that one.
void send_answer(request_rec* request, const Sent& answer);

}  // namespace jk::httpd
