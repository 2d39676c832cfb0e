// JkAutoAlias. Only the top level of each context is protected, as with the original: nested
// contexts are not looked for. Tested by tests/adapter/request/auto_alias_test.cc and
// tests/system/test_local_files.py.
#include "request/auto_alias.h"

#include <string_view>

#include "base/text.h"
#include "pool.h"

namespace jk::httpd {

namespace {

/// What stands at folder + path; APR_NOFILE where there is nothing.
apr_filetype_e type_of(request_rec* request, const char* file) noexcept
{
    apr_finfo_t info{};
    const apr_status_t status = apr_stat(&info, file, APR_FINFO_TYPE, request->pool);
    return status == APR_SUCCESS ? info.filetype : APR_NOFILE;
}

bool is_private(std::string_view segment) noexcept
{
    return equals_caseless(segment, "WEB-INF") || equals_caseless(segment, "META-INF");
}

bool is_archive(std::string_view segment) noexcept
{
    constexpr std::string_view ending = ".war";
    return segment.size() >= ending.size() &&
           equals_caseless(segment.substr(segment.size() - ending.size()), ending);
}

}  // namespace

bool is_file_below(request_rec* request, const char* folder, const char* path) noexcept
{
    return type_of(request, apr_pstrcat(request->pool, folder, path, nullptr)) == APR_REG;
}

int auto_alias(request_rec* request, const char* folder, const char* path) noexcept
{
    std::string_view rest = path;
    const std::string_view context = next_piece(rest, "/").value_or("");
    if (context.empty()) {
        return DECLINED;
    }
    if (is_private(next_piece(rest, "/").value_or(""))) {
        return HTTP_NOT_FOUND;
    }
    const char* const place =
        apr_pstrcat(request->pool, folder, "/", copy_in(request->pool, context), nullptr);
    if (type_of(request, place) == APR_DIR) {
        request->filename = apr_pstrcat(request->pool, folder, path, nullptr);
        return OK;
    }
    return is_archive(context) ? HTTP_FORBIDDEN : DECLINED;
}

}  // namespace jk::httpd
