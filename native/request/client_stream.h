// The client's request body, through httpd's input filters.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "httpd_api.h"

namespace jk::httpd {

enum class ClientRead : std::uint8_t {
    data,     ///< `count` bytes
    end,      ///< the body is complete
    gone,     ///< the client went away, was too slow, or sent less than it announced
    refused,  ///< the body is malformed or too large: answer `http_status`
};

struct ClientResult {
    ClientRead status = ClientRead::end;
    std::size_t count = 0;
    int http_status = HTTP_BAD_REQUEST;
};

/// Reads one request's body once, front to back. Used by the request's thread.
class ClientStream {
public:
    explicit ClientStream(request_rec* request) noexcept : request_(request) {}

    /// Waits for at least one byte and takes what one read of the filters gives.
    [[nodiscard]] ClientResult read(MutableBytes space) noexcept;
    /// Reads until `space` is full or the body ends. `count` is what was read, also with `end`.
    [[nodiscard]] ClientResult fill(MutableBytes space) noexcept;

private:
    [[nodiscard]] ClientResult failed(apr_status_t status) const noexcept;

    request_rec* request_;
    apr_bucket_brigade* brigade_ = nullptr;
    bool at_end_ = false;
};

}  // namespace jk::httpd
