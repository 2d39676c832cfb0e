// The backend's answer on its way into httpd's output filters.
#pragma once

#include <optional>

#include "ajp/response_decoder.h"
#include "base/bytes.h"
#include "httpd_api.h"
#include "route/rule_options.h"

namespace jk::httpd {

/// The status of the error whose ErrorDocument this request is, which it keeps; 0 where it is none.
[[nodiscard]] int documented_error(const request_rec* request) noexcept;

/// One request's answer. What is added gathers in one brigade; pass() hands it to the filters, so
/// that a small answer goes down in a single pass. Body bytes are transient buckets over the
/// caller's buffer: pass() before the buffer is used again. Used by the request's thread.
class Response {
public:
    Response(request_rec* request, const route::RuleOptions& rule) noexcept;

    /// A header of ours for the answer's head; the last one given counts. nullptr: none.
    void set_session_cookie(const char* cookie) noexcept { session_cookie_ = cookie; }

    /// Takes status and headers over.
    void start(ajp::ResponseHead& head);
    void add_body(Bytes data) noexcept;
    void add_flush() noexcept;

    /// Gives what gathered to the filters. Returns false when the client is gone, or a filter of
    /// ours refused the answer.
    [[nodiscard]] bool pass() noexcept;
    /// The answer is complete. Returns as pass().
    [[nodiscard]] bool finish() noexcept;

    /// True when it was a filter of ours that did not take what pass() gave it, not the client.
    [[nodiscard]] bool is_refused() const noexcept { return is_refused_; }
    /// True when something of the answer was given to the filters: it cannot be taken back.
    [[nodiscard]] bool has_left() const noexcept { return has_left_; }
    /// Takes back what was started, so that another answer may start; the request is as it was
    /// before. Does nothing where nothing was started. Requires: nothing has left.
    void take_back() noexcept;
    /// Ends an answer that cannot be completed so that the client sees it: no last chunk and a
    /// closed connection in HTTP/1, a reset one where the close itself would be the proper end (no
    /// length and no chunks), a reset stream in HTTP/2.
    void cut() noexcept;

    /// What the handler returns for a complete answer: OK, or the status that httpd's own error
    /// page is to be made for (use_server_errors).
    [[nodiscard]] int handler_status() const noexcept { return handler_status_; }

private:
    void set_status(const ajp::ResponseHead& head) noexcept;
    void set_header(const ajp::Field& header) noexcept;
    void set_content_type(std::string_view value) noexcept;
    void remember() noexcept;
    [[nodiscard]] bool ends_with_connection() const noexcept;
    [[nodiscard]] bool may_announce(std::uint16_t status) const noexcept;
    [[nodiscard]] bool is_replaced(ajp::ResponseHead& head) noexcept;
    void keep_challenge(ajp::ResponseHead& head) noexcept;

    request_rec* request_;
    const route::RuleOptions& rule_;
    apr_bucket_brigade* brigade_;
    const char* session_cookie_ = nullptr;
    int handler_status_ = OK;
    /// What start() overwrites of the request.
    struct Before {
        int status;
        const char* status_line;
        const char* content_type;
        apr_time_t modified;
        const apr_table_t* headers;  ///< nullptr: none
    };
    std::optional<Before> before_;  ///< of an answer that was started
    bool has_left_ = false;
    bool is_refused_ = false;
};

}  // namespace jk::httpd
