// One attempt. The loop below is the whole of the I/O: the exchange says what to do, this does it.
// Tested by tests/adapter/request/attempt*_test.cc, tests/system/test_errors.py, test_vectors.py.
#include "request/attempt.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "ajp/probe.h"
#include "ajp/request_encoder.h"
#include "config/server_config.h"
#include "pool.h"

namespace jk::httpd {

namespace {

using std::chrono::milliseconds;

milliseconds effective_reply_timeout(const Job& job, const conf::AjpSettings& settings) noexcept
{
    return milliseconds{
        job.reply_timeout.value_or(job.rule.reply_timeout.value_or(settings.reply_timeout))};
}

std::span<const int> failing_statuses(const Job& job, const conf::AjpSettings& settings) noexcept
{
    return job.rule.fail_on_status.has_value() ? std::span<const int>{*job.rule.fail_on_status}
                                               : std::span<const int>{settings.fail_on_status};
}

void fail(Report& report, Verdict verdict, bool may_retry) noexcept
{
    report.verdict = verdict;
    report.may_retry = may_retry;
}

/// What broke the connection: the backend, or the limit that is set for the socket.
void note_break(Report& report, const IoResult& io) noexcept
{
    report.is_socket_timeout = io.status == Io::timed_out;
    report.error = report.is_socket_timeout ? ETIMEDOUT : io.error;
}

/// The phase goes on until the answer's head is there; then it stays the last one.
void go_on(Report& report, Phase phase) noexcept
{
    report.phase = report.phase == Phase::body ? Phase::body : phase;
}

/// Failures that something of the answer shows, before its head was passed on.
bool is_about_head(ajp::Failure failure) noexcept
{
    switch (failure) {
    case ajp::Failure::closed_in_packet:
    case ajp::Failure::protocol:
    case ajp::Failure::failing_status:
    case ajp::Failure::soft_status: return true;
    default: return false;
    }
}

/// How to part with the connection of an exchange that is not complete (balancing.md 11, value 4).
Farewell farewell_of(ajp::Failure failure, unsigned recovery_options) noexcept
{
    constexpr unsigned abrupt_for_clients = 4;
    const bool is_clients =
        failure == ajp::Failure::client_gone || failure == ajp::Failure::client_body;
    return is_clients && (recovery_options & abrupt_for_clients) != 0 ? Farewell::abrupt
                                                                      : Farewell::polite;
}

}  // namespace

Attempt::Attempt(Job& job, std::size_t backend, Lease& lease) noexcept
    : job_(job), index_(backend), backend_(job.child.runtime().backends()[backend]),
      settings_(backend_.settings()), account_(job.child.account(backend)), lease_(lease),
      limits_(effective_reply_timeout(job, settings_),
              std::chrono::seconds{settings_.socket_timeout})
{}

Attempt::~Attempt()
{
    if (lease_.has_slot() && lease_.socket().is_open()) {
        lease_.drop(Farewell::abrupt);
        account_.disconnected();
    }
}

Report Attempt::run()
{
    Report report;
    const std::optional<std::size_t> head_size = encode(report);
    if (!head_size.has_value()) {
        lease_.keep();  // a kept connection was not touched
        lease_.give_back();
    } else if (open(report)) {
        exchange(*head_size, report);
    }
    if (report.verdict != Verdict::ok) {
        times_.end();  // of a complete answer it was the end of that
    }
    report.took = std::chrono::duration_cast<milliseconds>(times_.took());
    times_.record(report.verdict, account_.measures());
    return report;
}

std::optional<std::size_t> Attempt::encode(Report& report)
{
    report.phase = Phase::encode;
    ajp::Request& request = job_.description.ajp;
    request.secret.reset();  // of another member
    if (!settings_.secret.empty()) {
        request.secret = settings_.secret;
    }
    const auto size = static_cast<std::size_t>(settings_.max_packet_size);
    const Result<std::size_t> encoded =
        ajp::encode_request(request, MutableBytes{job_.buffers.head}.first(size));
    if (encoded.has_value()) {
        return *encoded;
    }
    const bool is_large = encoded.error().code == Errc::overflow;
    fail(report, is_large ? Verdict::too_large : Verdict::bad_request, false);
    report.detail = encoded.error().text;
    return std::nullopt;
}

/// Leaves an open connection in the lease: a kept one that is silent and answers the probe, if
/// there is one, else a new one. A kept connection that fails is no failure of the backend. Only one
/// may fail to answer: a container that stands still would cost its limit for each of them.
bool Attempt::open(Report& report)
{
    const milliseconds prepost{settings_.prepost_timeout};
    while (lease_.socket().is_open()) {
        Report kept;
        if (lease_.address_id() == backend_.destination().id && lease_.socket().is_silent() &&
            (prepost.count() == 0 || ping(prepost, kept))) {
            return true;
        }
        account_.disconnected();
        if (kept.verdict == Verdict::ping_timeout) {
            lease_.socket().close();
        } else if (!job_.child.pool(index_).take_another(lease_)) {
            break;
        }
    }
    return connect(report);
}

bool Attempt::connect(Report& report)
{
    report.phase = Phase::connect;
    const Destination to = backend_.destination();
    if (!to.address.is_valid()) {
        fail(report, Verdict::no_address, true);
        return false;
    }
    const milliseconds limit{settings_.socket_connect_timeout};
    const Clock::time_point begin = Clock::now();
    report.error = lease_.socket().connect(to.address, settings_, limit);
    if (report.error != 0) {
        fail(report, verdict_of_connect(report.error), true);
        return false;
    }
    account_.measures().took(lb::Timing::connect, Clock::now() - begin);
    account_.connected();
    lease_.set_address_id(to.id);
    const int probe =
        settings_.connect_timeout > 0 ? settings_.connect_timeout : settings_.prepost_timeout;
    if (probe > 0 && !ping(milliseconds{probe}, report)) {
        account_.disconnected();
        lease_.socket().close();
        return false;
    }
    return true;
}

bool Attempt::ping(milliseconds limit, Report& report)
{
    report.phase = Phase::ping;
    Socket& socket = lease_.socket();
    const Clock::time_point deadline = Clock::now() + limit;
    const Bytes question = ajp::Probe::request();
    const IoResult sent = socket.write(std::span{&question, 1}, limit);
    ajp::Probe probe;
    for (IoResult got = sent; got.status == Io::done;) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
        if (left.count() <= 0) {
            break;
        }
        got = socket.read(probe.space(), left);
        if (got.status == Io::timed_out) {
            break;
        }
        report.error = got.error;
        const Result<bool> answer =
            got.status == Io::done ? probe.received(got.count) : Result<bool>{false};
        if (answer.has_value() && *answer && socket.is_silent()) {
            return true;
        }
        if (!answer.has_value() || *answer || got.status != Io::done) {
            fail(report, Verdict::ping_failed, true);
            return false;
        }
    }
    fail(report, sent.status == Io::failed ? Verdict::ping_failed : Verdict::ping_timeout, true);
    return false;
}

void Attempt::exchange(std::size_t head_size, Report& report)
{
    const auto packet_size = static_cast<std::size_t>(settings_.max_packet_size);
    ajp::Plan plan;
    plan.head = Bytes{job_.buffers.head}.first(head_size);
    plan.kept_body = job_.kept_body;
    plan.body = job_.body.kind;
    plan.body_length = job_.body.length;
    plan.method = job_.request->method;
    plan.retry = {settings_.has_recovery_options, settings_.recovery_options};
    plan.fail_on_status = failing_statuses(job_, settings_);
    plan.packet = MutableBytes{job_.buffers.packet}.first(packet_size);
    plan.read_buffer = job_.buffers.read;
    ajp::Exchange exchange{plan};
    while (step(exchange, report)) {
    }
    report.was_sent = exchange.was_sent();
    report.bytes_read = exchange.bytes_read();
    report.bytes_written = exchange.bytes_written();
    if (exchange.error().has_value()) {
        report.detail = exchange.error()->text;
    }
}

bool Attempt::step(ajp::Exchange& exchange, Report& report)
{
    const ajp::Action action = exchange.next();
    switch (action.step) {
    case ajp::Step::write: write(exchange, action, report); return true;
    case ajp::Step::read_backend: read_backend(exchange, report); return true;
    case ajp::Step::read_client: read_client(exchange, action.space, report); return true;
    case ajp::Step::head:
        status_ = action.head->status;
        report.phase = Phase::body;
        times_.head();
        job_.response.start(*action.head);
        return true;
    case ajp::Step::body: job_.response.add_body(action.data); return true;
    case ajp::Step::flush: job_.response.add_flush(); return true;
    case ajp::Step::done:
    case ajp::Step::failed: end(action, report); return false;
    }
    return false;
}

void Attempt::write(ajp::Exchange& exchange, const ajp::Action& action, Report& report)
{
    go_on(report, Phase::send);
    const WaitLimits::Limit limit = limits_.of_write();
    const IoResult sent = lease_.socket().write(action.pieces, limit.time);
    if (sent.status == Io::done) {
        exchange.written();
    } else if (sent.status == Io::timed_out && limit.is_reply) {
        exchange.timed_out(sent.count);
    } else {
        note_break(report, sent);
        exchange.write_failed(sent.count);
    }
}

void Attempt::read_backend(ajp::Exchange& exchange, Report& report)
{
    if (!job_.response.pass()) {  // the buckets' bytes are about to be overwritten
        exchange.client_gone();
        return;
    }
    if (job_.response.has_left()) {
        exchange.head_left();
    }
    go_on(report, Phase::wait);
    const WaitLimits::Limit limit = limits_.of_read(exchange.messages());
    if (limit.is_over) {
        exchange.timed_out();
        return;
    }
    const IoResult got = lease_.socket().read(exchange.read_space(), limit.time);
    if (got.status == Io::done) {
        times_.heard(exchange.messages());
        exchange.received(got.count);
    } else if (got.status == Io::timed_out && limit.is_reply) {
        if (limits_.is_late()) {  // else once more
            exchange.timed_out();
        }
    } else {
        note_break(report, got);
        exchange.backend_closed();
    }
}

void Attempt::read_client(ajp::Exchange& exchange, MutableBytes space, Report& report)
{
    if (!job_.response.pass()) {  // what there is of an early answer goes out before we wait
        exchange.client_gone();
        return;
    }
    if (job_.response.has_left()) {
        job_.request->expecting_100 = 0;  // it would go into the midst of our answer
    }
    go_on(report, Phase::send);
    const ClientResult got = job_.client.read(space);
    if (!lease_.socket().is_silent()) {
        exchange.container_went_on();
    }
    switch (got.status) {
    case ClientRead::data: exchange.client_data(got.count); break;
    case ClientRead::end: exchange.client_end(); break;
    case ClientRead::gone: exchange.client_gone(); break;
    case ClientRead::refused:
        report.client_status = got.http_status;
        exchange.client_body_bad();
        break;
    }
}

/// Who did not take the answer: the client, or a filter of ours.
Verdict Attempt::verdict_of_end(ajp::Failure failure) const noexcept
{
    const bool is_refused = failure == ajp::Failure::client_gone && job_.response.is_refused();
    return is_refused ? Verdict::answer_refused : verdict_of(failure);
}

void Attempt::end(const ajp::Action& action, Report& report)
{
    const bool is_done = action.step == ajp::Step::done;
    const bool keeps = is_done && action.is_reusable &&
                       lease_.address_id() == backend_.destination().id &&
                       !config_of(job_.request).has(Option::disable_reuse);
    if (keeps) {
        lease_.keep();
    } else {
        lease_.drop(is_done ? Farewell::abrupt  // nothing is left to come
                            : farewell_of(action.failure, settings_.recovery_options));
        account_.disconnected();
    }
    if (!is_done) {
        fail(report, verdict_of_end(action.failure), action.may_retry);
        if (report.phase == Phase::wait && is_about_head(action.failure)) {
            report.phase = Phase::head;
        }
        report.reply_timeouts = report.verdict == Verdict::reply_timeout ? 1 : 0;
        if (action.may_retry) {
            job_.response.take_back();
        }
        return;
    }
    times_.end();
    lease_.give_back();  // before the last of the answer goes to a client that may be slow
    if (status_ == HTTP_FORBIDDEN && !action.is_reusable) {
        warn_of_refusal();
    }
    if (!job_.response.finish()) {
        fail(report, verdict_of_end(ajp::Failure::client_gone), false);
    }
}

void Attempt::warn_of_refusal() const
{
    const char* const name = backend_.worker->name.c_str();
    JK_LOG(log_context(job_.request), Level::warn,
           "worker %s (%s) answered 403 and wants the connection closed: its AJP connector refuses "
           "our secret or an attribute; compare worker.%s.secret with the connector's secret, and "
           "each JkEnvVar with its allowedRequestAttributesPattern",
           name, backend_.destination().address.text.c_str(), name);
}

Report attempt_with_retries(Job& job, std::size_t backend, Lease lease)
{
    const conf::AjpSettings& settings = job.child.runtime().backends()[backend].settings();
    Report total;
    for (int left = std::max(1, settings.retries); left > 0; --left) {
        Report report = Attempt{job, backend, lease}.run();
        report.bytes_read += total.bytes_read;
        report.bytes_written += total.bytes_written;
        report.reply_timeouts += total.reply_timeouts;
        report.was_sent |= total.was_sent;
        total = report;
        if (report.verdict == Verdict::ok) {
            break;
        }
        job.trail.add(job.request->pool, report);
        if (!report.may_retry) {
            break;
        }
        if (left > 1 && settings.retry_interval > 0) {
            apr_sleep(apr_time_from_msec(settings.retry_interval));
        }
    }
    return total;
}

}  // namespace jk::httpd
