// httpd's functions: requests, answers, and the filters at both ends.
#include "support/httpd_fakes.h"

#include <algorithm>
#include <cstring>

using jk::test::fakes;
using jk::test::Input;

namespace {

/// A bucket as Fakes::passed shows it.
std::string text_of(apr_bucket* bucket)
{
    if (APR_BUCKET_IS_EOS(bucket)) {
        return "<eos>";
    }
    if (APR_BUCKET_IS_FLUSH(bucket)) {
        return "<flush>";
    }
    if (AP_BUCKET_IS_ERROR(bucket)) {
        const auto* const data = static_cast<ap_bucket_error*>(bucket->data);
        return "<error " + std::to_string(data->status) + ">";
    }
    const char* data = nullptr;
    apr_size_t size = 0;
    apr_bucket_read(bucket, &data, &size, APR_BLOCK_READ);
    return {data, size};
}

apr_status_t read_nothing(apr_bucket*, const char** data, apr_size_t* size, apr_read_type_e)
{
    *data = nullptr;
    *size = 0;
    return APR_SUCCESS;
}

/// The memory of a filter that uses it again and again.
std::string& generous_memory()
{
    static std::string memory;
    return memory;
}

apr_bucket* generous_bucket(const std::string& data, apr_bucket_alloc_t* list)
{
    generous_memory() = data;
    return apr_bucket_transient_create(generous_memory().data(), data.size(), list);
}

void destroy_error(void* data)
{
    if (apr_bucket_shared_destroy(data) != 0) {
        apr_bucket_free(data);
    }
}

}  // namespace

extern "C" {

const apr_bucket_type_t ap_bucket_type_error = {"ERROR",
                                                5,
                                                apr_bucket_type_t::APR_BUCKET_METADATA,
                                                destroy_error,
                                                read_nothing,
                                                apr_bucket_setaside_notimpl,
                                                apr_bucket_split_notimpl,
                                                apr_bucket_shared_copy};

apr_bucket* ap_bucket_error_create(int error, const char*, apr_pool_t*, apr_bucket_alloc_t* list)
{
    auto* const bucket = static_cast<apr_bucket*>(apr_bucket_alloc(sizeof(apr_bucket), list));
    APR_BUCKET_INIT(bucket);
    bucket->free = apr_bucket_free;
    bucket->list = list;
    auto* const data =
        static_cast<ap_bucket_error*>(apr_bucket_alloc(sizeof(ap_bucket_error), list));
    data->status = error;
    data->data = nullptr;
    apr_bucket_shared_make(bucket, data, 0, 0);
    bucket->type = &ap_bucket_type_error;
    return bucket;
}

apr_socket_t* ap_get_conn_socket(conn_rec*)
{
    return fakes().client_socket;
}

apr_status_t ap_pass_brigade(ap_filter_t*, apr_bucket_brigade* brigade)
{
    if (fakes().on_pass) {
        fakes().on_pass();
    }
    std::string text;
    for (apr_bucket* one = APR_BRIGADE_FIRST(brigade); one != APR_BRIGADE_SENTINEL(brigade);
         one = APR_BUCKET_NEXT(one)) {
        text += text_of(one);
    }
    fakes().passed.push_back(text);
    return fakes().pass_status;
}

apr_status_t ap_get_brigade(ap_filter_t*, apr_bucket_brigade* brigade, ap_input_mode_t,
                            apr_read_type_e wait, apr_off_t limit)
{
    if (fakes().on_ask) {
        fakes().on_ask();
    }
    std::ranges::fill(generous_memory(), '#');
    if (fakes().input.empty()) {
        return APR_EGENERAL;
    }
    Input& front = fakes().input.front();
    if (wait == APR_NONBLOCK_READ && front.pause.has_value()) {
        return *front.pause;
    }
    front.pause.reset();
    if (front.status != APR_SUCCESS) {
        const apr_status_t status = front.status;
        fakes().input.pop_front();
        return status;
    }
    const std::size_t count = front.is_generous
                                  ? front.data.size()
                                  : std::min(front.data.size(), static_cast<std::size_t>(limit));
    APR_BRIGADE_INSERT_TAIL(brigade, front.is_generous
                                         ? generous_bucket(front.data, brigade->bucket_alloc)
                                         : apr_bucket_heap_create(front.data.data(), count, nullptr,
                                                                  brigade->bucket_alloc));
    if (count < front.data.size()) {
        front.data.erase(0, count);
        return APR_SUCCESS;
    }
    if (front.is_last) {
        APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(brigade->bucket_alloc));
    }
    fakes().input.pop_front();
    return APR_SUCCESS;
}

int ap_map_http_request_error(apr_status_t status, int otherwise)
{
    if (status == AP_FILTER_ERROR) {
        return AP_FILTER_ERROR;
    }
    return status == APR_ENOSPC ? HTTP_REQUEST_ENTITY_TOO_LARGE : otherwise;
}

int ap_rwrite(const void* data, int size, request_rec*)
{
    fakes().written.append(static_cast<const char*>(data), static_cast<std::size_t>(size));
    return size;
}

char* ap_strcasestr(const char* text, const char* part)
{
    return const_cast<char*>(::strcasestr(text, part));
}

void ap_set_content_type(request_rec* request, const char* type)
{
    request->content_type = type;
}

void ap_set_content_length(request_rec* request, apr_off_t length)
{
    request->clength = length;
    apr_table_setn(request->headers_out, "Content-Length",
                   apr_psprintf(request->pool, "%" APR_OFF_T_FMT, length));
}

void ap_update_mtime(request_rec* request, apr_time_t modified)
{
    request->mtime = std::max(request->mtime, modified);
}

void ap_set_last_modified(request_rec* request)
{
    char* const text = static_cast<char*>(apr_palloc(request->pool, APR_RFC822_DATE_LEN));
    apr_rfc822_date(text, std::min(request->mtime, request->request_time));
    apr_table_setn(request->headers_out, "Last-Modified", text);
}

/// As httpd: a status that it does not know has the index of 500.
int ap_index_of_response(int status)
{
    constexpr int known[] = {200, 201, 204, 206, 301, 302, 304, 400, 401, 403, 404, 502, 503, 504};
    for (int i = 0; i < static_cast<int>(std::size(known)); ++i) {
        if (known[i] == status) {
            return i;
        }
    }
    return static_cast<int>(std::size(known));
}
}
