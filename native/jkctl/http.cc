// A handle of libcurl's easy interface, kept over all requests of a run so that its connection is.
// Tested by tests/adapter/jkctl/http_test.cc and tests/system/test_jkctl_remote.py.
#include "jkctl/http.h"

#include <cstring>
#include <stdexcept>
#include <string_view>

#include <curl/curl.h>

#include "base/wording.h"

namespace jk::ctl {

namespace {

constexpr std::size_t most_bytes = std::size_t{64} * 1024 * 1024;

/// The one call that libcurl wants before all others; what it took ends with the process.
void prepare_library()
{
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready != CURLE_OK) {
        throw std::runtime_error{"libcurl cannot be used"};
    }
}

/// Takes a piece of the body; fewer bytes than there are end the transfer.
std::size_t take(char* bytes, std::size_t, std::size_t count, void* body)
{
    auto& text = *static_cast<std::string*>(body);
    if (count > most_bytes - text.size()) {
        return 0;
    }
    text.append(bytes, count);
    return count;
}

std::string text_or_empty(CURL* curl, CURLINFO what)
{
    const char* text = nullptr;
    return curl_easy_getinfo(curl, what, &text) == CURLE_OK && text != nullptr ? text : "";
}

/// What went wrong, in words: the system's own where it has some.
std::string reason(CURL* curl, CURLcode code, const char* details, const Reach& reach)
{
    if (code == CURLE_OPERATION_TIMEDOUT) {
        return concat({"no answer within ", decimal(reach.timeout.count() / 1000), " s"});
    }
    if (code == CURLE_WRITE_ERROR) {
        return "an answer that is much too long";
    }
    if (long number = 0; code == CURLE_COULDNT_CONNECT &&
                         curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &number) == CURLE_OK &&
                         number != 0) {
        return std::strerror(static_cast<int>(number));
    }
    return *details != '\0' ? details : curl_easy_strerror(code);
}

}  // namespace

struct HttpClient::Curl {
    CURL* handle = curl_easy_init();
    curl_slist* headers = nullptr;
    char details[CURL_ERROR_SIZE] = {};

    Curl() = default;
    Curl(const Curl&) = delete;
    Curl& operator=(const Curl&) = delete;
    ~Curl()
    {
        curl_slist_free_all(headers);
        curl_easy_cleanup(handle);
    }

    template <class Value> void set(CURLoption option, Value value)
    {
        if (curl_easy_setopt(handle, option, value) != CURLE_OK) {
            throw std::runtime_error{"libcurl does not know what jkctl needs of it"};
        }
    }
    void reach_by(const Reach& reach);
    void prepare(const HttpRequest& request);
};

void HttpClient::Curl::reach_by(const Reach& reach)
{
    headers = curl_slist_append(headers, "Accept: application/json");
    headers = curl_slist_append(headers, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");  // no 100-continue: bodies are small
    set(CURLOPT_HTTPHEADER, headers);
    set(CURLOPT_USERAGENT, "jkctl/" YOKE_VERSION);
    set(CURLOPT_ERRORBUFFER, details);
    set(CURLOPT_WRITEFUNCTION, take);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(reach.timeout.count()));
    if (!reach.user.empty()) {
        set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC | CURLAUTH_DIGEST));
        set(CURLOPT_USERNAME, reach.user.c_str());
        set(CURLOPT_PASSWORD, reach.password.c_str());
    }
    if (!reach.socket.empty()) {
        set(CURLOPT_UNIX_SOCKET_PATH, reach.socket.c_str());
    }
    if (!reach.authorities.empty()) {
        set(CURLOPT_CAINFO, reach.authorities.c_str());
    }
}

void HttpClient::Curl::prepare(const HttpRequest& request)
{
    details[0] = '\0';
    set(CURLOPT_URL, request.url.c_str());
    if (request.method == "GET") {
        set(CURLOPT_CUSTOMREQUEST, static_cast<const char*>(nullptr));
        set(CURLOPT_HTTPGET, 1L);
        return;
    }
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
    set(CURLOPT_POSTFIELDS, request.body.c_str());
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

HttpClient::HttpClient(Reach reach) : reach_(std::move(reach))
{
    prepare_library();
    curl_ = std::make_unique<Curl>();
    if (curl_->handle == nullptr) {
        throw std::runtime_error{"libcurl cannot be used"};
    }
    curl_->reach_by(reach_);
}

HttpClient::~HttpClient() = default;

Asked<HttpAnswer> HttpClient::ask(const HttpRequest& request)
{
    HttpAnswer answer;
    curl_->prepare(request);
    curl_->set(CURLOPT_WRITEDATA, &answer.body);
    if (const CURLcode code = curl_easy_perform(curl_->handle); code != CURLE_OK) {
        return unanswered(0, reason(curl_->handle, code, curl_->details, reach_));
    }
    long status = 0;
    curl_->set(CURLOPT_WRITEDATA, static_cast<void*>(nullptr));
    (void)curl_easy_getinfo(curl_->handle, CURLINFO_RESPONSE_CODE, &status);
    answer.status = static_cast<int>(status);
    answer.content_type = text_or_empty(curl_->handle, CURLINFO_CONTENT_TYPE);
    answer.location = text_or_empty(curl_->handle, CURLINFO_REDIRECT_URL);
    return answer;
}

}  // namespace jk::ctl
