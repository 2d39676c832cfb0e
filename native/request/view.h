// request_rec → ajp::Request: what httpd knows of a request, as views into the request's pool.
#pragma once

#include "ajp/request.h"
#include "base/result.h"
#include "httpd_api.h"
#include "request/mapper.h"

namespace jk::httpd {

/// How the client sends the body of `request`. A sub-request has none, nor has an ErrorDocument: the
/// body was that of the request before. Fails with bad_value for a Transfer-Encoding other than chunked
/// (501), bad_number for a length that is none (400).
struct BodyLength {
    ajp::BodyKind kind = ajp::BodyKind::none;
    std::uint64_t length = 0;
};
[[nodiscard]] Result<BodyLength> body_length(const request_rec* request) noexcept;

/// A described request. `ajp.attributes` holds a place for JK_LB_ACTIVATION that set_activation()
/// fills for each attempt.
struct Description {
    ajp::Request ajp;
    ajp::Field* activation = nullptr;

    void set_activation(std::string_view word) noexcept { activation->value = word; }
};

/// Describes `request` for the backend (directives.md 5). Views into the request's pool and tables.
/// Fails, each time to be answered with 400: bad_path where the path cannot be forwarded, bad_name or
/// bad_number where JkOptions +StrictHost refuses the Host.
[[nodiscard]] Result<Description> describe(request_rec* request, const RequestState& state,
                                           const BodyLength& body);

}  // namespace jk::httpd
