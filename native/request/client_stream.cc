// The filters give as little per read as they like: over TLS what one record or 8 KiB hold, of a
// chunked body no more than one chunk, of HTTP/2 about one frame. A packet for the container is to
// be full all the same, since each costs a round trip: so a read waits for the first bytes only,
// then goes on without waiting while the client has more at hand. What waits in the filters is not
// read further ahead: httpd reads the socket by 8,000 bytes however much is asked for, so reading
// more than a packet at a time saves no system call.
//
// Filters of the request's own (mod_ext_filter, mod_lua, mod_charset_lite) give as much as they
// like, too, whatever was asked for. What there was no room for stays in the brigade, and is given
// before they are asked again.
// Tested by tests/adapter/request/client_stream_test.cc, tests/system/test_bodies.py,
// test_body_packets.py and test_input_filters.py.
#include "request/client_stream.h"

#include <algorithm>

#include "config/server_config.h"

namespace jk::httpd {

namespace {

/// The ways in which a client that is not there any more shows. One that is too slow is still there,
/// and gets httpd's 408.
bool means_gone(apr_status_t status) noexcept
{
    return APR_STATUS_IS_EOF(status) || APR_STATUS_IS_ECONNRESET(status) ||
           APR_STATUS_IS_ECONNABORTED(status) || APR_STATUS_IS_EPIPE(status) ||
           status == APR_INCOMPLETE;
}

}  // namespace

ClientStream::ClientStream(request_rec* request, BodyLength body) noexcept
    : request_(request), body_(body), left_(body.length), has_filters_(is_filtered())
{}

ClientResult ClientStream::failed(apr_status_t status) const noexcept
{
    if (means_gone(status) || request_->connection->aborted != 0) {
        return {ClientRead::gone, 0, HTTP_BAD_REQUEST};
    }
    return {ClientRead::refused, 0, ap_map_http_request_error(status, HTTP_BAD_REQUEST)};
}

/// True while a filter of the request's own stands before httpd's protocol and connection filters.
bool ClientStream::is_filtered() const noexcept
{
    return request_->input_filters != request_->proto_input_filters;
}

/// Has the filters fill the brigade, which is empty. Where the client waits for 100, httpd sends it
/// only while the request's status is none of an error, and else invents the end of the body: but
/// that may be the status of an answer whose container asks for the body nevertheless.
apr_status_t ClientStream::ask(std::size_t count, apr_read_type_e wait) noexcept
{
    if (brigade_ == nullptr) {
        brigade_ = apr_brigade_create(request_->pool, request_->connection->bucket_alloc);
    }
    const int answered = request_->status;
    const bool awaits_continue = request_->expecting_100 != 0;
    if (awaits_continue) {
        request_->status = HTTP_OK;
    }
    const apr_status_t status = ap_get_brigade(request_->input_filters, brigade_, AP_MODE_READBYTES,
                                               wait, static_cast<apr_off_t>(count));
    if (awaits_continue && status != AP_FILTER_ERROR) {  // else it is that of httpd's own answer
        request_->status = answered;
    }
    if (status != APR_SUCCESS) {
        apr_brigade_cleanup(brigade_);
    }
    return status;
}

/// Makes what is left in the brigade outlive the filters' next steps: a bucket may stand for memory
/// that its filter is going to write to. One that cannot be set aside holds what it stands for.
apr_status_t ClientStream::keep_rest() noexcept
{
    for (apr_bucket* one = APR_BRIGADE_FIRST(brigade_); one != APR_BRIGADE_SENTINEL(brigade_);
         one = APR_BUCKET_NEXT(one)) {
        const apr_status_t status = apr_bucket_setaside(one, request_->pool);
        if (status != APR_SUCCESS && status != APR_ENOTIMPL) {
            return status;
        }
    }
    return APR_SUCCESS;
}

/// Moves bytes from the brigade to `space` and adds them to `count`. What fails behind some stays
/// there, and fails the next time.
apr_status_t ClientStream::give(MutableBytes space, std::size_t& count) noexcept
{
    while (!at_end_ && !APR_BRIGADE_EMPTY(brigade_)) {
        apr_bucket* const first = APR_BRIGADE_FIRST(brigade_);
        if (APR_BUCKET_IS_METADATA(first)) {
            at_end_ = APR_BUCKET_IS_EOS(first);
        } else if (count == space.size()) {
            return APR_SUCCESS;
        } else {
            const char* data = nullptr;
            apr_size_t size = 0;
            const apr_status_t status = apr_bucket_read(first, &data, &size, APR_BLOCK_READ);
            if (status != APR_SUCCESS) {
                return count > 0 ? APR_SUCCESS : status;
            }
            const std::size_t taken = std::min<std::size_t>(size, space.size() - count);
            std::copy_n(data, taken, space.data() + count);
            count += taken;
            if (taken < size) {
                apr_bucket_split(first, taken);
            }
        }
        apr_bucket_delete(first);
    }
    return APR_SUCCESS;
}

/// What is kept, or one read of the filters; `data` without a byte where they have nothing now.
ClientResult ClientStream::take(MutableBytes space, apr_read_type_e wait) noexcept
{
    const bool has_rest = brigade_ != nullptr && !APR_BRIGADE_EMPTY(brigade_);
    apr_status_t status = has_rest ? APR_SUCCESS : ask(space.size(), wait);
    if (wait == APR_NONBLOCK_READ && APR_STATUS_IS_EAGAIN(status)) {
        return {ClientRead::data, 0, 0};
    }
    std::size_t count = 0;
    if (status == APR_SUCCESS) {
        status = give(space, count);
    }
    if (status == APR_SUCCESS && !has_rest) {
        status = keep_rest();
    }
    return status == APR_SUCCESS ? ClientResult{ClientRead::data, count, 0} : failed(status);
}

bool ClientStream::exceeds_limit() const noexcept
{
    const apr_off_t limit = ap_get_limit_req_body(request_);
    return limit > 0 && body_.kind == ajp::BodyKind::sized &&
           body_.length > static_cast<std::uint64_t>(limit);
}

bool ClientStream::settle() noexcept
{
    if (body_.kind != ajp::BodyKind::sized || !has_filters_) {
        return false;
    }
    apr_status_t status = ask(HUGE_STRING_LEN, APR_BLOCK_READ);
    if (status == APR_SUCCESS) {
        status = keep_rest();
    }
    if (status != APR_SUCCESS) {
        failure_ = failed(status);
        return false;
    }
    if (apr_table_get(request_->headers_in, "Content-Length") != nullptr) {
        return false;
    }
    body_ = {ajp::BodyKind::unknown, 0};
    return true;
}

ClientResult ClientStream::wait_for_some(MutableBytes space) noexcept
{
    while (!at_end_) {
        const ClientResult piece = take(space, APR_BLOCK_READ);
        if (piece.status != ClientRead::data || piece.count > 0) {
            return piece;
        }
    }
    return {ClientRead::end, 0, 0};
}

/// What the client has at hand behind `count` bytes of `space`. A failure waits for the next read,
/// since those bytes are good; but not one that httpd has answered, or there were two answers.
ClientResult ClientStream::look_on(MutableBytes space, std::size_t count) noexcept
{
    while (count < space.size() && !at_end_) {
        const ClientResult piece = take(space.subspan(count), APR_NONBLOCK_READ);
        if (piece.status != ClientRead::data) {
            failure_ = piece;
            request_->connection->keepalive = AP_CONN_CLOSE;  // also if nobody reads on
            return piece.http_status == AP_FILTER_ERROR ? piece
                                                        : ClientResult{ClientRead::data, count, 0};
        }
        if (piece.count == 0) {
            break;
        }
        count += piece.count;
    }
    return {ClientRead::data, count, 0};
}

ClientResult ClientStream::another_length(const char* how) noexcept
{
    JK_LOG(log_context(request_), Level::warn,
           "%s %s: an input filter of this server made the body %s than its Content-Length of %s, "
           "which the backend is told: set %s for such requests, then it is told none",
           request_->method, request_->uri, how,
           apr_psprintf(request_->pool, "%" APR_UINT64_T_FMT, body_.length),
           config_of(request_).ignore_cl_indicator);
    return failure_.emplace(ClientResult{ClientRead::refused, 0, HTTP_INTERNAL_SERVER_ERROR});
}

/// httpd itself holds a body to its length, but its filters know nothing of it.
ClientResult ClientStream::held_to_length(const ClientResult& result) noexcept
{
    if (result.status == ClientRead::end) {
        return left_ > 0 ? another_length("shorter") : result;
    }
    if (result.status != ClientRead::data) {
        return result;
    }
    if (result.count > left_) {
        return another_length("longer");
    }
    left_ -= result.count;
    if (left_ > 0) {
        return result;
    }
    std::uint8_t beyond = 0;
    const ClientResult behind = wait_for_some({&beyond, 1});
    switch (behind.status) {
    case ClientRead::data: return another_length("longer");
    case ClientRead::end: return result;
    case ClientRead::gone:
    case ClientRead::refused: break;
    }
    return failure_.emplace(behind);
}

ClientResult ClientStream::read(MutableBytes space) noexcept
{
    if (failure_.has_value()) {
        return *failure_;
    }
    ClientResult result = wait_for_some(space);
    if (result.status == ClientRead::data && !is_filtered()) {
        result = look_on(space, result.count);
    }
    const bool is_checked = body_.kind == ajp::BodyKind::sized && has_filters_;
    return is_checked ? held_to_length(result) : result;
}

ClientResult ClientStream::fill(MutableBytes space) noexcept
{
    std::size_t used = 0;
    while (used < space.size()) {
        const ClientResult piece = read(space.subspan(used));
        if (piece.status == ClientRead::end) {
            return {ClientRead::end, used, 0};
        }
        if (piece.status != ClientRead::data) {
            return piece;
        }
        used += piece.count;
    }
    return {ClientRead::data, used, 0};
}

}  // namespace jk::httpd
