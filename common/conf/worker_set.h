// Property list → checked set of workers, with every complaint, not just the first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/complaint.h"
#include "conf/properties.h"
#include "conf/settings.h"

namespace jk::conf {

enum class WorkerType : std::uint8_t { ajp13, lb, status };

/// The word of the configuration for a type: "ajp13", "lb", "status".
[[nodiscard]] std::string_view to_text(WorkerType type) noexcept;

struct AjpWorker {
    std::string name;
    Place place;  ///< where it is first named
    AjpSettings settings;
    std::vector<Place> mount_places = {};  ///< of each element of settings.mount
};

struct LbWorker {
    std::string name;
    Place place;
    LbSettings settings;
    std::vector<std::size_t> members;  ///< indices into WorkerSet::ajp, in configuration order
    std::vector<Place> mount_places = {};
};

struct StatusWorker {
    std::string name;
    Place place;
    StatusSettings settings;
    std::vector<Place> mount_places = {};
};

/// A worker of worker.list: these can be mounted, named and found.
struct ListedWorker {
    std::string name;
    WorkerType type = WorkerType::ajp13;
    std::size_t index = 0;  ///< into the vector of its type
};

/// The workers of one configuration. One object per name: a worker that is listed and also a
/// member, or a member of two balancers, stands once in `ajp`.
struct WorkerSet {
    std::vector<ListedWorker> listed;  ///< in the order of worker.list, no duplicates
    std::vector<AjpWorker> ajp;
    std::vector<LbWorker> lb;
    std::vector<StatusWorker> status;
    int maintain = 60;  ///< s, 0 or less: no maintenance

    /// Returns the listed worker of that name, nullptr where there is none (a worker that is only
    /// a member is not found). Takes logarithmic time.
    [[nodiscard]] const ListedWorker* find(std::string_view name) const noexcept;
    /// Call once after `listed` is complete; build_workers() does.
    void index_names();

private:
    std::vector<std::size_t> by_name_;
};

/// Builds the workers that worker.list names, and their members (workers.md 2 to 6). Every
/// complaint is appended to `complaints`; an error among them means that the set must not be used.
/// Those of reading (Properties::complaints) are not repeated.
///
/// A worker without a secret of its own that is a member takes the secret of its balancer, also for
/// what is sent to it directly; of several balancers with a secret the first one counts, with a
/// warning where they differ.
///
/// Resolves no host name and reads no file: those are the adapter's.
[[nodiscard]] WorkerSet build_workers(const Properties& properties, Complaints& complaints);

}  // namespace jk::conf
