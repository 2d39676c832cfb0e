// A password comes from a file, since other users see arguments and environments.
// Tested by tests/adapter/jkctl/connection_test.cc.
#include "jkctl/connection.h"

#include <cstdlib>
#include <iostream>
#include <memory>

#include "jkctl/report.h"
#include "jkctl/text_file.h"

namespace jk::ctl {

namespace {

std::string url_of(const ConnectionOptions& options)
{
    if (!options.url.empty()) {
        return options.url;
    }
    const char* const named = std::getenv("JKCTL_URL");
    return named != nullptr && *named != '\0' ? named : usual_url;
}

/// The first line of the file; nullopt after it said why there is none.
std::optional<std::string> read_password(const std::string& file, Console& console)
{
    std::string line;
    if (file == "-") {
        std::getline(std::cin, line);
    } else {
        Complaints complaints;
        const std::optional<std::string> text = read_text_file(file, complaints);
        if (!text.has_value()) {
            for (const Complaint& one : complaints) {
                console.err << to_text(one, Colour::none);
            }
            return std::nullopt;
        }
        line = text->substr(0, text->find('\n'));
    }
    if (line.ends_with('\r')) {
        line.pop_back();
    }
    if (line.empty()) {
        console.err << "jkctl: there is no password in the first line of "
                    << (file == "-" ? "the standard input" : file) << '\n';
        return std::nullopt;
    }
    return line;
}

/// What is wrong with the options, or nothing.
std::string objection(const ConnectionOptions& options, const std::string& url)
{
    if (std::string wrong = wrong_with_service(url); !wrong.empty()) {
        return url + " " + wrong;
    }
    return options.user.empty() == options.password_file.empty()
               ? ""
               : "--user and --password-file belong together";
}

}  // namespace

std::optional<Service> connect(const ConnectionOptions& options, Console& console)
{
    const std::string url = url_of(options);
    if (const std::string wrong = objection(options, url); !wrong.empty()) {
        console.err << "jkctl: " << wrong << '\n';
        return std::nullopt;
    }
    Reach reach{.user = options.user,
                .password = {},
                .socket = options.socket,
                .authorities = options.authorities,
                .timeout = std::chrono::seconds{options.timeout_seconds}};
    if (!options.user.empty()) {
        std::optional<std::string> password = read_password(options.password_file, console);
        if (!password.has_value()) {
            return std::nullopt;
        }
        reach.password = std::move(*password);
    }
    // A copyable owner, since a transport is copied.
    const auto client = std::make_shared<HttpClient>(std::move(reach));
    return Service{url, [client](const HttpRequest& request) { return client->ask(request); }};
}

}  // namespace jk::ctl
