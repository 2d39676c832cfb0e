// The HTML format: a page that is complete without script. A page that was asked for by its bare
// path also names the script that puts a livelier one in its place.
// Tested by tests/unit/status/render_html_test.cc.
#include "status/render.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "status/calendar.h"
#include "status/escape.h"
#include "status/field_value.h"
#include "status/fields.h"
#include "status/formats.h"
#include "status/html.h"
#include "status/html_forms.h"
#include "status/html_style.h"
#include "status/html_tables.h"

namespace jk::status {

namespace {

constexpr std::array<std::uint32_t, 3> refresh_choices{5, 10, 60};  // s
constexpr std::uint32_t pause = 3;  // s that the page behind a change stays

Subject subject_of(const Document& document) noexcept
{
    return {.document = &document};
}

std::string server_of(const Document& document)
{
    const Subject subject = subject_of(document);
    return read(Kind::server, "name", subject).text + ':' +
           read(Kind::server, "port", subject).text;
}

/// True for the pages that show workers, and are worth looking at again.
bool shows_workers(const Document& document) noexcept
{
    return document.header == Header::full && !document.is_dump &&
           document.page.command != "version";
}

/// True for the page behind a change: nothing went wrong, and there is nothing to show.
bool is_behind_change(const Document& document) noexcept
{
    return document.error.empty() && document.header == Header::none;
}

/// Appends the elements that load a file beside the status: a path is named from its last segment
/// on, so that they hold behind a proxy that maps paths, too.
void append_assets(Html& html, std::string_view uri)
{
    const std::string_view segment = uri.substr(uri.rfind('/') + 1);
    std::string base = "./";
    append_query_value(base, segment);
    base += segment.empty() ? "assets/" : "/assets/";
    html.raw("<link rel=\"stylesheet\" href=\"").text(base).raw("page.css\">\n");
    html.raw("<script src=\"").text(base).raw("page.js\" defer></script>\n");
}

void append_refresh_element(Html& html, const Document& document)
{
    const Page& page = document.page;
    if (is_behind_change(document)) {
        html.raw("<meta http-equiv=\"refresh\" content=\"").text(number_value(pause).text);
        html.raw(";url=").text(query_of(way_back(page))).raw("\">\n");
    } else if (shows_workers(document) && page.refresh != 0) {
        html.raw("<meta http-equiv=\"refresh\" content=\"");
        html.text(number_value(page.refresh).text).raw("\">\n");
    }
}

std::string_view title_of(const Document& document) noexcept
{
    if (document.is_dump) {
        return "Configuration";
    }
    return document.header == Header::server ? "Settings" : "Workers";
}

void append_head(Html& html, const Document& document)
{
    html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.raw("<meta name=\"robots\" content=\"noindex\">\n");
    append_refresh_element(html, document);
    html.raw("<title>").text(title_of(document));
    if (document.error.empty()) {
        html.raw(" of ").text(server_of(document));
    }
    html.raw("</title>\n<style>").raw(page_style).raw("</style>\n");
    if (!document.settings->css.empty()) {
        html.raw("<link rel=\"stylesheet\" href=\"").text(document.settings->css).raw("\">\n");
    }
    if (document.page.is_bare && document.error.empty()) {
        append_assets(html, document.snapshot->uri);
    }
    html.raw("</head>\n");
}

void append_fact(Html& html, std::string_view name, std::string_view value)
{
    html.raw("<dt>").text(name).raw("</dt><dd>").text(value).raw("</dd>\n");
}

void append_facts(Html& html, const Document& document)
{
    const Snapshot& snapshot = *document.snapshot;
    html.raw("<dl class=\"facts\">\n");
    append_fact(html, "Web server", snapshot.web_server);
    append_fact(html, "Connector", snapshot.jk_version);
    append_fact(html, "Time", readable_time(snapshot.now, snapshot.utc_offset));
    append_fact(html, "Unix time", read(Kind::time, "unix", subject_of(document)).text);
    html.raw("</dl>\n");
}

void append_header(Html& html, const Document& document)
{
    html.raw("<header>\n<h1>Workers of ").text(server_of(document));
    html.raw(document.is_read_only() ? " (read only)</h1>\n" : "</h1>\n");
    if (document.header == Header::full) {
        append_facts(html, document);
    }
    html.raw("</header>\n");
}

void append_refresh(Html& html, const Page& page)
{
    Page to = page;
    to.refresh = 0;
    html.raw("<p>Refresh: ").choice(to, "never", page.refresh == 0).raw("\n");
    for (const std::uint32_t seconds : refresh_choices) {
        to.refresh = seconds;
        html.choice(to, number_value(seconds).text + " s", page.refresh == seconds).raw("\n");
    }
    html.raw("</p>\n");
}

void append_formats(Html& html, const Page& page)
{
    Page to = page;
    html.raw("<p>Format: ");
    for (const Format& format : formats()) {
        to.format = format.name;
        to.refresh = format.name == page.format ? page.refresh : 0;
        html.choice(to, format.title, format.name == page.format).raw("\n");
    }
    html.raw("</p>\n");
}

/// The way back to the list, and the switch between reading and writing.
void append_ways(Html& html, const Document& document)
{
    Page to = document.page;
    html.raw("<p>");
    if (!document.is_list) {
        to.command = "list";
        to.worker.reset();
        to.member.reset();
        html.link(to, "All workers").raw("\n");
    }
    if (shows_workers(document) && !document.settings->read_only) {
        to = document.page;
        to.options ^= read_only;
        html.link(to, document.page.has(read_only) ? "Allow changes" : "Read only").raw("\n");
    }
    for (const auto& [command, label] :
         {std::pair{"version", "Version"}, std::pair{"dump", "Configuration"}}) {
        to = Page{};
        to.command = command;
        html.choice(to, label, document.page.command == command).raw("\n");
    }
    html.raw("</p>\n");
}

/// True where there is no worker, as against workers that are hidden.
bool is_empty(const Document& document) noexcept
{
    const Snapshot& snapshot = *document.snapshot;
    return document.is_list ? snapshot.balancers.empty() && snapshot.workers.empty()
                            : document.balancers.empty() && document.workers.empty();
}

void append_dump(Html& html, const Document& document)
{
    html.raw("<h2>Configuration</h2>\n<p>The properties as they were read at the start, without ")
        .raw("secrets. What was changed since is not among them.</p>\n<pre tabindex=\"0\">");
    for (const conf::ShownProperty& property : *document.snapshot->configuration) {
        html.text(property.name).raw("=").text(property.value).raw("\n");
    }
    html.raw("</pre>\n");
}

void append_workers_shown(Html& html, const Document& document)
{
    append_balancers(html, document);
    append_workers(html, document);
    html.raw(is_empty(document) ? "<p>No balancer and no AJP worker to show.</p>\n" : "");
    append_legend(html, document);
}

void append_body(Html& html, const Document& document)
{
    append_header(html, document);
    html.raw("<nav aria-label=\"This page\">\n");
    append_ways(html, document);
    if (document.header == Header::full) {
        append_formats(html, document.page);
    }
    if (shows_workers(document)) {
        append_refresh(html, document.page);
    }
    html.raw("</nav>\n<main>\n");
    if (document.is_dump) {
        append_dump(html, document);
    } else if (shows_workers(document)) {
        append_workers_shown(html, document);
    } else if (document.header == Header::server) {
        append_edit(html, document);
    }
    html.raw("</main>\n");
}

void append_footer(Html& html, const Document& document)
{
    html.raw("<footer class=\"footer\"><p><small>").text(document.snapshot->jk_version);
    html.raw("</small></p></footer>\n");
}

void append_done(Html& html, const Document& document)
{
    html.raw("<main>\n<h1>Done</h1>\n<p role=\"status\">The change is made. In ");
    html.text(number_value(pause).text).raw(" seconds you are ");
    html.link(way_back(document.page), "back").raw(".</p>\n</main>\n");
}

void append_error(Html& html, const Document& document)
{
    html.raw("<main>\n<h1>Workers</h1>\n<p class=\"error\" role=\"alert\"><strong>ERROR</strong>: ")
        .text(document.error);
    html.raw("</p>\n<p>");
    if (document.page.from == "show") {
        html.link(way_back(document.page), "Back").raw("\n");
    }
    html.link(Page{}, "All workers").raw("</p>\n</main>\n");
}

/// Returns scheme, host and port of an absolute http URL; empty for every other text.
std::string_view origin_of(std::string_view url) noexcept
{
    const bool is_absolute =
        starts_with_caseless(url, "http://") || starts_with_caseless(url, "https://");
    const std::size_t host = url.find("//") + 2;
    const auto is_host_char = [](char c) {
        return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '.' || c == '-' ||
               c == ':' || c == '[' || c == ']';
    };
    if (!is_absolute) {
        return {};
    }
    const std::string_view authority = url.substr(host, url.find_first_of("/?#", host) - host);
    const bool is_sound =
        !authority.empty() && std::all_of(authority.begin(), authority.end(), is_host_char);
    return is_sound ? url.substr(0, host + authority.size()) : std::string_view{};
}

}  // namespace

std::string render_html(const Document& document)
{
    Html html;
    append_head(html, document);
    html.raw("<body>\n");
    if (!document.error.empty()) {
        append_error(html, document);
    } else if (is_behind_change(document)) {
        append_done(html, document);
    } else {
        append_body(html, document);
        append_footer(html, document);
    }
    html.raw("</body>\n</html>\n");
    return html.take();
}

std::string security_policy(const conf::StatusSettings& settings)
{
    std::string policy = "default-src 'none'; style-src 'self' 'sha256-";
    policy += page_style_digest;
    policy += '\'';
    if (const std::string_view origin = origin_of(settings.css); !origin.empty()) {
        policy += ' ';
        policy += origin;
    }
    return policy + "; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
                    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
}

}  // namespace jk::status
