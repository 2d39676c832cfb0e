// Cookie or path parameter → the session's routes (balancing.md 7).
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace jk::lb {

/// Where a session id may stand. Views, valid as long as the request's memory.
struct SessionSources {
    std::string_view forced_route;              ///< env JK_ROUTE; not empty: nothing else is read
    std::string_view uri;                       ///< the path that is sent to the backend
    std::span<const std::string_view> cookies;  ///< the values of the Cookie headers
    std::string_view session_cookie = "JSESSIONID";
    std::string_view session_path = ";jsessionid";
};

/// The routes that one id names: what follows its first dot, then what follows its last dot where
/// that differs (balancing.md B20). Empty where there is none.
struct SessionRoute {
    std::string_view first;
    std::string_view last;
};
[[nodiscard]] SessionRoute route_of(std::string_view id) noexcept;
/// Returns the domain that a route names: its part before the first dot, or all of it.
[[nodiscard]] std::string_view domain_of(std::string_view route) noexcept;

/// The session ids of one request, in the order in which they are tried. Parsed once, never
/// modified (balancing.md B5). Holds views into the sources' memory.
class Affinity {
public:
    /// How many ids of one request are looked at; further ones are ignored.
    static constexpr std::size_t max_ids = 16;

    Affinity() = default;  ///< no session
    explicit Affinity(const SessionSources& sources) noexcept;

    /// True when the request carries an id, with or without a route.
    [[nodiscard]] bool has_id() const noexcept { return count_ > 0; }
    /// True when the place that was looked at holds an id that is empty, and no other: no id.
    [[nodiscard]] bool has_only_empty_id() const noexcept { return is_empty_ && count_ == 0; }
    /// The ids as found, quotes and blanks around them removed. With JK_ROUTE its bare value,
    /// which stands for ".<value>".
    [[nodiscard]] std::span<const std::string_view> ids() const noexcept
    {
        return std::span{ids_}.first(count_);
    }
    /// The routes that ids()[index] names.
    [[nodiscard]] SessionRoute route(std::size_t index) const noexcept;
    /// JK_ROUTE: what is forwarded as route, whatever member is chosen; empty without it.
    [[nodiscard]] std::string_view forced_route() const noexcept { return forced_route_; }

private:
    [[nodiscard]] bool take_path(const SessionSources& sources) noexcept;
    void take_cookies(std::string_view header, std::string_view name) noexcept;
    void take(std::string_view value) noexcept;

    std::array<std::string_view, max_ids> ids_{};
    std::size_t count_ = 0;
    bool is_empty_ = false;
    std::string_view forced_route_;
};

}  // namespace jk::lb
