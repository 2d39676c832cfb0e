// One row per worker property: its name, its field, its default, its limits and what it is good
// for. Reading, defaults, old names, the known-name check, warnings, display, editing and the
// documentation follow from the row. The rows: {ajp,lb,status}_properties.cc.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/complaint.h"
#include "conf/settings.h"

namespace jk::conf {

/// What else a row says, or-ed together.
namespace flag {
enum Flag : unsigned {
    shown = 1,      ///< an attribute of the status pages
    editable = 2,   ///< the status worker may change it
    shared = 4,     ///< lives in shared memory, one value for all processes
    list = 8,       ///< several statements add up
    secret = 16,    ///< never shown, neither in a dump nor in a complaint
    old = 32,       ///< an old name with a field of its own, accepted with a warning
    member = 64,    ///< of a worker as a member: an edit of it counts in one balancer only
    settled = 128,  ///< settle() brings an edited value, too, into its final form
};
}  // namespace flag

/// The field of a row: its type says how the text is read.
template <class Settings>
using Field =
    std::variant<int Settings::*, unsigned Settings::*, bool Settings::*, std::string Settings::*,
                 std::vector<std::string> Settings::*, std::vector<int> Settings::*,
                 Activation Settings::*, Method Settings::*, Lock Settings::*, GetEdit Settings::*>;

/// Of a number: the least and the most it can be. Of a string: `most` is its length in bytes.
struct Limits {
    int least = 0;
    int most = std::numeric_limits<int>::max();
    /// Of a number: what an edit may be where a file may be more, such as a value that only its author
    /// can mean, or that settling would silently turn into another one.
    int most_edited = std::numeric_limits<int>::max();
    int least_edited = std::numeric_limits<int>::min();
};

/// The properties of one worker that were written and could be read.
class Given {
public:
    void add(std::string_view name) { names_.push_back(name); }
    [[nodiscard]] bool has(std::string_view name) const noexcept;

private:
    std::vector<std::string_view> names_;
};

/// A row.
template <class Settings> struct PropertySpec {
    std::string_view name;
    Field<Settings> field;
    std::string_view fallback;  ///< the default as get() shows it, or in words where it is derived
    Limits limits;
    unsigned flags;
    std::string_view help;
    std::string_view old_name = {};  ///< read where `name` is absent or negative; with a warning
    /// Brings the field into its final form when all fields are read: a default that depends on
    /// other fields, rounding. Called in the order of the rows.
    void (*settle)(Settings& settings, const Given& given) = nullptr;
    std::string_view advice = {};   ///< of a number: what to write where settling changes it
    std::string_view derived = {};  ///< the default in words where `fallback` only stands for it
};

/// What became of a text. `remark` goes on from the text ("is no number; …"), empty when all is
/// well.
struct Assignment {
    bool is_set = true;  ///< false: the field keeps what it had
    Severity severity = Severity::warning;
    std::string remark = {};
};

/// Reads `text` into the field of `row`. An error where the text must not be used at all (too
/// long, control characters), a warning where the original takes it silently for something else.
template <class Settings>
[[nodiscard]] Assignment set(const PropertySpec<Settings>& row, Settings& settings,
                             std::string_view text);

/// As set(), for a change at run time: a number outside the limits is refused, not taken for another
/// one, and what cannot be read leaves the field as it is and not at its default. The remark is an
/// error where the field was not set.
template <class Settings>
[[nodiscard]] Assignment edit(const PropertySpec<Settings>& row, Settings& settings,
                              std::string_view text);

/// Gives the field of `row` the value that it has in `from`.
template <class Settings>
void copy(const PropertySpec<Settings>& row, Settings& settings, const Settings& from);

/// Returns the field of `row` as the status pages show it: True and False, lists with commas.
template <class Settings>
[[nodiscard]] std::string get(const PropertySpec<Settings>& row, const Settings& settings);

}  // namespace jk::conf
