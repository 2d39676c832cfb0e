// The client's request body, through httpd's input filters.
#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.h"
#include "httpd_api.h"
#include "request/view.h"

namespace jk::httpd {

enum class ClientRead : std::uint8_t {
    data,     ///< `count` bytes
    end,      ///< the body is complete
    gone,     ///< the client went away, was too slow, or sent less than it announced
    refused,  ///< the body is malformed, too large, or not as long as announced: answer `http_status`
};

struct ClientResult {
    ClientRead status = ClientRead::end;
    std::size_t count = 0;
    int http_status = HTTP_BAD_REQUEST;
};

/// Reads one request's body once, front to back. Used by the request's thread.
class ClientStream {
public:
    /// `body` is what the request's head says; without it no length is looked at.
    explicit ClientStream(request_rec* request, BodyLength body = {}) noexcept;

    /// LimitRequestBody, known before anything is read: httpd answers and closes the connection.
    [[nodiscard]] bool exceeds_limit() const noexcept;
    /// Waits for the first piece of a sized body that filters of the request's own may change; the
    /// next read gives it, or what became of it. Returns true where a filter changes the length, so
    /// that it is unknown now: one that decodes the body (mod_deflate) takes Content-Length and
    /// Content-Encoding from the request's headers when it is first read. Requires: nothing was read.
    [[nodiscard]] bool settle() noexcept;
    /// What is known of the body's length.
    [[nodiscard]] const BodyLength& body() const noexcept { return body_; }

    /// Waits for at least one byte, and takes with it what is at hand without waiting, as far as
    /// `space` goes. Where bytes were read, what failed behind them is the next read's result. Where
    /// a filter made a sized body shorter or longer, its last bytes are not given but refused with
    /// 500, and a line in the log says why: nobody may take what was given for all of it.
    [[nodiscard]] ClientResult read(MutableBytes space) noexcept;
    /// Reads until `space` is full or the body ends. `count` is what was read, also with `end`.
    [[nodiscard]] ClientResult fill(MutableBytes space) noexcept;

private:
    [[nodiscard]] ClientResult failed(apr_status_t status) const noexcept;
    [[nodiscard]] bool is_filtered() const noexcept;
    [[nodiscard]] apr_status_t ask(std::size_t count, apr_read_type_e wait) noexcept;
    [[nodiscard]] apr_status_t keep_rest() noexcept;
    [[nodiscard]] apr_status_t give(MutableBytes space, std::size_t& count) noexcept;
    [[nodiscard]] ClientResult take(MutableBytes space, apr_read_type_e wait) noexcept;
    [[nodiscard]] ClientResult wait_for_some(MutableBytes space) noexcept;
    [[nodiscard]] ClientResult look_on(MutableBytes space, std::size_t count) noexcept;
    [[nodiscard]] ClientResult held_to_length(const ClientResult& result) noexcept;
    [[nodiscard]] ClientResult another_length(const char* how) noexcept;

    request_rec* request_;
    BodyLength body_;
    std::uint64_t left_;                     ///< of a sized body
    bool has_filters_;                       ///< of the request's own, as it began
    apr_bucket_brigade* brigade_ = nullptr;  ///< what the filters gave and nobody has taken yet
    std::optional<ClientResult> failure_;    ///< found behind bytes that were given already
    bool at_end_ = false;
};

}  // namespace jk::httpd
