// workers.properties text → ordered list of names and values, variables resolved.
// The language: workers.md 1.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/complaint.h"
#include "base/lines.h"
#include "conf/known_names.h"

namespace jk::conf {

/// One property after reading: the value has its $(variables) replaced.
struct Property {
    std::string name;
    std::string value;
    Place place;                ///< of the last statement that counted
    std::string written;        ///< its name there: another's where a reference copied it
    bool holds_secret = false;  ///< a secret, or a variable that a secret was made of
    bool is_used = false;       ///< some $(name) asked for it
    bool is_spelled = false;    ///< not all of the value is that of variables
    std::vector<std::pair<std::size_t, Place>> earlier = {};  ///< of a list: ends of its statements

    /// Of a list that several statements add up to: the place of the one that names `element`.
    [[nodiscard]] const Place& place_of(std::string_view element) const;
};

/// Answers $(NAME) for what no earlier line defines: the environment of the process.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

/// All statements of one configuration, from JkWorkerProperty lines and the JkWorkersFile, in one
/// ordered map (workers.md 1.1). Complaints are collected, never thrown: reading goes on behind a
/// bad line so that all of them are reported at once.
class Properties {
public:
    /// An empty function is an empty environment.
    explicit Properties(Environment environment);

    /// Takes one JkWorkerProperty argument: no comments, quotes are ordinary.
    void add_line(std::string_view line, const Place& place);
    /// Takes the text of a whole file, comments and all.
    void add_file(std::string_view text, const std::string& file);
    /// Defines a name that counts as a variable, e.g. ServerRoot.
    void define(std::string_view name, std::string_view value);
    /// Resolves worker.X.reference (workers.md 1.6). Call once, after everything was added.
    void resolve_references();

    /// Returns the property, nullptr where there is none. Valid until the next change. Takes
    /// logarithmic time.
    [[nodiscard]] const Property* find(std::string_view name) const noexcept;
    /// Returns the property worker.<worker>.<property>, nullptr where there is none.
    [[nodiscard]] const Property* find_of_worker(std::string_view worker,
                                                 std::string_view property) const;
    /// Returns the value of worker.<worker>.<property>, nullopt where there is none.
    [[nodiscard]] std::optional<std::string_view> of_worker(std::string_view worker,
                                                            std::string_view property) const;
    /// True when there is any property worker.<worker>.…
    [[nodiscard]] bool has_worker(std::string_view worker) const;
    [[nodiscard]] const std::vector<Property>& all() const noexcept { return properties_; }
    [[nodiscard]] Complaints& complaints() noexcept { return complaints_; }
    [[nodiscard]] const Complaints& complaints() const noexcept { return complaints_; }

private:
    using Index = std::map<std::string, std::size_t, std::less<>>;

    void complain(Severity severity, const Place& place, std::string text);
    void doubt_comment(std::string_view line, const Place& place);
    [[nodiscard]] std::string advice_on_target(const std::string& target,
                                               std::string_view user) const;
    void take(std::string_view line, const Place& place);
    void put(const Statement& statement, const KnownName& known, const Place& place);
    void put_again(Property& property, std::string value, const KnownName& known,
                   const Place& place);
    [[nodiscard]] std::string expand(const Statement& statement, std::size_t user,
                                     const Place& place);
    [[nodiscard]] std::optional<std::string> look_up(std::string_view name, std::size_t user);
    [[nodiscard]] int resolve(const std::string& prefix, int depth);
    void copy_below(const std::string& from, const std::string& to);
    void mark_secrets();
    [[nodiscard]] bool spread_secrets();

    std::vector<Property> properties_;
    Index index_;
    /// Whose value was made of whose: places in `properties_`. What define() made is not listed.
    std::vector<std::pair<std::size_t, std::size_t>> uses_;
    std::vector<std::string> defined_;
    std::map<std::string, int> levels_;  ///< of references resolved, by prefix; -1: failed
    Environment environment_;
    Complaints complaints_;
};

}  // namespace jk::conf
