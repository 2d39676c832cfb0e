// Requests to the API, and what its answers mean. A problem document comes from the API itself; any
// other answer but JSON comes from the web server before it, and then the words say what to look at.
// Tested by tests/adapter/jkctl/service_test.cc.
#include "jkctl/service.h"

#include "base/text.h"
#include "base/wording.h"
#include "jkctl/url.h"

namespace jk::ctl {

namespace {

bool is_unreserved(char c) noexcept
{
    const char letter = lower(c);
    return (letter >= 'a' && letter <= 'z') || is_digit(c) || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

void append_encoded(std::string& path, std::string_view segment)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : segment) {
        if (is_unreserved(c)) {
            path += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        path += '%';
        path += digits[byte >> 4];
        path += digits[byte & 15];
    }
}

bool has_type(const HttpAnswer& answer, std::string_view type) noexcept
{
    const std::string_view own = answer.content_type;
    return equals_caseless(trim(own.substr(0, own.find(';'))), type);
}

/// Foreign text for a terminal: what could control it becomes a question mark.
std::string harmless(std::string_view text)
{
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_c1 = text[i] == '\xc2' && i + 1 < text.size() &&
                           static_cast<unsigned char>(text[i + 1]) < 0xa0;
        result += is_control(text[i]) || is_c1 ? '?' : text[i];
        i += is_c1 ? 1 : 0;
    }
    return result;
}

/// What an answer that is not the API's means.
std::string meaning(const HttpAnswer& answer)
{
    switch (answer.status) {
    case 401: return "wants a user and the right password: give --user and --password-file";
    case 403:
        return "refuses access (403): look for Require lines around it in the configuration of "
               "httpd";
    case 404:
        return "is not there (404): is a status worker mounted, as by JkMount /jkmanager/* NAME?";
    default: break;
    }
    if (!answer.location.empty()) {
        return concat({"redirects to ", harmless(answer.location), ": give the place itself"});
    }
    if (answer.status >= 200 && answer.status < 300) {
        return "is not the JSON API: does the URL lead to a status worker of this module?";
    }
    return concat(
        {"answers with status ", decimal(answer.status), ": the error log of httpd says why"});
}

}  // namespace

std::string path_of(std::initializer_list<std::string_view> segments)
{
    std::string path;
    for (const std::string_view segment : segments) {
        path += path.empty() ? "" : "/";
        append_encoded(path, segment);
    }
    return path;
}

std::string wrong_with_service(std::string_view url)
{
    if (const auto parsed = parse_url(url); !parsed.has_value()) {
        return std::string{parsed.error().text};
    }
    const std::string_view authority = url.substr(url.find("://") + 3);
    if (authority.substr(0, authority.find_first_of("/?#")).find('@') != std::string_view::npos) {
        return "names a user, which others could see: use --user and --password-file";
    }
    return url.find_first_of("?#") == std::string_view::npos ? "" : "has a query or a fragment";
}

Service::Service(std::string_view url, Transport transport)
    : url_(url.substr(0, url.find_last_not_of('/') + 1)), transport_(std::move(transport))
{}

Asked<Json> Service::get(const std::string& path) const
{
    return ask("GET", path, "");
}

Asked<Json> Service::patch(const std::string& path, const Json& settings) const
{
    return ask("PATCH", path, to_text(settings));
}

Asked<Json> Service::post(const std::string& path) const
{
    return ask("POST", path, "{}");
}

Failure Service::failure_of(const HttpAnswer& answer) const
{
    if (has_type(answer, "application/problem+json")) {
        if (const auto problem = parse_json(answer.body); problem.has_value()) {
            const std::string_view detail = (*problem)["detail"].text();
            return {answer.status, harmless(detail.substr(0, detail.find_last_not_of(". ") + 1))};
        }
    }
    return {0, concat({url_, " ", meaning(answer)})};
}

Asked<Json> Service::ask(const char* method, const std::string& path, std::string body) const
{
    const Asked<HttpAnswer> answer =
        transport_({method, concat({url_, "/api/v1/", path}), std::move(body)});
    if (!answer.has_value()) {
        return unanswered(0, concat({url_, " cannot be reached: ", answer.error().text}));
    }
    if (answer->status == 200 && has_type(*answer, "application/json")) {
        if (auto json = parse_json(answer->body); json.has_value()) {
            return std::move(*json);
        }
    }
    return detail::unexpected<Failure>(failure_of(*answer));
}

}  // namespace jk::ctl
