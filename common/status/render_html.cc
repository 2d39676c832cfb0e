// The HTML format: one page without script or form, whose only loads are its own style and the
// stylesheet of the `css` property. Tested by tests/unit/status/render_html_test.cc.
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
#include "status/html_tables.h"

namespace jk::status {

namespace {

constexpr std::string_view style = R"(
:root { --ink: #1b1f24; --paper: #fff; --quiet: #57606a; --line: #d0d7de; --link: #0550ae;
  --good: #116329; --degraded: #7d4e00; --bad: #a40e26; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --quiet: #9198a1;
  --line: #3d444d; --link: #79c0ff; --good: #56d364; --degraded: #e3b341; --bad: #ff7b72; } }
:root { color-scheme: light dark; }
body { margin: 1.5rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper); }
a { color: var(--link); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.25rem; } h3 { font-size: 1.1rem; }
nav p, .switch { margin: .25rem 0; }
nav p > * { margin-right: .5rem; }
.worker { border-top: 1px solid var(--line); margin-top: 1rem; }
.wide { overflow-x: auto; margin: .5rem 0 1rem; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { border: 1px solid var(--line); padding: .2rem .5rem; text-align: left;
  vertical-align: top; }
tr > th[scope=col] { vertical-align: bottom; }
.good, .degraded, .bad { font-weight: 600; }
.good { color: var(--good); } .degraded { color: var(--degraded); }
.bad, .error { color: var(--bad); }
small, .quiet, dt { color: var(--quiet); }
dl.facts { display: grid; grid-template-columns: max-content auto; gap: 0 1rem; }
dd { margin: 0 0 .25rem; }
)";

constexpr std::array<std::uint32_t, 3> refresh_choices{5, 10, 60};  // s

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
    return document.header == Header::full && document.page.command != "version";
}

void append_head(Html& html, const Document& document)
{
    html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.raw("<meta name=\"robots\" content=\"noindex\">\n");
    if (shows_workers(document) && document.page.refresh != 0) {
        html.raw("<meta http-equiv=\"refresh\" content=\"");
        html.text(number_value(document.page.refresh).text).raw("\">\n");
    }
    html.raw("<title>Workers");
    if (document.error.empty()) {
        html.raw(" of ").text(server_of(document));
    }
    html.raw("</title>\n<style>");
    html.raw(style).raw("</style>\n");
    if (!document.settings->css.empty()) {
        html.raw("<link rel=\"stylesheet\" href=\"").text(document.settings->css).raw("\">\n");
    }
    html.raw("</head>\n");
}

void append_fact(Html& html, std::string_view name, std::string_view value)
{
    html.raw("<dt>").text(name).raw("</dt><dd>").text(value).raw("</dd>\n");
}

void append_header(Html& html, const Document& document)
{
    const Subject subject = subject_of(document);
    const Snapshot& snapshot = *document.snapshot;
    html.raw("<header>\n<h1>Workers of ").text(server_of(document));
    html.raw(document.is_read_only() ? " (read only)</h1>\n" : "</h1>\n");
    html.raw("<dl class=\"facts\">\n");
    append_fact(html, "Web server", snapshot.web_server);
    append_fact(html, "Connector", snapshot.jk_version);
    append_fact(html, "Time", readable_time(snapshot.now, snapshot.utc_offset));
    append_fact(html, "Unix time", read(Kind::time, "unix", subject).text);
    html.raw("</dl>\n</header>\n");
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
    Page version;
    version.command = "version";
    html.choice(version, "Version", document.page.command == "version").raw("</p>\n");
}

/// True where there is no worker, as against workers that are hidden.
bool is_empty(const Document& document) noexcept
{
    const Snapshot& snapshot = *document.snapshot;
    return document.is_list ? snapshot.balancers.empty() && snapshot.workers.empty()
                            : document.balancers.empty() && document.workers.empty();
}

void append_body(Html& html, const Document& document)
{
    append_header(html, document);
    html.raw("<nav aria-label=\"This page\">\n");
    append_ways(html, document);
    append_formats(html, document.page);
    if (shows_workers(document)) {
        append_refresh(html, document.page);
    }
    html.raw("</nav>\n<main>\n");
    append_balancers(html, document);
    append_workers(html, document);
    if (shows_workers(document)) {
        html.raw(is_empty(document) ? "<p>No balancer and no AJP worker to show.</p>\n" : "");
        append_legend(html, document);
    }
    html.raw("</main>\n");
}

void append_error(Html& html, const Document& document)
{
    html.raw("<main>\n<h1>Workers</h1>\n<p class=\"error\" role=\"alert\"><strong>ERROR</strong>: ")
        .text(document.error);
    html.raw("</p>\n<p>").link(Page{}, "All workers").raw("</p>\n</main>\n");
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
    if (document.error.empty()) {
        append_body(html, document);
    } else {
        append_error(html, document);
    }
    html.raw("</body>\n</html>\n");
    return html.take();
}

std::string security_policy(const conf::StatusSettings& settings)
{
    std::string policy = "default-src 'none'; style-src 'unsafe-inline'";
    if (!settings.css.empty()) {
        const std::string_view origin = origin_of(settings.css);
        policy += ' ';
        policy += origin.empty() ? "'self'" : origin;
    }
    return policy + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

}  // namespace jk::status
