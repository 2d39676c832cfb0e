// The query string of a status request: parameters by name, and what a page keeps of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jk::status {

/// Bits of the parameter `opt` (status.md 1.3).
enum Option : std::uint32_t {
    hide_members = 0x0001,
    hide_maps = 0x0002,
    hide_legend = 0x0004,
    hide_balancers = 0x0008,
    hide_workers = 0x0010,
    read_only = 0x0020,
    hide_balancer_settings = 0x0040,
    hide_balancer_summary = 0x0080,
    hide_worker_settings = 0x0100,
};

/// The parameters of one request. Names are views into the query string and live as long as it.
class Query {
public:
    /// Reads a raw query string (status.md 1.1): split at '&', then at the first '='; values
    /// decoded, names not. At a value that cannot be decoded reading stops, and `has_failed()`.
    explicit Query(std::string_view text) { read(text); }
    /// Those of a form's body count as if they stood behind those of the URL.
    Query(std::string_view text, std::string_view body);

    /// Returns the value of the last parameter of that name, valid as long as this object.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
    /// True where some name begins with that letter.
    [[nodiscard]] bool has_name_with(char first) const noexcept;
    [[nodiscard]] bool has_failed() const noexcept { return failed_; }

private:
    void read(std::string_view text);

    struct Parameter {
        std::string_view name;
        std::string value;
    };
    std::vector<Parameter> parameters_;
    bool failed_ = false;
};

/// Which page is asked for, and what it keeps in its links (status.md 1.2). Its texts are views into
/// a Query.
struct Page {
    std::string_view command = "list";
    std::string_view format = "html";
    std::optional<std::string_view> worker;
    std::optional<std::string_view> member;
    std::uint32_t options = 0;
    std::uint32_t refresh = 0;  ///< s, 0 = never
    /// Where a change leads back to: "list" or "show"; and the member that was shown there.
    std::string_view from = "list";
    std::optional<std::string_view> from_member;
    bool is_bare = false;  ///< neither command nor format was asked for

    [[nodiscard]] bool has(Option option) const noexcept { return (options & option) != 0; }
};

/// Returns the page that `query` asks for. A number that is none counts as 0.
[[nodiscard]] Page page_of(const Query& query) noexcept;

}  // namespace jk::status
