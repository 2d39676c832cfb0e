// JkOptions. A table of words, each with its group; inside a group the last word given wins, but a
// minus in the same scope beats it.
// Tested by tests/unit/site/options_test.cc.
#include "site/options.h"

#include <array>

#include "base/nearest_name.h"
#include "base/text.h"

namespace jk::site {

namespace {

constexpr std::uint32_t bit(Option option) noexcept
{
    return static_cast<std::uint32_t>(option);
}

constexpr std::uint32_t uri_group =
    bit(Option::forward_uri_proxy) | bit(Option::forward_uri_compat) |
    bit(Option::forward_uri_compat_unparsed) | bit(Option::forward_uri_escaped);
constexpr std::uint32_t address_group =
    bit(Option::forward_local_address) | bit(Option::forward_physical_address);
constexpr std::uint32_t defaults = bit(Option::forward_uri_proxy) | bit(Option::forward_key_size);

struct Word {
    std::string_view name;
    std::uint32_t bits;   // 0: accepted without effect
    std::uint32_t group;  // cleared first: the last word of a group wins
};

constexpr std::array words{
    Word{"ForwardURIProxy", bit(Option::forward_uri_proxy), uri_group},
    Word{"ForwardURICompat", bit(Option::forward_uri_compat), uri_group},
    Word{"ForwardURICompatUnparsed", bit(Option::forward_uri_compat_unparsed), uri_group},
    Word{"ForwardURIEscaped", bit(Option::forward_uri_escaped), uri_group},
    Word{"ForwardDirectories", bit(Option::forward_directories), 0},
    Word{"ForwardLocalAddress", bit(Option::forward_local_address), address_group},
    Word{"ForwardPhysicalAddress", bit(Option::forward_physical_address), address_group},
    Word{"FlushPackets", bit(Option::flush_packets), 0},
    Word{"FlushHeader", bit(Option::flush_header), 0},
    Word{"DisableReuse", bit(Option::disable_reuse), 0},
    Word{"ForwardKeySize", bit(Option::forward_key_size), 0},
    Word{"ForwardSSLCertChain", bit(Option::forward_ssl_cert_chain), 0},
    Word{"RejectUnsafeURI", bit(Option::reject_unsafe_uri), 0},
    Word{"CollapseSlashesAll", 0, 0},
    Word{"CollapseSlashesNone", 0, 0},
    Word{"CollapseSlashesUnmount", 0, 0},
    Word{"StrictConfig", bit(Option::strict_config), 0},
    Word{"AllowBackslash", bit(Option::allow_backslash), 0},
    Word{"AllowOverlongUTF8", bit(Option::allow_overlong_utf8), 0},
    Word{"StrictHost", bit(Option::strict_host), 0},
};

const Word* find(std::string_view name) noexcept
{
    for (const Word& word : words) {
        if (equals_caseless(word.name, name)) {
            return &word;
        }
    }
    return nullptr;
}

std::string_view without_sign(std::string_view word) noexcept
{
    return word.substr(word.starts_with('-') || word.starts_with('+') ? 1 : 0);
}

}  // namespace

Result<void> Options::add(std::string_view text) noexcept
{
    const bool removes = text.starts_with('-');
    const Word* const word = find(without_sign(text));
    if (word == nullptr) {
        return failure(Errc::unknown_name, "is no JkOptions word");
    }
    if (removes && word->group == uri_group) {
        return failure(Errc::bad_value, "cannot be taken away: name another ForwardURI… instead");
    }
    plus_ &= ~word->group;  // a minus stays: it beats every plus of its scope
    (removes ? minus_ : plus_) |= word->bits;
    return {};
}

Options Options::over(const Options& main) const noexcept
{
    std::uint32_t inherited = main.plus_ & ~main.minus_;
    for (const std::uint32_t group : {uri_group, address_group}) {
        if ((plus_ & ~minus_ & group) != 0) {  // the vhost's choice replaces the main server's
            inherited &= ~group;
        }
    }
    Options merged;
    merged.plus_ = plus_ | inherited;
    merged.minus_ = minus_;
    return merged;
}

Options Options::with_defaults() const noexcept
{
    Options base;
    base.plus_ = defaults;
    return over(base);
}

std::string_view nearest_option(std::string_view word) noexcept
{
    NearestName nearest{without_sign(word)};
    for (const Word& one : words) {
        nearest.offer(one.name);
    }
    return nearest.best();
}

}  // namespace jk::site
