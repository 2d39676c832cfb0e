// The Jk* directives as the module takes them, with its complaints, word for word.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/complaint.h"
#include "conf/properties.h"
#include "jkctl/server_draft.h"
#include "site/directives.h"

namespace jk::ctl {

enum class ServerKind : std::uint8_t { main, virtual_host };

/// Where a directive stands.
struct Context {
    ServerKind kind = ServerKind::main;
    std::optional<std::string> path;  ///< of the section for paths that it is in
    std::string section;              ///< the innermost section's name as written; empty: none
};

/// A Jk* directive, its arguments not looked at yet.
struct JkStatement {
    const site::Directive* directive = nullptr;
    std::string_view arguments;
    Place place;
};

/// Up to two arguments, without quotes.
struct JkWords {
    std::string first;
    std::optional<std::string> second = {};
};

/// For one configuration.
class JkDirectives {
public:
    /// `from_root` makes paths absolute. Requires: what is given outlives this object.
    JkDirectives(conf::Properties& properties,
                 std::function<std::string(std::string_view)> from_root)
        : properties_(properties), from_root_(std::move(from_root))
    {}

    /// Takes one directive into `draft`. Returns what httpd would refuse it with, empty where it
    /// is taken. What is wrong with a worker property is left to the properties' own complaints.
    [[nodiscard]] std::string take(const JkStatement& statement, const Context& context,
                                   ServerDraft& draft);

    /// Absolute; empty: none.
    [[nodiscard]] const std::string& workers_file() const noexcept { return workers_file_; }
    /// True when a workers file is named that does not exist: most workers are not known then.
    [[nodiscard]] bool misses_workers() const noexcept { return misses_workers_; }

private:
    [[nodiscard]] std::string set(const JkStatement& statement, const JkWords& words,
                                  const Context& context, ServerDraft& draft);
    [[nodiscard]] std::string set_workers_file(const std::string& name);
    [[nodiscard]] std::string existing_file(const char* directive, const std::string& name,
                                            std::string& path) const;

    conf::Properties& properties_;
    std::function<std::string(std::string_view)> from_root_;
    std::string workers_file_;
    bool misses_workers_ = false;
};

}  // namespace jk::ctl
