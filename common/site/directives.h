// The Jk* directives as httpd's configuration reader must know them: name, arguments, where each
// may stand. What they do is the adapter's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace jk::site {

/// How httpd hands the arguments over.
enum class Arguments : std::uint8_t {
    one,
    one_or_two,
    line,  ///< all of the rest, quotes and all
    flag,  ///< On or Off
};

/// Where a directive may stand.
enum class Where : std::uint8_t {
    global,   ///< outside every <VirtualHost>: one value for the whole process
    server,   ///< also in <VirtualHost>
    section,  ///< also in <Location> and other sections for paths
};

struct Directive {
    const char* name;
    Arguments arguments;
    Where where;
    const char* help;  ///< what httpd shows behind a complaint about the arguments
};

inline constexpr std::size_t directive_count = 37;

namespace detail {
inline constexpr const char* text_help = "a text; xdocs/reference/apache.xml says what for";

[[nodiscard]] constexpr Directive text(const char* name) noexcept
{
    return {name, Arguments::one, Where::server, text_help};
}

}  // namespace detail

/// All of them. In the header because httpd's table takes the help texts at compile time.
// name, arguments, where, help
inline constexpr std::array<Directive, directive_count> directives{{
    {"JkWorkersFile", Arguments::one, Where::global, "the workers.properties file"},
    {"JkWorkerProperty", Arguments::line, Where::global,
     "one line of workers.properties: name=value"},
    {"JkShmFile", Arguments::one, Where::global, "accepted; shared memory needs no file"},
    {"JkShmSize", Arguments::one, Where::global, "accepted; shared memory sizes itself"},
    {"JkWatchdogInterval", Arguments::one, Where::global,
     "seconds between maintenance runs of a thread per child; 0: none"},
    {"JkMount", Arguments::one_or_two, Where::section, "a path and the worker that serves it"},
    {"JkUnMount", Arguments::one_or_two, Where::section,
     "a path and the worker that does not serve it"},
    {"JkMountFile", Arguments::one, Where::server, "a uriworkermap.properties file"},
    {"JkMountFileReload", Arguments::one, Where::server,
     "seconds between checks of the mount file; 0: never"},
    {"JkMountCopy", Arguments::one, Where::server,
     "On, Off or All: whether virtual hosts get the main server's mounts"},
    {"JkAutoAlias", Arguments::one, Where::server,
     "the folder of the web applications, for paths that no mount takes"},
    {"JkStripSession", Arguments::one_or_two, Where::server,
     "On or Off: whether a session id is cut out of paths served here"},
    {"JkLogLevel", Arguments::one, Where::server, "trace, debug, info, warn, error or emerg"},
    {"JkExtractSSL", Arguments::flag, Where::server,
     "On or Off: whether TLS data is sent to the backend"},
    {"JkOptions", Arguments::line, Where::server,
     "words with + or -; xdocs/reference/apache.xml lists them"},
    {"JkEnvVar", Arguments::one_or_two, Where::server,
     "an environment variable to send as attribute, and its default"},
    detail::text("JkLogFile"),
    detail::text("JkLogStampFormat"),
    detail::text("JkRequestLogFormat"),
    detail::text("JkWorkerIndicator"),
    detail::text("JkRequestIdIndicator"),
    detail::text("JkRemoteAddrIndicator"),
    detail::text("JkRemotePortIndicator"),
    detail::text("JkRemoteHostIndicator"),
    detail::text("JkRemoteUserIndicator"),
    detail::text("JkAuthTypeIndicator"),
    detail::text("JkLocalNameIndicator"),
    detail::text("JkLocalAddrIndicator"),
    detail::text("JkLocalPortIndicator"),
    detail::text("JkIgnoreCLIndicator"),
    detail::text("JkHTTPSIndicator"),
    detail::text("JkSSLPROTOCOLIndicator"),
    detail::text("JkCERTSIndicator"),
    detail::text("JkCIPHERIndicator"),
    detail::text("JkSESSIONIndicator"),
    detail::text("JkKEYSIZEIndicator"),
    detail::text("JkCERTCHAINPrefix"),
}};

/// Returns the directive of that name, in any case; nullptr where there is none.
[[nodiscard]] const Directive* find_directive(std::string_view name) noexcept;
/// Returns the name that a misspelt one is closest to; empty where none is close.
[[nodiscard]] std::string_view nearest_directive(std::string_view name) noexcept;

}  // namespace jk::site
