// The loop over members: rank, lease, exchange, report, again or end. Its place is kept in
// lb::Attempts and in the exchange, not on this stack, but for one attempt at a time.
// Tested by tests/adapter/request/handler_test.cc and tests/system/test_verdicts.py,
// test_balancing.py and test_errors.py.
#include "request/forwarder.h"

#include <algorithm>

#include "ajp/protocol.h"
#include "base/text.h"
#include "conf/value.h"
#include "config/global.h"
#include "config/server_config.h"
#include "lb/attempts.h"
#include "pool.h"
#include "request/attempt.h"
#include "request/balancer_notes.h"
#include "request/environment.h"

namespace jk::httpd {

namespace {

std::optional<int> reply_timeout_of(const request_rec* request) noexcept
{
    const char* const value = env(request, "JK_REPLY_TIMEOUT");
    const std::int64_t limit = value == nullptr ? -1 : parse_leading_integer(value).value_or(-1);
    return limit < 0 || limit > INT32_MAX ? std::nullopt
                                          : std::optional<int>{static_cast<int>(limit)};
}

/// The rule's text where it has one: by reference, so that views of it stay valid.
const std::string& chosen(const std::optional<std::string>& rule,
                          const std::string& worker) noexcept
{
    return rule.has_value() ? *rule : worker;
}

lb::Outcome outcome_of(const Report& report, TimePoint began) noexcept
{
    lb::Outcome outcome;
    outcome.ending = row_of(report.verdict).ending;
    outcome.may_retry = report.may_retry;
    outcome.was_sent = report.was_sent;
    outcome.bytes_read = report.bytes_read;
    outcome.bytes_written = report.bytes_written;
    outcome.reply_timeouts = report.reply_timeouts;
    outcome.began = began;
    return outcome;
}

/// One request, from the first byte of its body to the last of its answer.
class Forwarding {
public:
    Forwarding(request_rec* request, const RequestState& state, Child& child, ClientStream& client,
               Description& description, Buffers& buffers)
        : request_(request), child_(child),
          response_(request, state.target->options), job_{request,
                                                          child,
                                                          description,
                                                          client,
                                                          response_,
                                                          buffers,
                                                          state.target->options,
                                                          client.body(),
                                                          {},
                                                          reply_timeout_of(request)}
    {}

    [[nodiscard]] int run(const conf::ListedWorker& worker);

private:
    [[nodiscard]] Report forward_to(const conf::ListedWorker& worker);
    [[nodiscard]] Report keep_body(std::size_t packet_size);
    [[nodiscard]] Report direct(std::size_t backend);
    [[nodiscard]] Report without_place(std::size_t backend, Verdict verdict, TimePoint began);
    [[nodiscard]] Report balanced(BalancedSet& set);
    [[nodiscard]] Report on_member(BalancedSet& set, lb::Attempts& attempts,
                                   const lb::Candidate& candidate);
    [[nodiscard]] Report served_by(std::size_t backend, Lease lease, TimePoint began);
    [[nodiscard]] lb::Affinity affinity(const BalancedSet& set);
    [[nodiscard]] lb::Traits traits() const noexcept;
    void describe_candidate(const BalancedSet& set, const lb::Candidate& candidate);
    void note(const BalancedSet& set, std::size_t member) noexcept;
    void set_cookie(const BalancedSet& set, const lb::Candidate& candidate);
    [[nodiscard]] int answer(const Report& report);
    [[nodiscard]] int served() const noexcept;
    [[nodiscard]] int drop_client() noexcept;
    [[nodiscard]] int refused_body(int status) noexcept;

    request_rec* request_;
    Child& child_;
    Response response_;
    Job job_;
};

int Forwarding::run(const conf::ListedWorker& worker)
{
    const Report report = forward_to(worker);
    const int status = report.verdict == Verdict::ok ? served() : answer(report);
    const bool is_direct = worker.type == conf::WorkerType::ajp13;
    conclude(request_, job_.trail,
             {report.verdict, status, is_direct ? nullptr : worker.name.c_str(), &child_});
    return status;
}

Report Forwarding::forward_to(const conf::ListedWorker& worker)
{
    const bool is_direct = worker.type == conf::WorkerType::ajp13;
    Runtime& runtime = child_.runtime();
    const std::size_t packet_size =
        is_direct
            ? static_cast<std::size_t>(runtime.backends()[worker.index].settings().max_packet_size)
            : runtime.balanced()[worker.index].packet_size_in_force.load();
    const Report kept = keep_body(packet_size);
    if (kept.verdict != Verdict::ok) {
        return kept;
    }
    return is_direct ? direct(worker.index) : balanced(runtime.balanced()[worker.index]);
}

/// Reads the first piece of a sized body before any connection is leased, so that a slow client
/// holds nothing of the backend; kept, it can be sent again (balancing.md 11.1).
Report Forwarding::keep_body(std::size_t packet_size)
{
    Report report;
    if (job_.body.kind != ajp::BodyKind::sized) {
        return report;
    }
    // It stays where packets are made (ajp::Plan): what comes behind it is read only when it is
    // not needed any more.
    const auto room =
        MutableBytes{job_.buffers.packet}.first(packet_size).subspan(ajp::body_header_size);
    const std::uint64_t size = std::min<std::uint64_t>(job_.body.length, room.size());
    const MutableBytes kept = room.first(static_cast<std::size_t>(size));
    const ClientResult read = job_.client.fill(kept);
    job_.kept_body = kept;
    switch (read.status) {
    case ClientRead::data: break;
    case ClientRead::gone: report.verdict = Verdict::client_gone; break;
    case ClientRead::end:  // shorter than announced
    case ClientRead::refused:
        report.verdict = Verdict::client_body;
        report.client_status = read.http_status;
        break;
    }
    return report;
}

/// Ends a request whose client is not there any more: no answer, 400 in the access log.
int Forwarding::drop_client() noexcept
{
    request_->connection->keepalive = AP_CONN_CLOSE;
    request_->connection->aborted = 1;
    return HTTP_BAD_REQUEST;
}

/// An attempt that ended before it had a place on the worker.
Report Forwarding::without_place(std::size_t backend, Verdict verdict, TimePoint began)
{
    Report report;
    report.verdict = verdict;
    report.may_retry = true;
    report.took = std::chrono::duration_cast<std::chrono::milliseconds>(now() - began);
    job_.trail.add(request_->pool, report);
    child_.account(backend).measures().ended(static_cast<std::size_t>(verdict));
    return report;
}

Report Forwarding::direct(std::size_t backend)
{
    const Backend& target = child_.runtime().backends()[backend];
    const TimePoint began = now();
    job_.trail.turn_to(target, "");
    Lease lease = child_.pool(backend).acquire(
        std::chrono::milliseconds{target.settings().connection_acquire_timeout});
    return lease.has_slot() ? served_by(backend, std::move(lease), began)
                            : without_place(backend, Verdict::no_connection, began);
}

/// Counts, attempts, and counts again. Requires: `lease` has a slot.
Report Forwarding::served_by(std::size_t backend, Lease lease, TimePoint began)
{
    const Backend& target = child_.runtime().backends()[backend];
    lb::WorkerAccount account = child_.account(backend);
    Report report;
    if (account.begin(static_cast<std::uint32_t>(std::max(0, target.settings().busy_limit)))) {
        try {
            report = attempt_with_retries(job_, backend, std::move(lease));
        } catch (...) {  // what was counted as begun must end, and the backend is not to blame
            report.verdict = Verdict::bad_request;
            account.end(outcome_of(report, began), now());
            throw;
        }
    } else {
        lease.keep();
        report = without_place(backend, Verdict::busy_limit, began);
    }
    account.end(outcome_of(report, began), now());
    return report;
}

lb::Affinity Forwarding::affinity(const BalancedSet& set)
{
    const conf::LbSettings& settings = set.worker->settings;
    const std::string_view cookie = view(apr_table_get(request_->headers_in, "Cookie"));
    lb::SessionSources sources;
    sources.forced_route = view(env(request_, "JK_ROUTE"));
    sources.uri = job_.description.ajp.uri;
    sources.cookies = {&cookie, cookie.empty() ? std::size_t{0} : std::size_t{1}};
    sources.session_cookie = chosen(job_.rule.session_cookie, settings.session_cookie);
    sources.session_path = chosen(job_.rule.session_path, settings.session_path);
    return lb::Affinity{sources};
}

lb::Traits Forwarding::traits() const noexcept
{
    lb::Traits traits;
    traits.is_stateless = switched(request_, "JK_STATELESS", job_.rule.stateless);
    traits.ignores_stickiness = switched(request_, "JK_STICKY_IGNORE", job_.rule.sticky_ignore);
    traits.active = job_.rule.active;
    traits.disabled = job_.rule.disabled;
    traits.stopped = job_.rule.stopped;
    return traits;
}

Report Forwarding::balanced(BalancedSet& set)
{
    const lb::Traits asked = traits();
    const lb::Affinity session = affinity(set);
    const std::size_t words = lb::Attempts::scratch_words(set.backends.size());
    auto* const scratch =
        static_cast<std::uint64_t*>(apr_palloc(request_->pool, words * sizeof(std::uint64_t)));
    lb::Attempts attempts{*set.balancer, child_.column(), child_.pid(),
                          session,       asked,           {scratch, words}};
    Report last;
    last.verdict = Verdict::no_member;
    for (;;) {
        const lb::Candidate candidate = attempts.next(now());
        if (candidate.kind == lb::Candidate::Kind::give_up) {
            break;
        }
        if (candidate.kind == lb::Candidate::Kind::pause) {
            apr_sleep(apr_time_from_msec(candidate.pause.count()));
            continue;
        }
        last = on_member(set, attempts, candidate);
        if (last.verdict == Verdict::ok || !last.may_retry) {
            return last;
        }
    }
    if (attempts.found_nobody()) {
        last.verdict = Verdict::no_member;
    }
    return last;
}

Report Forwarding::on_member(BalancedSet& set, lb::Attempts& attempts,
                             const lb::Candidate& candidate)
{
    const std::size_t backend = set.backends[candidate.member];
    const Backend& target = child_.runtime().backends()[backend];
    const TimePoint began = now();
    job_.trail.turn_to(target, lb::to_text(candidate.reason));
    Lease lease = child_.pool(backend).acquire(
        std::chrono::milliseconds{target.settings().connection_acquire_timeout});
    Report report;
    if (lease.has_slot()) {
        attempts.began(began);
        describe_candidate(set, candidate);
        report = served_by(backend, std::move(lease), began);
    } else {
        report = without_place(backend, Verdict::no_connection, began);
    }
    attempts.report(outcome_of(report, began), now());
    note(set, candidate.member);
    return report;
}

/// After each attempt: the first one stays the first, and the last one is replaced.
void Forwarding::note(const BalancedSet& set, std::size_t member) noexcept
{
    if (!config_of(request_).global->names_balancer_notes) {
        return;
    }
    const TriedMember who{child_, set, member};
    if (apr_table_get(request_->notes, "JK_LB_FIRST_NAME") == nullptr) {
        set_balancer_notes(request_, Tried::first, who);
    }
    set_balancer_notes(request_, Tried::last, who);
}

void Forwarding::describe_candidate(const BalancedSet& set, const lb::Candidate& candidate)
{
    Description& description = job_.description;
    description.set_activation(conf::to_text(candidate.activation));
    description.ajp.route = candidate.route;
    apr_table_setn(request_->notes, "JK_WORKER_ROUTE", copy_in(request_->pool, candidate.route));
    set_cookie(set, candidate);
}

/// The balancer's own session cookie (balancing.md 12): that of the member that serves.
void Forwarding::set_cookie(const BalancedSet& set, const lb::Candidate& candidate)
{
    const conf::LbSettings& settings = set.worker->settings;
    if (candidate.is_sticky ||
        !job_.rule.set_session_cookie.value_or(settings.set_session_cookie)) {
        response_.set_session_cookie(nullptr);
        return;
    }
    const std::string& name = chosen(job_.rule.session_cookie, settings.session_cookie);
    const std::string& path = chosen(job_.rule.session_cookie_path, settings.session_cookie_path);
    const std::string& route = set.balancer->route(candidate.member);
    response_.set_session_cookie(
        apr_pstrcat(request_->pool, name.c_str(), "=.", route.c_str(),
                    path.empty() ? "" : ";PATH=", path.c_str(), ";HttpOnly",
                    job_.description.ajp.is_ssl ? ";Secure" : "", nullptr));
}

/// mod_include is to know that what it includes is an error page.
int Forwarding::served() const noexcept
{
    const bool is_failed_part = request_->main != nullptr && ap_is_HTTP_ERROR(request_->status);
    return is_failed_part ? request_->status : response_.handler_status();
}

/// The status that httpd gives a body it does not take. What is left of the body is not read.
int Forwarding::refused_body(int status) noexcept
{
    if (!ap_status_drops_connection(status)) {  // else httpd closes it itself, behind its page
        request_->connection->keepalive = AP_CONN_CLOSE;
    }
    return status;
}

/// What the handler returns for a request that failed: OK where its answer had begun.
int Forwarding::answer(const Report& report)
{
    if (response_.has_left()) {
        response_.cut();
        return OK;
    }
    if (report.client_status == AP_FILTER_ERROR) {  // httpd has answered, with a status of its own
        return refused_body(report.client_status);
    }
    response_.take_back();
    if (report.verdict == Verdict::client_gone) {
        return drop_client();
    }
    if (report.client_status != 0) {
        return refused_body(report.client_status);
    }
    return row_of(report.verdict).http_status;
}

int refuse(const request_rec* request, const Error& why, int status) noexcept
{
    note_verdict(request, Verdict::bad_request);
    JK_LOG(log_context(request), Level::warn, "%s %s is refused with %d [bad-request]: %.*s",
           request->method, request->uri, status, static_cast<int>(why.text.size()),
           why.text.data());
    return status;
}

}  // namespace

int forward(request_rec* request, const RequestState& state, const conf::ListedWorker& worker,
            Child& child)
{
    const Result<BodyLength> body = body_length(request);
    if (!body.has_value()) {
        request->connection->keepalive = AP_CONN_CLOSE;
        return refuse(request, body.error(),
                      body.error().code == Errc::bad_value ? HTTP_NOT_IMPLEMENTED
                                                           : HTTP_BAD_REQUEST);
    }
    ClientStream client{request, *body};
    if (client.exceeds_limit()) {
        note_verdict(request, Verdict::client_body);
        return HTTP_REQUEST_ENTITY_TOO_LARGE;
    }
    Result<Description> description = describe(request, state, *body);
    if (description.has_value() && client.settle()) {
        description = describe(request, state, client.body());
    }
    if (!description.has_value()) {
        return refuse(request, description.error(), HTTP_BAD_REQUEST);
    }
    const BufferLease buffers = child.buffers().lease();
    Forwarding forwarding{request, state, child, client, *description, *buffers};
    return forwarding.run(worker);
}

}  // namespace jk::httpd
