// The module's log. A line is composed on the stack and written by one call: with O_APPEND, and
// for pipes up to PIPE_BUF, the kernel keeps the lines of all children apart without a lock.
// Tested by tests/adapter/runtime/log_test.cc.
#include "runtime/log.h"

#include <array>
#include <bit>
#include <cstdarg>
#include <cstring>

#include "base/text.h"
#include "guard.h"
#include "pool.h"

namespace jk::httpd {

namespace {

struct LevelName {
    Level level;
    std::string_view name;
    int httpd_level;
};

constexpr std::array level_names{
    LevelName{Level::trace, "trace", APLOG_TRACE1}, LevelName{Level::debug, "debug", APLOG_DEBUG},
    LevelName{Level::info, "info", APLOG_INFO},     LevelName{Level::warn, "warn", APLOG_WARNING},
    LevelName{Level::error, "error", APLOG_ERR},    LevelName{Level::emerg, "emerg", APLOG_EMERG},
};

constexpr const char* default_stamp = "[%a %b %d %H:%M:%S.%Q %Y] ";
/// What a pipe takes in one piece (PIPE_BUF): a longer line could be torn by another child's.
constexpr std::size_t max_line = 4096;
constexpr std::size_t max_message = max_line;
constexpr std::string_view cut_mark = "...";

/// A bounded line; one that does not fit ends in "...".
class Line {
public:
    void put(char c) noexcept
    {
        if (size_ < text_.size() - cut_mark.size() - 1) {
            text_[size_++] = c;
        } else {
            is_cut_ = true;
        }
    }
    void put(std::string_view text) noexcept
    {
        for (const char c : text) {
            put(c);
        }
    }
    /// Call once: put() leaves room for it.
    void end() noexcept
    {
        if (is_cut_) {
            size_ += cut_mark.copy(text_.data() + size_, cut_mark.size());
        }
        text_[size_++] = '\n';
    }
    /// Puts foreign text: no control character survives (security.md LG-1).
    void put_escaped(std::string_view text) noexcept
    {
        constexpr std::string_view hex = "0123456789abcdef";
        for (const char c : text) {
            if (!is_control(c)) {
                put(c);
                continue;
            }
            put("\\x");
            put(hex[static_cast<unsigned char>(c) >> 4]);
            put(hex[static_cast<unsigned char>(c) & 15]);
        }
    }
    [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), size_}; }

private:
    std::array<char, max_line> text_;
    std::size_t size_ = 0;
    bool is_cut_ = false;
};

/// %Q becomes milliseconds, else %q microseconds, the first one only (directives.md 3.5).
void put_stamp(Line& line, const char* format, apr_time_t now) noexcept
{
    std::array<char, 128> expanded{};
    std::string_view rest = format;
    std::size_t marker = rest.find("%Q");
    const bool is_micro = marker == std::string_view::npos;
    marker = is_micro ? rest.find("%q") : marker;
    if (marker != std::string_view::npos && marker + (is_micro ? 6 : 3) < 64) {
        rest = rest.substr(0, 63);
        const int fraction = static_cast<int>(apr_time_usec(now)) / (is_micro ? 1 : 1000);
        const std::string_view tail = rest.substr(std::min(marker + 2, rest.size()));
        apr_snprintf(expanded.data(), expanded.size(), "%.*s%0*d%.*s", static_cast<int>(marker),
                     rest.data(), is_micro ? 6 : 3, fraction, static_cast<int>(tail.size()),
                     tail.data());
    } else {
        apr_cpystrn(expanded.data(), format, expanded.size());
    }
    std::array<char, 256> stamp{};
    apr_size_t size = 0;
    apr_time_exp_t local;
    apr_time_exp_lt(&local, now);
    if (apr_strftime(stamp.data(), &size, stamp.size(), expanded.data(), &local) == APR_SUCCESS) {
        line.put(std::string_view{stamp.data(), size});
    }
}

std::string_view file_name(std::string_view path) noexcept
{
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

const char* stamp_format(const LogContext& context) noexcept
{
    const char* const format = context.log->stamp_format;
    return format == nullptr ? default_stamp : format;
}

/// Ends the line and writes it by one call, so that lines of several children do not mix.
void write_line(const LogContext& context, Line& line) noexcept
{
    line.end();
    apr_size_t size = line.text().size();
    (void)apr_file_write(context.log->file, line.text().data(), &size);
}

void put_head(Line& line, const LogContext& context, Level level, const char* where) noexcept
{
    put_stamp(line, stamp_format(context), apr_time_now());
    std::array<char, 96> ids{};
    apr_snprintf(ids.data(), ids.size(), "[%s] [%" APR_PID_T_FMT ":%" APR_UINT64_T_FMT "] [",
                 context.request_id == nullptr ? "NO-ID" : "", getpid(),
                 std::bit_cast<apr_uint64_t>(pthread_self()));
    std::string_view text = ids.data();
    if (context.request_id != nullptr) {
        line.put('[');
        line.put_escaped(context.request_id);
        text.remove_prefix(1);
    }
    line.put(text);
    line.put(level_names.at(static_cast<std::size_t>(level)).name);
    line.put("] ");
    line.put(file_name(where));
    line.put(": ");
}

apr_file_t* open_pipe(apr_pool_t* pool, const server_rec* server, const char* command)
{
    piped_log* const pipe = ap_open_piped_log(pool, command);
    if (pipe == nullptr) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, server,
                     "mod_jk: JkLogFile: the piped log program '%s' could not be started", command);
        return nullptr;
    }
    return ap_piped_log_write_fd(pipe);
}

}  // namespace

std::optional<Level> parse_level(std::string_view word) noexcept
{
    for (const LevelName& row : level_names) {
        if (equals_caseless(row.name, word)) {
            return row.level;
        }
    }
    return std::nullopt;
}

apr_file_t* open_log(apr_pool_t* pool, const server_rec* server, const char* name)
{
    if (*name == '|') {
        return open_pipe(pool, server, name + 1);
    }
    const char* const path = ap_server_root_relative(pool, name);
    constexpr apr_int32_t flags = APR_FOPEN_WRITE | APR_FOPEN_APPEND | APR_FOPEN_CREATE;
    constexpr apr_fileperms_t rights =
        APR_FPROT_UREAD | APR_FPROT_UWRITE | APR_FPROT_GREAD | APR_FPROT_WREAD;
    apr_file_t* file = nullptr;
    const apr_status_t status =
        path == nullptr ? APR_EBADPATH : apr_file_open(&file, path, flags, rights, pool);
    if (status != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_ERR, status, server,
                     "mod_jk: JkLogFile: cannot open '%s' for appending; check the folder and its "
                     "rights",
                     path == nullptr ? name : path);
        return nullptr;
    }
    return file;
}

// NOLINTNEXTLINE(cert-dcl50-cpp): the compiler compares format and arguments, see log.h
void write_log(const LogContext& context, Level level, const char* where, const char* format,
               ...) noexcept
{
    std::array<char, max_message> message;
    va_list arguments;
    va_start(arguments, format);
    apr_vsnprintf(message.data(), message.size(), format, arguments);
    va_end(arguments);
    Line line;
    if (context.log == nullptr || context.log->file == nullptr) {
        line.put_escaped(message.data());
        ap_log_error(APLOG_MARK, level_names.at(static_cast<std::size_t>(level)).httpd_level, 0,
                     context.server, "mod_jk: %.*s", static_cast<int>(line.text().size()),
                     line.text().data());
        return;
    }
    put_head(line, context, level, where);
    line.put_escaped(message.data());
    write_line(context, line);
}

void write_log_line(const LogContext& context, std::string_view text) noexcept
{
    if (context.log == nullptr || context.log->file == nullptr) {
        return;
    }
    Line line;
    put_stamp(line, stamp_format(context), apr_time_now());
    line.put(text);
    write_line(context, line);
}

namespace {

int log_complaint(const LogContext& context, const Complaint& complaint)
{
    constexpr std::array levels{Level::info, Level::warn, Level::error};
    const Level level = levels.at(static_cast<std::size_t>(complaint.severity));
    JK_LOG(context, level, "%s", to_text(complaint).c_str());
    return 0;
}

}  // namespace

void log_complaints(const LogContext& context, const Complaints& complaints) noexcept
{
    for (const Complaint& one : complaints) {
        guarded(context.server, 0, [&] { return log_complaint(context, one); });
    }
}

}  // namespace jk::httpd
