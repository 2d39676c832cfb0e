// What the headers and the body of a request say about who asks and what for; and the answer.
// Tested by tests/adapter/status/asking_test.cc.
#include "status/asking.h"

#include <cstddef>
#include <cstdint>

#include "base/text.h"
#include "base/wording.h"
#include "config/server_config.h"
#include "pool.h"
#include "request/client_stream.h"
#include "request/identity.h"
#include "request/response.h"

namespace jk::httpd {

namespace {

status::Method method_of(const request_rec* request) noexcept
{
    if (request->header_only != 0) {
        return status::Method::head;
    }
    switch (request->method_number) {
    case M_GET: return status::Method::get;
    case M_POST: return status::Method::post;
    default: return status::Method::other;
    }
}

/// For apr_table_do: notes that there is a header of that kind.
int note_fetch_metadata(void* found, const char* name, const char* /*value*/) noexcept
{
    if (starts_with_caseless(view(name), "Sec-Fetch-")) {
        *static_cast<bool*>(found) = true;
    }
    return 1;
}

std::string_view header(const request_rec* request, const char* name) noexcept
{
    return view(apr_table_get(request->headers_in, name));
}

}  // namespace

std::string_view user_of(request_rec* request) noexcept
{
    const char* const indicated =
        apr_table_get(request->subprocess_env, config_of(request).remote_user_indicator);
    if (indicated != nullptr) {
        return indicated;
    }
    return is_user_admitted(request) ? view(request->user) : std::string_view{};
}

std::string asker_in_log(request_rec* request)
{
    const std::string_view user = user_of(request);
    return concat(
        {"user ", user.empty() ? "-" : escaped(user), " at ", view(request->useragent_ip)});
}

status::Asker asker_of(request_rec* request) noexcept
{
    status::Asker asker;
    asker.user = user_of(request);
    asker.method = method_of(request);
    asker.host = header(request, "Host");
    asker.origin = header(request, "Origin");
    asker.referer = header(request, "Referer");
    asker.fetch_site = header(request, "Sec-Fetch-Site");
    asker.has_cookie = apr_table_get(request->headers_in, "Cookie") != nullptr;
    apr_table_do(note_fetch_metadata, &asker.has_fetch_metadata, request->headers_in, nullptr);
    asker.agent = header(request, "User-Agent");
    asker.token = header(request, "X-JK-Token");
    return asker;
}

Body read_body(request_rec* request)
{
    Body body;
    body.text.resize(most_body + 1);
    const MutableBytes space{reinterpret_cast<std::uint8_t*>(body.text.data()), body.text.size()};
    const ClientResult read = ClientStream{request}.fill(space);
    body.text.resize(read.count);
    switch (read.status) {
    case ClientRead::end: break;
    case ClientRead::data: body.http_status = HTTP_REQUEST_ENTITY_TOO_LARGE; break;
    case ClientRead::gone: body.http_status = HTTP_BAD_REQUEST; break;
    case ClientRead::refused: body.http_status = read.http_status; break;
    }
    return body;
}

Body read_form(request_rec* request)
{
    constexpr std::string_view form_type = "application/x-www-form-urlencoded";
    const std::string_view type = header(request, "Content-Type");
    if (request->method_number != M_POST ||
        !equals_caseless(trim(type.substr(0, type.find(';'))), form_type)) {
        return {};
    }
    return read_body(request);
}

void send_answer(request_rec* request, const Sent& answer)
{
    ap_set_content_type(request, copy_in(request->pool, answer.content_type));
    const int error = documented_error(request);
    request->status = error != 0 ? error : answer.http_status;
    ap_set_content_length(request, static_cast<apr_off_t>(answer.body.size()));
    if (request->header_only == 0) {
        ap_rwrite(answer.body.data(), static_cast<int>(answer.body.size()), request);
    }
}

}  // namespace jk::httpd
