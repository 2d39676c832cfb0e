// The trail of failed attempts, and the lines that tell it.
//
// Nothing is logged while a request may still be served. At its end there is one line if it failed,
// with all attempts in it, or, if it was served after all, a warning for each failed attempt.
// Tested by tests/adapter/request/trail_test.cc and tests/system/test_verdicts.py.
#include "request/trail.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>

#include "config/server_config.h"
#include "pool.h"
#include "runtime/child.h"

namespace jk::httpd {

namespace {

// In the order of Phase.
constexpr std::array phase_texts{"encode", "acquire", "connect", "ping",
                                 "send",   "wait",    "head",    "body"};
static_assert(phase_texts.size() == static_cast<std::size_t>(Phase::body) + 1);

/// A line has 4 KiB, and a path may be longer than that.
constexpr int max_uri = 512;

void add_error(std::string& text, int error)
{
    if (error != 0) {
        std::array<char, 80> words{};
        apr_strerror(error, words.data(), words.size());
        text += " (errno " + std::to_string(error) + ", " + words.data() + ")";
    }
}

/// The verdict's words are those of a backend that broke the connection. Where socket_timeout did,
/// there is something else to tell and to do.
const char* what_of(const Report& report) noexcept
{
    if (!report.is_socket_timeout) {
        return row_of(report.verdict).what;
    }
    return report.verdict == Verdict::send_failed ? "the backend took nothing within socket_timeout"
                                                  : "nothing came within socket_timeout";
}

const char* advice_of(const Report& report) noexcept
{
    return report.is_socket_timeout ? "the application is slow or hangs, or socket_timeout is too "
                                      "short for it; a thread "
                                      "dump of Tomcat shows the one"
                                    : row_of(report.verdict).advice;
}

/// "the connection was refused (errno 111, Connection refused)"
std::string fact_of(const Report& report)
{
    std::string text = what_of(report);
    add_error(text, report.error);
    text += report.detail.empty() ? "" : ": ";
    text += report.detail;
    return text;
}

/// "worker a (127.0.0.1:8009; its session): connect: the connection was refused (errno 111,
/// Connection refused) after 0 ms"
void add_attempt(std::string& text, const FailedAttempt& attempt)
{
    const Report& report = attempt.report;
    text += "worker " + attempt.backend->worker->name + " (" +
            attempt.backend->destination().address.text;
    text += *attempt.why == '\0' ? "" : "; ";
    text += attempt.why;
    text += "): ";
    text += to_text(report.phase);
    text += ": ";
    text += fact_of(report);
    text += " after " + std::to_string(report.took.count()) + " ms";
}

void add_advice(std::string& text, const char* advice)
{
    text += *advice == '\0' ? "" : "; ";
    text += advice;
}

/// All attempts, behind the fact where that is none of an attempt, and what to do.
std::string explanation(const Trail& trail, Verdict verdict)
{
    const std::span<const FailedAttempt> kept = trail.kept();
    const bool is_of_attempt = !kept.empty() && kept.back().report.verdict == verdict;
    std::string text = is_of_attempt ? "" : row_of(verdict).what;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        text += text.empty() ? "" : "; ";
        if (i + 1 == kept.size() && trail.omitted() > 0) {
            text += "and " + std::to_string(trail.omitted()) + " more; at last ";
        }
        add_attempt(text, kept[i]);
    }
    add_advice(text, kept.empty() ? row_of(verdict).advice : advice_of(kept.back().report));
    return text;
}

/// How the client saw it: " failed with 503". A filter of httpd that refuses a body may have
/// answered itself.
std::string end_of(const Conclusion& conclusion, bool is_clients)
{
    if (conclusion.status == AP_FILTER_ERROR) {
        return " ended with httpd's own answer";
    }
    if (conclusion.status != OK) {
        return (is_clients ? " ended with " : " failed with ") + std::to_string(conclusion.status);
    }
    return is_clients ? " ended within its answer" : " was cut off within its answer";
}

void log_failed(const request_rec* request, const Trail& trail, const Conclusion& conclusion)
{
    const VerdictRow& row = row_of(conclusion.verdict);
    const bool is_clients = row.ending == lb::Ending::client_error;
    const std::string end = end_of(conclusion, is_clients);
    const std::string text = explanation(trail, conclusion.verdict);
    JK_LOG(log_context(request), is_clients ? Level::info : Level::error, "%s %.*s%s [%s]%s%s: %s",
           request->method, max_uri, request->uri, end.c_str(), row.code.data(),
           conclusion.balancer == nullptr ? "" : " at balancer ",
           conclusion.balancer == nullptr ? "" : conclusion.balancer, text.c_str());
}

/// Since httpd began to read the request; 0 where the clock was set back since.
std::uint32_t milliseconds_of(const request_rec* request, TimePoint end) noexcept
{
    constexpr std::int64_t per_milli = 1000;
    constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
    const std::int64_t took = (to_micros(end) - request->request_time) / per_milli;
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(took, 0, most));
}

/// The request as it is kept for the status: of its attempts the last.
lb::Failure failure_of(const request_rec* request, const Trail& trail, const Conclusion& conclusion)
{
    lb::Failure failure;
    failure.time = now();
    failure.balancer = view(conclusion.balancer);
    failure.verdict = static_cast<std::uint8_t>(conclusion.verdict);
    const bool has_answered = conclusion.status == OK || conclusion.status == AP_FILTER_ERROR;
    failure.status = static_cast<std::uint16_t>(has_answered ? request->status : conclusion.status);
    failure.attempts = static_cast<std::uint32_t>(trail.count());
    failure.milliseconds = milliseconds_of(request, failure.time);
    failure.what = row_of(conclusion.verdict).what;
    failure.phase = static_cast<std::uint8_t>(Phase::acquire);
    if (!trail.kept().empty()) {
        const FailedAttempt& last = trail.kept().back();
        failure.member = last.backend->worker->name;
        failure.phase = static_cast<std::uint8_t>(last.report.phase);
        failure.what = fact_of(last.report);
    }
    failure.method = request->method;
    failure.path = lb::plain_path(request->uri);
    failure.client = view(request->useragent_ip);
    return failure;
}

void log_survived(const request_rec* request, const Trail& trail)
{
    for (const FailedAttempt& attempt : trail.kept()) {
        const VerdictRow& row = row_of(attempt.report.verdict);
        std::string text;
        add_attempt(text, attempt);
        text += " [" + std::string{row.code} + "]";
        add_advice(text, advice_of(attempt.report));
        JK_LOG(log_context(request), Level::warn, "%s %.*s was served, but not at once: %s",
               request->method, max_uri, request->uri, text.c_str());
    }
    if (trail.omitted() > 0) {
        JK_LOG(log_context(request), Level::warn, "%s %.*s: %d more attempts failed",
               request->method, max_uri, request->uri, static_cast<int>(trail.omitted()));
    }
}

void keep(const request_rec* request, const Trail& trail, const Conclusion& conclusion)
{
    const bool is_clients = row_of(conclusion.verdict).ending == lb::Ending::client_error;
    if (conclusion.child != nullptr && !is_clients) {
        Child& child = *conclusion.child;
        child.runtime().segment().failures().add(failure_of(request, trail, conclusion),
                                                 child.pid());
    }
}

}  // namespace

const char* to_text(Phase phase) noexcept
{
    const auto index = static_cast<std::size_t>(phase);
    return index < phase_texts.size() ? phase_texts[index] : "";
}

void Trail::turn_to(const Backend& backend, const char* why) noexcept
{
    backend_ = &backend;
    why_ = why;
}

void Trail::add(apr_pool_t* pool, const Report& report) noexcept
{
    if (kept_ == nullptr) {
        kept_ = static_cast<FailedAttempt*>(apr_palloc(pool, capacity * sizeof(FailedAttempt)));
    }
    new (&kept_[std::min(count_, capacity - 1)]) FailedAttempt{backend_, why_, report};
    ++count_;
    why_ = "again";
}

std::span<const FailedAttempt> Trail::kept() const noexcept
{
    return {kept_, std::min(count_, capacity)};
}

void conclude(const request_rec* request, const Trail& trail, const Conclusion& conclusion)
{
    note_verdict(request, conclusion.verdict);
    if (conclusion.verdict == Verdict::ok) {
        log_survived(request, trail);
    } else {
        log_failed(request, trail, conclusion);
        keep(request, trail, conclusion);
    }
}

}  // namespace jk::httpd
