// JkOptions: the words, and how the sets of two scopes merge (directives.md 3.8).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace jk::site {

/// One bit per word.
enum class Option : std::uint32_t {
    forward_uri_proxy = 1U << 0,
    forward_uri_compat = 1U << 1,
    forward_uri_compat_unparsed = 1U << 2,
    forward_uri_escaped = 1U << 3,
    forward_directories = 1U << 4,
    forward_local_address = 1U << 5,
    forward_physical_address = 1U << 6,
    flush_packets = 1U << 7,
    flush_header = 1U << 8,
    disable_reuse = 1U << 9,
    forward_key_size = 1U << 10,
    forward_ssl_cert_chain = 1U << 11,
    reject_unsafe_uri = 1U << 12,
    strict_config = 1U << 13,
    allow_backslash = 1U << 14,
    allow_overlong_utf8 = 1U << 15,
    strict_host = 1U << 16,
};

/// The words of one scope, and later the effective set of a server.
class Options {
public:
    /// Takes one word, with its + or -. Fails with unknown_name, or bad_value (a minus before a
    /// word of the URI group). A word that has no effect any more is taken, check_argument() of
    /// arguments.h tells it.
    [[nodiscard]] Result<void> add(std::string_view word) noexcept;

    /// Returns the set of a virtual host: this scope's own words over those of the main server.
    [[nodiscard]] Options over(const Options& main) const noexcept;

    /// The defaults and this scope's words: the set of the main server.
    [[nodiscard]] Options with_defaults() const noexcept;

    [[nodiscard]] bool has(Option option) const noexcept
    {
        return ((plus_ & ~minus_) & static_cast<std::uint32_t>(option)) != 0;
    }

private:
    std::uint32_t plus_ = 0;
    std::uint32_t minus_ = 0;
};

/// Returns the JkOptions word that a misspelt one, its + or - included, is closest to; empty where
/// none is close.
[[nodiscard]] std::string_view nearest_option(std::string_view word) noexcept;

}  // namespace jk::site
