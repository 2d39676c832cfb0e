// The JSON API of a status worker, as a client sees it.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

#include "jkctl/http.h"
#include "jkctl/json.h"

namespace jk::ctl {

/// Returns the path of a resource: its segments, each percent-encoded, with slashes between them.
[[nodiscard]] std::string path_of(std::initializer_list<std::string_view> segments);

/// Says what is wrong with the URL of a status worker, in words that go on from it; empty: nothing.
/// It has no user, query or fragment.
[[nodiscard]] std::string wrong_with_service(std::string_view url);

/// Each call asks once. Fails with words that name the URL where nobody answers, and with those of
/// the API where it refuses.
class Service {
public:
    using Transport = std::function<Asked<HttpAnswer>(const HttpRequest&)>;

    /// `url` is that of the status worker, "http://host/jkmanager". Requires: it is not wrong.
    Service(std::string_view url, Transport transport);

    [[nodiscard]] const std::string& url() const noexcept { return url_; }
    [[nodiscard]] Asked<Json> get(const std::string& path) const;
    /// Changes settings; returns the resource as it is then.
    [[nodiscard]] Asked<Json> patch(const std::string& path, const Json& settings) const;
    /// Does an action; returns the resource as it is then.
    [[nodiscard]] Asked<Json> post(const std::string& path) const;

private:
    [[nodiscard]] Asked<Json> ask(const char* method, const std::string& path,
                                  std::string body) const;
    [[nodiscard]] Failure failure_of(const HttpAnswer& answer) const;

    std::string url_;  ///< without a slash at its end
    Transport transport_;
};

}  // namespace jk::ctl
