// The files of the status page. .build-aux/embed.sh makes embedded_assets.inc of them, one row each.
// Clients ask again each time whether what they have is still good (no-cache and an entity tag): the
// files of one page belong together, and after an update of the module none of them may be old.
// Tested by tests/adapter/status/assets_test.cc.
#include "status/assets.h"

#include <array>

#include "pool.h"
#include "status/asking.h"

namespace jk::httpd {

namespace {

using namespace std::string_view_literals;

constexpr Asset files[] = {
#include "status/embedded_assets.inc"
};

struct ContentType {
    std::string_view ending;
    const char* type;
};

constexpr std::array content_types{
    ContentType{".js", "text/javascript; charset=utf-8"},
    ContentType{".css", "text/css; charset=utf-8"},
    ContentType{".svg", "image/svg+xml"},
};

const char* content_type_of(std::string_view name) noexcept
{
    for (const ContentType& row : content_types) {
        if (name.ends_with(row.ending)) {
            return row.type;
        }
    }
    return "text/plain; charset=utf-8";
}

bool has_already(const request_rec* request, const Asset& asset)
{
    const std::string_view tags = view(apr_table_get(request->headers_in, "If-None-Match"));
    return tags == "*" || tags.find(asset.entity_tag) != std::string_view::npos;
}

}  // namespace

std::span<const Asset> assets() noexcept
{
    return files;
}

const Asset* asset_at(std::string_view path) noexcept
{
    constexpr std::string_view folder = "/assets/";
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos || !path.substr(0, slash + 1).ends_with(folder)) {
        return nullptr;
    }
    const std::string_view name = path.substr(slash + 1);
    for (const Asset& asset : files) {
        if (asset.name == name) {
            return &asset;
        }
    }
    return nullptr;
}

int serve_asset(request_rec* request, const Asset& asset)
{
    apr_table_t* const headers = request->headers_out;
    apr_table_setn(headers, "Cache-Control", "no-cache");
    apr_table_setn(headers, "ETag", asset.entity_tag);
    apr_table_setn(headers, "X-Content-Type-Options", "nosniff");
    if (has_already(request, asset)) {
        return HTTP_NOT_MODIFIED;
    }
    send_answer(request, {request->status, content_type_of(asset.name), asset.bytes});
    return OK;
}

}  // namespace jk::httpd
