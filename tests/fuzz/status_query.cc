// Fuzzes the classic commands of the status: line 1 is the query string, line 2 the body of a form,
// line 3 the Host, line 4 an Origin, the rest the page's token. What the query wants changed is
// changed before the answer is written, in its own format and in all others.
#include <array>
#include <string>

#include "input.h"
#include "site.h"
#include "status/answer.h"
#include "status/escape.h"
#include "status/formats.h"

namespace {

using jk::fuzz::require;
using jk::fuzz::Site;
using jk::status::Answer;
using jk::status::Inquiry;
using jk::status::Query;
using jk::status::Request;

/// Lines are our own: no control character but their end.
void check_lines(std::string_view body)
{
    require(std::none_of(body.begin(), body.end(),
                         [](char c) { return c != '\n' && jk::is_control(c); }),
            "lines have no control characters");
    require(body.empty() || body.ends_with('\n'), "the last line has an end");
}

void check_properties(std::string_view body)
{
    for (const std::string_view line : jk::fuzz::lines_of(body, body.size())) {
        require(line.starts_with("worker.") && line.find('=') != std::string_view::npos,
                "a property is one of ours");
    }
}

void check(const Answer& answer, std::string_view format)
{
    require(answer.http_status == 200 || answer.http_status == 403, "an answer is 200 or 403");
    require(!answer.content_type.empty() && !answer.body.empty(), "an answer has a body");
    if (format == "txt" || format == "prop") {
        check_lines(answer.body);
    } else {
        jk::fuzz::require_own_markup(answer.body);
    }
    if (format == "prop") {
        check_properties(answer.body);
    }
}

void ask(const Request& request, std::string_view format)
{
    Site site;
    Inquiry inquiry{request, site.status, site.snapshot};
    const auto refusal = site.carry_out(inquiry.changes());
    const Answer answer = inquiry.answer(refusal);
    require(answer.http_status == 200 || inquiry.changes().empty(),
            "who is refused changes nothing");
    require(!refusal || !answer.refusal.empty(), "a refusal is told");
    check(answer, format);
}

void check_escapes(std::string_view text)
{
    std::string markup;
    jk::status::append_markup(markup, text);
    require(markup.find_first_of("<>\"") == std::string::npos && !jk::fuzz::has_control(markup),
            "markup is escaped");
    std::string query{"x="};
    jk::status::append_query_value(query, text);
    require(query.find_first_of("&\"<>'+ ", 2) == std::string::npos, "a query value is escaped");
    const bool has_nul = text.find('\0') != std::string_view::npos;
    const Query read{query};
    require(read.has_failed() == has_nul, "a query value is read, but for NUL");
    require(has_nul || read.find("x") == text, "a query value is read as it was");
    std::string label;
    jk::status::append_label(label, text);
    require(!jk::fuzz::has_control(label), "a label is one line");
}

void check_site(std::string_view origin, std::string_view host)
{
    const std::string own = "https://" + std::string{host};
    require(!jk::status::is_same_site(origin, host) || origin.find("://") != std::string_view::npos,
            "what is of the same site is a URL");
    const bool is_plain = !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return jk::is_digit(c) || (jk::lower(c) >= 'a' && jk::lower(c) <= 'z');
    });
    require(!is_plain || jk::status::is_same_site(own, host), "a site is its own");
    require(!is_plain || !jk::status::is_same_site(own + ".evil", host), "a longer name is not");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    constexpr std::array<std::string_view, 4> others{"html", "xml", "txt", "prop"};
    jk::fuzz::Input input{data, size};
    Request request{};
    request.query = input.line();
    request.form = input.line();
    request.asker.host = input.line();
    request.asker.origin = input.line();
    request.token = "token";
    check_escapes(input.rest_text());
    check_site(request.asker.origin, request.asker.host);

    const Query query{request.query, request.form};
    const auto asked = query.find("mime").value_or("html");
    const bool is_known = jk::status::find_format(asked) != nullptr;
    const std::string_view fallback = jk::status::fallback_format().name;
    ask(request, is_known ? asked : fallback);
    // what is put in front counts less; what is put behind, more
    const std::string_view own = request.form;
    for (const std::string_view format : others) {
        const std::string form = std::string{own} + "&mime=" + std::string{format} + "&token=token";
        request.form = form;
        ask(request, query.has_failed() ? asked : format);
        request.form = own;
    }
    return 0;
}
