// Walks an httpd configuration with all that it includes, and hands on each directive that is in
// force: <IfModule>, <IfDefine> and the like are decided here, ${variables} are replaced.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/complaint.h"
#include "jkctl/httpd_lines.h"
#include "jkctl/httpd_variables.h"

namespace jk::ctl {

/// An open section: <NAME ARGUMENTS>.
struct Section {
    std::string name;       ///< lower case
    std::string written;    ///< the name as written
    std::string arguments;  ///< without the >
    Place place;
    bool is_condition = false;  ///< met, or it would not be open
};

/// A directive in force. Views, valid during the call that hands it on.
struct Statement {
    std::string_view name;
    std::string_view arguments;
    Place place;
};

/// What takes the directives. Sections of <VirtualHost>, <Location> and so on are handed on too,
/// conditions that are met are
/// not, but stand among the open ones.
class StatementTaker {
public:
    virtual ~StatementTaker() = default;
    /// `sections`: those that are open, the innermost last.
    virtual void take(const Statement& statement, const std::vector<Section>& sections) = 0;
    virtual void open(const Section& section) = 0;
    virtual void close(const Section& section) = 0;
};

/// For one configuration. What httpd would refuse, as far as it is about files, sections and
/// definitions, is an error; reading goes on behind it.
class HttpdReader {
public:
    /// Requires: all that is given outlives this object.
    HttpdReader(HttpdVariables& variables, StatementTaker& taker, Complaints& complaints)
        : variables_(variables), taker_(taker), complaints_(complaints)
    {}

    /// Paths are from here where they are not absolute, until a ServerRoot directive.
    void set_server_root(std::string folder) { server_root_ = std::move(folder); }
    [[nodiscard]] const std::string& server_root() const noexcept { return server_root_; }
    /// Returns an absolute path.
    [[nodiscard]] std::string from_server_root(std::string_view path) const;

    /// Reads a file and what it includes. Returns false, with a complaint, where it cannot be read.
    bool read(const std::string& path);
    /// All files read, each once.
    [[nodiscard]] const std::vector<std::string>& files() const noexcept { return files_; }

private:
    void complain(const Place& place, std::string text);
    void read_lines(std::string_view text, const std::string& path);
    void take_line(HttpdLines& lines, const HttpdLine& line, const std::string& path);
    [[nodiscard]] bool take_here(const Statement& statement);
    void open(HttpdLines& lines, const Statement& statement);
    void close(std::string_view name, const Place& place);
    void include(const Statement& statement);
    void include_folder(const std::string& folder);
    [[nodiscard]] bool is_module_loaded(std::string_view name) const;
    [[nodiscard]] bool is_condition_met(std::string_view name, std::string_view arguments) const;
    void load_module(std::string_view arguments);

    HttpdVariables& variables_;
    StatementTaker& taker_;
    Complaints& complaints_;
    std::string server_root_;
    std::vector<std::string> files_;
    std::vector<Section> sections_;
    std::set<std::string> modules_;  ///< names and files of LoadModule, lower case
    int depth_ = 0;                  ///< of includes
    std::size_t reads_ = 0;
};

}  // namespace jk::ctl
