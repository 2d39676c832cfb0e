// The verdict table. Tested by tests/adapter/request/verdict_test.cc; each row is produced
// by a test of tests/system/test_verdicts.py.
#include "request/verdict.h"

#include <array>
#include <cerrno>

#include "lb/measures.h"

namespace jk::httpd {

namespace {

using lb::Ending;

constexpr std::array rows{
    // verdict, code, status, ending, what, advice
    VerdictRow{Verdict::ok, "ok", HTTP_OK, Ending::success, "served", ""},
    VerdictRow{Verdict::no_connection, "pool-exhausted", HTTP_SERVICE_UNAVAILABLE,
               Ending::no_connection, "no connection of the pool became free in time",
               "raise connection_pool_size or connection_acquire_timeout, or find out why requests "
               "take so long"},
    VerdictRow{Verdict::busy_limit, "busy-limit", HTTP_SERVICE_UNAVAILABLE, Ending::busy_limit,
               "busy_limit is reached", "raise busy_limit if the backend can take more"},
    VerdictRow{Verdict::no_member, "no-member", HTTP_SERVICE_UNAVAILABLE, Ending::failed,
               "no member may be used", "look at the members' states in the status"},
    VerdictRow{Verdict::no_worker, "no-worker", HTTP_INTERNAL_SERVER_ERROR, Ending::failed,
               "no worker of this name is in worker.list",
               "add it there, or correct the rule or variable that names it"},
    VerdictRow{Verdict::no_address, "no-address", HTTP_SERVICE_UNAVAILABLE, Ending::failed,
               "it has no address", "set its host to a name that resolves and its port"},
    VerdictRow{Verdict::connect_refused, "connect-refused", HTTP_SERVICE_UNAVAILABLE,
               Ending::failed, "the connection was refused",
               "is Tomcat running, with an AJP connector on this address and port?"},
    VerdictRow{Verdict::connect_timeout, "connect-timeout", HTTP_SERVICE_UNAVAILABLE,
               Ending::failed, "no connection within the time limit",
               "is the host up and no firewall in between? socket_connect_timeout is the limit"},
    VerdictRow{Verdict::connect_failed, "connect-failed", HTTP_SERVICE_UNAVAILABLE, Ending::failed,
               "connecting failed", "check host, port or socket path, and their rights"},
    VerdictRow{Verdict::ping_timeout, "ping-timeout", HTTP_SERVICE_UNAVAILABLE, Ending::failed,
               "CPING was not answered in time",
               "all its threads may be busy, or its AJP connector did not start: look into "
               "Tomcat's log, a connector without the secret that it requires does not"},
    VerdictRow{Verdict::ping_failed, "ping-failed", HTTP_SERVICE_UNAVAILABLE, Ending::failed,
               "CPING was not answered with CPONG", "does an AJP connector listen there?"},
    VerdictRow{Verdict::send_failed, "send-failed", HTTP_SERVICE_UNAVAILABLE, Ending::failed,
               "the request could not be sent", "did Tomcat restart just now?"},
    VerdictRow{Verdict::reply_timeout, "reply-timeout", HTTP_GATEWAY_TIME_OUT,
               Ending::reply_timeout, "no answer within reply_timeout",
               "the application is slow or hangs; a thread dump of Tomcat shows where"},
    VerdictRow{Verdict::closed_no_head, "closed-before-head", HTTP_BAD_GATEWAY, Ending::failed,
               "the backend closed the connection without an answer",
               "look into Tomcat's log; keepAliveTimeout there must be longer than "
               "connection_pool_timeout here"},
    VerdictRow{Verdict::closed_in_packet, "closed-in-packet", HTTP_BAD_GATEWAY, Ending::framing,
               "the backend closed the connection inside a packet", "look into Tomcat's log"},
    VerdictRow{Verdict::closed_in_body, "closed-in-body", HTTP_BAD_GATEWAY, Ending::failed,
               "the backend closed the connection inside its answer", "look into Tomcat's log"},
    VerdictRow{Verdict::protocol, "protocol-error", HTTP_BAD_GATEWAY, Ending::framing,
               "the backend's answer is no valid AJP",
               "does an AJP connector listen there, not HTTP? Is its packetSize the same as "
               "max_packet_size?"},
    VerdictRow{Verdict::failing_status, "failing-status", HTTP_SERVICE_UNAVAILABLE,
               Ending::hard_status, "it answered with a status of fail_on_status", ""},
    VerdictRow{Verdict::soft_status, "failing-status-soft", HTTP_SERVICE_UNAVAILABLE,
               Ending::soft_status, "it answered with a soft status of fail_on_status", ""},
    VerdictRow{Verdict::client_gone, "client-gone", HTTP_BAD_REQUEST, Ending::client_error,
               "the client went away", ""},
    VerdictRow{Verdict::client_body, "client-body", HTTP_BAD_REQUEST, Ending::client_error,
               "the client's body is malformed, or not as long as announced", ""},
    VerdictRow{Verdict::answer_refused, "answer-refused", HTTP_BAD_GATEWAY, Ending::client_error,
               "an output filter of this server did not take the answer",
               "the lines of the filter's module in httpd's error log say why"},
    VerdictRow{Verdict::too_large, "too-large", HTTP_REQUEST_ENTITY_TOO_LARGE, Ending::client_error,
               "the request's headers do not fit one packet",
               "raise max_packet_size here and packetSize in Tomcat to the same value"},
    VerdictRow{Verdict::bad_request, "bad-request", HTTP_BAD_REQUEST, Ending::client_error,
               "the request cannot be forwarded", ""},
};

constexpr bool is_in_order() noexcept
{
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].verdict != static_cast<Verdict>(i)) {
            return false;
        }
    }
    return true;
}
static_assert(is_in_order() && rows.size() <= lb::ending_room);

}  // namespace

const VerdictRow& row_of(Verdict verdict) noexcept
{
    return rows[static_cast<std::size_t>(verdict)];
}

std::span<const VerdictRow> all_verdicts() noexcept
{
    return rows;
}

void note_verdict(const request_rec* request, Verdict verdict) noexcept
{
    apr_table_setn(request->notes, "JK_VERDICT", row_of(verdict).code.data());
}

Verdict verdict_of(ajp::Failure failure) noexcept
{
    switch (failure) {
    case ajp::Failure::none: return Verdict::ok;
    case ajp::Failure::send: return Verdict::send_failed;
    case ajp::Failure::closed_no_head: return Verdict::closed_no_head;
    case ajp::Failure::closed_in_packet: return Verdict::closed_in_packet;
    case ajp::Failure::closed_in_body: return Verdict::closed_in_body;
    case ajp::Failure::protocol: return Verdict::protocol;
    case ajp::Failure::reply_timeout: return Verdict::reply_timeout;
    case ajp::Failure::failing_status: return Verdict::failing_status;
    case ajp::Failure::soft_status: return Verdict::soft_status;
    case ajp::Failure::client_gone: return Verdict::client_gone;
    case ajp::Failure::client_body: return Verdict::client_body;
    }
    return Verdict::protocol;
}

Verdict verdict_of_connect(int error) noexcept
{
    switch (error) {
    case ECONNREFUSED: return Verdict::connect_refused;
    case ETIMEDOUT: return Verdict::connect_timeout;
    default: return Verdict::connect_failed;
    }
}

}  // namespace jk::httpd
