// From edits, which are text, to settings that hold: what may be edited, what an edit does to the
// settings, and which edits survive a new configuration (balancing.md 1.4).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/complaint.h"
#include "conf/property_spec.h"
#include "conf/worker_set.h"
#include "lb/edits.h"

namespace jk::lb {

/// Sets one property of a balancer, by the rules of its row; of an AJP worker, or of one as a
/// member, as `kind` says. An error, and nothing is set, where there is no such property, it cannot
/// be changed at run time, or the text is no value of it. The remark goes on from the property.
[[nodiscard]] conf::Assignment set_edited(conf::LbSettings& settings, std::string_view property,
                                          std::string_view text);
[[nodiscard]] conf::Assignment set_edited(EditKind kind, conf::AjpSettings& settings,
                                          std::string_view property, std::string_view text);

/// Settings to change, and those that the configuration gives. What it gives can be set again, also
/// where an edit could not be that.
template <class Settings> struct InEdit {
    Settings& settings;
    const Settings& configured;
};
[[nodiscard]] conf::Assignment set_edited(InEdit<conf::LbSettings> edit, std::string_view property,
                                          std::string_view text);
[[nodiscard]] conf::Assignment set_edited(EditKind kind, InEdit<conf::AjpSettings> edit,
                                          std::string_view property, std::string_view text);

/// "balancer lb", "member a of lb", "worker w", for the log.
[[nodiscard]] std::string to_text(const EditTarget& target);

/// Edits by what they are about.
class EditList {
public:
    EditList() = default;
    explicit EditList(std::vector<Edit> edits);

    /// Those of one balancer, member or worker, in the order in which they were made. Valid as long
    /// as the list.
    [[nodiscard]] std::span<const Edit> of(const EditTarget& target) const noexcept;
    /// The settings with the edits of this target; an edit that does not fit any more is left out.
    void apply(const EditTarget& target, conf::LbSettings& settings) const;
    void apply(const EditTarget& target, conf::AjpSettings& settings) const;

private:
    std::vector<Edit> edits_;
};

/// The settings that the configuration gives a target: of a member those of its worker. nullptr
/// where it names no such balancer, member or worker.
[[nodiscard]] const conf::LbWorker* find_balancer(const conf::WorkerSet& workers,
                                                  const EditTarget& target) noexcept;
[[nodiscard]] const conf::AjpWorker* find_worker(const conf::WorkerSet& workers,
                                                 const EditTarget& target) noexcept;

/// The text of the property as configured, as the status shows it; empty where there is none.
[[nodiscard]] std::string configured(const conf::WorkerSet& workers, const EditTarget& target,
                                     std::string_view property);

/// The edits that a new configuration ends: what they are about is gone, the value of that very
/// property is another one than when they were made, or a route is that of another member by now.
/// `notes` says so of each but those of what is gone, with both values.
[[nodiscard]] std::vector<Edit> ended_by(const conf::WorkerSet& workers,
                                         const std::vector<Edit>& edits, Complaints& notes);

}  // namespace jk::lb
