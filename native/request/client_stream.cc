// Reading the client's body.
// Tested by tests/adapter/request/client_stream_test.cc and tests/system/test_bodies.py.
#include "request/client_stream.h"

namespace jk::httpd {

namespace {

/// The ways in which a client that is not there any more shows.
bool means_gone(apr_status_t status) noexcept
{
    return APR_STATUS_IS_EOF(status) || APR_STATUS_IS_TIMEUP(status) ||
           APR_STATUS_IS_ECONNRESET(status) || APR_STATUS_IS_ECONNABORTED(status) ||
           APR_STATUS_IS_EPIPE(status) || status == APR_INCOMPLETE;
}

}  // namespace

ClientResult ClientStream::failed(apr_status_t status) const noexcept
{
    if (means_gone(status) || request_->connection->aborted != 0) {
        return {ClientRead::gone, 0, HTTP_BAD_REQUEST};
    }
    return {ClientRead::refused, 0, ap_map_http_request_error(status, HTTP_BAD_REQUEST)};
}

ClientResult ClientStream::read(MutableBytes space) noexcept
{
    if (brigade_ == nullptr) {
        brigade_ = apr_brigade_create(request_->pool, request_->connection->bucket_alloc);
    }
    while (!at_end_) {
        apr_status_t status = ap_get_brigade(request_->input_filters, brigade_, AP_MODE_READBYTES,
                                             APR_BLOCK_READ, static_cast<apr_off_t>(space.size()));
        if (status != APR_SUCCESS) {
            return failed(status);
        }
        at_end_ = !APR_BRIGADE_EMPTY(brigade_) && APR_BUCKET_IS_EOS(APR_BRIGADE_LAST(brigade_));
        apr_size_t count = space.size();
        status = apr_brigade_flatten(brigade_, reinterpret_cast<char*>(space.data()), &count);
        apr_brigade_cleanup(brigade_);
        if (status != APR_SUCCESS) {
            return failed(status);
        }
        if (count > 0) {
            return {ClientRead::data, count, 0};
        }
    }
    return {ClientRead::end, 0, 0};
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
