// Problem documents: type, title and status say what any client knows, detail what went wrong here.
// Tested by tests/unit/status/problem_test.cc.
#include "status/problem.h"

#include <algorithm>
#include <array>

#include "status/json_writer.h"

namespace jk::status {

namespace {

struct Row {
    int status;
    std::string_view title;
};
constexpr std::array rows{
    Row{400, "Bad Request"},
    Row{403, "Forbidden"},
    Row{404, "Not Found"},
    Row{405, "Method Not Allowed"},
    Row{409, "Conflict"},
    Row{412, "Precondition Failed"},
    Row{413, "Content Too Large"},
    Row{415, "Unsupported Media Type"},
    Row{422, "Unprocessable Content"},
    Row{503, "Service Unavailable"},
};

std::string_view title_of(int status) noexcept
{
    const auto is_meant = [status](const Row& row) { return row.status == status; };
    const auto found = std::find_if(rows.begin(), rows.end(), is_meant);
    return found == rows.end() ? "Error" : found->title;
}

}  // namespace

ApiAnswer answer_of(const Problem& problem)
{
    JsonWriter json;
    json.begin_object();
    json.member("type", "about:blank");
    json.member("title", title_of(problem.http_status));
    json.member("status", problem.http_status);
    json.member("detail", problem.detail);
    if (!problem.property.empty()) {
        json.member("property", problem.property);
    }
    json.end_object();
    ApiAnswer answer;
    answer.http_status = problem.http_status;
    answer.content_type = "application/problem+json";
    answer.body = json.finish();
    return answer;
}

}  // namespace jk::status
