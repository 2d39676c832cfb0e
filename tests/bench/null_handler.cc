// The floor of tests/bench/compare.py: an httpd module whose handler answers the bytes that the
// peer would send, from memory. What httpd itself costs, no connector can be cheaper than. Loaded
// is enough: it takes every path below /b/, and like a connector it asks no file for it.
//
// A bench, not a test: `make bench` (README.md).
#define AP_HAVE_C99 1
#include <httpd.h>

#include <apr_buckets.h>
#include <apr_strings.h>
#include <http_config.h>
#include <http_protocol.h>
#include <http_request.h>
#include <util_filter.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace {

// Longer answers repeat it. All zeros where the peer sends letters: nobody looks at them.
const std::array<char, 1 << 20> body{};

bool is_ours(const request_rec* request)
{
    return std::strncmp(request->uri, "/b/", 3) == 0;
}

int keep_from_files(request_rec* request)
{
    return is_ours(request) ? OK : DECLINED;
}

int answer(request_rec* request)
{
    if (!is_ours(request))
        return DECLINED;
    if (const int status = ap_discard_request_body(request); status != OK)
        return status;
    const char* slash = std::strrchr(request->uri, '/');
    auto left = static_cast<apr_size_t>(apr_atoi64(slash + 1));
    ap_set_content_type(request, "text/plain");
    ap_set_content_length(request, static_cast<apr_off_t>(left));
    apr_bucket_alloc_t* const allocator = request->connection->bucket_alloc;
    apr_bucket_brigade* const brigade = apr_brigade_create(request->pool, allocator);
    while (left > 0) {
        const apr_size_t part = std::min(left, body.size());
        apr_bucket* const piece = apr_bucket_immortal_create(body.data(), part, allocator);
        APR_BRIGADE_INSERT_TAIL(brigade, piece);
        left -= part;
    }
    apr_bucket* const end = apr_bucket_eos_create(allocator);
    APR_BRIGADE_INSERT_TAIL(brigade, end);
    ap_pass_brigade(request->output_filters, brigade);
    return OK;
}

void register_hooks(apr_pool_t*)
{
    ap_hook_translate_name(keep_from_files, nullptr, nullptr, APR_HOOK_FIRST);
    ap_hook_map_to_storage(keep_from_files, nullptr, nullptr, APR_HOOK_FIRST);
    ap_hook_handler(answer, nullptr, nullptr, APR_HOOK_MIDDLE);
}

}  // namespace

extern "C" {
// Its definition spells out the record: a line that begins with the word `module` is a module
// declaration in C++20.
extern module_struct null_handler_module;
module_struct null_handler_module = {
    STANDARD20_MODULE_STUFF, nullptr, nullptr, nullptr, nullptr, nullptr, register_hooks,
    AP_MODULE_FLAG_NONE};
}
