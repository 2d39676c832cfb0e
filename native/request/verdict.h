// How an attempt ended, in the words that logs, notes and documentation share.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "ajp/retry.h"
#include "httpd_api.h"
#include "lb/outcome.h"

namespace jk::httpd {

/// One per way in which an attempt can end. Stable: scripts match the codes of the table, and the
/// numbers are in shared memory: a new one stands last, or makes a new layout version there.
enum class Verdict : std::uint8_t {
    ok,
    no_connection,
    busy_limit,
    no_member,
    no_worker,
    no_address,
    connect_refused,
    connect_timeout,
    connect_failed,
    ping_timeout,
    ping_failed,
    send_failed,
    reply_timeout,
    closed_no_head,
    closed_in_packet,
    closed_in_body,
    protocol,
    failing_status,
    soft_status,
    client_gone,
    client_body,
    answer_refused,
    too_large,
    bad_request,
};

/// A row of the verdict table (xdocs/reference/verdicts.xml).
struct VerdictRow {
    Verdict verdict;
    std::string_view code;  ///< the stable short name, e.g. "connect-refused"; a literal
    int http_status;        ///< what the client gets when nothing else is tried
    lb::Ending ending;      ///< what it means for the member
    const char* what;       ///< the fact, for the log
    const char* advice;     ///< what to do about it; empty where there is nothing to do
};

[[nodiscard]] const VerdictRow& row_of(Verdict verdict) noexcept;
/// All rows, in the order of the verdicts.
[[nodiscard]] std::span<const VerdictRow> all_verdicts() noexcept;
[[nodiscard]] Verdict verdict_of(ajp::Failure failure) noexcept;
/// Sets the note JK_VERDICT to the code, for %{JK_VERDICT}n in a log of httpd.
void note_verdict(const request_rec* request, Verdict verdict) noexcept;
/// For the errno of a failed connect.
[[nodiscard]] Verdict verdict_of_connect(int error) noexcept;

}  // namespace jk::httpd
