// The module's own log (JkLogFile): one line an event, whatever bytes its arguments hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/complaint.h"
#include "httpd_api.h"

namespace jk::httpd {

enum class Level : std::uint8_t { trace, debug, info, warn, error, emerg };

/// Reads a JkLogLevel word, caseless; nullopt for any other word.
[[nodiscard]] std::optional<Level> parse_level(std::string_view word) noexcept;

/// One open log. Lines are appended by one write each, so that children do not mix theirs.
struct LogFile {
    apr_file_t* file = nullptr;  ///< of the configuration's pool
    Level level = Level::info;
    const char* stamp_format = nullptr;
};

/// Who a line is about. Before the log is open, and without one, lines go to httpd's error log.
struct LogContext {
    const LogFile* log = nullptr;
    const server_rec* server = nullptr;
    const char* request_id = nullptr;  ///< or one of the fixed words, e.g. "JK_INIT"
};

[[nodiscard]] inline bool is_logged(const LogContext& context, Level level) noexcept
{
    return context.log == nullptr ? level >= Level::warn : level >= context.log->level;
}

/// Opens `name` (server-root relative, or a pipe "|command") for appending. nullptr with a line in
/// httpd's error log where that fails. Call before httpd drops its privileges.
[[nodiscard]] apr_file_t* open_log(apr_pool_t* pool, const server_rec* server, const char* name);

/// Writes one line; `format` is a literal. Control characters of the whole message are written as
/// \xNN. A line longer than 4 KiB is cut and
/// ends in "...": so much a pipe takes in one piece. Use through JK_LOG.
[[gnu::format(printf, 4, 5)]] void write_log(const LogContext& context, Level level,
                                             const char* where, const char* format, ...) noexcept;

/// Writes the stamp and `text` as one line, whatever the level; `text` is taken as it is, but for
/// its length. Does nothing where no log is open.
void write_log_line(const LogContext& context, std::string_view text) noexcept;

/// Writes each complaint with its place and at the level of its severity.
void log_complaints(const LogContext& context, const Complaints& complaints) noexcept;

}  // namespace jk::httpd

#define JK_STRING_(x) #x
#define JK_STRING(x) JK_STRING_(x)
/// Logs with the place of the call; the arguments are not evaluated when the level is off.
#define JK_LOG(context, level, ...)                                                                \
    do {                                                                                           \
        if (::jk::httpd::is_logged(context, level)) {                                              \
            ::jk::httpd::write_log(context, level, __FILE__ " (" JK_STRING(__LINE__) ")",          \
                                   __VA_ARGS__);                                                   \
        }                                                                                          \
    } while (false)
