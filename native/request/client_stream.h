// The client's request body, through httpd's input filters.
#pragma once

#include <cstddef>
#include <optional>

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

    /// Waits for at least one byte, and takes with it what is at hand without waiting, as far as
    /// `space` goes. Where bytes were read, what failed behind them is the next read's result.
    [[nodiscard]] ClientResult read(MutableBytes space) noexcept;
    /// Reads until `space` is full or the body ends. `count` is what was read, also with `end`.
    [[nodiscard]] ClientResult fill(MutableBytes space) noexcept;

private:
    [[nodiscard]] ClientResult failed(apr_status_t status) const noexcept;
    [[nodiscard]] bool may_look_on() const noexcept;
    [[nodiscard]] ClientResult take(MutableBytes space, apr_read_type_e wait) noexcept;
    [[nodiscard]] ClientResult wait_for_some(MutableBytes space) noexcept;
    [[nodiscard]] ClientResult look_on(MutableBytes space, std::size_t count) noexcept;

    request_rec* request_;
    apr_bucket_brigade* brigade_ = nullptr;
    std::optional<ClientResult> failure_;  ///< found behind bytes that were given already
    bool at_end_ = false;
};

}  // namespace jk::httpd
