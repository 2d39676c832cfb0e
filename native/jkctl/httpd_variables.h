// What ${NAME} and <IfDefine NAME> of httpd's configuration ask for: names defined there, and the
// environment that httpd is started with.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace jk::ctl {

/// Returns what the environment of this process has; nullopt for nothing.
[[nodiscard]] std::optional<std::string> process_environment(std::string_view name);

class HttpdVariables {
public:
    /// Takes NAME or NAME=value, as -D of the command line.
    void define(std::string_view definition);
    /// Define NAME [value], and UnDefine NAME.
    void define(const std::string& name, const std::string& value);
    void undefine(const std::string& name);

    /// Takes the lines `NAME=value` and `export NAME=value` of a shell script, quotes removed and
    /// variables replaced; all others are passed over. Of two for one name the last one counts.
    void add_script(std::string_view text);

    [[nodiscard]] bool is_defined(const std::string& name) const;
    /// Returns a defined value, or that of the environment; nullopt where there is neither.
    [[nodiscard]] std::optional<std::string> value(const std::string& name) const;
    /// Returns the value in the environment of httpd: of the script, or else of this process.
    [[nodiscard]] std::optional<std::string> environment(std::string_view name) const;

private:
    std::set<std::string> names_;
    std::map<std::string, std::string> values_;
    std::map<std::string, std::string, std::less<>> script_;
};

}  // namespace jk::ctl
