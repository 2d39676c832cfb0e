// Answers of the JSON API, good and bad.
#pragma once

#include <string>
#include <string_view>

namespace jk::status {

/// What goes back to the client.
struct ApiAnswer {
    int http_status = 200;
    std::string_view content_type = "application/json";
    std::string body;
    std::string entity_tag{};  ///< with its quotes; empty: none
    std::string_view allow{};  ///< the Allow header; empty: none
    std::string refusal{};     ///< for the log: why nothing was changed; empty: nothing to say
};

/// A problem (RFC 9457) of one request.
struct Problem {
    int http_status;
    std::string detail;      ///< a sentence for people
    std::string property{};  ///< which one is meant; empty: none
};

/// Returns the answer that says it. Requires: a status of the table in problem.cc.
[[nodiscard]] ApiAnswer answer_of(const Problem& problem);

}  // namespace jk::status
