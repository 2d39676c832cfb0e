// The filters give as little per read as they like: over TLS what one record or 8 KiB hold, of a
// chunked body no more than one chunk, of HTTP/2 about one frame. A packet for the container is to
// be full all the same, since each costs a round trip: so a read waits for the first bytes only,
// then goes on without waiting while the client has more at hand. What waits in the filters is not
// read further ahead: httpd reads the socket by 8,000 bytes however much is asked for, so reading
// more than a packet at a time saves no system call.
// Tested by tests/adapter/request/client_stream_test.cc, tests/system/test_bodies.py and
// test_body_packets.py.
#include "request/client_stream.h"

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

ClientResult ClientStream::failed(apr_status_t status) const noexcept
{
    if (means_gone(status) || request_->connection->aborted != 0) {
        return {ClientRead::gone, 0, HTTP_BAD_REQUEST};
    }
    return {ClientRead::refused, 0, ap_map_http_request_error(status, HTTP_BAD_REQUEST)};
}

/// A filter of the request's own may take "nothing now" for an error: releases of mod_deflate end
/// their stream then. httpd's own protocol and connection filters do not.
bool ClientStream::may_look_on() const noexcept
{
    return request_->input_filters == request_->proto_input_filters;
}

/// One read of the filters; `data` without a byte where they have nothing now.
ClientResult ClientStream::take(MutableBytes space, apr_read_type_e wait) noexcept
{
    if (brigade_ == nullptr) {
        brigade_ = apr_brigade_create(request_->pool, request_->connection->bucket_alloc);
    }
    apr_size_t count = space.size();
    apr_status_t status = ap_get_brigade(request_->input_filters, brigade_, AP_MODE_READBYTES, wait,
                                         static_cast<apr_off_t>(count));
    if (wait == APR_NONBLOCK_READ && APR_STATUS_IS_EAGAIN(status)) {
        return {ClientRead::data, 0, 0};
    }
    if (status == APR_SUCCESS) {
        at_end_ = !APR_BRIGADE_EMPTY(brigade_) && APR_BUCKET_IS_EOS(APR_BRIGADE_LAST(brigade_));
        status = apr_brigade_flatten(brigade_, reinterpret_cast<char*>(space.data()), &count);
        apr_brigade_cleanup(brigade_);
    }
    return status == APR_SUCCESS ? ClientResult{ClientRead::data, count, 0} : failed(status);
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

ClientResult ClientStream::read(MutableBytes space) noexcept
{
    if (failure_.has_value()) {
        return *failure_;
    }
    const ClientResult some = wait_for_some(space);
    return some.status == ClientRead::data && may_look_on() ? look_on(space, some.count) : some;
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
