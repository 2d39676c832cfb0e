// The answer. httpd owns the framing: the decoder took Connection, Transfer-Encoding and their like
// out, and Content-Length is only what the client may expect.
// Tested by tests/adapter/request/response_test.cc and tests/system/test_basic.py.
#include "request/response.h"

#include <sys/socket.h>

#include "ajp/codes.h"
#include "base/text.h"
#include "config/server_config.h"
#include "pool.h"

namespace jk::httpd {

namespace {

constexpr const char* challenge = "WWW-Authenticate";

/// httpd's index of an unknown status is that of 500.
bool is_known(int status) noexcept
{
    return status == HTTP_INTERNAL_SERVER_ERROR ||
           ap_index_of_response(status) != ap_index_of_response(HTTP_INTERNAL_SERVER_ERROR);
}

/// What the filters return when the connection to the client failed. The core filter may take what
/// cannot be sent any more without a word: then the connection says it.
bool is_clients(apr_status_t status) noexcept
{
    return APR_STATUS_IS_ECONNABORTED(status) || APR_STATUS_IS_ECONNRESET(status) ||
           APR_STATUS_IS_EPIPE(status) || APR_STATUS_IS_TIMEUP(status) || APR_STATUS_IS_EOF(status);
}

/// Makes the end of this connection a reset, once what is on its way to the client has gone.
void reset_at_end(conn_rec* connection) noexcept
{
    apr_socket_t* const socket = ap_get_conn_socket(connection);
    apr_os_sock_t descriptor = -1;
    if (socket != nullptr && apr_os_sock_get(&descriptor, socket) == APR_SUCCESS) {
        const linger at_once{1, 0};
        (void)::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        connection->aborted = 1;  // else httpd says a proper goodbye first
    }
}

}  // namespace

int documented_error(const request_rec* request) noexcept
{
    const request_rec* const original = request->prev;
    return original != nullptr && ap_is_HTTP_ERROR(original->status) ? original->status : 0;
}

Response::Response(request_rec* request, const route::RuleOptions& rule) noexcept
    : request_(request), rule_(rule),
      brigade_(apr_brigade_create(request->pool, request->connection->bucket_alloc))
{}

void Response::set_status(const ajp::ResponseHead& head) noexcept
{
    if (const int error = documented_error(request_)) {
        request_->status = error;
        return;
    }
    request_->status = head.status;
    request_->status_line = nullptr;  // httpd's own phrase
    if (!head.reason.empty()) {
        request_->status_line =
            apr_psprintf(request_->pool, "%d %.*s", head.status,
                         static_cast<int>(head.reason.size()), head.reason.data());
    } else if (!is_known(head.status)) {
        request_->status_line = apr_psprintf(request_->pool, "%d Unknown Reason", head.status);
    }
}

/// The type in lower case, so that output filters by type work; its parameters as they are.
void Response::set_content_type(std::string_view value) noexcept
{
    char* const type = copy_in(request_->pool, value);
    for (char* c = type; *c != '\0' && *c != ';'; ++c) {
        *c = lower(*c);
    }
    ap_set_content_type(request_, type);
}

void Response::set_header(const ajp::Field& header) noexcept
{
    apr_pool_t* const pool = request_->pool;
    if (equals_caseless(header.name, "Content-Type")) {
        set_content_type(header.value);
    } else if (equals_caseless(header.name, "Content-Length")) {
        return;  // set as a number, once
    } else if (equals_caseless(header.name, "Last-Modified")) {
        const apr_time_t modified = apr_date_parse_http(copy_in(pool, header.value));
        if (modified != APR_DATE_BAD) {  // a date in the future becomes now
            ap_update_mtime(request_, modified);
            ap_set_last_modified(request_);
        }
    } else if (equals_caseless(header.name, "Location")) {
        apr_table_setn(request_->headers_out, "Location", copy_in(pool, header.value));
    } else {
        apr_table_addn(request_->headers_out, copy_in(pool, header.name),
                       copy_in(pool, header.value));
    }
}

/// With use_server_errors=N the backend's answer from status N on gives way to httpd's page; only
/// the challenges of a 401 are kept.
bool Response::is_replaced(ajp::ResponseHead& head) noexcept
{
    if (rule_.use_server_errors <= 0 || head.status < rule_.use_server_errors) {
        return false;
    }
    handler_status_ = head.status;
    if (head.status == HTTP_UNAUTHORIZED) {
        keep_challenge(head);
    }
    return true;
}

void Response::keep_challenge(ajp::ResponseHead& head) noexcept
{
    apr_table_unset(request_->err_headers_out, challenge);
    while (const std::optional<ajp::Field> header = head.headers.next()) {
        if (equals_caseless(header->name, challenge)) {
            apr_table_addn(request_->err_headers_out, challenge,
                           copy_in(request_->pool, header->value));
        }
    }
    if (apr_table_get(request_->err_headers_out, challenge) == nullptr) {
        JK_LOG(log_context(request_), Level::warn,
               "the backend answered 401 without %s, so no browser will ask for a password",
               challenge);
    }
}

/// A length without the bytes lets the client take the next answer for them. It may stand where
/// httpd, and each client, knows that there are none.
bool Response::may_announce(std::uint16_t status) const noexcept
{
    return !ajp::is_bodyless(request_->method, status) || request_->header_only != 0 ||
           request_->status == HTTP_NOT_MODIFIED;
}

/// Headers that are there before the answer, e.g. of "Header early", are rare: mostly no copy.
void Response::remember() noexcept
{
    const apr_table_t* const headers = request_->headers_out;
    before_ = Before{
        request_->status, request_->status_line, request_->content_type, request_->mtime,
        apr_is_empty_table(headers) != 0 ? nullptr : apr_table_copy(request_->pool, headers)};
}

void Response::start(ajp::ResponseHead& head)
{
    remember();
    if (is_replaced(head)) {
        return;
    }
    set_status(head);
    while (const std::optional<ajp::Field> header = head.headers.next()) {
        set_header(*header);
    }
    if (head.content_length.has_value() && may_announce(head.status)) {
        ap_set_content_length(request_, static_cast<apr_off_t>(*head.content_length));
    }
    if (session_cookie_ != nullptr) {
        apr_table_addn(request_->headers_out, "Set-Cookie", session_cookie_);
    }
    if (head.dropped > 0) {
        JK_LOG(log_context(request_), Level::warn,
               "%d headers of the backend's answer were dropped: their names are no tokens",
               head.dropped);
    }
    if (config_of(request_).has(Option::flush_header)) {
        add_flush();
    }
}

void Response::add_body(Bytes data) noexcept
{
    if (handler_status_ != OK) {
        return;
    }
    apr_bucket* const bucket =
        apr_bucket_transient_create(as_text(data).data(), data.size(), brigade_->bucket_alloc);
    APR_BRIGADE_INSERT_TAIL(brigade_, bucket);
    if (config_of(request_).has(Option::flush_packets)) {
        add_flush();
    }
}

void Response::add_flush() noexcept
{
    if (handler_status_ == OK) {
        APR_BRIGADE_INSERT_TAIL(brigade_, apr_bucket_flush_create(brigade_->bucket_alloc));
    }
}

bool Response::pass() noexcept
{
    if (APR_BRIGADE_EMPTY(brigade_)) {
        return request_->connection->aborted == 0;
    }
    has_left_ = true;
    const apr_status_t status = ap_pass_brigade(request_->output_filters, brigade_);
    apr_brigade_cleanup(brigade_);
    const bool is_connected = request_->connection->aborted == 0;
    is_refused_ = status != APR_SUCCESS && is_connected && !is_clients(status);
    return status == APR_SUCCESS && is_connected;
}

bool Response::finish() noexcept
{
    if (handler_status_ != OK) {
        return true;
    }
    APR_BRIGADE_INSERT_TAIL(brigade_, apr_bucket_eos_create(brigade_->bucket_alloc));
    return pass();
}

void Response::take_back() noexcept
{
    apr_brigade_cleanup(brigade_);
    if (!before_.has_value()) {
        return;
    }
    apr_table_clear(request_->headers_out);
    if (before_->headers != nullptr) {
        apr_table_overlap(request_->headers_out, before_->headers, APR_OVERLAP_TABLES_ADD);
    }
    if (handler_status_ == HTTP_UNAUTHORIZED) {
        apr_table_unset(request_->err_headers_out, challenge);
    }
    request_->status = before_->status;
    request_->status_line = before_->status_line;
    request_->content_type = before_->content_type;
    request_->mtime = before_->modified;
    request_->clength = 0;
    handler_status_ = OK;
    before_.reset();
}

void Response::cut() noexcept
{
    conn_rec* const connection = request_->connection;
    const int status = request_->status;
    connection->keepalive = AP_CONN_CLOSE;
    request_->no_cache = 1;  // else mod_cache keeps the half as the whole
    if (request_->main != nullptr) {
        request_->main->no_cache = 1;
    }
    apr_brigade_cleanup(brigade_);
    // httpd's chunk filter writes no last chunk behind an error bucket of this status.
    APR_BRIGADE_INSERT_TAIL(
        brigade_,
        ap_bucket_error_create(HTTP_BAD_GATEWAY, nullptr, request_->pool, brigade_->bucket_alloc));
    APR_BRIGADE_INSERT_TAIL(brigade_, apr_bucket_flush_create(brigade_->bucket_alloc));
    APR_BRIGADE_INSERT_TAIL(brigade_, apr_bucket_eos_create(brigade_->bucket_alloc));
    (void)ap_pass_brigade(request_->output_filters, brigade_);
    apr_brigade_cleanup(brigade_);
    const bool has_own_page = request_->status != status;  // the head had not left: httpd's 502
    if (!has_own_page && ends_with_connection()) {
        reset_at_end(connection);
    }
}

/// An answer of HTTP/1 with neither length nor chunks: a closed connection is its proper end.
bool Response::ends_with_connection() const noexcept
{
    constexpr int http2 = HTTP_VERSION(2, 0);
    return request_->proto_num < http2 && request_->main == nullptr && request_->chunked == 0 &&
           apr_table_get(request_->headers_out, "Content-Length") == nullptr;
}

}  // namespace jk::httpd
