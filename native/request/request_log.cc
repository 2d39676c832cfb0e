// The request log: a row per conversion, a format compiled into texts and rows.
// Tested by tests/adapter/request/request_log_test.cc and tests/system/test_request_log.py.
#include "request/request_log.h"

#include <algorithm>
#include <array>

#include "base/wording.h"
#include "config/server_config.h"
#include "guard.h"
#include "pool.h"
#include "request/mapper.h"

namespace jk::httpd {

namespace {

const char* number(request_rec* request, apr_off_t value) noexcept
{
    return apr_psprintf(request->pool, "%" APR_OFF_T_FMT, value);
}

const char* bytes_or_none(request_rec* request) noexcept
{
    return request->bytes_sent == 0 ? nullptr : number(request, request->bytes_sent);
}
const char* bytes(request_rec* request) noexcept
{
    return number(request, request->bytes_sent);
}
const char* protocol(request_rec* request) noexcept
{
    return request->protocol;
}
const char* method(request_rec* request) noexcept
{
    return request->method;
}
const char* port(request_rec* request) noexcept
{
    const apr_port_t set = request->server->port;
    return number(request, set != 0 ? set : ap_default_port(request));
}
const char* query(request_rec* request) noexcept
{
    return request->args == nullptr ? "" : apr_pstrcat(request->pool, "?", request->args, nullptr);
}
/// The request line; a password in its URI is written as X's by apr_uri_unparse.
const char* request_line(request_rec* request) noexcept
{
    if (request->parsed_uri.password == nullptr) {
        return request->the_request;
    }
    return apr_pstrcat(request->pool, request->method, " ",
                       apr_uri_unparse(request->pool, &request->parsed_uri, 0), " ",
                       request->protocol, nullptr);
}
const char* route(request_rec* request) noexcept
{
    return apr_table_get(request->notes, "JK_WORKER_ROUTE");
}
const char* status(request_rec* request) noexcept
{
    return request->status <= 0 ? nullptr : number(request, request->status);
}
const char* duration(request_rec* request) noexcept
{
    return apr_table_get(request->notes, "JK_REQUEST_DURATION");
}
const char* path(request_rec* request) noexcept
{
    return request->uri;
}
const char* configured_name(request_rec* request) noexcept
{
    return request->server->server_hostname;
}
const char* canonical_name(request_rec* request) noexcept
{
    return ap_get_server_name(request);
}
const char* worker(request_rec* request) noexcept
{
    return apr_table_get(request->notes, "JK_WORKER_NAME");
}

struct Conversion {
    char letter;
    const char* (*value)(request_rec* request);  // nullptr where there is none: "-" is written
};

constexpr std::array conversions{
    Conversion{'b', bytes_or_none},  Conversion{'B', bytes},  Conversion{'H', protocol},
    Conversion{'m', method},         Conversion{'p', port},   Conversion{'q', query},
    Conversion{'r', request_line},   Conversion{'R', route},  Conversion{'s', status},
    Conversion{'T', duration},       Conversion{'U', path},   Conversion{'v', configured_name},
    Conversion{'V', canonical_name}, Conversion{'w', worker},
};

/// The character that a backslash and `c` stand for; '\0' where it is none of the escapes.
constexpr char escape(char c) noexcept
{
    return c == 'n' ? '\n' : c == 't' ? '\t' : c == '\\' ? '\\' : '\0';
}

}  // namespace

void RequestLog::add_text(char c)
{
    if (parts_.empty() || parts_.back().value != nullptr) {
        parts_.emplace_back();
    }
    parts_.back().text.push_back(c);
}

Result<RequestLog> RequestLog::compile(std::string_view format)
{
    RequestLog log;
    for (; !format.empty(); format.remove_prefix(1)) {
        const char next = format.size() > 1 ? format[1] : '\0';
        if (format[0] == '%') {
            const auto row = std::find_if(conversions.begin(), conversions.end(),
                                          [next](const Conversion& c) { return c.letter == next; });
            if (row == conversions.end()) {
                return failure(Errc::unknown_name,
                               "a % is followed by none of b B H m p q r R s T U v V w");
            }
            log.parts_.push_back({{}, row->value});
            format.remove_prefix(1);
        } else if (format[0] == '\\' && escape(next) != '\0') {
            log.add_text(escape(next));
            format.remove_prefix(1);
        } else {
            log.add_text(format[0]);
        }
    }
    return log;
}

std::string RequestLog::line(request_rec* request) const
{
    std::string text;
    for (const Part& part : parts_) {
        const char* const value = part.value == nullptr ? nullptr : part.value(request);
        text += part.value == nullptr ? part.text : value == nullptr ? "-" : escaped(value);
    }
    return text;
}

int log_transaction(request_rec* original) noexcept
{
    request_rec* request = original;
    while (request->next != nullptr) {  // what an internal redirect led to
        request = request->next;
    }
    const ServerConfig& config = config_of(request);
    if (config.request_log == nullptr || !state_of(request).was_handled) {
        return DECLINED;
    }
    return guarded(request->server, DECLINED, [&] {
        write_log_line(log_context(request), config.request_log->line(request));
        return OK;
    });
}

}  // namespace jk::httpd
