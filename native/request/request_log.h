// JkRequestLogFormat: one line in the module's log for each request that it served.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "httpd_api.h"

namespace jk::httpd {

/// A format, compiled once at the start, then only read (directives.md 3.5).
class RequestLog {
public:
    /// Fails with unknown_name where a letter behind % is none of the table, or none follows.
    [[nodiscard]] static Result<RequestLog> compile(std::string_view format);

    /// Returns the line for a request that is complete, without its stamp. Values have their
    /// control characters written as \xNN; "-" stands for one that there is not.
    [[nodiscard]] std::string line(request_rec* request) const;

private:
    using Value = const char* (*)(request_rec* request);
    struct Part {
        std::string text;  ///< copied as it is, where `value` is nullptr
        Value value = nullptr;
    };

    void add_text(char c);

    std::vector<Part> parts_;
};

/// httpd's hook: writes the line, whatever the log's level, for a request that was handled.
int log_transaction(request_rec* request) noexcept;

}  // namespace jk::httpd
